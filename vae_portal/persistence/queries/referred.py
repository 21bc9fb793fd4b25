"""What the rows refer to in the store: whoever deletes, and whoever verifies, asks here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from storage.keys import EVIDENCE, PREVIEWS
from vae_portal.persistence.tables import (
    Deposit,
    DepositFile,
    Document,
    Evidence,
    MinutesDeed,
    MinutesScan,
    Piece,
    PreviewPage,
    StoredObject,
    Upload,
)

# An upload whose bytes are still its own: it goes on, or is received and not yet an object of its file.
COMING = Upload.closed_at.is_(None)


def known(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys that a row names."""
    found: set[str] = set(session.scalars(select(StoredObject.key).where(StoredObject.key.in_(keys))))
    found |= set(session.scalars(select(Upload.object_key).where(Upload.object_key.in_(keys), COMING)))
    return found | {
        key for key in session.scalars(select(Upload.tail_key).where(Upload.tail_key.in_(keys), COMING)) if key
    }


def known_parts(session: Session, names: Collection[str]) -> set[str]:
    """Those of the uploads in parts that an open upload names."""
    return set(session.scalars(select(Upload.multipart_id).where(Upload.multipart_id.in_(names), COMING)))


def expired(session: Session, now: datetime) -> list[int]:
    """Uploads whose sender has not come back in time."""
    left = select(Upload.id).where(COMING, Upload.received_at.is_(None), Upload.expires_at <= now)
    return list(session.scalars(left.order_by(Upload.id)))


def removed(session: Session, before: datetime) -> list[int]:
    """Files taken out before that instant and in no deposit, whose bytes are kept."""
    wanted = select(Evidence.id).where(
        Evidence.removed_at < before,
        Evidence.object_key.is_not(None),
        ~exists().where(DepositFile.evidence_id == Evidence.id),
        # Deposits from before their files had rows of their own name them in their manifest only; pieces never.
        exists().where(Piece.evidence_id == Evidence.id)
        | ~exists().where(Deposit.candidacy_id == Evidence.candidacy_id, Deposit.sealed_at >= Evidence.given_at),
    )
    return list(session.scalars(wanted.order_by(Evidence.id)))


def pictures(session: Session, key: str) -> list[str]:
    """Objects of the previews made of a file."""
    return list(session.scalars(select(PreviewPage.object_key).where(PreviewPage.source_key == key)))


def unreferred(session: Session, before: datetime) -> list[str]:
    """Objects of files and previews that no row refers to, recorded before that instant."""
    wanted = select(StoredObject.key).where(
        StoredObject.stored_at < before,
        StoredObject.key.startswith(EVIDENCE) | StoredObject.key.startswith(PREVIEWS),
        *(~used for used in _uses()),
    )
    return list(session.scalars(wanted.order_by(StoredObject.key)))


def _uses() -> tuple[ColumnElement[bool], ...]:
    key = StoredObject.key
    return (
        exists().where(Evidence.object_key == key),
        exists().where(Document.object_key == key),
        exists().where(Deposit.object_key == key),
        exists().where(DepositFile.object_key == key),
        exists().where(PreviewPage.object_key == key),
        exists().where(MinutesDeed.object_key == key),
        exists().where(MinutesScan.object_key == key),
    )
