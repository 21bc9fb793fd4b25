"""The plan as it stands: who and what is taken when; places one more, moving one other if it must."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter

from vae_portal.solving.problem import Problem, Sitting, Waiting, day_of
from vae_portal.solving.seat import free_then, may_hear
from vae_portal.solving.starts import Start


class Board:
    """Sittings that respect everything, and who and what is still free at each start."""

    def __init__(self, problem: Problem, starts: list[Start], sittings: tuple[Sitting, ...]) -> None:
        self.problem, self.starts = problem, starts
        self.waiting = {one.id: one for one in problem.waiting}
        self.sittings: dict[int, Sitting] = {}
        self._by_at = {start.at: start for start in starts}
        self._days = Counter({(e.id, day): count for e in problem.evaluators for day, count in e.booked})
        self._load = Counter({e.id: sum(count for _, count in e.booked) for e in problem.evaluators})
        # How many sittings keep someone, or a room, from a start; 0 and absent: free.
        self._keeps: Counter[tuple[int, int]] = Counter()
        self._shut: Counter[tuple[int, int]] = Counter()
        for sitting in sittings:
            self.put(sitting)

    def put(self, sitting: Sitting) -> None:
        """Takes the commission and the room."""
        self.sittings[sitting.candidacy] = sitting
        self._count(sitting, 1)

    def take_back(self, sitting: Sitting) -> None:
        """Frees the commission and the room."""
        del self.sittings[sitting.candidacy]
        self._count(sitting, -1)

    def place(self, one: Waiting) -> Sitting | None:
        """The earliest sitting there is room for; not put on the board."""
        for start in self.starts:
            if free_then(one, start.at, self.problem.sitting):
                room = next((r for r in sorted(start.rooms) if not self._shut[start.at, r]), None)
                people = self._commission(one, start) if room is not None else None
                if room is not None and people is not None:
                    return Sitting(start.at, room, one.id, people)
        return None

    def place_by_moving(self, one: Waiting) -> bool:
        """Puts one more on the board by moving one other; False, and nothing moved, when that is not to be had."""
        for other in sorted(self.sittings.values()):
            if not free_then(one, other.starts_at, self.problem.sitting):
                continue
            self.take_back(other)
            mine = self._at(one, other.starts_at, other.room)
            if mine is not None:
                self.put(mine)
                theirs = self.place(self.waiting[other.candidacy])
                if theirs is not None and self.is_late(theirs) <= self.is_late(other):
                    self.put(theirs)
                    return True
                self.take_back(mine)
            self.put(other)
        return False

    def _at(self, one: Waiting, at: int, room: int) -> Sitting | None:
        start = self._by_at.get(at)
        people = self._commission(one, start) if start else None
        return Sitting(at, room, one.id, people) if people else None

    def _commission(self, one: Waiting, start: Start) -> tuple[int, ...] | None:
        """Those who are free then and have sat least, one of them qualified."""
        able = [
            self.problem.by_evaluator[e]
            for e in start.evaluators
            if not self._keeps[start.at, e] and self._days[e, start.day] < self.problem.most_a_day
        ]
        able = sorted((e for e in able if may_hear(one, e)), key=lambda e: (self._load[e.id], e.id))
        qualified = next((e for e in able if one.certification in e.qualified), None)
        if qualified is None or len(able) < self.problem.size:
            return None
        others = [e.id for e in able if e is not qualified][: self.problem.size - 1]
        return tuple(sorted((qualified.id, *others)))

    def _count(self, sitting: Sitting, by: int) -> None:
        day, at = day_of(sitting.starts_at), sitting.starts_at
        for evaluator in sitting.evaluators:
            self._days[evaluator, day] += by
            self._load[evaluator] += by
        length, rest = self.problem.sitting, self.problem.rest
        near = bisect_left(self.starts, at - length - rest + 1, key=lambda start: start.at)
        for start in self.starts[near:]:
            if start.at >= at + length + rest:
                break
            for evaluator in sitting.evaluators:
                self._keeps[start.at, evaluator] += by
            if at - length < start.at < at + length:
                self._shut[start.at, sitting.room] += by

    def is_late(self, sitting: Sitting) -> bool:
        """Whether it is after the last day on which a jury may meet."""
        due = self.waiting[sitting.candidacy].due
        return due is not None and day_of(sitting.starts_at) > due


def complete(problem: Problem, starts: list[Start], sittings: tuple[Sitting, ...], seconds: float) -> Board:
    """Places whoever is still left out, the nearest last day first; in so many seconds, by moving one other too."""
    board, until = Board(problem, starts, sittings), time.monotonic() + seconds
    waiting = [one for one in problem.waiting if one.id not in board.sittings]
    for one in sorted(waiting, key=lambda w: (w.due or 10**7, w.id)):
        place = board.place(one)
        in_time = place is not None and not board.is_late(place)
        if not in_time and time.monotonic() < until and board.place_by_moving(one):
            continue
        if place is not None:
            board.put(place)
    return board
