"""What an administrator decides for the centre: to take requests for an expired certification, and how to reach it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date

from vae_portal.actions.accounts import clean_address
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
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
        if not may(Right.MANAGE_CERTIFICATIONS, actor) or session.get(CertificationVersion, version_id) is None:
            raise NotVisible("Cette certification n'existe pas.")
        decision = OpeningDecision(
            centre_id=actor.centre_id,
            version_id=version_id,
            until=until,
            ground=ground.strip(),
            decided_by=actor.person_id,
            recorded_at=now,
        )
        session.add(decision)
        session.flush()
        details = {
            "opening": decision.id,
            "version": version_id,
            "until": until,
            "ground_sha256": hashlib.sha256(decision.ground.encode()).hexdigest(),
        }
        chain = journal.centre_chain(decision.centre_id)
        journal.record(session, chain, "certification_opened", actor.person_id, now, details)
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
