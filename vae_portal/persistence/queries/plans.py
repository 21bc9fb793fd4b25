"""A plan that is open in a centre, and everything that it has to respect, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from vae_portal.persistence.queries import accounts, dues, free_time, habits, hearings
from vae_portal.persistence.tables import (
    Candidacy,
    CertificationVersion,
    Person,
    Plan,
    PlanSitting,
    Qualification,
    Room,
)
from workflows import availability, clocks, interview
from workflows.availability import Window
from workflows.plans import Means, Planned, faults
from workflows.vocabulary import PlanState, Role, Step

CLOSED = (PlanState.ACCEPTED.value, PlanState.GIVEN_UP.value)


@dataclass(frozen=True, slots=True)
class Everything:
    """What a plan has to respect, and by when each jury is to meet."""

    means: Means
    due: dict[int, date | None]  # by candidacy
    sitting: timedelta
    size: int


def open_plan(session: Session, centre_id: int | None, lock: bool = False) -> Plan | None:
    """The plan that is worked on, or looked at, in a centre."""
    wanted = select(Plan).where(Plan.centre_id == centre_id, Plan.state.not_in(CLOSED))
    if lock:
        wanted = wanted.with_for_update()
    return session.scalars(wanted.options(selectinload(Plan.sittings), selectinload(Plan.left_out))).one_or_none()


def last_booked(session: Session, centre_id: int | None, since: datetime) -> Plan | None:
    """The last plan of a centre that was accepted and booked, if that is since then."""
    booked = (Plan.centre_id == centre_id) & (Plan.state == PlanState.ACCEPTED.value) & (Plan.closed_at >= since)
    wanted = select(Plan).where(booked).order_by(Plan.id.desc()).limit(1)
    return session.scalars(wanted.options(selectinload(Plan.sittings))).first()


def everything(
    session: Session, centre_id: int, first: date, last: date, today: date, but: Iterable[PlanSitting] = ()
) -> Everything:
    """What a plan of the centre between two days has to respect; the sittings `but` are taken as booked already."""
    usual, kept = habits.of_centre(session, centre_id), list(but)
    rest = timedelta(minutes=usual.break_minutes)
    waiting = _waiting(session, centre_id)
    people = _people(session, centre_id)
    booked = free_time.booked(session, [*people, *(c.person_id for c in waiting)], first, last)
    candidates = {c.id: c.person_id for c in waiting}
    for sitting in kept:
        for person in (*sitting.evaluators, candidates.get(sitting.candidacy_id, 0)):
            booked.setdefault(person, []).append(free_time.window(sitting.during))
    rooms = free_time.rooms(session, centre_id, first, last)
    for sitting in kept:
        taken = [free_time.window(sitting.during)]
        rooms[sitting.room_id] = availability.less(rooms.get(sitting.room_id, ()), taken)
    qualified = _qualified(session, people)
    means = Means(
        certification={c.id: c.version.certification_id for c in waiting},
        barred=_barred(session, waiting, people),
        qualified=qualified,
        free=_free(session, centre_id, people, booked, rest, first, last),
        rooms=rooms,
        busy={c.id: tuple(booked.get(c.person_id, ())) for c in waiting},
        booked=_sat(people, booked),
        earliest=clocks.earliest_interview(today, waiting[0].centre.notice_days if waiting else 0),
        rest=rest,
        most_a_day=usual.most_a_day,
        evaluators_at_least=interview.EVALUATORS_AT_LEAST,
    )
    due = {c.id: dues.jury_due(c.regime, c.deposited_on) for c in waiting}
    return Everything(means, due, timedelta(minutes=usual.sitting_minutes), usual.evaluators)


def against(session: Session, plan: Plan, today: date) -> dict[int, list[str]]:
    """What is wrong now with the sittings of a plan, by candidacy: hours, rooms and people change after a search."""
    if not plan.sittings:
        return {}
    days = [clocks.civil_date(free_time.window(sitting.during).starts_at) for sitting in plan.sittings]
    found = everything(session, plan.centre_id, min(days), max(days), today)
    return faults(planned(plan.sittings), found.means)


def planned(sittings: Iterable[PlanSitting]) -> list[Planned]:
    """Sittings of a plan as the rules see them."""
    return [Planned(s.candidacy_id, free_time.window(s.during), s.room_id, tuple(s.evaluators)) for s in sittings]


def names(session: Session, centre_id: int | None) -> dict[int, str]:
    """Names of the centre's evaluators, those who have left included."""
    rows = session.execute(
        select(Person.id, Person.given_names, Person.family_name).where(Person.centre_id == centre_id)
    )
    return {row.id: f"{row.given_names} {row.family_name}" for row in rows}


def rooms(session: Session, centre_id: int | None) -> dict[int, Room]:
    """The centre's rooms, retired ones included."""
    return {room.id: room for room in session.scalars(select(Room).where(Room.centre_id == centre_id))}


def candidacies(session: Session, ids: Iterable[int]) -> dict[int, Candidacy]:
    """These candidacies with their candidates, by id."""
    wanted = select(Candidacy).where(Candidacy.id.in_(list(ids))).options(selectinload(Candidacy.person))
    return {candidacy.id: candidacy for candidacy in session.scalars(wanted)}


def _waiting(session: Session, centre_id: int) -> list[Candidacy]:
    return list(
        session.scalars(
            select(Candidacy)
            .join(Candidacy.person)
            .join(Candidacy.centre)
            .join(Candidacy.version.of_type(CertificationVersion))
            .where(Candidacy.centre_id == centre_id, Candidacy.step == Step.INTERVIEW_PENDING.value)
            .options(
                contains_eager(Candidacy.person), contains_eager(Candidacy.centre), contains_eager(Candidacy.version)
            )
            .order_by(Candidacy.id)
        )
    )


def _people(session: Session, centre_id: int) -> dict[int, Person]:
    people = session.scalars(accounts.holding(centre_id, Role.EVALUATOR).order_by(Person.id))
    return {person.id: person for person in people}


def _qualified(session: Session, people: Iterable[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(Qualification.person_id, Qualification.certification_id).where(Qualification.person_id.in_(list(people)))
    )
    for person, certification in rows:
        found[person].add(certification)
    return {person: frozenset(certifications) for person, certifications in found.items()}


def _free(
    session: Session,
    centre_id: int,
    people: Iterable[int],
    booked: dict[int, list[Window]],
    rest: timedelta,
    first: date,
    last: date,
) -> dict[int, tuple[Window, ...]]:
    """When each is free, a break kept before and after what is booked."""
    free = free_time.evaluators(session, centre_id, first, last)
    return {
        person: availability.less(free.get(person, ()), availability.rested(booked.get(person, ()), rest))
        for person in people
    }


def _barred(session: Session, waiting: list[Candidacy], people: dict[int, Person]) -> dict[int, frozenset[int]]:
    """Who cannot sit for whom: the rule of a commission, asked for each of them (D6412-6)."""
    known = hearings.relations(session, [candidacy.id for candidacy in waiting], people)
    found = {}
    for candidacy in waiting:
        acted, named = known.handled(candidacy), hearings.organisations(candidacy)
        found[candidacy.id] = frozenset(
            person.id
            for person in people.values()
            if interview.barred(candidacy.person_id, acted, known.evaluator(person, candidacy, named, True))
        )
    return found


def _sat(people: Iterable[int], booked: dict[int, list[Window]]) -> dict[tuple[int, date], int]:
    return {
        (person, day): count for person in people for day, count in availability.sat(booked.get(person, ())).items()
    }
