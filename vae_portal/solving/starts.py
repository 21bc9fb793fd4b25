"""When a sitting may begin: one after another from the hours at which evaluators become free."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from vae_portal.solving.problem import Problem, Span, day_of

_ANCHORS_A_DAY = 4  # hours from which sittings follow one another; the most common are kept
_ROUND = 15  # minutes: no sitting begins at seven past


@dataclass(frozen=True, slots=True)
class Start:
    """A minute at which a sitting may begin, and who and what is free for the whole of it."""

    at: int
    day: int
    evaluators: frozenset[int]
    rooms: frozenset[int]


def starts(problem: Problem) -> list[Start]:
    """Every start at which a commission and a room are free, in order."""
    free_from: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    until: dict[int, int] = {}
    for evaluator in problem.evaluators:
        for begins, ends in evaluator.free:
            day = day_of(begins)
            free_from[day][-(-begins // _ROUND) * _ROUND] += 1
            until[day] = max(until.get(day, 0), ends)
    found = []
    for day in sorted(free_from):
        if day < problem.first:
            continue
        counts = free_from[day]
        anchors = sorted(counts, key=lambda at: (-counts[at], at))[:_ANCHORS_A_DAY]
        for at in sorted(_following(anchors, until[day], problem)):
            start = _start(problem, at, day)
            if len(start.evaluators) >= problem.size and start.rooms:
                found.append(start)
    return found


def fits(free: tuple[Span, ...], at: int, minutes: int) -> bool:
    """Whether one is free for so many minutes from then on."""
    return any(begins <= at and at + minutes <= ends for begins, ends in free)


def _following(anchors: list[int], until: int, problem: Problem) -> set[int]:
    step = problem.sitting + problem.rest
    return {at for anchor in anchors for at in range(anchor, until - problem.sitting + 1, step)}


def _start(problem: Problem, at: int, day: int) -> Start:
    return Start(
        at,
        day,
        frozenset(e.id for e in problem.evaluators if fits(e.free, at, problem.sitting)),
        frozenset(r.id for r in problem.rooms if fits(r.free, at, problem.sitting)),
    )
