"""When evaluators and rooms of a centre are free: what was said of them, less what is booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from vae_portal.persistence.queries import accounts, habits
from vae_portal.persistence.tables import (
    Availability,
    Convocation,
    Interview,
    Person,
    PlanningHabits,
    Room,
    RoomClosure,
)
from workflows import availability as rules
from workflows import clocks
from workflows.availability import Window
from workflows.vocabulary import Role

Free = dict[int, tuple[Window, ...]]


def said(
    session: Session, person_ids: Iterable[int], days: tuple[date, date] | None = None
) -> dict[int, list[rules.Said]]:
    """What each of these people said of when they are free, and what their calendars say; of some days, or of all."""
    wanted = select(Availability).where(Availability.person_id.in_(list(person_ids)))
    if days is not None:
        wanted = wanted.where(Availability.during.is_(None) | Availability.during.op("&&")(between(*days)))
    rows = session.scalars(wanted)
    found: dict[int, list[rules.Said]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(as_said(row))
    return found


def as_said(row: Availability) -> rules.Said:
    """One row as the rules see it."""
    if row.during is not None:
        return rules.Once(row.free, window(row.during))
    if row.weekday is None or row.begins is None or row.ends is None or row.since is None:
        raise ValueError("the database keeps what comes back every week whole")
    return rules.Weekly(row.free, row.weekday, row.begins, row.ends, row.since, row.until)


def evaluators(
    session: Session, centre_id: int, first: date, last: date, but: int = 0, usual: PlanningHabits | None = None
) -> Free:
    """When each evaluator of the centre is free from one day to another, both included, bookings taken out.

    The interview of the candidacy `but` takes nobody's time: it is the one that is looked at. `usual`: the centre's
    habits, where the caller has them.
    """
    people = session.scalars(accounts.holding(centre_id, Role.EVALUATOR).with_only_columns(Person.id)).all()
    usual = usual or habits.of_centre(session, centre_id)
    off, hours = habits.days_off(usual, first, last), (usual.day_begins, usual.day_ends)
    told = said(session, people, (first, last))
    taken = booked(session, people, first, last, but)
    return {
        person: rules.less(rules.free(told.get(person, []), first, last, hours, off), taken.get(person, []))
        for person in people
    }


def booked(session: Session, person_ids: Iterable[int], first: date, last: date, but: int = 0) -> dict[int, Any]:
    """When each of these people is called to an interview, as whatever, in whatever candidacy but one."""
    rows = session.execute(
        select(Convocation.person_id, Convocation.during)
        .join(Interview, Interview.id == Convocation.interview_id)
        .where(Convocation.person_id.in_(list(person_ids)), Convocation.live, Interview.candidacy_id != but)
        .where(Convocation.during.op("&&")(between(first, last)))
    )
    found: dict[int, list[Window]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(window(row.during))
    return found


def rooms(
    session: Session, centre_id: int, first: date, last: date, but: int = 0, usual: PlanningHabits | None = None
) -> Free:
    """When each room of the centre that is in use is free, closures and bookings taken out."""
    usual = usual or habits.of_centre(session, centre_id)
    off, within = habits.days_off(usual, first, last), between(first, last)
    open_hours = rules.open_hours(first, last, (usual.day_begins, usual.day_ends), off)
    ids = session.scalars(select(Room.id).where(Room.centre_id == centre_id, Room.retired_at.is_(None))).all()
    taken: dict[int, list[Window]] = defaultdict(list)
    closed = select(RoomClosure.room_id, RoomClosure.during).where(RoomClosure.room_id.in_(ids))
    sat = select(Interview.room_id, Interview.during).where(
        Interview.room_id.in_(ids), Interview.live, Interview.candidacy_id != but
    )
    for row in session.execute(closed.where(RoomClosure.during.op("&&")(within))):
        taken[row.room_id].append(window(row.during))
    for row in session.execute(sat.where(Interview.during.op("&&")(within))):
        taken[row.room_id].append(window(row.during))
    return {room: rules.less(open_hours, taken.get(room, [])) for room in ids}


def between(first: date, last: date) -> Any:
    """The instants from one civil day to another, both included."""
    return Range(clocks.midnight(first), clocks.midnight(last + timedelta(days=1)), bounds="[)")


def window(during: Range[Any]) -> Window:
    """A range of the database, whose two bounds are known."""
    if during.lower is None or during.upper is None:
        raise ValueError("the database keeps every booking within two bounds")
    return Window(during.lower, during.upper)
