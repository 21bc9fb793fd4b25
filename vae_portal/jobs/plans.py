"""Makes the plan that a planner asked for, telling how far it is."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.persistence import journal
from vae_portal.persistence.queries import plans
from vae_portal.persistence.tables import Plan, PlanLeftOut, PlanSitting
from vae_portal.solving import asking
from vae_portal.solving.problem import Evaluator, Problem, Room, Sitting, Span, Waiting, late
from vae_portal.solving.problem import Plan as Found
from workflows import clocks
from workflows.availability import Window
from workflows.plans import Obstacle, Planned, faults
from workflows.vocabulary import PlanState

log = structlog.get_logger(__name__)

_SEARCH_SECONDS = 25.0
_TELL_EVERY = 1.0  # seconds


def propose_plan(services: Services, plan_id: int) -> None:
    """Searches, and keeps what is found; raises SearchFailed."""
    problem = _begin(services, plan_id)
    if problem is None:
        return
    told = _Told(services, plan_id)
    found = asking.ask(problem, told, lambda: _stop_asked(services, plan_id))
    with services.database.writing() as session:
        plan = session.get_one(Plan, plan_id, with_for_update=True)
        if plan.state != PlanState.SEARCHING.value:
            return
        _keep(session, plan, problem, found)
        plan.state, plan.ended_at = PlanState.PROPOSED.value, services.clock()
        plan.revision += 1
        session.flush()
        details = {"plan": plan.id, "sittings": len(found.sittings), "left_out": len(found.left_out)}
        journal.record(session, journal.centre_chain(plan.centre_id), "plan_proposed", None, plan.ended_at, details)


def tell_failure(services: Services, fault: BaseException, plan_id: int) -> None:
    """The planner sees that no plan came of it, and may ask again."""
    with services.database.writing() as session:
        plan = session.get(Plan, plan_id, with_for_update=True)
        if plan is not None and plan.state in (PlanState.ASKED.value, PlanState.SEARCHING.value):
            plan.state, plan.ended_at = PlanState.FAILED.value, services.clock()
            plan.failure = "La recherche s'est arrêtée sans résultat : demandez une nouvelle proposition."


def problem_of(session: Session, plan: Plan, today: date) -> Problem:
    """What the search is asked: everyone who waits but those whose sitting is locked."""
    locked = [sitting for sitting in plan.sittings if sitting.locked]
    whole = plans.everything(session, plan.centre_id, plan.first_day, plan.last_day, today, locked)
    means, kept = whole.means, {sitting.candidacy_id for sitting in locked}
    return Problem(
        waiting=tuple(
            Waiting(
                candidacy,
                certification,
                due.toordinal() if (due := whole.due[candidacy]) else None,
                tuple(sorted(means.barred[candidacy])),
                _spans(means.busy[candidacy]),
            )
            for candidacy, certification in means.certification.items()
            if candidacy not in kept
        ),
        evaluators=tuple(
            Evaluator(
                person,
                tuple(sorted(means.qualified.get(person, ()))),
                _spans(free),
                tuple((day.toordinal(), count) for (who, day), count in means.booked.items() if who == person),
            )
            for person, free in means.free.items()
        ),
        rooms=tuple(Room(room, _spans(free)) for room, free in means.rooms.items()),
        first=max(means.earliest, plan.first_day).toordinal(),
        sitting=int(whole.sitting.total_seconds()) // 60,
        rest=int(means.rest.total_seconds()) // 60,
        most_a_day=means.most_a_day,
        size=whole.size,
        seconds=_SEARCH_SECONDS,
    )


def as_window(sitting: Sitting, minutes: int) -> Window:
    """When a sitting of the search is."""
    begins = datetime.fromtimestamp(sitting.starts_at * 60, UTC)
    return Window(begins, begins + timedelta(minutes=minutes))


def _begin(services: Services, plan_id: int) -> Problem | None:
    with services.database.writing() as session:
        plan = session.get_one(Plan, plan_id, with_for_update=True)
        if plan.state not in (PlanState.ASKED.value, PlanState.SEARCHING.value):
            return None
        plan.state = PlanState.SEARCHING.value
        whole = plans.open_plan(session, plan.centre_id) or plan
        today = clocks.civil_date(services.clock())
        dead = plans.against(session, whole, today)  # a lock keeps what is still possible
        whole.sittings[:] = [sitting for sitting in whole.sittings if sitting.candidacy_id not in dead]
        session.flush()
        return problem_of(session, whole, today)


def _keep(session: Session, plan: Plan, problem: Problem, found: Found) -> None:
    """Rows of the plan; refused whole when the rules find anything against it, whatever the search says."""
    whole = plans.open_plan(session, plan.centre_id)
    if whole is None:
        raise asking.SearchFailed("closed meanwhile")
    locked = [sitting for sitting in whole.sittings if sitting.locked]
    wanted = [Planned(s.candidacy, as_window(s, problem.sitting), s.room, s.evaluators) for s in found.sittings]
    today = clocks.civil_date(plan.asked_at)
    means = plans.everything(session, plan.centre_id, plan.first_day, plan.last_day, today, locked).means
    against = faults(wanted, means)
    for sitting in wanted:
        if sitting.candidacy in against:  # what changed while it searched: told, never proposed
            whole.left_out.append(
                PlanLeftOut(candidacy_id=sitting.candidacy, reasons=[Obstacle.CHANGED_MEANWHILE.value])
            )
            continue
        during = Range(sitting.window.starts_at, sitting.window.ends_at, bounds="[)")
        whole.sittings.append(
            PlanSitting(
                candidacy_id=sitting.candidacy, during=during, room_id=sitting.room, evaluators=list(sitting.evaluators)
            )
        )
    for candidacy, codes in found.left_out.items():
        whole.left_out.append(PlanLeftOut(candidacy_id=candidacy, reasons=list(codes)))
    plan.told = {
        "placed": len(wanted) - len(against),
        "late": late(problem, found.sittings),
        "least_left_out": found.least_left_out,
        "seconds": round(found.seconds, 1),
    }


def _stop_asked(services: Services, plan_id: int) -> bool:
    with services.database.reading() as session:
        plan = session.get(Plan, plan_id)
        return plan is None or plan.stop_asked_at is not None


def _spans(windows: tuple[Window, ...]) -> tuple[Span, ...]:
    """Whole minutes that lie within; a window begins at a whole minute or after it."""
    return tuple(
        (-int(-w.starts_at.timestamp() // 60), int(w.ends_at.timestamp() // 60))
        for w in windows
        if -int(-w.starts_at.timestamp() // 60) < int(w.ends_at.timestamp() // 60)
    )


class _Told:
    """Says how far the search is, once a second at most."""

    def __init__(self, services: Services, plan_id: int) -> None:
        self._services, self._plan_id, self._last = services, plan_id, 0.0

    def __call__(self, placed: int, least_left_out: int) -> None:
        """Called by the search."""
        if time.monotonic() - self._last < _TELL_EVERY:
            return
        self._last = time.monotonic()
        with self._services.database.writing() as session:
            plan = session.get_one(Plan, self._plan_id)
            plan.told = {"placed": placed, "least_left_out": least_left_out}
