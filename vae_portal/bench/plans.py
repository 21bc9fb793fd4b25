"""A plan for 300 candidates, 40 evaluators, 10 rooms and 30 days: how long, how good, and whether it breaks a rule."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

from vae_portal.bench.figure import Figure
from vae_portal.bench.rig import Rig
from vae_portal.solving import asking
from vae_portal.solving.problem import Evaluator, Plan, Problem, Room, Span, Waiting, late
from workflows import plans as rules
from workflows.availability import Window
from workflows.clocks import PARIS

_FIRST = date(2026, 3, 2)
_CERTIFICATIONS = (1, 2, 3, 4)
_HALVES = (((9, 0), (12, 30)), ((13, 30), (18, 0)), ((9, 0), (18, 0)), ((10, 0), (16, 0)))
_SEARCH_SECONDS = 25.0
# How often an evaluator is free on a day: enough for everybody, and far from enough.
_CENTRES = {"ample": 0.38, "scarce": 0.10}


def measure(rig: Rig) -> list[Figure]:
    """The plan of an ample centre and of a scarce one."""
    size = (60, 12, 4, 10) if rig.quick else (300, 40, 10, 30)
    figures = []
    for rank, (name, often) in enumerate(_CENTRES.items()):
        problem = centre(rank + 1, often, *size)
        began = datetime.now(UTC)
        plan = asking.ask(problem, lambda placed, least: None, lambda: False)
        seconds = (datetime.now(UTC) - began).total_seconds()
        figures += _figures(name, problem, plan, seconds)
    return figures


def centre(seed: int, often: float, candidates: int, evaluators: int, rooms: int, days: int) -> Problem:
    """A centre drawn by chance, with independence conflicts for one pair in sixteen."""
    chance = random.Random(seed)  # noqa: S311 - a measure is to be drawn again
    worked = [day for rank in range(3 * days) if (day := _FIRST + timedelta(days=rank)).weekday() < 5][:days]
    people = [
        Evaluator(
            rank,
            tuple(c for c in _CERTIFICATIONS if chance.random() < 0.4),
            tuple(_span(day, *chance.choice(_HALVES)) for day in worked if chance.random() < often),
        )
        for rank in range(evaluators)
    ]
    ends = (worked[len(worked) // 2], worked[-1], worked[-1] + timedelta(days=30))
    waiting = [
        Waiting(
            rank,
            chance.choice(_CERTIFICATIONS),
            chance.choice(ends).toordinal(),
            tuple(e.id for e in people if chance.random() < 1 / 16),
        )
        for rank in range(candidates)
    ]
    open_rooms = [
        Room(rank, tuple(_span(day, (9, 0), (18, 0)) for day in worked if chance.random() < 0.9))
        for rank in range(rooms)
    ]
    return Problem(
        tuple(waiting),
        tuple(people),
        tuple(open_rooms),
        _FIRST.toordinal(),
        sitting=60,
        rest=15,
        most_a_day=5,
        seconds=_SEARCH_SECONDS,
    )


def broken(problem: Problem, plan: Plan) -> dict[int, list[str]]:
    """What the rules find against a plan: they share nothing with the search."""
    lasts = timedelta(minutes=problem.sitting)
    begins = {sitting: datetime.fromtimestamp(sitting.starts_at * 60, UTC) for sitting in plan.sittings}
    planned = [rules.Planned(s.candidacy, Window(at, at + lasts), s.room, s.evaluators) for s, at in begins.items()]
    return rules.faults(planned, _means(problem))


def _means(problem: Problem) -> rules.Means:
    return rules.Means(
        certification={one.id: one.certification for one in problem.waiting},
        barred={one.id: frozenset(one.barred) for one in problem.waiting},
        qualified={e.id: frozenset(e.qualified) for e in problem.evaluators},
        free={e.id: _windows(e.free) for e in problem.evaluators},
        rooms={room.id: _windows(room.free) for room in problem.rooms},
        busy={one.id: _windows(one.busy) for one in problem.waiting},
        booked={(e.id, date.fromordinal(day)): count for e in problem.evaluators for day, count in e.booked},
        earliest=date.fromordinal(problem.first),
        rest=timedelta(minutes=problem.rest),
        most_a_day=problem.most_a_day,
    )


def _windows(spans: tuple[Span, ...]) -> tuple[Window, ...]:
    return tuple(Window(*(datetime.fromtimestamp(at * 60, UTC) for at in span)) for span in spans)


def _span(day: date, begins: tuple[int, int], ends: tuple[int, int]) -> Span:
    at, until = (int(datetime.combine(day, time(*hour), PARIS).timestamp()) // 60 for hour in (begins, ends))
    return at, until


def _figures(name: str, problem: Problem, plan: Plan, seconds: float) -> list[Figure]:
    out, after = len(plan.left_out), late(problem, plan.sittings)
    bound = plan.least_left_out + plan.least_late
    ratio = round((out + after) / bound, 3) if bound else 1.0 if out + after == 0 else float(out + after + 1)
    loads = [sum(e.id in s.evaluators for s in plan.sittings) for e in problem.evaluators if e.free]
    return [
        Figure(f"plan, {name}: seconds", round(seconds, 1), "lower", 30.0, {"candidates": len(problem.waiting)}),
        Figure(f"plan, {name}: rules broken", sum(map(len, broken(problem, plan).values())), "lower", 0.0),
        Figure(
            f"plan, {name}: left out or late / bound",
            ratio,
            "lower",
            1.02,
            {
                "left_out": out,
                "late": after,
                "least_left_out": plan.least_left_out,
                "least_late": plan.least_late,
                "least_load": min(loads),
                "most_load": max(loads),
            },
        ),
    ]
