"""The sealed versions of a dossier, and what was remarked on each."""

from __future__ import annotations

from sqlalchemy import cast, exists, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, defer

from vae_portal.persistence.tables import Deposit, Evidence, Remark, StoredObject


def numbered(session: Session, candidacy_id: int) -> list[Deposit]:
    """Every deposit, the first one first, without the text of its manifest."""
    wanted = select(Deposit).where(Deposit.candidacy_id == candidacy_id)
    return list(session.scalars(wanted.options(defer(Deposit.manifest_text)).order_by(Deposit.number)))


def manifests(session: Session, ids: list[int]) -> dict[int, str]:
    """The manifests of these deposits, by id."""
    rows = session.execute(select(Deposit.id, Deposit.manifest_text).where(Deposit.id.in_(ids)))
    return {row.id: row.manifest_text for row in rows}


def remarks(session: Session, deposit_ids: list[int]) -> list[Remark]:
    """What was remarked on these deposits, in the order it was written."""
    return list(session.scalars(select(Remark).where(Remark.deposit_id.in_(deposit_ids)).order_by(Remark.id)))


def confidential(session: Session, candidacy_id: int, evidence_id: int) -> bool:
    """Whether a deposit named this file as confidential."""
    named = {"files": [{"id": evidence_id, "confidential": True}]}
    says_so = cast(Deposit.manifest_text, JSONB).contains(named)
    return bool(session.scalar(select(exists().where(Deposit.candidacy_id == candidacy_id, says_so))))


def objects(session: Session, evidence_ids: list[int]) -> dict[int, tuple[Evidence, StoredObject | None]]:
    """Files by id with the objects that hold them, those taken out of the dossier since included."""
    rows = session.execute(
        select(Evidence, StoredObject)
        .outerjoin(StoredObject, StoredObject.key == Evidence.object_key)
        .where(Evidence.id.in_(evidence_ids))
    )
    return {row.Evidence.id: (row.Evidence, row.StoredObject) for row in rows}
