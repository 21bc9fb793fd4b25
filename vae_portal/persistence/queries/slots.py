"""All that a slot of one interview depends on, for the list of those that are possible and for one chosen by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.persistence.queries import free_time, habits
from vae_portal.persistence.tables import PlanningHabits
from workflows import availability, clocks, slots
from workflows.availability import Window
from workflows.facts import EvaluatorFacts, Objection, SlotFacts
from workflows.slots import Around, Member, Place


def around(
    session: Session,
    candidacy: Any,
    people: Iterable[tuple[int, str, bool]],
    rooms: Iterable[tuple[int, str]],
    days: tuple[date, date],
    today: date,
    kept: SlotFacts | None = None,
) -> Around:
    """What is known from one day to another, in a number of statements that does not depend on them.

    `people`: (id, name, qualified) of who may sit; `rooms`: (id, name); `kept`: the slot that is moved.
    """
    (first, last), usual = days, habits.of_centre(session, candidacy.centre_id)
    members, known = list(people), list(rooms)
    free = free_time.evaluators(session, candidacy.centre_id, first, last, candidacy.id, usual)
    called = [*(key for key, _, _ in members), candidacy.person_id]
    booked = free_time.booked(session, called, first, last, candidacy.id)
    empty = free_time.rooms(session, candidacy.centre_id, first, last, candidacy.id, usual) if known else {}
    return Around(
        members=tuple(
            _member(key, name, qualified, free.get(key, ()), booked.get(key, []), usual)
            for key, name, qualified in members
        ),
        places=tuple(Place(key, name, slots.by_day(empty.get(key, ()))) for key, name in known),
        size=usual.evaluators,
        earliest=clocks.earliest_interview(today, candidacy.centre.notice_days),
        holidays=habits.days_off(usual, first, last),
        hours=(usual.day_begins, usual.day_ends),
        taken=tuple(booked.get(candidacy.person_id, [])),
        kept_people=frozenset(e.person_id for e in kept.evaluators) if kept else frozenset(),
        kept_room=kept.room_id if kept else None,
    )


def against(session: Session, candidacy: Any, slot: SlotFacts, today: date) -> tuple[Objection, ...]:
    """What is inconvenient in a slot chosen by hand."""
    window = Window(slot.starts_at, slot.ends_at)
    days = clocks.civil_date(slot.starts_at), clocks.civil_date(slot.ends_at)
    known = around(session, candidacy, _named(slot.evaluators), (), days, today)
    return slots.chosen(window, {e.person_id for e in slot.evaluators}, known)


def _named(people: Iterable[EvaluatorFacts]) -> list[tuple[int, str, bool]]:
    return [(e.person_id, e.name, e.qualified) for e in people]


def _member(
    key: int, name: str, qualified: bool, free: tuple[Window, ...], booked: list[Window], usual: PlanningHabits
) -> Member:
    sat = availability.sat(booked)
    return Member(
        key,
        name,
        qualified,
        slots.by_day(free),
        called=tuple(booked),
        resting=availability.rested(booked, timedelta(minutes=usual.break_minutes)),
        full=frozenset(day for day, count in sat.items() if count >= usual.most_a_day),
        load=sat.total(),
    )
