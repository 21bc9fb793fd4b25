"""Signed links sent by mail: each for one purpose, for a time, and never with the mail address in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeSerializer

from vae_portal.actions.services import Services

VERIFY_FOR = timedelta(days=3)
RESET_FOR = timedelta(hours=2)


class Purpose(StrEnum):
    """What a link is for: one made for something else is refused."""

    VERIFY = "verify-address"
    RESET = "reset-password"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: whose it is, and the epoch of the account then, so that it works once."""

    person_id: int
    epoch: int


def write(services: Services, purpose: Purpose, link: Link, expires_at: datetime) -> str:
    """The token to put in an address."""
    return str(_signer(services, purpose).dumps([link.person_id, link.epoch, int(expires_at.timestamp())]))


def read(services: Services, purpose: Purpose, token: str) -> Link | None:
    """What a token says; None when it was altered, made for something else, or has expired."""
    try:
        person_id, epoch, expires = _signer(services, purpose).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return Link(person_id, epoch) if services.clock().timestamp() < expires else None


def _signer(services: Services, purpose: Purpose) -> URLSafeSerializer:
    return URLSafeSerializer(services.settings.secret_key, salt=purpose.value)
