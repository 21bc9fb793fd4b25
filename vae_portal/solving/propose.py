"""The whole of it: placed one by one; if that leaves anyone out or late, chosen anew; then the load made even."""

from __future__ import annotations

import time
from collections.abc import Callable

from ortools.sat.python import cp_model

from vae_portal.solving.board import Board, complete
from vae_portal.solving.choose import choose
from vae_portal.solving.problem import Plan, Problem, Sitting, late
from vae_portal.solving.reasons import reasons
from vae_portal.solving.seat import seat
from vae_portal.solving.share import share
from vae_portal.solving.starts import starts

Told = Callable[[int, int], None]  # placed so far, least left out as proven so far
_MOVE = 0.1  # of the time, for placing someone by moving another
_CHOOSE, _SEAT = 0.5, 0.5  # of the time that is left each time: who sits when, who sits for whom


class Search:
    """A search that another thread may stop: what was found by then is the plan."""

    def __init__(self) -> None:
        self.stopped = False
        self._until = 0.0
        self._solver: cp_model.CpSolver | None = None

    def stop(self) -> None:
        """Asks it to end with what it has."""
        self.stopped = True
        if self._solver is not None:
            self._solver.stop_search()

    def propose(self, problem: Problem, told: Told) -> Plan:
        """The best plan found in the time that the problem gives; never worse than one placed one by one."""
        begun = time.monotonic()
        self._until = begun + problem.seconds
        possible = starts(problem)
        best = _sittings(complete(problem, possible, (), problem.seconds * _MOVE))
        told(len(best), 0)
        least = (0, 0)
        if self._left() > 0 and (len(best) < len(problem.waiting) or late(problem, best)):
            kept = self._left() * (1 - _CHOOSE)
            choice = choose(problem, possible, best, lambda: self._left() - kept, told, self._new())
            least = (choice.least_left_out, choice.least_late)
            seated = seat(problem, possible, choice, self._left() * _SEAT, self._new())
            again = _sittings(complete(problem, possible, seated, min(self._left(), problem.seconds * _MOVE)))
            best = min(best, again, key=lambda found: _worth(problem, found))
            told(len(best), least[0])
        if self._left() > 0 and best:
            best = tuple(sorted(share(problem, possible, best, self._left(), self._new())))
        return Plan(best, reasons(problem, possible, best), *least, time.monotonic() - begun)

    def _left(self) -> float:
        """Seconds left; none once stopped."""
        return 0.0 if self.stopped else max(self._until - time.monotonic(), 0.0)

    def _new(self) -> cp_model.CpSolver:
        self._solver = cp_model.CpSolver()
        return self._solver


def _sittings(board: Board) -> tuple[Sitting, ...]:
    return tuple(sorted(board.sittings.values()))


def _worth(problem: Problem, found: tuple[Sitting, ...]) -> tuple[int, int]:
    """Fewer left out, then fewer late."""
    return -len(found), late(problem, found)
