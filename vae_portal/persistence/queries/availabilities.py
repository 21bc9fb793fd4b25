"""What was said of when an evaluator is free, by whom, and what results from it day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import accounts, free_time, habits
from vae_portal.persistence.tables import Availability, Calendar, Person
from workflows import availability as rules
from workflows import clocks
from workflows.availability import Window
from workflows.facts import Actor
from workflows.vocabulary import AvailabilitySource, CalendarMeans, Role


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: every week when `weekday` is there, otherwise once."""

    id: int
    free: bool
    weekday: int | None
    begins: time | None
    ends: time | None
    since: date | None
    until: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    note: str
    by: str  # who recorded it
    by_planner: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A calendar that is read: of an address, the host alone."""

    id: int
    name: str
    host: str  # empty for a file
    means: CalendarMeans
    by: str
    read_at: datetime | None
    failure: str
    events: int


@dataclass(frozen=True, slots=True)
class DayView:
    """One civil day: what is left free, the interviews booked, and the holiday if it is one."""

    day: date
    holiday: str
    free: tuple[Window, ...]
    booked: tuple[Window, ...]


def evaluator(session: Session, actor: Actor, person_id: int) -> Person:
    """An evaluator of the actor's centre: oneself, or anyone for a planner; raises NotVisible."""
    held = accounts.holding(actor.centre_id, Role.EVALUATOR).where(Person.id == person_id)
    theirs = actor.person_id == person_id or Role.PLANNER in actor.roles
    found = session.scalars(held).one_or_none() if theirs else None
    if found is None:
        raise NotVisible("Cette personne n'évalue pas dans votre centre.")
    return found


def lines(session: Session, person_id: int, now: datetime) -> list[Line]:
    """What people said that is not over: every week first, then once, in order."""
    today = clocks.civil_date(now)
    rows = session.execute(
        select(Availability, Person.given_names, Person.family_name)
        .outerjoin(Person, Person.id == Availability.recorded_by)
        .where(Availability.person_id == person_id, Availability.calendar_id.is_(None))
        .where(or_(func.upper(Availability.during) > now, Availability.during.is_(None) & _goes_on(today)))
        .order_by(Availability.during.is_not(None), Availability.weekday, Availability.begins, Availability.during)
        .order_by(Availability.id)
    )
    return [
        Line(
            id=row.id,
            free=row.free,
            weekday=row.weekday,
            begins=row.begins,
            ends=row.ends,
            since=row.since,
            until=row.until,
            starts_at=row.during.lower if row.during else None,
            ends_at=row.during.upper if row.during else None,
            note=row.note,
            by=f"{given or ''} {family or ''}".strip(),
            by_planner=row.source == AvailabilitySource.PLANNER.value,
            at=row.recorded_at,
        )
        for row, given, family in rows
    ]


def _goes_on(today: date) -> ColumnElement[bool]:
    return or_(Availability.until.is_(None), Availability.until >= today)


def days(session: Session, centre_id: int, person_id: int, first: date, last: date) -> list[DayView]:
    """Each day from one to another, both included."""
    usual = habits.of_centre(session, centre_id)
    off, hours = habits.days_off(usual, first, last), (usual.day_begins, usual.day_ends)
    told = free_time.said(session, [person_id], (first, last)).get(person_id, [])
    taken = free_time.booked(session, [person_id], first, last).get(person_id, [])
    left = rules.less(rules.free(told, first, last, hours, off), taken)
    every = [first + timedelta(days=rank) for rank in range((last - first).days + 1)]
    return [
        DayView(
            day,
            off.get(day, ""),
            tuple(w for w in left if clocks.civil_date(w.starts_at) == day),
            tuple(sorted(w for w in taken if clocks.civil_date(w.starts_at) == day)),
        )
        for day in every
    ]


def silent(session: Session, centre_id: int | None, now: datetime) -> list[tuple[int, str]]:
    """Evaluators of the centre of whom nothing says that they are free from now on: (id, name), by name."""
    today = clocks.civil_date(now)
    speaks = select(Availability.person_id).where(
        Availability.free, or_(func.upper(Availability.during) > now, Availability.during.is_(None) & _goes_on(today))
    )
    rows = session.execute(
        accounts.holding(centre_id, Role.EVALUATOR)
        .where(Person.id.not_in(speaks))
        .with_only_columns(Person.id, Person.given_names, Person.family_name)
        .order_by(Person.family_name, Person.given_names, Person.id)
    )
    return [(row.id, f"{row.given_names} {row.family_name}") for row in rows]


def calendars(session: Session, person_id: int) -> list[CalendarView]:
    """The calendars of an evaluator, in the order they were given."""
    counted = select(func.count()).where(Availability.calendar_id == Calendar.id).correlate(Calendar).scalar_subquery()
    rows = session.execute(
        select(Calendar, Person.given_names, Person.family_name, counted.label("events"))
        .join(Person, Person.id == Calendar.added_by)
        .where(Calendar.person_id == person_id)
        .order_by(Calendar.id)
    )
    return [
        CalendarView(
            row.Calendar.id,
            row.Calendar.name,
            host_of(row.Calendar.url),
            CalendarMeans(row.Calendar.means),
            f"{row.given_names} {row.family_name}",
            row.Calendar.read_at,
            row.Calendar.failure,
            row.events,
        )
        for row in rows
    ]


def host_of(url: str | None) -> str:
    """The host of an address, which may be told; the rest opens the calendar."""
    return (urlsplit(url).hostname or "") if url else ""


def failures(session: Session, centre_id: int | None) -> dict[int, list[tuple[str, str]]]:
    """Calendars of the centre's evaluators that could not be read last time: (name, why), by person."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = session.execute(
        select(Calendar.person_id, Calendar.name, Calendar.failure)
        .join(Person, Person.id == Calendar.person_id)
        .where(Person.centre_id == centre_id, Calendar.failure != "")
        .order_by(Calendar.id)
    )
    for row in rows:
        found.setdefault(row.person_id, []).append((row.name, row.failure))
    return found
