"""Each hour: files that nobody scanned are checked once there is an antivirus, and previews that lack are made."""

from __future__ import annotations

from sqlalchemy import select, text

from vae_portal.actions import previews
from vae_portal.actions.services import Services
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Evidence
from workflows.vocabulary import EvidenceState

_AT_ONCE = 500  # the next hour takes the rest
_ASKED = text(
    "SELECT (args ->> 'evidence_id')::bigint FROM procrastinate_jobs"
    " WHERE task_name = :task AND status IN ('todo', 'doing')"
)


def catch_up_files(services: Services) -> None:
    """Asks for what is missing, and for nothing that was asked for already."""
    previews.ask_missing(services)
    if services.scanning:
        _scan_the_unscanned(services)


def _scan_the_unscanned(services: Services) -> None:
    with services.database.writing() as session:
        asked = set(session.scalars(_ASKED, {"task": queue.CHECK_EVIDENCE}))
        unscanned = select(Evidence.id).where(Evidence.state == EvidenceState.NOT_SCANNED.value).order_by(Evidence.id)
        waiting = [key for key in session.scalars(unscanned) if key not in asked]
        for key in waiting[:_AT_ONCE]:
            queue.defer(session, queue.CHECK_EVIDENCE, evidence_id=key)
