"""Slows guessing down: so many tries in a window, counted by hashed key so that no address is kept."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.errors import PortalError
from vae_portal.persistence.tables import Throttle
from workflows.clocks import PARIS

WINDOW = timedelta(minutes=15)
NETWORK_FACTOR = 10  # many people share a network address: a company, a training centre


class TriedTooOften(PortalError):
    """Too many tries: the text says when to try again (429), `seconds` how long that is."""

    def __init__(self, until: datetime, now: datetime) -> None:
        hour = until.astimezone(PARIS)
        super().__init__(f"Trop d'essais en peu de temps. Réessayez à partir de {hour.hour} h {hour.minute:02d}.")
        self.seconds = max(1, int((until - now).total_seconds()))


def spend(services: Services, matter: str, email: str, network: str) -> None:
    """Counts one try for an address and for the network it comes from; raises TriedTooOften beyond the settings' limit.

    Counted in a transaction of its own, before anything is looked at: a refusal that follows does not undo it.
    """
    now = services.clock()
    begins = _window(now)
    limit = services.settings.sign_in_attempts
    with services.database.writing() as session:
        by_address = _count(session, _key(services, matter, "address", email.strip().lower()), begins)
        by_network = _count(session, _key(services, matter, "network", network), begins)
        if by_network == 1:  # once in a while is enough
            session.execute(delete(Throttle).where(Throttle.window < begins - timedelta(days=1)))
    if by_address > limit or by_network > limit * NETWORK_FACTOR:
        raise TriedTooOften(begins + WINDOW, now)


def spend_from(services: Services, matter: str, network: str) -> None:
    """The same for what is asked without an address: counted by network alone."""
    now = services.clock()
    begins = _window(now)
    with services.database.writing() as session:
        tries = _count(session, _key(services, matter, "network", network), begins)
    if tries > services.settings.sign_in_attempts * NETWORK_FACTOR:
        raise TriedTooOften(begins + WINDOW, now)


def forgive(session: Session, services: Services, matter: str, email: str, network: str) -> None:
    """Takes back the tries of an address whose owner got in, and this one of its network."""
    begins = _window(services.clock())
    address = Throttle.key == _key(services, matter, "address", email.strip().lower())
    session.execute(delete(Throttle).where(address, Throttle.window == begins))
    shared = Throttle.key == _key(services, matter, "network", network)
    session.execute(
        update(Throttle).where(shared, Throttle.window == begins, Throttle.tries > 0).values(tries=Throttle.tries - 1)
    )


def _window(now: datetime) -> datetime:
    begins = now.astimezone(UTC)
    return begins.replace(minute=begins.minute - begins.minute % 15, second=0, microsecond=0)


def _key(services: Services, matter: str, kind: str, value: str) -> str:
    told = f"{matter}\0{kind}\0{value}".encode()
    return hmac.new(services.settings.secret_key.encode(), told, hashlib.sha256).hexdigest()


def _count(session: Session, key: str, begins: datetime) -> int:
    row = insert(Throttle).values(key=key, window=begins, tries=1)
    row = row.on_conflict_do_update(index_elements=[Throttle.key, Throttle.window], set_={"tries": Throttle.tries + 1})
    return int(session.execute(row.returning(Throttle.tries)).scalar_one())
