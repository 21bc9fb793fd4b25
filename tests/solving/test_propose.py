"""The search: whatever it is given, its plan respects everything, leaves out no more than it must, and says why."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import combinations

import pytest

from vae_portal.bench.plans import broken
from vae_portal.solving import asking
from vae_portal.solving.problem import Evaluator, Plan, Problem, Room, Span, Waiting, late
from vae_portal.solving.propose import Search
from workflows.clocks import PARIS
from workflows.plans import Obstacle

FIRST = date(2026, 3, 2)  # a Monday
SEEDS = range(8)


def minute(day: int, hour: int, past: int = 0) -> int:
    """Minutes since 1970 of an hour of Paris, so many days after the first."""
    return int(datetime.combine(FIRST + timedelta(days=day), time(hour, past), PARIS).timestamp()) // 60


def half(day: int, afternoon: bool = False) -> Span:
    return (minute(day, 14), minute(day, 17)) if afternoon else (minute(day, 9), minute(day, 12))


def problem(
    waiting: list[Waiting], evaluators: list[Evaluator], rooms: int = 1, days: int = 5, **more: object
) -> Problem:
    open_hours = tuple((minute(day, 9), minute(day, 18)) for day in range(days))
    given = {"sitting": 60, "rest": 15, "most_a_day": 5, "seconds": 4.0, **more}
    made = tuple(Room(900 + rank, open_hours) for rank in range(rooms))
    return Problem(tuple(waiting), tuple(evaluators), made, FIRST.toordinal(), **given)  # type: ignore[arg-type]


def drawn(seed: int) -> Problem:
    """A centre drawn by chance: scarce enough that not everybody can be heard."""
    chance = random.Random(seed)
    evaluators = [
        Evaluator(
            rank,
            tuple(c for c in (1, 2) if chance.random() < 0.6),
            tuple(half(day, after) for day in range(5) for after in (False, True) if chance.random() < 0.35),
            ((FIRST.toordinal(), chance.randint(0, 2)),),
        )
        for rank in range(7)
    ]
    waiting = [
        Waiting(
            100 + rank,
            chance.choice((1, 2)),
            chance.choice((None, FIRST.toordinal() + 1, FIRST.toordinal() + 3)),
            tuple(e.id for e in evaluators if chance.random() < 0.15),
            (half(chance.randint(0, 4)),) if chance.random() < 0.2 else (),
        )
        for rank in range(14)
    ]
    return problem(waiting, evaluators, rooms=chance.randint(1, 2), most_a_day=chance.randint(2, 4))


def searched(asked: Problem) -> Plan:
    return Search().propose(asked, lambda placed, least: None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_breaks_no_rule_and_accounts_for_everyone(seed: int) -> None:
    asked = drawn(seed)
    found = searched(asked)
    assert broken(asked, found) == {}
    placed = {s.candidacy for s in found.sittings}
    assert placed.isdisjoint(found.left_out)
    assert placed | set(found.left_out) == {one.id for one in asked.waiting}
    assert (len(found.left_out), late(asked, found.sittings)) >= (found.least_left_out, found.least_late)


def most(asked: Problem) -> int:
    """The most that can be heard at one hour, by trying everything."""

    def best(waiting: tuple[Waiting, ...], people: frozenset[int]) -> int:
        if not waiting:
            return 0
        one, rest = waiting[0], waiting[1:]
        found = best(rest, people)
        for pair in combinations(sorted(people - set(one.barred)), 2):
            if any(one.certification in asked.by_evaluator[e].qualified for e in pair):
                found = max(found, 1 + best(rest, people - set(pair)))
        return found

    return best(asked.waiting, frozenset(e.id for e in asked.evaluators))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_more_are_left_out_than_must_be(seed: int) -> None:
    chance = random.Random(seed)
    hour = ((minute(0, 9), minute(0, 10)),)
    evaluators = [Evaluator(rank, tuple(c for c in (1, 2) if chance.random() < 0.5), hour) for rank in range(6)]
    waiting = [
        Waiting(100 + rank, chance.choice((1, 2)), None, tuple(e.id for e in evaluators if chance.random() < 0.35))
        for rank in range(4)
    ]
    asked = problem(waiting, evaluators, rooms=4)
    found = searched(asked)
    assert broken(asked, found) == {}
    assert len(found.sittings) == most(asked)


MORNING = (half(0),)
ABLE, OTHER = Evaluator(1, (7,), MORNING), Evaluator(2, (), MORNING)
ONE = Waiting(100, 7, None)


@pytest.mark.parametrize(
    ("asked", "obstacle"),
    [
        (problem([replace(ONE, certification=8)], [ABLE, OTHER]), Obstacle.NOBODY_QUALIFIED),
        (problem([replace(ONE, barred=(1,))], [ABLE, OTHER, replace(OTHER, id=3)]), Obstacle.NO_QUALIFIED_INDEPENDENT),
        (problem([replace(ONE, barred=(2,))], [ABLE, OTHER]), Obstacle.TOO_FEW_INDEPENDENT),
        (problem([ONE], [ABLE, OTHER], rooms=0), Obstacle.NO_ROOM),
        (problem([ONE], [replace(ABLE, free=()), OTHER, replace(OTHER, id=3)]), Obstacle.QUALIFIED_NEVER_FREE),
        (problem([ONE], [ABLE, replace(OTHER, free=(half(1),))]), Obstacle.NEVER_FREE_TOGETHER),
        (problem([replace(ONE, busy=MORNING)], [ABLE, OTHER]), Obstacle.CANDIDATE_TAKEN),
        (
            problem([replace(ONE, id=key) for key in (100, 101, 102)], [ABLE, OTHER]),
            Obstacle.ALL_TAKEN,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Obstacle) else "",
)
def test_who_is_left_out_is_told_what_stands_in_the_way(asked: Problem, obstacle: Obstacle) -> None:
    found = searched(asked)
    assert set(found.left_out.values()) == {(obstacle.value,)}


def test_the_nearest_last_day_goes_first() -> None:
    soon, later = FIRST.toordinal(), FIRST.toordinal() + 30
    waiting = [Waiting(100 + rank, 7, soon if rank in (3, 4) else later) for rank in range(6)]
    found = searched(problem(waiting, [ABLE, OTHER]))
    assert {s.candidacy for s in found.sittings} == {103, 104}


def test_the_load_is_shared() -> None:
    evaluators = [Evaluator(rank, (7,), tuple(half(day) for day in range(5))) for rank in range(4)]
    found = searched(problem([Waiting(100 + rank, 7, None) for rank in range(8)], evaluators))
    loads = [sum(e.id in s.evaluators for s in found.sittings) for e in evaluators]
    assert len(found.sittings) == 8
    assert max(loads) - min(loads) <= 2


def test_a_process_searches_tells_and_ends_when_told() -> None:
    told: list[tuple[int, int]] = []
    asked = replace(drawn(1), seconds=60.0)
    found = asking.ask(asked, lambda placed, least: told.append((placed, least)), lambda: bool(told))
    assert broken(asked, found) == {}
    assert found.sittings
    assert found.seconds < 30
    assert told[0][0] > 0


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(asking.SearchFailed):
        asking.ask(replace(drawn(1), sitting="soixante"), lambda *_: None, lambda: False)  # type: ignore[arg-type]
