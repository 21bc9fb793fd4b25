"""Puts the record of a closed assessment in the store, under the same lock as a deposit."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from storage.errors import StoreError
from storage.keys import assessment_key
from vae_portal.actions.services import Services
from vae_portal.jobs.deposits import GIVEN_UP_AFTER, MANIFEST, hold
from vae_portal.jobs.stored import keep_row
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import AssessmentRecord, Interview

log = structlog.get_logger(__name__)


def seal_assessment(services: Services, interview_id: int) -> None:
    """Stores and locks a record that is not yet; raises StoreError, to be tried again."""
    with services.database.reading() as session:
        found = session.get_one(AssessmentRecord, interview_id)
    if found.object_key is not None:
        return
    store, key, data = services.store, assessment_key(found.sha256), found.text.encode()
    until = found.sealed_at + timedelta(days=services.settings.seal_days)
    if not store.put_bytes(key, data, MANIFEST, create_only=True, locked_until=until):
        hold(store, key, until)
    with services.database.writing() as session:
        row = session.get_one(AssessmentRecord, interview_id, with_for_update=True)
        if row.object_key is not None:
            return
        now = services.clock()
        keep_row(session, key, found.sha256, len(data), MANIFEST, now)
        row.object_key = key
        session.flush()
        chain = candidacy_chain(session.get_one(Interview, interview_id).candidacy_id)
        details = {"interview": interview_id, "sha256": found.sha256, "until": until}
        record(session, chain, "assessment_stored", None, now, details)


def seal_remaining_assessments(services: Services) -> int:
    """Stores the records that no job stores any more: given up; the number done."""
    with services.database.reading() as session:
        before = services.clock() - GIVEN_UP_AFTER
        waiting = session.scalars(
            select(AssessmentRecord.interview_id)
            .where(AssessmentRecord.object_key.is_(None), AssessmentRecord.sealed_at < before)
            .order_by(AssessmentRecord.interview_id)
        ).all()
    done = 0
    for interview_id in waiting:
        try:
            seal_assessment(services, interview_id)
            done += 1
        except StoreError as fault:
            log.error("assessment_not_sealed", interview=interview_id, fault=type(fault).__name__)
    return done


def tell_failure(services: Services, fault: BaseException, interview_id: int) -> None:
    """Says in the candidacy's journal that a record could not be stored: its row never changes."""
    with services.database.writing() as session:
        row = session.get(AssessmentRecord, interview_id)
        if row is None or row.object_key is not None:
            return
        chain = candidacy_chain(session.get_one(Interview, interview_id).candidacy_id)
        details = {"interview": interview_id, "sha256": row.sha256, "fault": type(fault).__name__}
        record(session, chain, "assessment_not_stored", None, services.clock(), details)
