"""Makes the plan that a planner asked for, telling how far it is; books one that was accepted, all or nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vae_portal.actions.perform import Prepared, collision, perform_in
from vae_portal.actions.services import Services
from vae_portal.errors import PortalError
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts, offers, planning, plans
from vae_portal.persistence.tables import Candidacy, Person, Plan, PlanLeftOut, PlanSitting
from vae_portal.persistence.tables import Room as RoomRow
from vae_portal.solving import asking
from vae_portal.solving.problem import Evaluator, Problem, Room, Sitting, Span, Waiting, late
from vae_portal.solving.problem import Plan as Found
from workflows import clocks
from workflows.availability import Window
from workflows.facts import Actor, Given
from workflows.plans import Obstacle, Planned, faults
from workflows.vocabulary import Action, PlanState, Role

log = structlog.get_logger(__name__)

_SEARCH_SECONDS = 25.0
_TELL_EVERY = 1.0  # seconds


class _NotWhole(Exception):
    """Some sittings of an accepted plan cannot be booked: none is."""


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
        whole = plans.open_plan(session, plan.centre_id)
        return problem_of(session, whole or plan, clocks.civil_date(services.clock()))


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


def book_plan(services: Services, plan_id: int) -> None:
    """Books every sitting of an accepted plan in one transaction, or none, and tells what stands in the way."""
    against: list[str] = []
    try:
        with services.database.writing() as session:
            plan = session.get_one(Plan, plan_id, with_for_update=True)
            if plan.state != PlanState.ACCEPTING.value:
                return
            against = _book(services, session, plan)
            if against:
                raise _NotWhole
            plan.state, plan.closed_at = PlanState.ACCEPTED.value, services.clock()
            plan.revision += 1
            chain = journal.centre_chain(plan.centre_id)
            journal.record(session, chain, "plan_booked", plan.accepted_by, plan.closed_at, {"plan": plan.id})
    except _NotWhole:
        _back_to_proposed(services, plan_id, against)


def tell_booking_failure(services: Services, fault: BaseException, plan_id: int) -> None:
    """The plan is there again, to accept once more."""
    _back_to_proposed(services, plan_id, ["La réservation s'est interrompue : rien n'est réservé. Acceptez à nouveau."])


def _book(services: Services, session: Session, plan: Plan) -> list[str]:
    """Books each; returns what stands in the way, in sentences, having tried all of them."""
    whole = plans.open_plan(session, plan.centre_id)
    planners = session.scalars(accounts.holding(plan.centre_id, Role.PLANNER).with_only_columns(Person.id)).all()
    if whole is None or plan.accepted_by not in planners:
        return ["La personne qui a accepté cette proposition ne coordonne plus les entretiens : rien n'est réservé."]
    actor = Actor(plan.accepted_by, plan.centre_id, frozenset({Role.PLANNER}))
    rooms, known = plans.rooms(session, plan.centre_id), plans.candidacies(session, _ids(whole))
    against = []
    for sitting in sorted(whole.sittings, key=lambda s: (s.during.lower, s.candidacy_id)):
        candidacy = known[sitting.candidacy_id]
        try:
            with session.begin_nested():
                given = _given(sitting, rooms[sitting.room_id])
                perform_in(services, session, actor, candidacy.number, Action.SCHEDULE_INTERVIEW, given)
        except (PortalError, IntegrityError) as fault:
            sentence = collision(fault) if isinstance(fault, IntegrityError) else str(fault)
            against.append(f"{candidacy.person.full_name}, {candidacy.number} : {sentence}")
    return against


def _ids(plan: Plan) -> list[int]:
    return [sitting.candidacy_id for sitting in plan.sittings]


def _given(sitting: PlanSitting, room: RoomRow) -> Prepared:
    """The slot of a sitting, as the rules judge it at the time of booking."""

    def given(session: Session, candidacy: Candidacy) -> Given:
        people = planning.commission(session, candidacy, sitting.evaluators)
        return Given(slot=offers.slot(room, sitting.during, people))

    return given


def _back_to_proposed(services: Services, plan_id: int, against: list[str]) -> None:
    with services.database.writing() as session:
        plan = session.get_one(Plan, plan_id, with_for_update=True)
        if plan.state == PlanState.ACCEPTING.value:
            plan.state, plan.accepted_by, plan.faults = PlanState.PROPOSED.value, None, against
            plan.revision += 1


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
