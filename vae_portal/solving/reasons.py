"""What stands in the way of someone whom a plan leaves out: the first constraint that nobody could get past."""

from __future__ import annotations

from vae_portal.solving.problem import Problem, Sitting, Waiting
from vae_portal.solving.seat import free_then, may_hear
from vae_portal.solving.starts import Start
from workflows.plans import Obstacle


def reasons(problem: Problem, possible: list[Start], sittings: tuple[Sitting, ...]) -> dict[int, tuple[str, ...]]:
    """Codes of what stands in the way, by candidacy left out."""
    placed = {sitting.candidacy for sitting in sittings}
    return {one.id: (_obstacle(problem, possible, one).value,) for one in problem.waiting if one.id not in placed}


def _obstacle(problem: Problem, possible: list[Start], one: Waiting) -> Obstacle:
    qualified = [e for e in problem.evaluators if one.certification in e.qualified]
    if not qualified:
        return Obstacle.NOBODY_QUALIFIED
    independent = [e for e in problem.evaluators if may_hear(one, e)]
    if not any(may_hear(one, e) for e in qualified):
        return Obstacle.NO_QUALIFIED_INDEPENDENT
    if len(independent) < problem.size:
        return Obstacle.TOO_FEW_INDEPENDENT
    if not problem.rooms or not any(room.free for room in problem.rooms):
        return Obstacle.NO_ROOM
    if not any(e.free for e in qualified if may_hear(one, e)):
        return Obstacle.QUALIFIED_NEVER_FREE
    heard = {e.id for e in independent}
    able = {e.id for e in qualified} & heard
    together = [s for s in possible if len(s.evaluators & heard) >= problem.size and s.evaluators & able]
    if not together:
        return Obstacle.NEVER_FREE_TOGETHER
    if not any(free_then(one, s.at, problem.sitting) for s in together):
        return Obstacle.CANDIDATE_TAKEN
    return Obstacle.ALL_TAKEN
