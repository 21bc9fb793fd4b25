"""Which evaluators sit when, and for how many of each kind of candidacy: as few left out, then as few late, as can be.

Candidacies of one certification and one last day are alike here; who sits for whom is decided afterwards. What this
proves holds for any plan on the same starts, because it forgets constraints and adds none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations, groupby
from math import ceil
from typing import Any

from ortools.sat.python import cp_model

from vae_portal.solving.problem import Problem, Sitting
from vae_portal.solving.starts import Start

Kind = tuple[int, int | None]  # certification and last day
Left = Callable[[], float]  # seconds left, none once the search is stopped
Told = Callable[[int, int], None]  # placed so far, least left out as proven so far

_WORKERS = 2
_A_DAY = 0.5  # seconds at most, for what one day can hold
_DAYS = 0.3  # of the time, for all days
_SHARE = 0.8  # of the time, for how many; the rest is for whom
_SUBSETS = 4  # certifications up to which every group of them is checked to have qualified evaluators enough


@dataclass(frozen=True, slots=True)
class Choice:
    """Evaluators by start, and how many of each kind sit then."""

    evaluators: dict[int, frozenset[int]]
    kinds: dict[int, dict[Kind, int]]
    least_left_out: int
    least_late: int


class _Model:
    """The variables of one search."""

    def __init__(self, problem: Problem, starts: list[Start]) -> None:
        self.problem, self.starts, self.known = problem, starts, 0
        self.model = cp_model.CpModel()
        self.many = Counter((one.certification, one.due) for one in problem.waiting)
        sits: dict[tuple[int, int], cp_model.IntVar] = {}
        for rank, start in enumerate(starts):
            sits.update({(person, rank): self.model.new_bool_var("") for person in sorted(start.evaluators)})
        self.sits = sits
        self.held = {
            (kind, rank): self.model.new_int_var(0, min(count, len(start.rooms)), "")
            for rank, start in enumerate(starts)
            for kind, count in self.many.items()
        }
        self.left = {
            kind: count - sum(self.held[kind, rank] for rank in range(len(starts))) for kind, count in self.many.items()
        }
        self.all_left = sum(self.left.values())
        self.all_late = sum(
            held for (kind, rank), held in self.held.items() if kind[1] is not None and starts[rank].day > kind[1]
        )
        self._people()
        self._starts()

    def _people(self) -> None:
        """Nobody sits twice at a time, a break apart, nor more often a day than the centre allows."""
        length = self.problem.sitting + self.problem.rest
        mine: dict[int, list[int]] = defaultdict(list)
        for person, rank in self.sits:
            mine[person].append(rank)
        for evaluator in self.problem.evaluators:
            ranks = mine[evaluator.id]
            for group in self._at_once(ranks, length):
                self.model.add_at_most_one(self.sits[evaluator.id, rank] for rank in group)
            booked, days = dict(evaluator.booked), defaultdict(list)
            for rank in ranks:
                days[self.starts[rank].day].append(self.sits[evaluator.id, rank])
            for day, sat in days.items():
                most = max(self.problem.most_a_day - booked.get(day, 0), 0)
                if len(sat) > most:
                    self.model.add(sum(sat) <= most)

    def _starts(self) -> None:
        """Commissions whole, rooms enough, qualified evaluators enough."""
        ranks = range(len(self.starts))
        sittings = {rank: sum(self.held[kind, rank] for kind in self.many) for rank in ranks}
        qualified = {e.id: frozenset(e.qualified) for e in self.problem.evaluators}
        groups = _groups({certification for certification, _ in self.many})
        for rank, start in enumerate(self.starts):
            people = sorted(start.evaluators)
            self.model.add(sum(self.sits[e, rank] for e in people) == self.problem.size * sittings[rank])
            for group in groups:
                able = [self.sits[e, rank] for e in people if qualified[e] & group]
                self.model.add(sum(self.held[k, rank] for k in self.many if k[0] in group) <= sum(able))
        for kind, count in self.many.items():
            self.model.add(sum(self.held[kind, rank] for rank in ranks) <= count)
        for together in self._at_once(list(ranks), self.problem.sitting):
            rooms = frozenset().union(*(self.starts[rank].rooms for rank in together))
            anyone = frozenset().union(*(self.starts[rank].evaluators for rank in together))
            # Said although it follows: whole commissions only, which a search that rounds late does not see.
            most = min(len(rooms), len(anyone) // self.problem.size)
            self.model.add(sum(sittings[rank] for rank in together) <= most)

    def limit_days(self, left: Left) -> None:
        """Each day holds no more than it can alone: said day by day, which a search of the whole sees late; where
        that finds more than the plan that is known, it is what the search begins from."""
        found: list[tuple[list[int], _Model, cp_model.CpSolver]] = []
        for _, group in groupby(range(len(self.starts)), key=lambda rank: self.starts[rank].day):
            ranks = list(group)
            day, search = _Model(self.problem, [self.starts[rank] for rank in ranks]), cp_model.CpSolver()
            day.model.minimize(day.all_left)
            _set(search, min(_A_DAY, left()))
            if left() <= 0 or search.solve(day.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                continue
            most = len(self.problem.waiting) - _up(search.best_objective_bound)
            self.model.add(sum(self.held[kind, rank] for kind in self.many for rank in ranks) <= most)
            found.append((ranks, day, search))
        held = Counter(dict.fromkeys(self.many, 0))
        for _, day, search in found:
            for (kind, _rank), variable in day.held.items():
                held[kind] += search.value(variable)
        if sum(min(count, held[kind]) for kind, count in self.many.items()) > self.known:
            self._begin_from_days(found)

    def _begin_from_days(self, found: list[tuple[list[int], _Model, cp_model.CpSolver]]) -> None:
        self.model.clear_hints()
        for ranks, day, search in found:
            for (evaluator, rank), variable in day.sits.items():
                self.model.add_hint(self.sits[evaluator, ranks[rank]], search.value(variable))
            for (kind, rank), count in day.held.items():
                self.model.add_hint(self.held[kind, ranks[rank]], search.value(count))

    def begin_from(self, known: tuple[Sitting, ...]) -> None:
        """Tells the search a plan to do better than."""
        rank_at = {start.at: rank for rank, start in enumerate(self.starts)}
        kind = {one.id: (one.certification, one.due) for one in self.problem.waiting}
        self.known = len(known)
        sat = {(e, rank_at[s.starts_at]) for s in known for e in s.evaluators}
        held = Counter((kind[s.candidacy], rank_at[s.starts_at]) for s in known)
        for key, variable in self.sits.items():
            self.model.add_hint(variable, key in sat)
        for where, count in self.held.items():
            self.model.add_hint(count, held[where])

    def _at_once(self, ranks: list[int], minutes: int) -> Iterable[list[int]]:
        """Groups of starts that overlap two by two when each lasts so long, none within another."""
        last: list[int] = []
        for rank in ranks:
            at = self.starts[rank].at
            group = [other for other in ranks if self.starts[other].at <= at < self.starts[other].at + minutes]
            if last and not set(last) <= set(group):
                yield last
            last = group
        if last:
            yield last


def choose(
    problem: Problem,
    starts: list[Start],
    known: tuple[Sitting, ...],
    left: Left,
    told: Told,
    search: cp_model.CpSolver,
) -> Choice:
    """The best choice found in the time left, from a plan that is known."""
    whole = _Model(problem, starts)
    model, many = whole.model, len(problem.waiting) + 1
    whole.begin_from(known)
    days = left() * (1 - _DAYS)
    whole.limit_days(lambda: left() - days)
    model.minimize(many * whole.all_left + whole.all_late)
    _set(search, left() * _SHARE)
    if search.solve(model, _Watch(len(problem.waiting), many, told)) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Choice({}, {}, 0, 0)
    bound = _up(search.best_objective_bound)
    least_left, found = bound // many, _read(whole, search)
    out, late = search.value(whole.all_left), search.value(whole.all_late)
    least_late = bound - out * many if out == least_left else 0
    model.add(whole.all_left <= out)
    model.add(whole.all_late <= late)
    model.clear_hints()
    _hint(whole, search)
    model.minimize(_urgent_first(whole))
    _set(search, left())
    if search.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = _read(whole, search)
    return Choice(*found, least_left, max(least_late, 0))


def _urgent_first(whole: _Model) -> Any:
    """Of two plans that leave out as many, the one that leaves out those whose last day is farthest."""
    last = sorted({due for _, due in whole.many if due is not None}, reverse=True)
    weight: dict[int | None, int] = {None: 1} | {due: rank + 2 for rank, due in enumerate(last)}
    return sum(weight[kind[1]] * left for kind, left in whole.left.items())


def _groups(certifications: set[int]) -> list[frozenset[int]]:
    every = sorted(certifications)
    if len(every) > _SUBSETS:
        return [frozenset({one}) for one in every] + [frozenset(every)]
    return [frozenset(group) for size in range(1, len(every) + 1) for group in combinations(every, size)]


def _read(whole: _Model, search: cp_model.CpSolver) -> tuple[dict[int, frozenset[int]], dict[int, dict[Kind, int]]]:
    evaluators: dict[int, set[int]] = defaultdict(set)
    for (evaluator, rank), sits in whole.sits.items():
        if search.value(sits):
            evaluators[rank].add(evaluator)
    kinds: dict[int, dict[Kind, int]] = defaultdict(dict)
    for (kind, rank), held in whole.held.items():
        if search.value(held):
            kinds[rank][kind] = search.value(held)
    return {rank: frozenset(people) for rank, people in evaluators.items()}, dict(kinds)


def _hint(whole: _Model, search: cp_model.CpSolver) -> None:
    for variable in (*whole.sits.values(), *whole.held.values()):
        whole.model.add_hint(variable, search.value(variable))


def _up(bound: float) -> int:
    """The whole number that a bound proves."""
    return max(ceil(bound - 1e-6), 0)


def _set(search: cp_model.CpSolver, seconds: float) -> None:
    search.parameters.max_time_in_seconds = max(seconds, 0.01)
    search.parameters.num_workers = _WORKERS


class _Watch(cp_model.CpSolverSolutionCallback):
    """Tells each better plan as it is found."""

    def __init__(self, waiting: int, many: int, told: Told) -> None:
        super().__init__()
        self._waiting, self._many, self._told = waiting, many, told

    def on_solution_callback(self) -> None:
        """Called by the search, in its own thread."""
        left = int(self.objective_value) // self._many
        self._told(self._waiting - left, max(int(self.best_objective_bound), 0) // self._many)
