"""Says to anyone whether a code or a hash is that of something sealed here, since when, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vae_portal.actions import throttle
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import awards, seals
from vae_portal.persistence.queries.awards import Confirmed


class Sealed(StrEnum):
    """What a code may be of."""

    DEPOSIT = "deposit"  # a sealed dossier: its manifest, or a file of it
    AWARD = "award"  # a certification or a block, of the register


@dataclass(frozen=True, slots=True)
class Authentic:
    """What was found: its kind, and when it was sealed or what was awarded."""

    kind: Sealed
    at: datetime | None = None
    award: Confirmed | None = None


def check(services: Services, digits: str, network: str) -> Authentic | None:
    """What these digits (`seal_code.read`) are of, None when nothing here is; raises TriedTooOften."""
    throttle.spend_from(services, "verify", network)
    with services.database.reading() as session:
        # Both are asked each time: how long an answer takes tells nothing.
        sealed_at, award = seals.sealed_at(session, digits), awards.by_code(session, digits)
    if award is not None:
        return Authentic(Sealed.AWARD, award=award)
    return Authentic(Sealed.DEPOSIT, sealed_at) if sealed_at is not None else None
