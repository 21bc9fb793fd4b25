"""Says to anyone whether a code or a hash is that of something sealed here, since when, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from vae_portal.actions import throttle
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import seals


class Sealed(StrEnum):
    """What a code may be of."""

    DEPOSIT = "deposit"  # a sealed dossier: its manifest, or a file of it


@dataclass(frozen=True, slots=True)
class Authentic:
    """What was found: its kind, and when it was sealed."""

    kind: Sealed
    at: datetime


# Each kind by its own query, all of them asked each time: how long an answer takes tells nothing.
_FINDERS: dict[Sealed, Callable[[Session, str], datetime | None]] = {Sealed.DEPOSIT: seals.sealed_at}


def check(services: Services, digits: str, network: str) -> Authentic | None:
    """What these digits (`seal_code.read`) are of, None when nothing here is; raises TriedTooOften."""
    throttle.spend_from(services, "verify", network)
    with services.database.reading() as session:
        found = [(kind, find(session, digits)) for kind, find in _FINDERS.items()]
    return next((Authentic(kind, at) for kind, at in found if at is not None), None)
