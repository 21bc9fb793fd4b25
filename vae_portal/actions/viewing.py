"""Opening a file or taking a dossier leaves a row in the journal: who, what, when, before the first byte leaves."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.persistence import journal
from vae_portal.persistence.tables import Candidacy, Document, Evidence, JournalRow
from workflows.facts import Actor


def evidence_viewed(services: Services, actor: Actor, evidence: Evidence, range_: str = "") -> None:
    """One row for each opening of an evidence file; `range_` when a part only was asked for.

    A player goes on asking for parts of a file it has opened: these are one opening, within twelve hours.
    """
    details: dict[str, object] = {"evidence": evidence.id}
    if range_:
        details["range"] = range_
    chain = journal.candidacy_chain(evidence.candidacy_id)
    with services.database.writing() as session:
        if range_ and not range_.startswith("0-") and _opened_lately(services, session, chain, actor, evidence):
            return
        journal.record(session, chain, "evidence_viewed", actor.person_id, services.clock(), details)


def pages_viewed(services: Services, actor: Actor, evidence: Evidence) -> None:
    """One row when pages of a file, or their texts, are opened; those that follow are the same opening."""
    chain = journal.candidacy_chain(evidence.candidacy_id)
    with services.database.reading() as session:
        if _opened_lately(services, session, chain, actor, evidence):
            return
    with services.database.writing() as session:
        details = {"evidence": evidence.id}
        journal.record(session, chain, "evidence_viewed", actor.person_id, services.clock(), details)


def _opened_lately(services: Services, session: Session, chain: str, actor: Actor, evidence: Evidence) -> bool:
    since = services.clock() - timedelta(hours=12)
    found = exists().where(
        JournalRow.chain == chain,
        JournalRow.event == "evidence_viewed",
        JournalRow.actor_id == actor.person_id,
        JournalRow.at >= since,
        JournalRow.details["evidence"].as_integer() == evidence.id,
    )
    return bool(session.scalar(select(found)))


def document_read(services: Services, actor: Actor, document: Document, candidacy: Candidacy | None) -> None:
    """One row for each opening of a document, in its candidacy's chain, or in its centre's for a jury's document."""
    chain = journal.candidacy_chain(candidacy.id) if candidacy else journal.centre_chain(document.centre_id)
    with services.database.writing() as session:
        details = {"document": document.number, "kind": document.kind}
        journal.record(session, chain, "document_read", actor.person_id, services.clock(), details)


def minutes_scan_read(services: Services, actor: Actor, centre_id: int, scan_id: int, number: str) -> None:
    """One row for each opening of the signed sheet of some minutes, in its centre's chain."""
    with services.database.writing() as session:
        details = {"scan": scan_id, "minutes": number}
        journal.record(
            session, journal.centre_chain(centre_id), "minutes_scan_read", actor.person_id, services.clock(), details
        )


def dossier_taken_away(services: Services, actor: Actor, candidacy: Candidacy, deposit: int | None) -> None:
    """One row for each ZIP of a dossier, with the deposit it is, or that it is a draft."""
    details: dict[str, object] = {"deposit": deposit} if deposit else {"draft": True}
    with services.database.writing() as session:
        chain = journal.candidacy_chain(candidacy.id)
        journal.record(session, chain, "dossier_taken_away", actor.person_id, services.clock(), details)
