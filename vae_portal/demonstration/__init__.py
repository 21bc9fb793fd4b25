"""The demonstration: two invented centres, people for every role, and a candidacy at every step."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions import passwords, referential
from vae_portal.actions import services as services_of
from vae_portal.actions.services import Services
from vae_portal.demonstration import (
    answers,
    conversations,
    employers,
    juries,
    mailing,
    month,
    people,
    preparations,
    resources,
)
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import WAYS, Story
from vae_portal.errors import SettingsRefused
from vae_portal.persistence import journal
from vae_portal.persistence.tables import Centre, OpeningDecision, Person
from vae_portal.settings import Settings
from workflows import clocks
from workflows.vocabulary import OpinionLevel, Role, Step
from workflows.who_may_do_what import WITH_SESSION

log = structlog.get_logger()


def populate(settings: Settings) -> None:
    """Tells the demonstration's stories once; does nothing on data that has a centre already."""
    services = services_of.from_settings(settings)
    with services.database.reading() as session:
        if session.scalar(select(Centre.id).limit(1)):
            return
    password = os.environ.get("VAE_DEMO_PASSWORD", "").strip()
    if not password:
        raise SettingsRefused("VAE_DEMO_PASSWORD manque : le mot de passe des comptes de démonstration.")
    tell(services, password)
    mailing.send_as_written(services)
    services.database.close()


def tell(services: Services, password: str) -> None:
    """Everything the demonstration shows, each act dated when it would have been done."""
    now = services.clock()
    morning = datetime.combine(clocks.civil_date(now), time(9), clocks.PARIS).astimezone(UTC)
    start = morning - timedelta(days=300)
    hashed = passwords.protect(password)
    with services.database.writing() as session:
        first, cast = _centre(session, "UIMM Démonstration", people.FIRST_CENTRE, hashed, start)
        _centre(session, "UIMM Ailleurs", people.SECOND_CENTRE, hashed, start)
        candidates = {
            step: _candidate(session, first, step, way.name, hashed, start, cast) for step, way in WAYS.items()
        }
        for local, name in (month.CANDIDATES | answers.ABSENT).items():
            invented = people.Invented(local, *name, (Role.CANDIDATE,))
            cast.people[local] = people.make_person(session, first, invented, hashed, start).id
    resources.prepare(services, cast, start)
    three = juries.convene(services, cast, now, morning)
    before_the_jury = _stories(services, cast, candidates, morning, three)
    camille = Story(services, cast, StoryClock(morning - timedelta(days=41)), full=True)
    camille.to(Step.DOSSIER_PREPARATION).describe(without=("C5", "C7"))
    conversations.with_camille(camille)
    waiting = month.tell(services, cast, morning)
    answers.absences(services, cast, morning)
    answers.slots_offered(services, cast, waiting, morning)
    juries.past_ends(services, cast, three.past, password, morning - timedelta(days=10))
    juries.a_tie(services, cast, before_the_jury, three.today)
    juries.parity_broken(services, cast, three.to_come)


def _stories(
    services: Services, cast: Cast, candidates: dict[Step, str], morning: datetime, three: juries.Three
) -> str:
    """A candidacy at every step; returns the number of the one the jury has before it."""
    before_the_jury = ""
    for step, way in WAYS.items():
        story = Story(services, cast, StoryClock(morning - timedelta(days=way.began)), candidates[step], full=True)
        jury_session = three.today if step is Step.JURY_SCHEDULED else three.past
        story.to(step, jury_session if step in WITH_SESSION else None)
        if step is Step.JURY_SCHEDULED:
            before_the_jury = story.number
        if step is Step.DOSSIER_REVIEW:
            conversations.about_a_deposit(story)
        if step is Step.EVALUATION:
            preparations.one_shown(story)
            levels = {"C1": OpinionLevel.SHOWN, "C7": OpinionLevel.PARTLY, "C8": OpinionLevel.NOT_SHOWN}
            employers.employer_says(story, story.clock.now, levels)
        if step is Step.INTERVIEW_SCHEDULED:
            employers.ask_another(story, story.clock.now)
        log.info("demonstration", step=step.value, number=story.number)
    return before_the_jury


def _centre(
    session: Session, name: str, invented: tuple[people.Invented, ...], hashed: str, start: datetime
) -> tuple[Centre, Cast]:
    centre = people.make_centre(session, name)
    version_id = referential.import_file(session, "rncp-28242.yaml")
    ids = {p.local: people.make_person(session, centre, p, hashed, start).id for p in invented}
    administrator = next(p.local for p in invented if Role.ADMINISTRATOR in p.roles)
    decision = OpeningDecision(
        centre_id=centre.id,
        version_id=version_id,
        until=clocks.civil_date(start) + timedelta(days=3 * 365),
        ground="Démonstration : ouverture décidée pour présenter le portail, la fiche ayant expiré le 21 avril 2022.",
        decided_by=ids[administrator],
        recorded_at=start,
    )
    session.add(decision)
    session.flush()
    chain, details = journal.centre_chain(centre.id), {"version": version_id, "until": decision.until}
    journal.record(session, chain, "certification_opened", ids[administrator], start, details)
    return centre, Cast(centre.id, version_id, ids)


def _candidate(
    session: Session, centre: Centre, step: Step, name: tuple[str, str], hashed: str, start: datetime, cast: Cast
) -> str:
    local = f"candidat.{step.value.replace('_', '-')}"
    invented = people.Invented(local, *name, (Role.CANDIDATE,))
    person: Person = people.make_person(session, centre, invented, hashed, start)
    cast.people[local] = person.id
    return local
