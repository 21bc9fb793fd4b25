"""Opening a file leaves a row in the journal: who, what and when, before the first byte leaves."""

from __future__ import annotations

from vae_portal.actions.services import Services
from vae_portal.persistence import journal
from vae_portal.persistence.tables import Candidacy, Document, Evidence
from workflows.facts import Actor


def evidence_viewed(services: Services, actor: Actor, evidence: Evidence, range_: str = "") -> None:
    """One row for each opening of an evidence file; `range_` when its beginning only was asked for."""
    details: dict[str, object] = {"evidence": evidence.id}
    if range_:
        details["range"] = range_
    with services.database.writing() as session:
        chain = journal.candidacy_chain(evidence.candidacy_id)
        journal.record(session, chain, "evidence_viewed", actor.person_id, services.clock(), details)


def document_read(services: Services, actor: Actor, document: Document, candidacy: Candidacy | None) -> None:
    """One row for each opening of a document, in its candidacy's chain, or in its centre's for a jury's document."""
    chain = journal.candidacy_chain(candidacy.id) if candidacy else journal.centre_chain(document.centre_id)
    with services.database.writing() as session:
        details = {"document": document.number, "kind": document.kind}
        journal.record(session, chain, "document_read", actor.person_id, services.clock(), details)
