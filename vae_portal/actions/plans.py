"""What a planner does with a plan for everyone: asks for it, stops it, changes it, accepts it whole or gives it up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal, queue
from vae_portal.persistence.queries import plans
from vae_portal.persistence.tables import Centre, Plan, PlanLeftOut, PlanSitting
from workflows import clocks
from workflows.facts import Actor
from workflows.interview import too_soon
from workflows.plans import Obstacle, Planned, faults
from workflows.vocabulary import PlanState

MOST_DAYS = 120  # that a plan may cover
_SEARCHED = (PlanState.ASKED.value, PlanState.SEARCHING.value)
_CHANGED = "La proposition a changé pendant ce temps : rien n'a été changé par vous. Voici ce qu'elle est devenue."


@dataclass(slots=True)
class _Open:
    """The centre's plan, locked, in the transaction of a change."""

    session: Session
    plan: Plan
    now: datetime


def ask(services: Services, actor: Actor, first: date, last: date) -> None:
    """Asks for a plan between two days, both included; what is locked in the present one stays as it is.

    Raises InputRefused for days that cannot be, ActionRefused while one is being made or booked.
    """
    now = services.clock()
    with services.database.writing() as session:
        centre = session.get_one(Centre, actor.centre_id, with_for_update={"key_share": True})
        earliest = clocks.earliest_interview(clocks.civil_date(now), centre.notice_days)
        _check_days(first, last, earliest, centre.notice_days)
        plan = plans.open_plan(session, actor.centre_id, lock=True)
        if plan is None:
            plan = Plan(
                centre_id=centre.id, asked_by=actor.person_id, asked_at=now, faults=[], sittings=[], left_out=[]
            )
            session.add(plan)
        elif plan.state in (*_SEARCHED, PlanState.ACCEPTING.value):
            raise ActionRefused("Une proposition est déjà en préparation : attendez qu'elle soit prête, ou arrêtez-la.")
        plan.asked_by, plan.asked_at = actor.person_id or 0, now
        plan.first_day, plan.last_day, plan.state = first, last, PlanState.ASKED.value
        plan.sittings = [sitting for sitting in plan.sittings if sitting.locked]
        plan.left_out, plan.told, plan.faults, plan.failure = [], {}, [], ""
        plan.stop_asked_at = plan.ended_at = None
        plan.revision = (plan.revision or 0) + 1
        session.flush()
        queue.defer(session, queue.PROPOSE_PLAN, plan_id=plan.id)
        _note(session, actor, plan, "plan_asked", now, first=first, last=last, locked=len(plan.sittings))


def stop(services: Services, actor: Actor) -> None:
    """Ends the search: what was found by then is the proposal."""
    with _changing(services, actor, None, _SEARCHED) as opened:
        opened.plan.stop_asked_at = opened.now


def give_up(services: Services, actor: Actor) -> None:
    """Nothing of the plan is booked; another can be asked for."""
    with _changing(services, actor, None, (PlanState.PROPOSED.value, PlanState.FAILED.value)) as opened:
        opened.plan.state, opened.plan.closed_at = PlanState.GIVEN_UP.value, opened.now
        _note(opened.session, actor, opened.plan, "plan_given_up", opened.now)


def lock(services: Services, actor: Actor, revision: int, candidacy_id: int, locked: bool) -> None:
    """A locked sitting stays as it is when the plan is asked for again."""
    with _changing(services, actor, revision) as opened:
        _sitting(opened.plan, candidacy_id).locked = locked


def remove(services: Services, actor: Actor, revision: int, candidacy_id: int) -> None:
    """Takes someone out of the plan."""
    with _changing(services, actor, revision) as opened:
        opened.plan.sittings.remove(_sitting(opened.plan, candidacy_id))
        opened.session.flush()
        opened.plan.left_out.append(PlanLeftOut(candidacy_id=candidacy_id, reasons=[Obstacle.TAKEN_OUT.value]))


def place(services: Services, actor: Actor, revision: int, wanted: Planned) -> None:
    """Puts a sitting where the planner wants it, and locks it; raises InputRefused with everything against it."""
    window, candidacy_id = wanted.window, wanted.candidacy
    with _changing(services, actor, revision) as opened:
        plan, today = opened.plan, clocks.civil_date(opened.now)
        day = clocks.civil_date(window.starts_at)
        if not plan.first_day <= day <= plan.first_day + timedelta(days=MOST_DAYS):
            sentence = f"Choisissez un jour à partir du {plan.first_day:%d/%m/%Y}, dans les {MOST_DAYS} jours."
            raise InputRefused(sentence, {"day": sentence})
        others = [sitting for sitting in plan.sittings if sitting.candidacy_id != candidacy_id]
        means = plans.everything(
            opened.session, plan.centre_id, min(plan.first_day, day), max(plan.last_day, day), today
        ).means
        against = _new_faults(plans.planned(others), wanted, means)
        if against:
            raise InputRefused(" ".join(against))
        for left in [row for row in plan.left_out if row.candidacy_id == candidacy_id]:
            plan.left_out.remove(left)
        plan.sittings[:] = others
        opened.session.flush()
        during = Range(window.starts_at, window.ends_at, bounds="[)")
        plan.sittings.append(
            PlanSitting(
                candidacy_id=candidacy_id,
                during=during,
                room_id=wanted.room,
                evaluators=list(wanted.evaluators),
                locked=True,
            )
        )


def accept(services: Services, actor: Actor, revision: int) -> None:
    """Asks for the whole plan to be booked by a job, all or nothing; convocations leave with it."""
    with _changing(services, actor, revision) as opened:
        plan = opened.plan
        if not plan.sittings:
            raise ActionRefused("Cette proposition ne contient aucun entretien : il n'y a rien à accepter.")
        plan.state, plan.accepted_by, plan.faults = PlanState.ACCEPTING.value, actor.person_id, []
        queue.defer(opened.session, queue.BOOK_PLAN, plan_id=plan.id)
        _note(opened.session, actor, plan, "plan_accepted", opened.now, sittings=len(plan.sittings))


def _new_faults(others: list[Planned], wanted: Planned, means: Any) -> list[str]:
    """What the one wanted brings with it: its own faults, and those of others that were not there before."""
    before, after = faults(others, means), faults([*others, wanted], means)
    mine = after.pop(wanted.candidacy, [])
    theirs = [sentence for key, said in after.items() for sentence in said if sentence not in before.get(key, [])]
    return list(dict.fromkeys([*mine, *theirs]))


@contextmanager
def _changing(
    services: Services, actor: Actor, revision: int | None, states: Collection[str] = (PlanState.PROPOSED.value,)
) -> Iterator[_Open]:
    """The open plan of the actor's centre, in one of these states, as they saw it; it grows a revision."""
    with services.database.writing() as session:
        plan = plans.open_plan(session, actor.centre_id, lock=True)
        if plan is None:
            raise NotVisible("Il n'y a plus de proposition en cours.")
        if revision is not None and plan.revision != revision:
            raise StaleForm(_CHANGED)
        if plan.state not in states:
            raise ActionRefused("À ce stade de la proposition, cela n'est plus possible.")
        plan.revision += 1
        yield _Open(session, plan, services.clock())


def _sitting(plan: Plan, candidacy_id: int) -> PlanSitting:
    found = next((sitting for sitting in plan.sittings if sitting.candidacy_id == candidacy_id), None)
    if found is None:
        raise NotVisible("Cet entretien n'est pas dans la proposition.")
    return found


def _check_days(first: date, last: date, earliest: date, notice_days: int) -> None:
    if not clocks.leaves_notice(first, earliest):
        sentence = too_soon(notice_days, earliest)
        raise InputRefused(sentence, {"first": sentence})
    if last < first:
        sentence = "La fin vient après le début."
        raise InputRefused(sentence, {"last": sentence})
    if last - first > timedelta(days=MOST_DAYS):
        sentence = f"Demandez {MOST_DAYS} jours au plus à la fois."
        raise InputRefused(sentence, {"last": sentence})


def _note(session: Session, actor: Actor, plan: Plan, event: str, now: datetime, **details: Any) -> None:
    session.flush()
    chain = journal.centre_chain(plan.centre_id)
    journal.record(session, chain, event, actor.person_id, now, {"plan": plan.id, **details})
