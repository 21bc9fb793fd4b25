"""A month of sittings: a plan asked for, searched and accepted as a planner would, and what those called answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from vae_portal.actions import convocations, plans
from vae_portal.actions.services import Services
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.jobs import plan_booking
from vae_portal.jobs import plans as jobs
from vae_portal.persistence.queries import plans as queries
from vae_portal.persistence.tables import Candidacy, Convocation, Interview
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import ConvocationAnswer, Role, Step

# Those whom the plan places, then those whose dossiers were accepted afterwards.
PLACED = (
    ("Ondine", "Planifiée"),
    ("Basile", "Convoqué"),
    ("Capucine", "Prévue"),
    ("Fantin", "Mardi"),
    ("Garance", "Jeudi"),
    ("Isidore", "Matinée"),
)
SINCE = (("Jonas", "Patient"), ("Maud", "Suivante"), ("Nils", "Dernier"))
_PLANNED_BEFORE = 18  # days: more than the notice
_BEGAN_BEFORE = 62  # days: from a first request to a dossier accepted
_MONTH = 35  # days


def people(invented: tuple[tuple[str, str], ...], prefix: str) -> dict[str, tuple[str, str]]:
    """What stands before the @ of each address, and the name."""
    return {f"{prefix}{rank}": name for rank, name in enumerate(invented, 1)}


CANDIDATES = people(PLACED, "candidat.mois") | people(SINCE, "candidat.suite")


def tell(services: Services, cast: Cast, morning: datetime) -> str:
    """Walks everyone to the planning, has the plan made and accepted, lets some answer; the last who still waits."""
    then = morning - timedelta(days=_PLANNED_BEFORE)
    for rank, local in enumerate(people(PLACED, "candidat.mois")):
        began = then - timedelta(days=_BEGAN_BEFORE - 2 * rank)
        Story(services, cast, StoryClock(began), local).to(Step.INTERVIEW_PENDING)
    planner = cast.actor("planificateur", Role.PLANNER)
    _plan(replace(services, clock=StoryClock(then)), planner, morning)
    _answer(replace(services, clock=StoryClock(then + timedelta(days=2))), cast)
    for rank, local in enumerate(people(SINCE, "candidat.suite")):
        last = Story(services, cast, StoryClock(morning - timedelta(days=57 - rank)), local).to(Step.INTERVIEW_PENDING)
    return last.number


def _plan(services: Services, planner: Actor, morning: datetime) -> None:
    tomorrow = clocks.civil_date(morning) + timedelta(days=1)
    plans.ask(services, planner, tomorrow, tomorrow + timedelta(days=_MONTH))
    jobs.propose_plan(services, _open(services, planner)[0])
    plan_id, revision = _open(services, planner)
    plans.accept(services, planner, revision)
    plan_booking.book_plan(services, plan_id)


def _open(services: Services, planner: Actor) -> tuple[int, int]:
    with services.database.reading() as session:
        plan = queries.open_plan(session, planner.centre_id)
        if plan is None:
            raise ValueError("a plan was asked for")
        return plan.id, plan.revision


def _answer(services: Services, cast: Cast) -> None:
    """Most confirm, one asks for another date, the last has not opened it."""
    for rank, local in enumerate(list(people(PLACED, "candidat.mois"))[:-1]):
        actor = cast.actor(local, Role.CANDIDATE)
        number, interview_id = _called(services, cast.people[local])
        convocations.read(services, actor, number)
        if rank == 1:
            reason = "Je suis en déplacement toute cette semaine-là."
            convocations.answer(services, actor, number, interview_id, ConvocationAnswer.OTHER_DATE, reason)
        elif rank != 2:
            convocations.answer(services, actor, number, interview_id, ConvocationAnswer.CONFIRMED, "")


def _called(services: Services, person_id: int) -> tuple[str, int]:
    with services.database.reading() as session:
        number, interview_id = session.execute(
            select(Candidacy.number, Convocation.interview_id)
            .join(Interview, Interview.id == Convocation.interview_id)
            .join(Candidacy, Candidacy.id == Interview.candidacy_id)
            .where(Convocation.person_id == person_id, Convocation.live)
        ).one()
        return number, interview_id
