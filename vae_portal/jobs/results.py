"""Tells one result of a session whose results were released; on its last failure says so in the journal."""

from __future__ import annotations

from vae_portal.actions.results import tell
from vae_portal.actions.services import Services
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import Decision


def tell_result(services: Services, decision_id: int) -> None:
    """Grants, owes letters and mail; done already, changes nothing."""
    tell(services, decision_id)


def tell_failure(services: Services, fault: BaseException, decision_id: int) -> None:
    """Says in the candidacy's journal that its result could not leave: the session's page counts it as not told."""
    with services.database.writing() as session:
        row = session.get(Decision, decision_id)
        if row is None or row.told_at is not None:
            return
        details = {"decision": decision_id, "fault": type(fault).__name__}
        record(session, candidacy_chain(row.candidacy_id), "result_not_told", None, services.clock(), details)
