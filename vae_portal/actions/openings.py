"""What an administrator decides for the centre: to take requests for an expired certification, and how to reach it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions.accounts import clean_address
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import referential as queries
from vae_portal.persistence.tables import Centre, CertificationVersion, OpeningDecision
from workflows import clocks
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right

LONGEST_YEARS = 5  # an opening is a decision for a while, not a new registration


def open_certification(services: Services, actor: Actor, version_id: int, until: date, ground: str) -> int:
    """Records that the centre takes new requests for a version until a day; the latest decision alone counts.

    Raises NotVisible, InputRefused by field; returns the decision's id.
    """
    now = services.clock()
    today = clocks.civil_date(now)
    if until < today:
        raise InputRefused("", {"until": "Choisissez une date à venir : le dernier jour où une demande sera reçue."})
    if until > clocks.same_day_months_later(today, 12 * LONGEST_YEARS):
        raise InputRefused("", {"until": f"Une ouverture vaut pour {LONGEST_YEARS} ans au plus."})
    if not ground.strip():
        raise InputRefused("", {"ground": "Indiquez sur quoi se fonde la décision."})
    with services.database.writing() as session:
        _require_manager(session, actor, version_id)
        return _decide(session, actor, version_id, until, ground.strip(), now, "certification_opened")


def close_certification(services: Services, actor: Actor, version_id: int, reason: str) -> int:
    """Ends the opening in force by a decision of its own: from today on no new request is received.

    What was sent before goes on. Raises NotVisible, ActionRefused when nothing is open, InputRefused by field.
    """
    now = services.clock()
    today = clocks.civil_date(now)
    if not reason.strip():
        raise InputRefused("", {"reason": "Indiquez pourquoi l'ouverture prend fin : les candidats le liront."})
    with services.database.writing() as session:
        _require_manager(session, actor, version_id)
        session.execute(select(Centre.id).where(Centre.id == actor.centre_id).with_for_update(key_share=True))
        latest = queries.latest_openings(session, actor.centre_id).get(version_id)
        if latest is None or latest.until < today:
            raise ActionRefused("Aucune ouverture n'est en vigueur pour cette version : il n'y a rien à terminer.")
        until = today - timedelta(days=1)
        return _decide(session, actor, version_id, until, reason.strip(), now, "certification_closed")


def _require_manager(session: Session, actor: Actor, version_id: int) -> None:
    if not may(Right.MANAGE_CERTIFICATIONS, actor) or session.get(CertificationVersion, version_id) is None:
        raise NotVisible("Cette certification n'existe pas.")


def _decide(
    session: Session, actor: Actor, version_id: int, until: date, ground: str, now: datetime, event: str
) -> int:
    decision = OpeningDecision(
        centre_id=actor.centre_id,
        version_id=version_id,
        until=until,
        ground=ground,
        decided_by=actor.person_id,
        recorded_at=now,
    )
    session.add(decision)
    session.flush()
    details = {
        "opening": decision.id,
        "version": version_id,
        "until": until,
        "ground_sha256": hashlib.sha256(ground.encode()).hexdigest(),
    }
    journal.record(session, journal.centre_chain(decision.centre_id), event, actor.person_id, now, details)
    return decision.id


@dataclass(frozen=True, slots=True)
class CentreDetails:
    """How the centre is reached, and its notice of an interview in days."""

    name: str
    address: str
    phone: str
    email: str
    notice_days: int

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the whole, to see whether it has changed since a page showed it."""
        return hashlib.sha256(journal.canonical(asdict(self))).hexdigest()


def details_of(centre: Centre) -> CentreDetails:
    """The centre's details as they are."""
    return CentreDetails(centre.name, centre.address, centre.phone, centre.email, centre.notice_days)


def change_centre(services: Services, actor: Actor, given: CentreDetails, seen: str) -> None:
    """Changes how the centre is reached; `seen` is the fingerprint of what the page showed.

    Raises StaleForm, NotVisible, InputRefused by field.
    """
    email = clean_address(given.email) if given.email else ""
    with services.database.writing() as session:
        centre = session.get(Centre, actor.centre_id, with_for_update={"key_share": True})
        if centre is None or not may(Right.MANAGE_CERTIFICATIONS, actor):
            raise NotVisible("Ce centre n'existe pas, ou ne vous est pas ouvert.")
        if details_of(centre).fingerprint != seen:
            raise StaleForm("Les coordonnées du centre ont été modifiées entre-temps : rien n'a été remplacé.")
        changed = [name for name, value in asdict(given).items() if getattr(centre, name) != value]
        if "name" in changed and session.query(Centre).filter(Centre.name == given.name).first():
            raise InputRefused("", {"name": "Un autre centre porte déjà ce nom."})
        if not changed:
            return
        centre.name, centre.address, centre.phone = given.name, given.address, given.phone
        centre.email, centre.notice_days = email, given.notice_days
        chain, now = journal.centre_chain(centre.id), services.clock()
        details = {"fields": changed, "sha256": details_of(centre).fingerprint}
        journal.record(session, chain, "centre_changed", actor.person_id, now, details)
