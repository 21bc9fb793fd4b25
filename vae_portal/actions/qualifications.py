"""What a planner records of an evaluator: the certifications they are qualified for, and whom they worked for."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select

from vae_portal.actions import conflicts
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.tables import Certification, PastEmployer, Person, Qualification
from workflows.facts import Actor
from workflows.vocabulary import Role

MOST_PAST_EMPLOYERS = 30


def record(
    services: Services,
    actor: Actor,
    person_id: int,
    certification_ids: Collection[int],
    employer: str,
    past_employers: Collection[str] = (),
) -> None:
    """Sets what an evaluator of the actor's centre is qualified for, and whom they work or worked for (D6412-6).

    Raises NotVisible, InputRefused.
    """
    wanted, past = set(certification_ids), _past(past_employers)
    with services.database.writing() as session, conflicts.told(services, session, actor.centre_id):
        person = session.scalars(
            select(Person).where(Person.id == person_id).with_for_update(key_share=True)
        ).one_or_none()
        if person is None or person.centre_id != actor.centre_id or not _evaluates(person):
            raise NotVisible("Cette personne n'évalue pas dans votre centre.")
        known = set(session.scalars(select(Certification.id).where(Certification.id.in_(wanted))))
        if known != wanted:
            raise InputRefused("Choisissez les certifications dans la liste.")
        session.execute(delete(Qualification).where(Qualification.person_id == person.id))
        session.add_all(Qualification(person_id=person.id, certification_id=key) for key in sorted(wanted))
        changed = person.employer != employer
        person.employer = employer
        session.execute(delete(PastEmployer).where(PastEmployer.person_id == person.id))
        session.add_all(PastEmployer(person_id=person.id, name=name) for name in past)
        session.flush()
        journal.record(
            session,
            journal.centre_chain(person.centre_id),
            "qualifications_recorded",
            actor.person_id,
            services.clock(),
            {
                "person": person.id,
                "certifications": sorted(wanted),
                "employer_changed": changed,
                "past_employers": len(past),
            },
        )


def _past(names: Collection[str]) -> list[str]:
    """Each name once, whatever its case."""
    found = {name.strip().lower(): name.strip() for name in names if name.strip()}
    too_long = [name for name in found.values() if len(name) > 200]
    if too_long or len(found) > MOST_PAST_EMPLOYERS:
        sentence = f"{MOST_PAST_EMPLOYERS} employeurs passés au plus, un par ligne, de 200 caractères au plus."
        raise InputRefused(sentence, {"past_employers": sentence})
    return list(found.values())


def _evaluates(person: Person) -> bool:
    return any(row.role == Role.EVALUATOR.value for row in person.roles) and person.disabled_at is None
