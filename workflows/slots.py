"""Which slots are possible for one interview, with whom and where; and of the others, why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.availability import Window
from workflows.clocks import civil_date
from workflows.interview import QUALIFIED_AT_LEAST

EVERY = timedelta(minutes=30)  # between two hours that are proposed [choice]
_NAMED = 3  # rooms told by name

ByDay = Mapping[date, tuple[Window, ...]]


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who may evaluate this candidate, and when they are free; `full`: days on which they sit enough."""

    person_id: int
    name: str
    qualified: bool
    free: ByDay
    full: frozenset[date] = frozenset()
    load: int = 0  # sittings they have around these days


@dataclass(frozen=True, slots=True)
class Place:
    """A room, and when it is free."""

    room_id: int
    name: str
    free: ByDay


@dataclass(frozen=True, slots=True)
class Around:
    """All that a slot depends on."""

    members: tuple[Member, ...]
    places: tuple[Place, ...]
    size: int  # of the commission
    earliest: date  # once the candidate has had notice
    holidays: Mapping[date, str]
    taken: tuple[Window, ...] = ()  # the candidate's own
    kept_people: frozenset[int] = frozenset()  # of the interview that is moved: kept where they can be
    kept_room: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour with a room and a commission, or the reasons why there is none."""

    window: Window
    room_id: int | None = None
    people: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether it can be booked as it is."""
        return not self.reasons


def by_day(windows: Iterable[Window]) -> ByDay:
    """Windows that each lie within a day, by civil day."""
    found: dict[date, tuple[Window, ...]] = defaultdict(tuple)
    for window in windows:
        found[civil_date(window.starts_at)] += (window,)
    return found


def hours(within: Window, length: timedelta) -> list[Window]:
    """Every window of that length that starts on a round of `EVERY` within another."""
    found, starts_at = [], within.starts_at
    while starts_at + length <= within.ends_at:
        found.append(Window(starts_at, starts_at + length))
        starts_at += EVERY
    return found


def judged(window: Window, around: Around) -> Slot:
    """One hour: with whom and where, or every reason against it, as parts of a sentence."""
    day = civil_date(window.starts_at)
    against = []
    if day < around.earliest:
        against.append(f"avant le préavis, qui va jusqu'au {around.earliest:%d/%m/%Y}")
    if name := around.holidays.get(day):
        against.append(f"jour férié : {name}")
    if any(taken.meets(window) for taken in around.taken):
        against.append("le candidat est déjà convoqué ailleurs")
    places = [place for place in around.places if fits(place.free, day, window)]
    against += [] if places else [_no_place(around.places)]
    members = [m for m in around.members if day not in m.full and fits(m.free, day, window)]
    against += _too_few(members, around)
    if against:
        return Slot(window, reasons=tuple(against))
    place = next((p for p in places if p.room_id == around.kept_room), places[0])
    return Slot(window, place.room_id, _commission(members, around))


def fits(free: ByDay, day: date, window: Window) -> bool:
    """Whether a window of that day lies within one that is free."""
    return any(one.holds(window) for one in free.get(day, ()))


def _no_place(places: tuple[Place, ...]) -> str:
    names = [place.name for place in places]
    if not names:
        return "aucune salle n'est enregistrée"
    if len(names) > _NAMED:
        return "aucune salle n'est libre"
    return f"{names[0]} n'est pas libre" if len(names) == 1 else f"{', '.join(names)} ne sont pas libres"


def _too_few(members: list[Member], around: Around) -> list[str]:
    qualified = sum(m.qualified for m in members)
    if not members:
        return ["aucun évaluateur n'est libre"]
    against = [] if qualified >= QUALIFIED_AT_LEAST else ["aucun évaluateur qualifié n'est libre"]
    if len(members) < around.size:
        names = ", ".join(m.name for m in members)
        against.append(f"il faut {around.size} évaluateurs, et sont libres seulement : {names}")
    return against


def _commission(members: list[Member], around: Around) -> tuple[int, ...]:
    """Those who sat already, then those who sit least; one who is qualified among them."""
    ranked = sorted(members, key=lambda m: (m.person_id not in around.kept_people, m.load, m.name, m.person_id))
    able = next(m for m in ranked if m.qualified)
    others = [m for m in ranked if m is not able]
    return tuple(sorted(m.person_id for m in [able, *others[: around.size - 1]]))
