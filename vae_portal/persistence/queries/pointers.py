"""What each file shows of each capability, and where to look, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Capability, Pointer, Situation


@dataclass(frozen=True, slots=True)
class Pointing:
    """A pointer, its capability by code."""

    situation_id: int
    evidence_id: int
    capability: str
    shows: str
    place: str


def of(session: Session, candidacy_id: int) -> list[Pointing]:
    """Every pointer of a dossier, by situation, file and capability."""
    rows = session.execute(
        select(Pointer.situation_id, Pointer.evidence_id, Capability.code, Pointer.shows, Pointer.place)
        .join(Situation, Situation.id == Pointer.situation_id)
        .join(Capability, Capability.id == Pointer.capability_id)
        .where(Situation.candidacy_id == candidacy_id, Situation.removed_at.is_(None))
        .order_by(Situation.position, Situation.id, Pointer.evidence_id, Capability.block_id, Capability.position)
    )
    return [Pointing(*row) for row in rows]
