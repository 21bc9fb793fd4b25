"""Who hears whom, once it is settled who is heard when: an even load, on few days for each evaluator."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from ortools.sat.python import cp_model

from vae_portal.solving.problem import Problem, Sitting, day_of
from vae_portal.solving.seat import may_hear
from vae_portal.solving.starts import Start

_WORKERS = 2
_STEP = 3  # sittings: each such step of an evaluator's load costs more than the one before
_COMING = 2  # what a day on which an evaluator comes costs


def share(
    problem: Problem, starts: list[Start], sittings: tuple[Sitting, ...], seconds: float, search: cp_model.CpSolver
) -> tuple[Sitting, ...]:
    """The same sittings with the commissions that make the load most even; as they were when time runs out first."""
    model, free = cp_model.CpModel(), {start.at: start.evaluators for start in starts}
    waiting = {one.id: one for one in problem.waiting}
    hears: dict[int, dict[int, cp_model.IntVar]] = {}
    for sitting in sittings:
        one = waiting[sitting.candidacy]
        able = [e for e in sorted(free[sitting.starts_at]) if may_hear(one, problem.by_evaluator[e])]
        heard = hears[one.id] = {e: model.new_bool_var("") for e in able}
        model.add(sum(heard.values()) == problem.size)
        model.add_bool_or(
            variable for e, variable in heard.items() if one.certification in problem.by_evaluator[e].qualified
        )
        for e, variable in heard.items():
            model.add_hint(variable, e in sitting.evaluators)
    model.minimize(_load(model, problem, sittings, hears))
    search.parameters.max_time_in_seconds = max(seconds, 0.01)
    search.parameters.num_workers = _WORKERS
    if search.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return sittings
    return tuple(
        replace(sitting, evaluators=tuple(e for e, v in hears[sitting.candidacy].items() if search.value(v)))
        for sitting in sittings
    )


def _load(
    model: cp_model.CpModel,
    problem: Problem,
    sittings: tuple[Sitting, ...],
    hears: dict[int, dict[int, cp_model.IntVar]],
) -> Any:
    """What the plan costs its evaluators; adds what each of them can do at most."""
    mine: dict[int, list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
    for sitting in sorted(sittings):
        for evaluator, variable in hears[sitting.candidacy].items():
            mine[evaluator].append((sitting.starts_at, variable))
    cost: list[cp_model.LinearExpr] = []
    for evaluator, heard in mine.items():
        booked = dict(problem.by_evaluator[evaluator].booked)
        _apart(model, heard, problem.sitting + problem.rest)
        days: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for at, variable in heard:
            days[day_of(at)].append(variable)
        for day, variables in days.items():
            comes = model.new_bool_var("")
            model.add(sum(variables) <= max(problem.most_a_day - booked.get(day, 0), 0) * comes)
            if not booked.get(day):
                cost.append(_COMING * comes)
        load = sum(variable for _, variable in heard) + sum(booked.values())
        steps = len(heard) // _STEP + 1
        over = [model.new_int_var(0, len(heard), "") for _ in range(steps)]
        for rank, excess in enumerate(over):
            model.add(excess >= load - _STEP * (rank + 1))
        cost += over
    return sum(cost)


def _apart(model: cp_model.CpModel, heard: list[tuple[int, cp_model.IntVar]], minutes: int) -> None:
    """Nobody hears two at once, nor without a break between."""
    for at, _ in heard:
        together = [variable for other, variable in heard if other <= at < other + minutes]
        if len(together) > 1:
            model.add_at_most_one(together)
