"""Puts a deposit in the store for good: its manifest, and each file it names, under a lock that nobody can lift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from storage.errors import StoreError
from storage.keys import deposit_key
from storage.port import ObjectStore
from vae_portal.actions.services import Services
from vae_portal.jobs.stored import keep_row
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import Deposit, DepositFile

log = structlog.get_logger(__name__)

MANIFEST = "application/json"
# A deposit whose job has given up by then is tried again by the hour, for as long as it takes.
GIVEN_UP_AFTER = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class _Open:
    """A deposit that is not wholly under lock yet."""

    manifest: bytes
    sha256: str
    stored: bool
    files: tuple[tuple[int, str], ...]  # evidence and object of those that no job has locked
    until: datetime


def seal_deposit(services: Services, deposit_id: int) -> None:
    """Stores and locks what is not yet; what was done is recorded, then raises the first StoreError that was met."""
    found = _read(services, deposit_id)
    if found is None:
        return
    store, key = services.store, deposit_key(found.sha256)
    if not store.put_bytes(key, found.manifest, MANIFEST, create_only=True, locked_until=found.until):
        hold(store, key, found.until)
    locked, faults = [], []
    for evidence_id, object_key in found.files:
        try:
            hold(store, object_key, found.until)
        except StoreError as fault:
            faults.append(fault)
        else:
            locked.append(evidence_id)
    with services.database.writing() as session:
        _keep(services, session, deposit_id, found, locked)
    if faults:
        raise faults[0]


def hold(store: ObjectStore, key: str, until: datetime) -> None:
    """Puts an object under lock until then at least: a longer lock stays; raises ObjectMissing, StoreDown."""
    store.size(key)  # a store may lock what was hidden by a deletion
    kept = store.locked_until(key)
    if kept is None or kept < until.replace(microsecond=0):
        store.lock(key, until)


def _read(services: Services, deposit_id: int) -> _Open | None:
    """What is still to be done of a deposit; None when nothing is."""
    with services.database.reading() as session:
        deposit = session.get_one(Deposit, deposit_id)
        waiting = session.execute(
            select(DepositFile.evidence_id, DepositFile.object_key)
            .where(DepositFile.deposit_id == deposit_id, DepositFile.locked_until.is_(None))
            .order_by(DepositFile.evidence_id)
        )
        files = tuple((row.evidence_id, row.object_key) for row in waiting)
        if deposit.object_key is not None and not files:
            return None
        until = deposit.sealed_at + timedelta(days=services.settings.seal_days)
        return _Open(
            deposit.manifest_text.encode(), deposit.manifest_sha256, deposit.object_key is not None, files, until
        )


def _keep(services: Services, session: Session, deposit_id: int, found: _Open, locked: list[int]) -> None:
    deposit = session.get_one(Deposit, deposit_id, with_for_update=True)
    now, key = services.clock(), deposit_key(found.sha256)
    newly = deposit.object_key is None
    if newly:
        keep_row(session, key, found.sha256, len(found.manifest), MANIFEST, now)
        deposit.object_key = key
    of_this = DepositFile.deposit_id == deposit_id
    mine = of_this & DepositFile.evidence_id.in_(locked) & DepositFile.locked_until.is_(None)
    done = session.execute(
        update(DepositFile).where(mine).values(locked_until=found.until).returning(DepositFile.sha256)
    )
    newly = bool(done.all()) or newly
    left = session.scalar(select(exists().where(of_this, DepositFile.locked_until.is_(None))))
    if newly and not left:
        details = {"deposit": deposit.id, "number": deposit.number, "sha256": found.sha256, "until": found.until}
        record(session, candidacy_chain(deposit.candidacy_id), "deposit_stored", None, now, details)


def seal_remaining(services: Services) -> int:
    """Seals what no job seals any more: given up, or deposited before files were locked; the number done."""
    open_file = exists().where(DepositFile.deposit_id == Deposit.id, DepositFile.locked_until.is_(None))
    before = services.clock() - GIVEN_UP_AFTER
    with services.database.reading() as session:
        waiting = session.scalars(
            select(Deposit.id)
            .where(Deposit.object_key.is_(None) | open_file, Deposit.sealed_at < before)
            .order_by(Deposit.id)
        ).all()
    done = 0
    for deposit_id in waiting:
        try:
            seal_deposit(services, deposit_id)
            done += 1
        except StoreError as fault:
            log.error("deposit_not_sealed", deposit=deposit_id, fault=type(fault).__name__)
    return done


def tell_failure(services: Services, fault: BaseException, deposit_id: int) -> None:
    """Says in the candidacy's journal what could not be stored or locked: a deposit's row never changes."""
    with services.database.writing() as session:
        deposit = session.get(Deposit, deposit_id)
        if deposit is None:
            return
        waiting = session.scalars(
            select(DepositFile.evidence_id)
            .where(DepositFile.deposit_id == deposit_id, DepositFile.locked_until.is_(None))
            .order_by(DepositFile.evidence_id)
        ).all()
        if deposit.object_key is not None and not waiting:
            return
        details = {"deposit": deposit.id, "number": deposit.number, "fault": type(fault).__name__}
        if waiting:
            details["files"] = list(waiting)
        chain = candidacy_chain(deposit.candidacy_id)
        record(session, chain, "deposit_not_stored", None, services.clock(), details)
