"""A week of interviews seen by day, by room or by evaluator: who is free, booked, away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request

from vae_portal.persistence.queries import free_time, habits
from vae_portal.persistence.queries.planning import Booked, EvaluatorView
from vae_portal.persistence.queries.rooms import RoomView
from vae_portal.web.context import reading
from vae_portal.web.moments import monday_of
from vae_portal.web.places import whole_number
from vae_portal.web.presentation import choices, hour
from workflows import clocks
from workflows.availability import Window

BY_DAY, BY_ROOM, BY_EVALUATOR = "jour", "salle", "evaluateur"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: which view, of which week, narrowed to a room or an evaluator (0: all)."""

    view: str
    monday: date
    room: int
    evaluator: int

    @property
    def address(self) -> dict[str, Any]:
        """The same without the week, for links to other weeks."""
        known = {"vue": self.view, "salle": self.room or None, "evaluateur": self.evaluator or None}
        return {name: value for name, value in known.items() if value and value != BY_DAY}


def asked(today: date) -> Asked:
    """Read from the address; what it does not say, or says oddly, is this week, by day, everything."""
    view = request.args.get("vue", BY_DAY)
    return Asked(
        view if view in (BY_ROOM, BY_EVALUATOR) else BY_DAY,
        monday_of(request.args.get("semaine"), today),
        whole_number(request.args.get("salle"), 0),
        whole_number(request.args.get("evaluateur"), 0),
    )


def controls(look: Asked, rooms: list[RoomView], people: list[EvaluatorView]) -> list[dict[str, Any]]:
    """The filters above the week, kept in the address."""
    every_room = [("", "Toutes"), *((room.id, room.name) for room in rooms)]
    everyone = [("", "Tous"), *((one.id, one.name) for one in people)]
    return [
        {"name": "vue", "label": "Vue", "value": look.view, "options": choices("week_view")},
        {"name": "semaine", "label": "Semaine du", "value": look.monday.isoformat(), "type": "date"},
        {"name": "salle", "label": "Salle", "value": look.room or "", "options": every_room},
        {"name": "evaluateur", "label": "Évaluateur", "value": look.evaluator or "", "options": everyone},
    ]


def narrowed(look: Asked, booked: list[Booked]) -> list[Booked]:
    """The interviews of the room and of the evaluator asked for."""
    return [
        b for b in booked if look.room in (0, b.room_id) and (not look.evaluator or look.evaluator in b.evaluator_ids)
    ]


def days(monday: date, booked: list[Booked]) -> list[dict[str, Any]]:
    """Working days, and the other two when something is booked then."""
    found = []
    for day in _week(monday):
        on = [b for b in booked if clocks.civil_date(b.starts_at) == day]
        if day.weekday() < 5 or on:
            found.append({"day": day, "interviews": on})
    return found


def rows(
    look: Asked, centre_id: int, booked: list[Booked], rooms: list[RoomView], people: list[EvaluatorView]
) -> list[dict[str, Any]]:
    """One row a room or an evaluator, one cell a day: {name, days: [{day, holiday, booked, free}]}."""
    monday, last = look.monday, look.monday + timedelta(days=6)
    off = habits.days_off(habits.of_centre(reading(), centre_id), monday, last)
    if look.view == BY_ROOM:
        free = free_time.rooms(reading(), centre_id, monday, last)
        named = [(r.id, r.name) for r in rooms if look.room in (0, r.id)]
        elsewhere = [(0, "Autres lieux")] if not look.room and any(b.room_id is None for b in booked) else []
        return [_row(key, name, free, booked, off, monday, _in_room(key)) for key, name in [*named, *elsewhere]]
    free = free_time.evaluators(reading(), centre_id, monday, last)
    named = [(p.id, p.name) for p in people if look.evaluator in (0, p.id)]
    return [_row(key, name, free, booked, off, monday, _with(key)) for key, name in named]


def _in_room(key: int) -> Callable[[Booked], bool]:
    return lambda b: (b.room_id or 0) == key


def _with(key: int) -> Callable[[Booked], bool]:
    return lambda b: key in b.evaluator_ids


def _row(
    key: int,
    name: str,
    free: free_time.Free,
    booked: list[Booked],
    off: dict[date, str],
    monday: date,
    theirs: Callable[[Booked], bool],
) -> dict[str, Any]:
    mine, cells = [b for b in booked if theirs(b)], []
    for day in _week(monday):
        on = [b for b in mine if clocks.civil_date(b.starts_at) == day]
        left = [w for w in free.get(key, ()) if clocks.civil_date(w.starts_at) == day]
        if day.weekday() < 5 or on:
            cells.append({"day": day, "holiday": off.get(day, ""), "booked": on, "free": _words(left)})
    return {"id": key, "name": name, "days": cells}


def _words(windows: Iterable[Window]) -> str:
    return ", ".join(f"{hour(w.starts_at)} à {hour(w.ends_at)}" for w in windows)


def _week(monday: date) -> list[date]:
    return [monday + timedelta(days=rank) for rank in range(7)]
