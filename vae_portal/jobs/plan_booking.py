"""Books a plan that was accepted: every sitting in one transaction, or none."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vae_portal.actions.perform import Prepared, collision, perform_in
from vae_portal.actions.services import Services
from vae_portal.errors import PortalError
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts, offers, planning, plans
from vae_portal.persistence.tables import Candidacy, Person, Plan, PlanSitting, Room
from workflows import clocks
from workflows.facts import Actor, Given
from workflows.vocabulary import Action, PlanState, Role


class _NotWhole(Exception):
    """Some sittings of an accepted plan cannot be booked: none is."""


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


def tell_failure(services: Services, fault: BaseException, plan_id: int) -> None:
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
    against = _no_longer(session, whole, known, clocks.civil_date(services.clock()))
    if against:
        return against
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


def _no_longer(session: Session, plan: Plan, known: dict[int, Candidacy], today: date) -> list[str]:
    """What a plan must respect and no longer does, whatever an interview booked by hand may do."""
    found = plans.against(session, plan, today)
    named = ((known[key], sentences) for key, sentences in sorted(found.items()))
    return [f"{one.person.full_name}, {one.number} : {' '.join(dict.fromkeys(said))}" for one, said in named]


def _ids(plan: Plan) -> list[int]:
    return [sitting.candidacy_id for sitting in plan.sittings]


def _given(sitting: PlanSitting, room: Room) -> Prepared:
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
