"""People for the tests of pages: an account with roles, in a centre, whose password is known."""

from __future__ import annotations

from functools import cache
from uuid import uuid4

from sqlalchemy import select

from vae_portal.actions.passwords import protect
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Centre, OutboxMail, Person, PersonRole
from workflows.vocabulary import Role

PASSWORD = "une phrase assez longue"


@cache
def _protected() -> str:
    """Argon2 is slow on purpose: once per run is enough."""
    return protect(PASSWORD)


def a_centre(services: Services, name: str = "UIMM Essai") -> int:
    """The id of the centre of that name, made when missing."""
    with services.database.writing() as session:
        found = session.scalars(select(Centre).where(Centre.name == name)).first()
        if found is None:
            found = Centre(name=name)
            session.add(found)
            session.flush()
        return found.id


def a_person(
    services: Services, *roles: Role, email: str = "", centre: str = "UIMM Essai", verified: bool = True
) -> Person:
    """Someone with these roles, whose password is PASSWORD."""
    centre_id, now = a_centre(services, centre), services.clock()
    person = Person(
        centre_id=centre_id,
        email=email or f"{uuid4().hex[:8]}@essai.example",
        password_hash=_protected(),
        given_names="Camille",
        family_name="Essai",
        verified_at=now if verified else None,
        created_at=now,
        roles=[PersonRole(role=role.value) for role in roles],
    )
    with services.database.writing() as session:
        session.add(person)
    return person


def mails(services: Services, to: str) -> list[OutboxMail]:
    """What was written to an address, latest first."""
    with services.database.reading() as session:
        return list(
            session.scalars(select(OutboxMail).where(OutboxMail.recipient == to).order_by(OutboxMail.id.desc()))
        )
