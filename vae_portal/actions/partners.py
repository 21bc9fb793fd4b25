"""The register of unions and employers' bodies that designate members of the centre's juries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.actions.sessions import translated
from vae_portal.errors import NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.tables import SocialPartner
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import College, Right

_TAKEN = {"uq_social_partner_name": "Une organisation de ce collège porte déjà ce nom dans le registre."}


@dataclass(frozen=True, slots=True)
class PartnerGiven:
    """What is written of an organisation."""

    college: College
    name: str
    email: str = ""
    address: str = ""


def add(services: Services, actor: Actor, given: PartnerGiven) -> int:
    """One organisation more; returns its id. Raises InputRefused for a name already there."""
    if actor.centre_id is None or not may(Right.KEEP_PARTNERS, actor):
        raise NotVisible("Cette page n'existe pas.")
    with translated(_TAKEN), services.database.writing() as session:
        row = SocialPartner(centre_id=actor.centre_id)
        _write(row, given)
        session.add(row)
        session.flush()
        _note(services, session, actor, "partner_added", row)
        return row.id


def change(services: Services, actor: Actor, partner_id: int, given: PartnerGiven) -> None:
    """Another name or address; what was sent before keeps what it said."""
    with translated(_TAKEN), services.database.writing() as session:
        row = _own(session, actor, partner_id)
        _write(row, given)
        session.flush()
        _note(services, session, actor, "partner_changed", row)


def retire(services: Services, actor: Actor, partner_id: int, retired: bool) -> None:
    """Written to no more, or again."""
    with services.database.writing() as session:
        row = _own(session, actor, partner_id)
        if (row.retired_at is not None) is retired:
            return
        row.retired_at = services.clock() if retired else None
        _note(services, session, actor, "partner_retired" if retired else "partner_back", row)


def _write(row: SocialPartner, given: PartnerGiven) -> None:
    row.college, row.name = given.college.value, " ".join(given.name.split())
    row.email, row.address = given.email.strip(), given.address.strip()


def _own(session: Session, actor: Actor, partner_id: int) -> SocialPartner:
    mine = select(SocialPartner).where(SocialPartner.id == partner_id, SocialPartner.centre_id == actor.centre_id)
    row = session.scalars(mine.with_for_update()).one_or_none()
    if row is None or not may(Right.KEEP_PARTNERS, actor):
        raise NotVisible("Cette organisation n'existe pas, ou n'est pas de votre centre.")
    return row


def _note(services: Services, session: Session, actor: Actor, event: str, row: SocialPartner) -> None:
    chain = journal.centre_chain(row.centre_id)
    journal.record(session, chain, event, actor.person_id, services.clock(), {"partner": row.id})
