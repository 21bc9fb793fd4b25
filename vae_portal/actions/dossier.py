"""What the deposit of the evidence dossier and its review change; the sealed manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from vae_portal.actions.act import Act
from vae_portal.persistence import journal, queue
from vae_portal.persistence.queries import dossiers
from vae_portal.persistence.tables import Deposit, Remark
from workflows import clocks
from workflows.vocabulary import Action


def deposit(act: Act) -> None:
    """Seals version n: the manifest of everything the dossier holds, whose hash is on the receipt."""
    session, candidacy = act.session, act.candidacy
    last = session.scalar(select(func.max(Deposit.number)).where(Deposit.candidacy_id == candidacy.id)) or 0
    shown = dossiers.view(session, candidacy.id)
    text = journal.canonical(manifest(act, shown, last + 1)).decode()
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
    candidacy.deposited_on = act.today
    candidacy.candidate_stepped_on = act.today
    act.details.update(deposit=last + 1, manifest_sha256=sealed.manifest_sha256)
    act.mail.update(deposited_at=act.now, jury_due_on=clocks.jury_due(act.today))
    queue.defer(session, queue.SEAL_DEPOSIT, deposit_id=sealed.id)


def manifest(act: Act, shown: dossiers.DossierView, number: int) -> dict[str, Any]:
    """What is sealed: situations, what they show, every file's name, size and SHA-256, and when."""
    files = {e.id: e for s in shown.situations for e in s.evidence} | {e.id: e for e in shown.unlinked}
    return {
        "candidacy": act.candidacy.number,
        "certification": act.candidacy.version.certification.rncp,
        "deposit": number,
        "round": act.candidacy.round,
        "sealed_at": act.now.isoformat(timespec="seconds"),
        "targeted": list(act.facts.targeted_capabilities),
        "files": [
            {
                "id": e.id,
                "name": e.name,
                "size": e.size,
                "sha256": e.sha256,
                "given_at": e.given_at.isoformat(),
            }
            for e in sorted(files.values(), key=lambda e: e.id)
        ],
        "situations": [
            {
                "title": s.row.title,
                "period": s.row.period,
                "organisation": s.row.organisation,
                "role": s.row.role,
                "done": s.row.done,
                "results": s.row.results,
                "capabilities": list(s.capabilities),
                "files": [e.id for e in s.evidence],
            }
            for s in shown.situations
        ],
    }


def return_dossier(act: Act) -> None:
    """Each remark names what it is about and why."""
    latest = act.session.scalars(
        select(Deposit.id).where(Deposit.candidacy_id == act.candidacy.id).order_by(Deposit.number.desc()).limit(1)
    ).one()
    for about, why in act.given.named:
        act.session.add(
            Remark(deposit_id=latest, about=about.strip(), why=why.strip(), made_by=act.person_id, made_at=act.now)
        )


def accept(act: Act) -> None:
    """Nothing but the step changes."""


CHANGES: dict[Action, Callable[[Act], None]] = {
    Action.DEPOSIT_DOSSIER: deposit,
    Action.RETURN_DOSSIER: return_dossier,
    Action.ACCEPT_DOSSIER: accept,
}
