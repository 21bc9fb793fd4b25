"""The demonstration's jury sessions: a lawful composition, convened, opened and closed by the acts of the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from vae_portal.actions import deliberation, results, sessions
from vae_portal.actions.services import Services
from vae_portal.demonstration.clock import StoryClock
from vae_portal.persistence.queries import released
from vae_portal.persistence.tables import JurySession, Person
from workflows.facts import Actor
from workflows.vocabulary import College, ConformityPoint, SessionState

PRESIDENT = "jury-employeurs"
EMPLOYERS = "Délégation patronale de Démonstration"
MEMBERS = (PRESIDENT, "jury-employeurs2", "jury-salaries", "jury-salaries2")


def convene(
    services: Services, secretary: Actor, people: dict[str, int], convened_at: datetime, starts_at: datetime
) -> int:
    """A session with two employers, the first presiding, and two unions; returns its id."""
    then = replace(services, clock=StoryClock(convened_at))
    session_id = sessions.create(then, secretary, starts_at, "Salle du jury")
    for local in MEMBERS:
        with services.database.reading() as session:
            person = session.get_one(Person, people[local])
        college = College(person.college or "")
        body = EMPLOYERS if college is College.EMPLOYERS else ""
        given = sessions.SeatGiven(college, person.union_name, employers_body=body, qualification="Dix ans de métier")
        sessions.seat_member(then, secretary, session_id, revision(services, session_id), person.id, given)
    presides = {"president": True}
    sessions.change_seat(then, secretary, session_id, revision(services, session_id), people[PRESIDENT], presides)
    return session_id


def open_session(services: Services, secretary: Actor, session_id: int) -> None:
    """The session is opened, if it is not yet."""
    with services.database.reading() as session:
        state = session.get_one(JurySession, session_id).state
    if state in (SessionState.PREPARATION.value, SessionState.CONVENED.value):
        sessions.open_session(services, secretary, session_id, revision(services, session_id))


def close_session(services: Services, secretary: Actor, session_id: int, closed_at: datetime) -> None:
    """The session is closed, its minutes owed."""
    then = replace(services, clock=StoryClock(closed_at))
    sessions.close_session(then, secretary, session_id, revision(services, session_id))


def release_results(services: Services, president: Actor, session_id: int, released_at: datetime) -> None:
    """The president releases the results of a closed session, and each leaves at once."""
    then = replace(services, clock=StoryClock(released_at))
    with services.database.reading() as session:
        waiting = released.untold(session, session_id)
    results.release(then, president, session_id, revision(services, session_id))
    for decision_id in waiting:
        results.tell(then, decision_id)


def check_conformity(services: Services, secretary: Actor, number: str, session_id: int) -> None:
    """The jury finds that the evaluation followed the rules."""
    deliberation.check_conformity(
        services, secretary, number, revision(services, session_id), frozenset(ConformityPoint)
    )


def revision(services: Services, session_id: int) -> int:
    """The session's revision, as a page would show it."""
    with services.database.reading() as session:
        return session.get_one(JurySession, session_id).revision
