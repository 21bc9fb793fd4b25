"""Puts the minutes of a jury, and each correction of them, in the store under the same lock as a deposit."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from storage.errors import StoreError
from storage.keys import minutes_key
from vae_portal.actions.services import Services
from vae_portal.jobs.deposits import GIVEN_UP_AFTER, MANIFEST, hold
from vae_portal.jobs.stored import keep_row
from vae_portal.persistence.journal import centre_chain, record
from vae_portal.persistence.tables import MinutesDeed

log = structlog.get_logger(__name__)


def seal_minutes(services: Services, deed_id: int) -> None:
    """Stores and locks a deed that is not yet; raises StoreError, to be tried again."""
    with services.database.reading() as session:
        found = session.get_one(MinutesDeed, deed_id)
    if found.object_key is not None:
        return
    store, key, data = services.store, minutes_key(found.sha256), found.content.encode()
    until = found.made_at + timedelta(days=services.settings.seal_days)
    if not store.put_bytes(key, data, MANIFEST, create_only=True, locked_until=until):
        hold(store, key, until)
    with services.database.writing() as session:
        row = session.get_one(MinutesDeed, deed_id, with_for_update=True)
        if row.object_key is not None:
            return
        now = services.clock()
        keep_row(session, key, found.sha256, len(data), MANIFEST, now)
        row.object_key = key
        session.flush()
        details = {"deed": deed_id, "sha256": found.sha256, "until": until}
        record(session, centre_chain(row.centre_id), "minutes_stored", None, now, details)


def seal_remaining_minutes(services: Services) -> int:
    """Stores the deeds that no job stores any more: given up; the number done."""
    with services.database.reading() as session:
        before = services.clock() - GIVEN_UP_AFTER
        waiting = session.scalars(
            select(MinutesDeed.id)
            .where(MinutesDeed.object_key.is_(None), MinutesDeed.made_at < before)
            .order_by(MinutesDeed.id)
        ).all()
    done = 0
    for deed_id in waiting:
        try:
            seal_minutes(services, deed_id)
            done += 1
        except StoreError as fault:
            log.error("minutes_not_sealed", deed=deed_id, fault=type(fault).__name__)
    return done


def tell_failure(services: Services, fault: BaseException, deed_id: int) -> None:
    """Says in the centre's journal that a deed could not be stored: its row never changes."""
    with services.database.writing() as session:
        row = session.get(MinutesDeed, deed_id)
        if row is None or row.object_key is not None:
            return
        details = {"deed": deed_id, "sha256": row.sha256, "fault": type(fault).__name__}
        record(session, centre_chain(row.centre_id), "minutes_not_stored", None, services.clock(), details)
