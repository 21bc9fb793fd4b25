"""Builds what a test is about: `world.candidacy(Step.JURY_PENDING)` walks there by the real acts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from tests.support.database import START
from tests.support.kept import Kept, Rows, put_things, things
from vae_portal.actions import passwords, referential
from vae_portal.actions.services import Services
from vae_portal.demonstration import people, sittings
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.database import Database
from vae_portal.persistence.tables import Centre, OpeningDecision
from workflows import clocks
from workflows.vocabulary import Role, Step
from workflows.who_may_do_what import RESULTS, WITH_SESSION

PASSWORD = "une phrase de passe bien longue"


@cache
def _protected() -> str:
    return passwords.protect(PASSWORD)


@dataclass
class World:
    """Two centres and their people, on a fresh database; `cast` is the first centre's, `elsewhere` the second's."""

    services: Services
    cast: Cast
    elsewhere: Cast
    stories: list[Story] = field(default_factory=list)
    kept: Kept | None = None  # where the way to a step is remembered

    @property
    def clock(self) -> Any:
        """The services' clock, which tests move."""
        return self.services.clock

    def candidacy(self, step: Step, candidate: str = "candidat", released: bool = True) -> Story:
        """A candidacy walked to a step, its result released; the services' clock stands where the walk ended."""
        story = self._walked(step, candidate, released)
        if self.services.clock() < story.clock.now:
            self.clock.move_to(story.clock.now)
        self.stories.append(story)
        return story

    def _walked(self, step: Step, candidate: str, released: bool) -> Story:
        """Walked act by act the first time in a worker; later, what that walk left is put there."""
        asked = (step, candidate, released)
        if self.kept is None or self.clock() != START or not self.kept.pristine():
            return self._walk(*asked)
        if asked not in self.kept.remembered:
            story = self._walk(*asked)
            left = (self.kept.rows(), things(self.services.store), story.number, story.interview_at, story.clock.now)
            self.kept.remembered[asked] = left
            return story
        rows, objects, number, interview_at, now = self.kept.remembered[asked]  # type: ignore[misc]
        self.kept.put_back(rows)
        put_things(self.services.store, objects)
        story = Story(self.services, self.cast, StoryClock(now), candidate)
        story.number, story.interview_at = number, interview_at
        return story

    def _walk(self, step: Step, candidate: str, released: bool) -> Story:
        clock = StoryClock(self.services.clock())
        story = Story(self.services, self.cast, clock, candidate)
        session_id = None
        if step in WITH_SESSION:
            session_id = self.jury_session(clock.now + timedelta(days=90))
        story.to(step, session_id)
        if step in RESULTS and released and session_id is not None:
            clock.wait(hours=3)
            sittings.close_session(self.services, story.secretary, session_id, clock.now)
            clock.wait(hours=1)
            sittings.release_results(self.services, story.president, session_id, clock.now)
        return story

    def jury_session(self, starts_at: Any) -> int:
        """A lawful session in preparation."""
        secretary = self.cast.actor("secretaire", Role.JURY_SECRETARY)
        return sittings.convene(self.services, secretary, self.cast.people, self.services.clock(), starts_at)

    def email(self, local: str) -> str:
        """The address of one of the people."""
        return f"{local}@demo.example"

    def candidate(self, local: str, given: str = "Autre", family: str = "Inventé") -> str:
        """One more candidate of the first centre."""
        with self.services.database.writing() as session:
            centre = session.get_one(Centre, self.cast.centre_id)
            invented = people.Invented(local, given, family, (Role.CANDIDATE,))
            person = people.make_person(session, centre, invented, _protected(), self.services.clock())
            self.cast.people[local] = person.id
        return local


def make_casts(database: Database, now: datetime) -> tuple[Cast, Cast]:
    """The first and the second centre with all their people, and RNCP 28242 opened in both."""
    casts = []
    with database.writing() as session:
        version_id = referential.import_file(session, "rncp-28242.yaml")
        for name, invented in (
            ("UIMM Démonstration", people.FIRST_CENTRE),
            ("UIMM Ailleurs", people.SECOND_CENTRE),
        ):
            centre = people.make_centre(session, name)
            ids = {p.local: people.make_person(session, centre, p, _protected(), now).id for p in invented}
            administrator = next(p.local for p in invented if Role.ADMINISTRATOR in p.roles)
            session.add(
                OpeningDecision(
                    centre_id=centre.id,
                    version_id=version_id,
                    until=clocks.civil_date(now) + timedelta(days=1000),
                    ground="Ouverture décidée pour les essais.",
                    decided_by=ids[administrator],
                    recorded_at=now,
                )
            )
            casts.append(Cast(centre.id, version_id, ids))
    return casts[0], casts[1]


@pytest.fixture(scope="session")
def peopled(kept_database: Kept) -> tuple[Rows, tuple[Cast, Cast]]:
    """What a database that holds the two centres holds, made once per worker."""
    kept_database.begin()
    database = Database(kept_database.url, pool_size=1)
    casts = make_casts(database, START)
    database.close()
    return kept_database.rows(), casts


@pytest.fixture
def world(services: Services, kept_database: Kept, peopled: tuple[Rows, tuple[Cast, Cast]]) -> World:
    """Two centres, their people, one certification; `database_url` holds them already."""
    return World(services, *(replace(cast, people=dict(cast.people)) for cast in peopled[1]), kept=kept_database)


__all__ = ["PASSWORD", "World", "make_casts", "peopled", "world"]
