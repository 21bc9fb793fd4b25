"""Reads again the calendars that evaluators gave the address of."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from vae_portal.actions import calendars
from vae_portal.actions.calendars import CalendarUnreadable
from vae_portal.actions.services import Services
from vae_portal.jobs.fetching import fetch
from vae_portal.jobs.retries import sentence
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Calendar, Person
from workflows.vocabulary import CalendarMeans

log = structlog.get_logger(__name__)

AGAIN_AFTER = timedelta(hours=4)


def read_calendar(services: Services, calendar_id: int) -> None:
    """Reads one calendar; why it cannot be read is kept for its evaluator and their planners."""
    with services.database.reading() as session:
        calendar = session.get(Calendar, calendar_id)
    if calendar is None or calendar.url is None:
        return
    hosts = services.settings.calendar_private_hosts
    try:
        content = fetch(calendar.url, {host.strip() for host in hosts.split(",")} - {""})
        periods = calendars.read(content, CalendarMeans(calendar.means), services.clock())
    except CalendarUnreadable as fault:
        log.info("calendar_unreadable", calendar=calendar_id, reason=str(fault))
        calendars.keep_failure(services, calendar_id, str(fault))
        return
    calendars.keep(services, calendar_id, periods)


def tell_failure(services: Services, fault: BaseException, calendar_id: int) -> None:
    """Keeps what went wrong beyond the calendar itself."""
    calendars.keep_failure(services, calendar_id, sentence(fault))


def read_again(services: Services) -> int:
    """Asks for every calendar that was not read for a few hours, of people who still have an account; how many."""
    before = services.clock() - AGAIN_AFTER
    due = (
        select(Calendar.id)
        .join(Person, Person.id == Calendar.person_id)
        .where(Calendar.url.is_not(None), Person.disabled_at.is_(None))
        .where(or_(Calendar.read_at.is_(None), Calendar.read_at < before))
        .order_by(Calendar.id)
    )
    with services.database.writing() as session:
        found = session.scalars(due).all()
        for calendar_id in found:
            queue.defer(session, queue.READ_CALENDAR, calendar_id=calendar_id)
    return len(found)
