"""The slots that are possible for one interview, by day, and why the others of a chosen day are not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from vae_portal.persistence.queries import habits
from vae_portal.persistence.queries import slots as queries
from vae_portal.persistence.queries.rooms import RoomView
from vae_portal.web.context import now, reading
from vae_portal.web.moments import instant
from vae_portal.web.planning_forms import SlotForm
from vae_portal.web.presentation import hour, in_paris
from workflows import availability, clocks, slots
from workflows.availability import Window
from workflows.facts import Facts
from workflows.slots import Around, Slot

DAYS = 28  # looked at together
_HOURS_A_DAY = 6  # proposed; the page of a day has them all


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: all that slots depend on, the length of a sitting, the days."""

    around: Around
    length: timedelta
    first: date
    last: date
    open_hours: tuple[Window, ...]

    def at(self, starts_at: datetime) -> Slot:
        """One hour."""
        return slots.judged(Window(starts_at, starts_at + self.length), self.around)

    def of_day(self, day: date) -> list[Slot]:
        """Every round hour of a day."""
        found = [w for w in self.open_hours if clocks.civil_date(w.starts_at) == day]
        return [slots.judged(one, self.around) for within in found for one in slots.hours(within, self.length)]


def look(
    candidacy: Any, facts: Facts, people: list[dict[str, Any]], rooms: list[RoomView], first: date, minutes: int | None
) -> Looked:
    """Loads what is needed for four weeks from a day."""
    last, session = first + timedelta(days=DAYS - 1), reading()
    usual = habits.of_centre(session, candidacy.centre_id)
    around = queries.around(
        session,
        candidacy,
        [(p["id"], p["name"], p["qualified"]) for p in people if not p["barred"]],
        [(room.id, room.name) for room in rooms],
        (first, last),
        clocks.civil_date(now()),
        facts.interview.slot if facts.interview else None,
    )
    every = availability.open_hours(first, last, around.hours)  # holidays too, which say that they are
    return Looked(around, timedelta(minutes=minutes or usual.sitting_minutes), first, last, every)


def proposed(looked: Looked, until: date | None) -> list[dict[str, Any]]:
    """Days with hours that are possible, up to the jury's deadline while it is ahead: {day, hours, more}."""
    by_day: dict[date, list[Slot]] = defaultdict(list)
    last = until if until and until >= looked.first else looked.last
    for within in looked.open_hours:
        day = clocks.civil_date(within.starts_at)
        if looked.around.earliest <= day <= last:
            found = [slots.judged(one, looked.around) for one in slots.hours(within, looked.length)]
            by_day[day] = [one for one in found if one.possible]
    return [
        {"day": day, "hours": [_choice(one) for one in found[:_HOURS_A_DAY]], "more": len(found) - _HOURS_A_DAY}
        for day, found in by_day.items()
        if found
    ]


def whole_day(looked: Looked, day: date, names: dict[int, str], rooms: dict[int, str]) -> list[dict[str, Any]]:
    """Every hour of a day: with whom and where, or why not."""
    return [
        _choice(one)
        | {
            "possible": one.possible,
            "reasons": one.reasons,
            "room": rooms.get(one.room_id or 0, ""),
            "people": ", ".join(names[key] for key in one.people),
        }
        for one in looked.of_day(day)
    ]


def fill(form: SlotForm, looked: Looked, starts_at: datetime) -> None:
    """Puts an hour chosen in the list into the form, with the room and the commission proposed for it."""
    local, found = in_paris(starts_at), looked.at(starts_at)
    form.day.data, form.hour.data = local.date(), local.time()
    if found.possible:
        form.evaluators.data = list(found.people)
        form.room.data = str(found.room_id)
        form.place.data = form.video_link.data = ""


def with_free_time(
    people: list[dict[str, Any]], looked: Looked, day: date | None, at: time | None
) -> list[dict[str, Any]]:
    """The same people, each with what keeps them out of that hour: they can be chosen all the same."""
    starts_at = instant(day, at) if day and at else None
    if starts_at is None or day is None or not looked.first <= day <= looked.last:
        return people
    window = Window(starts_at, starts_at + looked.length)
    told = {m.person_id: slots.of_a_member(m, window) for m in looked.around.members}
    return [{**p, "tags": [*p["tags"], *(("calm", one.words) for one in told.get(p["id"], ()))]} for p in people]


def _choice(one: Slot) -> dict[str, Any]:
    local = in_paris(one.window.starts_at)
    return {"day": local.date().isoformat(), "hour": f"{local:%H:%M}", "words": hour(one.window.starts_at)}
