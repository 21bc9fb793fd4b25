"""The demonstration's jury sessions: a lawful composition, convened, opened and closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from vae_portal.actions.services import Services
from vae_portal.demonstration.story import Cast
from vae_portal.persistence import journal
from vae_portal.persistence.tables import JurySeat, JurySession, Person

MEMBERS = ("jury-employeurs", "jury-employeurs2", "jury-salaries", "jury-salaries2")


def convene(services: Services, cast: Cast, convened_at: datetime, starts_at: datetime) -> int:
    """A session with two employers, the first presiding, and two unions; returns its id."""
    with services.database.writing() as session:
        row = JurySession(centre_id=cast.centre_id, starts_at=starts_at, place="Salle du jury")
        session.add(row)
        session.flush()
        for local in MEMBERS:
            person = session.scalars(select(Person).where(Person.id == cast.people[local])).one()
            session.add(
                JurySeat(
                    session_id=row.id,
                    person_id=person.id,
                    college=person.college,
                    union_name=person.union_name,
                    president=local == MEMBERS[0],
                )
            )
        chain = journal.centre_chain(cast.centre_id)
        details = {"session": row.id, "starts_at": starts_at}
        journal.record(session, chain, "session_created", cast.people["secretaire"], convened_at, details)
        return row.id
