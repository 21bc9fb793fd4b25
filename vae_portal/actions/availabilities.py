"""When an evaluator is free, said by themself or by a planner of the centre: every week, or once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from vae_portal.actions.handing_over import refused
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts
from vae_portal.persistence.tables import Availability, Person
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import AvailabilitySource, Right, Role

MOST_LINES = 200  # written by people for one evaluator: beyond, something else writes them
_LONGEST = timedelta(days=366)


def say_weekly(
    services: Services,
    actor: Actor,
    person_id: int,
    free: bool,
    weekday: int,
    hours: tuple[time, time],
    days: tuple[date, date | None],
) -> None:
    """Free or not between two hours of a day of every week, from a day on; raises NotVisible, InputRefused by field."""
    (begins, ends), (since, until) = hours, days
    if not 0 <= weekday <= 6:
        raise refused("weekday", "Choisissez le jour de la semaine.")
    if ends <= begins:
        raise refused("ends", "L'heure de fin doit suivre l'heure de début.")
    if until is not None and until < since:
        raise refused("until", "Le dernier jour ne peut pas précéder le premier.")
    row = Availability(free=free, weekday=weekday, begins=begins, ends=ends, since=since, until=until)
    _record(services, actor, person_id, row)


def say_once(
    services: Services, actor: Actor, person_id: int, free: bool, starts_at: datetime, ends_at: datetime, note: str
) -> None:
    """Free or not, one time; raises NotVisible, InputRefused by field."""
    if ends_at <= starts_at:
        raise refused("last", "La fin doit suivre le début.")
    if ends_at <= services.clock():
        raise refused("last", "Ces heures sont passées : donnez un jour à venir.")
    if ends_at - starts_at > _LONGEST:
        raise refused("last", "Un an au plus.")
    row = Availability(free=free, during=Range(starts_at, ends_at, bounds="[)"), note=note[:200])
    _record(services, actor, person_id, row)


def forget(services: Services, actor: Actor, person_id: int, line_id: int) -> None:
    """Takes back what was said; raises NotVisible. What a calendar says is changed in the calendar."""
    with services.database.writing() as session:
        person = evaluator(session, actor, person_id)
        row = session.get(Availability, line_id)
        if row is None or row.person_id != person.id or row.source == AvailabilitySource.CALENDAR.value:
            raise NotVisible("Cette ligne n'existe plus.")
        session.delete(row)
        _note(services, session, actor, person, "availability_forgotten", row)


def evaluator(session: Session, actor: Actor, person_id: int) -> Person:
    """An evaluator of the actor's centre whose free time the actor may say, held until the transaction ends."""
    theirs = actor.person_id == person_id or Role.PLANNER in actor.roles
    held = accounts.holding(actor.centre_id, Role.EVALUATOR).where(Person.id == person_id)
    found = None
    if theirs and may(Right.SAY_AVAILABILITY, actor):
        found = session.scalars(held.with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise NotVisible("Cette personne n'évalue pas dans votre centre.")
    return found


def _record(services: Services, actor: Actor, person_id: int, row: Availability) -> None:
    with services.database.writing() as session:
        person = evaluator(session, actor, person_id)
        written = select(func.count()).where(Availability.person_id == person.id, Availability.calendar_id.is_(None))
        if (session.scalar(written) or 0) >= MOST_LINES:
            raise InputRefused(f"Il y a déjà {MOST_LINES} lignes : supprimez celles qui ne servent plus.")
        own = actor.person_id == person.id
        row.person_id = person.id
        row.source = (AvailabilitySource.SELF if own else AvailabilitySource.PLANNER).value
        row.recorded_by, row.recorded_at = actor.person_id, services.clock()
        session.add(row)
        _note(services, session, actor, person, "availability_said", row)


def _note(services: Services, session: Session, actor: Actor, person: Person, event: str, row: Availability) -> None:
    session.flush()
    details = {"person": person.id, "availability": row.id, "free": row.free}
    chain = journal.centre_chain(person.centre_id)
    journal.record(session, chain, event, actor.person_id, services.clock(), details)
