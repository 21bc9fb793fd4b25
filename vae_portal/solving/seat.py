"""Who sits for whom: each candidacy a start of its kind, a commission that is independent and qualified, and a room."""

from __future__ import annotations

from collections import defaultdict

from ortools.sat.python import cp_model

from vae_portal.solving.choose import Choice, Kind
from vae_portal.solving.problem import Evaluator, Problem, Sitting, Waiting
from vae_portal.solving.starts import Start

_WORKERS = 2


def seat(
    problem: Problem, starts: list[Start], choice: Choice, seconds: float, search: cp_model.CpSolver
) -> tuple[Sitting, ...]:
    """As many sittings as can be had from a choice of evaluators, within so many seconds."""
    waiting: dict[Kind, list[Waiting]] = defaultdict(list)
    for one in problem.waiting:
        waiting[one.certification, one.due].append(one)
    model = cp_model.CpModel()
    sits: dict[tuple[int, int], cp_model.IntVar] = {}  # candidacy at start
    hears: dict[tuple[int, int], list[tuple[int, cp_model.IntVar]]] = defaultdict(list)  # evaluator at start
    for rank, kinds in choice.kinds.items():
        people = [problem.by_evaluator[e] for e in sorted(choice.evaluators.get(rank, ()))]
        for kind in kinds:
            for one in waiting[kind]:
                _offer(model, problem, starts[rank], rank, one, people, sits, hears)
        here = [sits[one.id, rank] for kind in kinds for one in waiting[kind] if (one.id, rank) in sits]
        model.add(sum(here) <= sum(kinds.values()))
    for group in hears.values():
        model.add_at_most_one(variable for _, variable in group)
    by_candidacy: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for (candidacy, _), variable in sits.items():
        by_candidacy[candidacy].append(variable)
    for variables in by_candidacy.values():
        model.add_at_most_one(variables)
    if not sits:
        return ()
    model.maximize(sum(sits.values()))
    search.parameters.max_time_in_seconds = max(seconds, 0.01)
    search.parameters.num_workers = _WORKERS
    if search.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ()
    chosen: dict[tuple[int, int], list[int]] = defaultdict(list)
    for (rank, evaluator), group in hears.items():
        for candidacy, variable in group:
            if search.value(variable):
                chosen[candidacy, rank].append(evaluator)
    return _with_rooms(problem, starts, {key: chosen[key] for key, sat in sits.items() if search.value(sat)})


def may_hear(one: Waiting, evaluator: Evaluator) -> bool:
    """Whether nothing keeps this evaluator from this candidacy (D6412-6)."""
    return evaluator.id not in one.barred


def free_then(one: Waiting, at: int, minutes: int) -> bool:
    """Whether the candidate is not called elsewhere at that time."""
    return not any(begins < at + minutes and at < ends for begins, ends in one.busy)


def _offer(
    model: cp_model.CpModel,
    problem: Problem,
    start: Start,
    rank: int,
    one: Waiting,
    people: list[Evaluator],
    sits: dict[tuple[int, int], cp_model.IntVar],
    hears: dict[tuple[int, int], list[tuple[int, cp_model.IntVar]]],
) -> None:
    """One candidacy at one start, with whoever may hear it then."""
    able = [e for e in people if may_hear(one, e)]
    qualified = [e for e in able if one.certification in e.qualified]
    if len(able) < problem.size or not qualified or not free_then(one, start.at, problem.sitting):
        return
    sat = sits[one.id, rank] = model.new_bool_var("")
    heard = {e.id: model.new_bool_var("") for e in able}
    model.add(sum(heard.values()) == problem.size * sat)
    model.add(sum(heard[e.id] for e in qualified) >= sat)
    for evaluator, variable in heard.items():
        hears[rank, evaluator].append((one.id, variable))


def _with_rooms(problem: Problem, starts: list[Start], chosen: dict[tuple[int, int], list[int]]) -> tuple[Sitting, ...]:
    """A room for each, in order of hour; the room that fewest others could take then goes first."""
    busy_until: dict[int, int] = {}
    made = []
    room_of: dict[tuple[int, ...], int] = {}  # a commission stays where it is
    for (candidacy, rank), people in sorted(chosen.items(), key=lambda item: (starts[item[0][1]].at, item[0][0])):
        start, commission = starts[rank], tuple(sorted(people))
        free = [r for r in sorted(start.rooms) if busy_until.get(r, 0) <= start.at]
        if not free:
            continue
        day_and_people = (start.day, *commission)
        room = room_of[day_and_people] if room_of.get(day_and_people) in free else free[0]
        room_of[day_and_people] = room
        busy_until[room] = start.at + problem.sitting
        made.append(Sitting(start.at, room, candidacy, commission))
    return tuple(made)
