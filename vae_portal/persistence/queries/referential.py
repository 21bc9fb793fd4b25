"""Certifications as the staff of a centre see them: versions, blocks, and the centre's own opening decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from vae_portal.errors import NotVisible
from vae_portal.persistence.tables import (
    Block,
    Candidacy,
    Centre,
    Certification,
    CertificationVersion,
    OpeningDecision,
    Person,
    ReferentialProposal,
)
from workflows import clocks
from workflows.admissibility import registered
from workflows.facts import Actor
from workflows.steps import STEPS


@dataclass(frozen=True, slots=True)
class Opening:
    """A decision of the centre that lets new requests in until a day; one that ends them is until the day before."""

    until: date
    ground: str
    decided_by: str
    recorded_at: datetime

    @property
    def recorded_on(self) -> date:
        """The day it was decided."""
        return clocks.civil_date(self.recorded_at)

    @property
    def closes(self) -> bool:
        """Whether it ends the opening before it instead of opening."""
        return self.until < self.recorded_on


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version and the centre's latest opening decision, which alone counts."""

    row: CertificationVersion
    opening: Opening | None

    def open_on(self, today: date) -> bool:
        """Whether a new request can be sent that day (workflows.admissibility.certification_open)."""
        opened = self.opening is not None and today <= self.opening.until
        return opened or registered(self.row.registered_from, self.row.registered_until, today)


def versions(session: Session, viewer: Actor) -> list[VersionLine]:
    """Every version, by certification, with the latest opening of the viewer's centre."""
    rows = session.scalars(
        select(CertificationVersion)
        .join(Certification)
        .options(joinedload(CertificationVersion.certification), selectinload(CertificationVersion.blocks))
        .order_by(Certification.title, CertificationVersion.id.desc())
    ).all()
    latest = latest_openings(session, viewer.centre_id)
    return [VersionLine(row, latest.get(row.id)) for row in rows]


def version(session: Session, version_id: int) -> CertificationVersion:
    """A version with its blocks and capabilities; raises NotVisible."""
    found = session.scalars(
        select(CertificationVersion)
        .where(CertificationVersion.id == version_id)
        .options(
            joinedload(CertificationVersion.certification),
            selectinload(CertificationVersion.blocks).selectinload(Block.capabilities),
        )
    ).one_or_none()
    if found is None:
        raise NotVisible("Cette certification n'existe pas.")
    return found


def openings(session: Session, viewer: Actor, version_id: int) -> list[Opening]:
    """The decisions of the viewer's centre about a version, latest first."""
    return [opening for of, opening in _openings(session, viewer.centre_id) if of == version_id]


def latest_openings(session: Session, centre_id: int | None) -> dict[int, Opening]:
    """By version, the one decision of a centre that counts."""
    return dict(reversed(_openings(session, centre_id)))


def opening_of(session: Session, candidacy: Candidacy, today: date) -> Opening | None:
    """The decision that lets this request in, or let it in on the day it was sent; None where registration does."""
    day, version = candidacy.submitted_on or today, candidacy.version
    if registered(version.registered_from, version.registered_until, day):
        return None
    decided = (found for of, found in _openings(session, candidacy.centre_id) if of == version.id)
    if candidacy.submitted_on is None:
        latest = next(decided, None)
        return latest if latest and day <= latest.until else None
    return next((one for one in decided if one.recorded_on <= day <= one.until), None)


def _openings(session: Session, centre_id: int | None) -> list[tuple[int, Opening]]:
    rows: Any = session.execute(
        select(OpeningDecision, Person)
        .join(Person, Person.id == OpeningDecision.decided_by)
        .where(OpeningDecision.centre_id == centre_id)
        .order_by(OpeningDecision.id.desc())
    )
    return [(d.version_id, Opening(d.until, d.ground, person.full_name, d.recorded_at)) for d, person in rows]


def proposals(session: Session, viewer: Actor) -> list[tuple[ReferentialProposal, str]]:
    """Référentiels of the viewer's centre that wait to be confirmed, with who saved them last, latest first."""
    rows = session.execute(
        select(ReferentialProposal, Person)
        .join(Person, Person.id == ReferentialProposal.saved_by)
        .where(ReferentialProposal.centre_id == viewer.centre_id, ReferentialProposal.closed_at.is_(None))
        .order_by(ReferentialProposal.id.desc())
    )
    return [(row, person.full_name) for row, person in rows]


def proposal(session: Session, viewer: Actor, proposal_id: int) -> ReferentialProposal:
    """One of them, or one that was closed; raises NotVisible."""
    found = session.get(ReferentialProposal, proposal_id)
    if found is None or found.centre_id != viewer.centre_id:
        raise NotVisible("Cette proposition n'existe pas, ou ne vous est pas ouverte.")
    return found


def versions_of(session: Session, viewer: Actor, certification_id: int) -> list[tuple[CertificationVersion, int]]:
    """Every version of a certification, latest first, with how many candidacies of the viewer's centre run on it."""
    over = [step for step, standing in STEPS.items() if standing.ball is None]
    running = (
        select(func.count())
        .where(Candidacy.version_id == CertificationVersion.id, Candidacy.centre_id == viewer.centre_id)
        .where(Candidacy.submitted_on.is_not(None), Candidacy.step.not_in(over))
        .scalar_subquery()
    )
    rows = session.execute(
        select(CertificationVersion, running)
        .where(CertificationVersion.certification_id == certification_id)
        .order_by(CertificationVersion.id.desc())
    )
    return [(row, count) for row, count in rows]


def centre(session: Session, viewer: Actor) -> Centre:
    """The viewer's centre."""
    return session.get_one(Centre, viewer.centre_id)
