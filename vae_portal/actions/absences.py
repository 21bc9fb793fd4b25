"""Days on which an advisor is away, and the colleague who covers: they see and are told what the advisor would be."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from vae_portal.actions import outbox
from vae_portal.actions.handing_over import refused
from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts
from vae_portal.persistence.tables import Absence, Centre, Person
from workflows import clocks
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right, Role

_LONGEST = timedelta(days=366)


def plan(services: Services, actor: Actor, person_id: int, cover_id: int, first: date, last: date) -> None:
    """Records an absence, one's own or, by an administrator, anyone's; the cover is told by mail.

    Raises NotVisible, InputRefused by field.
    """
    with services.database.writing() as session:
        _hold(session, actor, person_id)
        today = clocks.civil_date(services.clock())
        if last < first:
            raise refused("last", "Le dernier jour ne peut pas précéder le premier.")
        if last < today:
            raise refused("last", "Cette absence est déjà passée : donnez un dernier jour à venir.")
        if last - first > _LONGEST:
            raise refused("last", "Une absence dure un an au plus : au-delà, confiez les dossiers.")
        people = {person.id: person for person in session.scalars(accounts.holding(actor.centre_id, Role.ADVISOR))}
        if person_id not in people:
            raise refused("person", "Choisissez un chargé de recevabilité du centre.")
        if cover_id not in people or cover_id == person_id:
            raise refused("cover", "Choisissez un collègue du centre, chargé de recevabilité lui aussi.")
        _free(session, people, person_id, cover_id, first, last)
        absence = Absence(
            centre_id=actor.centre_id,
            person_id=person_id,
            covered_by=cover_id,
            first_day=first,
            last_day=last,
            recorded_by=actor.person_id,
            recorded_at=services.clock(),
        )
        session.add(absence)
        session.flush()
        _note(services, session, actor, "absence_planned", absence)
        _tell(services, session, people[person_id], people[cover_id], absence)


def end(services: Services, actor: Actor, absence_id: int) -> None:
    """Forgets an absence, to come or under way: from now on nobody covers; raises NotVisible."""
    with services.database.writing() as session:
        absence = session.get(Absence, absence_id)
        if absence is None or absence.centre_id != actor.centre_id:
            raise NotVisible("Cette absence n'existe plus.")
        _hold(session, actor, absence.person_id)
        _note(services, session, actor, "absence_ended", absence)
        session.delete(absence)


def _hold(session: Session, actor: Actor, person_id: int) -> None:
    """One change at a time in a centre, by who may make it."""
    own = actor.person_id == person_id
    if not may(Right.PLAN_ABSENCE, actor) or not (own or Role.ADMINISTRATOR in actor.roles):
        raise NotVisible("Seuls la personne et un administrateur du centre peuvent noter son absence.")
    session.execute(select(Centre.id).where(Centre.id == actor.centre_id).with_for_update(key_share=True))


def _free(session: Session, people: dict[int, Person], person_id: int, cover_id: int, first: date, last: date) -> None:
    """Nobody is away twice on a day, nor covers while away, nor is away while covering."""
    touching = select(Absence).where(Absence.first_day <= last, Absence.last_day >= first)
    involved = or_(Absence.person_id.in_((person_id, cover_id)), Absence.covered_by == person_id)
    for other in session.scalars(touching.where(involved)):
        if other.person_id == person_id:
            raise refused("first", "Une absence est déjà notée sur ces jours : terminez-la d'abord.")
        if other.person_id == cover_id:
            raise refused(
                "cover", f"{people[cover_id].full_name} est en absence sur ces jours : choisissez quelqu'un d'autre."
            )
        away = session.get_one(Person, other.person_id).full_name
        raise refused("first", f"Vous remplacez {away} sur ces jours : qu'un autre collègue le remplace d'abord.")


def _note(services: Services, session: Session, actor: Actor, event: str, absence: Absence) -> None:
    details = {
        "person": absence.person_id,
        "cover": absence.covered_by,
        "first_day": absence.first_day,
        "until": absence.last_day,
    }
    chain = journal.centre_chain(absence.centre_id)
    journal.record(session, chain, event, actor.person_id, services.clock(), details)


def _tell(services: Services, session: Session, away: Person, cover: Person, absence: Absence) -> None:
    outbox.post(
        session,
        centre_id=absence.centre_id,
        to=cover.email,
        template="absence_covered",
        context={
            "person_name": cover.full_name,
            "centre_name": session.get_one(Centre, absence.centre_id).name,
            "absent_name": away.full_name,
            "first_on": absence.first_day.isoformat(),
            "last_on": absence.last_day.isoformat(),
            "link": f"{services.settings.base_url}/candidatures?conseiller=mine",
        },
        now=services.clock(),
    )
