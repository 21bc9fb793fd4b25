"""Which slots are possible for one interview, with whom and where; and of the others, why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from workflows.availability import Window, at
from workflows.clocks import civil_date, leaves_notice
from workflows.facts import Objection
from workflows.interview import QUALIFIED_AT_LEAST

EVERY = timedelta(minutes=30)  # between two hours that are proposed [choice]
_NAMED = 3  # rooms told by name

ByDay = Mapping[date, tuple[Window, ...]]


class Against(StrEnum):
    """What keeps a slot out of the list, and a planner who chose it by hand may override."""

    HOLIDAY = "holiday"
    OUT_OF_HOURS = "out_of_hours"  # of the centre
    NOT_AVAILABLE = "not_available"
    NO_BREAK = "no_break"
    MOST_A_DAY = "most_a_day"
    TOO_FEW = "too_few"  # evaluators, for the centre's habit


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who may evaluate this candidate, and when they are free.

    `called`: to what they sit in; `resting`: the same with the breaks around; `full`: days on which they sit enough.
    """

    person_id: int
    name: str
    qualified: bool
    free: ByDay
    called: tuple[Window, ...] = ()
    resting: tuple[Window, ...] = ()
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
    hours: tuple[time, time] = (time.min, time.max)  # of the centre
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
    if not leaves_notice(day, around.earliest):
        against.append(f"avant le préavis, qui va jusqu'au {around.earliest:%d/%m/%Y}")
    closed = of_the_centre(window, around)
    if closed:  # then nobody is asked whether they are free
        return Slot(window, reasons=(*against, *(one.words for one in closed)))
    if any(taken.meets(window) for taken in around.taken):
        against.append("le candidat est déjà convoqué ailleurs")
    places = [place for place in around.places if fits(place.free, day, window)]
    against += [] if places else [_no_place(around.places)]
    members = [m for m in around.members if not of_a_member(m, window)]
    against += _too_few(members, around)
    if against:
        return Slot(window, reasons=tuple(against))
    place = next((p for p in places if p.room_id == around.kept_room), places[0])
    return Slot(window, place.room_id, _commission(members, around))


def chosen(window: Window, people: Collection[int], around: Around) -> tuple[Objection, ...]:
    """Everything inconvenient in an hour chosen by hand with these people, by the rules of the list.

    Nothing where someone is called elsewhere at that hour: that is no inconvenience, and the database refuses it.
    """
    sitting = [m for m in around.members if m.person_id in people]
    if any(one.meets(window) for one in (*around.taken, *(one for m in sitting for one in m.called))):
        return ()
    found = of_the_centre(window, around)
    told = {Against.NOT_AVAILABLE} if found else set()  # nobody is, while the centre is closed
    for member in sitting:
        found += [one for one in of_a_member(member, window) if one.code not in told]
    if len(people) < around.size:
        found.append(Objection(Against.TOO_FEW, f"il faut {around.size} évaluateurs, selon les habitudes du centre"))
    return tuple(found)


def of_the_centre(window: Window, around: Around) -> list[Objection]:
    """What the centre's own days and hours say against an hour."""
    day, (begins, ends) = civil_date(window.starts_at), around.hours
    if name := around.holidays.get(day):
        return [Objection(Against.HOLIDAY, f"jour férié : {name}")]
    if Window(at(day, begins), at(day, ends)).holds(window):
        return []
    return [Objection(Against.OUT_OF_HOURS, f"hors des heures du centre, de {_hour(begins)} à {_hour(ends)}")]


def of_a_member(member: Member, window: Window) -> list[Objection]:
    """What keeps an evaluator out of an hour, one by one."""
    day, found = civil_date(window.starts_at), []
    if day in member.full:
        found.append((Against.MOST_A_DAY, "siège déjà ce jour-là autant que le centre le permet"))
    if any(one.meets(window) for one in member.resting):
        found.append((Against.NO_BREAK, "n'aurait pas de pause avant ou après un autre entretien"))
    if not fits(member.free, day, window):
        found.append((Against.NOT_AVAILABLE, "n'a pas dit être disponible à cette heure"))
    return [Objection(code, words, member.name, member.person_id) for code, words in found]


def fits(free: ByDay, day: date, window: Window) -> bool:
    """Whether a window of that day lies within one that is free."""
    return any(one.holds(window) for one in free.get(day, ()))


def _hour(told: time) -> str:
    return f"{told.hour} h {told.minute:02}" if told.minute else f"{told.hour} h"


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
