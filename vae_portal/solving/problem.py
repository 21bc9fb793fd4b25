"""What a plan is to be made of, and the plan: numbers only, for a process that knows no database.

Instants are whole minutes since 1970 in UTC; days are proleptic ordinals of civil days of Paris.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from workflows.clocks import civil_date

Span = tuple[int, int]  # from one minute up to another, left out


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidacy to plan."""

    id: int
    certification: int
    due: int | None  # last day on which a jury may meet; None: none is set
    barred: tuple[int, ...] = ()  # evaluators who cannot sit for them (D6412-6)
    busy: tuple[Span, ...] = ()  # called elsewhere


@dataclass(frozen=True, slots=True)
class Evaluator:
    """An evaluator, when they are free, bookings and their breaks taken out."""

    id: int
    qualified: tuple[int, ...]  # certifications
    free: tuple[Span, ...]
    booked: tuple[tuple[int, int], ...] = ()  # (day, how many sittings they have that day already)


@dataclass(frozen=True, slots=True)
class Room:
    """A room and when it is free."""

    id: int
    free: tuple[Span, ...]


@dataclass(frozen=True)
class Problem:
    """Everything that a plan has to respect; `size` is that of a commission."""

    waiting: tuple[Waiting, ...]
    evaluators: tuple[Evaluator, ...]
    rooms: tuple[Room, ...]
    first: int  # earliest day: the notice is kept
    sitting: int  # minutes
    rest: int  # minutes between two sittings of one evaluator
    most_a_day: int
    size: int = 2
    seconds: float = 20.0  # that the search may last

    def as_json(self) -> str:
        """For the process that solves it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Problem:
        """What `as_json` wrote."""
        raw: dict[str, Any] = json.loads(text)
        people = {"waiting": Waiting, "evaluators": Evaluator, "rooms": Room}
        raw |= {name: tuple(kind(**_tuples(one)) for one in raw[name]) for name, kind in people.items()}
        return cls(**raw)

    @cached_property
    def by_evaluator(self) -> dict[int, Evaluator]:
        """Evaluators by id."""
        return {evaluator.id: evaluator for evaluator in self.evaluators}


@dataclass(frozen=True, slots=True, order=True)
class Sitting:
    """One interview of a plan."""

    starts_at: int
    room: int
    candidacy: int
    evaluators: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was found: sittings, why others have none, and how good it can be shown to be."""

    sittings: tuple[Sitting, ...]
    left_out: dict[int, tuple[str, ...]] = field(default_factory=dict)  # codes of what stands in the way
    least_left_out: int = 0  # proven: no plan on the same starts leaves out fewer
    least_late: int = 0  # proven, among those that leave out as few
    seconds: float = 0.0


def day_of(minute: int) -> int:
    """The civil day of Paris at that minute."""
    return civil_date(datetime.fromtimestamp(minute * 60, UTC)).toordinal()


def late(problem: Problem, sittings: tuple[Sitting, ...]) -> int:
    """How many sit after the last day on which their jury may meet."""
    due = {one.id: one.due for one in problem.waiting}
    days = ((day_of(sitting.starts_at), due[sitting.candidacy]) for sitting in sittings)
    return sum(last is not None and day > last for day, last in days)


def by_day(sittings: tuple[Sitting, ...]) -> dict[int, list[Sitting]]:
    """Sittings by civil day."""
    found: dict[int, list[Sitting]] = defaultdict(list)
    for sitting in sorted(sittings):
        found[day_of(sitting.starts_at)].append(sitting)
    return found


def _tuples(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: _tuple(value) for key, value in raw.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(item) for item in value) if isinstance(value, list) else value
