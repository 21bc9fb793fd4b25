"""Certifications as the staff of a centre see them: versions, blocks, and the centre's own opening decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from vae_portal.errors import NotVisible
from vae_portal.persistence.tables import Block, Centre, Certification, CertificationVersion, OpeningDecision, Person
from workflows.facts import Actor


@dataclass(frozen=True, slots=True)
class Opening:
    """A decision of the centre that lets new requests in until a day."""

    until: date
    ground: str
    decided_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version and the centre's latest opening decision, which alone counts."""

    row: CertificationVersion
    opening: Opening | None

    def open_on(self, today: date) -> bool:
        """Whether a new request can be sent that day (workflows.admissibility.certification_open)."""
        if self.opening is not None and today <= self.opening.until:
            return True
        start, end = self.row.registered_from, self.row.registered_until
        return (start is None or start <= today) and (end is None or today <= end)


def versions(session: Session, viewer: Actor) -> list[VersionLine]:
    """Every version, by certification, with the latest opening of the viewer's centre."""
    rows = session.scalars(
        select(CertificationVersion)
        .join(Certification)
        .options(joinedload(CertificationVersion.certification), selectinload(CertificationVersion.blocks))
        .order_by(Certification.title, CertificationVersion.id.desc())
    ).all()
    latest: dict[int, Opening] = {}
    for version_id, opening in _openings(session, viewer):
        latest.setdefault(version_id, opening)
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
    return [opening for of, opening in _openings(session, viewer) if of == version_id]


def _openings(session: Session, viewer: Actor) -> list[tuple[int, Opening]]:
    rows: Any = session.execute(
        select(OpeningDecision, Person)
        .join(Person, Person.id == OpeningDecision.decided_by)
        .where(OpeningDecision.centre_id == viewer.centre_id)
        .order_by(OpeningDecision.id.desc())
    )
    return [(d.version_id, Opening(d.until, d.ground, person.full_name, d.recorded_at)) for d, person in rows]


def centre(session: Session, viewer: Actor) -> Centre:
    """The viewer's centre."""
    return session.get_one(Centre, viewer.centre_id)
