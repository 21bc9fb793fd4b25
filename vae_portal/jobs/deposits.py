"""Puts a deposit's manifest in the store, under a lock that nobody can lift before its end."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from storage.errors import ObjectLocked
from storage.keys import deposit_key
from vae_portal.actions.services import Services
from vae_portal.jobs.stored import keep_row
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import Deposit

MANIFEST = "application/json"


def seal_deposit(services: Services, deposit_id: int) -> None:
    """Stores and locks a manifest that is not stored yet; raises StoreError, with nothing recorded."""
    with services.database.reading() as session:
        deposit = session.get_one(Deposit, deposit_id)
        sealed_at, manifest, sha256 = deposit.sealed_at, deposit.manifest_text.encode(), deposit.manifest_sha256
        if deposit.object_key is not None:
            return
    key = deposit_key(sha256)
    until = sealed_at + timedelta(days=services.settings.seal_days)
    if not services.store.put_bytes(key, manifest, MANIFEST, create_only=True, locked_until=until):
        with suppress(ObjectLocked):  # locked already, by the run that was cut after it
            services.store.lock(key, until)
    with services.database.writing() as session:
        deposit = session.get_one(Deposit, deposit_id, with_for_update=True)
        if deposit.object_key is None:
            now = services.clock()
            keep_row(session, key, sha256, len(manifest), MANIFEST, now)
            deposit.object_key = key
            details = {"deposit": deposit.id, "number": deposit.number, "sha256": sha256}
            record(session, candidacy_chain(deposit.candidacy_id), "deposit_stored", None, now, details)


def tell_failure(services: Services, fault: BaseException, deposit_id: int) -> None:
    """Says in the candidacy's journal that its manifest could not be stored: a deposit's row never changes."""
    with services.database.writing() as session:
        deposit = session.get(Deposit, deposit_id)
        if deposit is not None and deposit.object_key is None:
            details = {"deposit": deposit.id, "number": deposit.number, "fault": type(fault).__name__}
            chain = candidacy_chain(deposit.candidacy_id)
            record(session, chain, "deposit_not_stored", None, services.clock(), details)
