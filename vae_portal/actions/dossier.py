"""What the deposit of the evidence dossier and its review change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from vae_portal.actions.act import Act
from vae_portal.actions.manifest import manifest
from vae_portal.persistence import journal, queue
from vae_portal.persistence.tables import Deposit, DepositFile, Evidence, Remark
from workflows.steps import jury_due
from workflows.vocabulary import Action


def deposit(act: Act) -> None:
    """Seals version n: the manifest of everything the dossier holds, whose hash is on the receipt."""
    session, candidacy = act.session, act.candidacy
    last = session.scalar(select(func.max(Deposit.number)).where(Deposit.candidacy_id == candidacy.id)) or 0
    sealing = manifest(session, candidacy, act.facts.targeted_capabilities, last + 1, act.now)
    text = journal.canonical(sealing).decode()
    sealed = Deposit(
        candidacy_id=candidacy.id,
        number=last + 1,
        round=candidacy.round,
        sealed_at=act.now,
        manifest_sha256=hashlib.sha256(text.encode()).hexdigest(),
        manifest_text=text,
    )
    session.add(sealed)
    session.flush()
    session.add_all(_files(session, sealed.id, [file["id"] for file in sealing["files"]]))
    candidacy.deposited_on = act.today
    candidacy.candidate_stepped_on = act.today
    act.details.update(deposit=last + 1, manifest_sha256=sealed.manifest_sha256)
    act.mail.update(deposited_at=act.now, jury_due_on=jury_due(act.facts.regime, act.today))
    queue.defer(session, queue.SEAL_DEPOSIT, deposit_id=sealed.id)


def _files(session: Session, deposit_id: int, evidence_ids: list[int]) -> list[DepositFile]:
    """One row for each file of the deposit: its bytes stay from now on, whatever becomes of the dossier."""
    rows = session.scalars(
        select(Evidence).where(Evidence.id.in_(evidence_ids)).options(joinedload(Evidence.stored)).order_by(Evidence.id)
    )
    return [
        DepositFile(deposit_id=deposit_id, evidence_id=e.id, object_key=e.object_key, sha256=e.sha256) for e in rows
    ]


def return_dossier(act: Act) -> None:
    """Each remark names what it is about, by its code where it has one, and why."""
    latest = act.session.scalars(
        select(Deposit.id).where(Deposit.candidacy_id == act.candidacy.id).order_by(Deposit.number.desc()).limit(1)
    ).one()
    codes = act.inputs.get("about_codes") or [""] * len(act.given.named)
    for (about, why), code in zip(act.given.named, codes, strict=True):
        remark = Remark(deposit_id=latest, about=about.strip(), about_code=code[:60], why=why.strip())
        remark.made_by, remark.made_at = act.person_id, act.now
        act.session.add(remark)


def accept(act: Act) -> None:
    """Nothing but the step changes."""


CHANGES: dict[Action, Callable[[Act], None]] = {
    Action.DEPOSIT_DOSSIER: deposit,
    Action.RETURN_DOSSIER: return_dossier,
    Action.ACCEPT_DOSSIER: accept,
}
