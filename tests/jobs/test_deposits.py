"""A deposit's manifest is stored once, under a lock that the application's own keys cannot lift."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from minio import Minio
from minio.error import S3Error

from storage.errors import ObjectLocked
from storage.keys import deposit_key
from storage.s3 import S3Store
from tests.jobs.reading import jobs, journal, row
from tests.persistence.rows import a_candidacy, add
from vae_portal.actions.services import Services
from vae_portal.jobs.deposits import seal_deposit
from vae_portal.jobs.retries import STUBBORN
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Deposit, StoredObject
from vae_portal.persistence.verify import verify

Work = Callable[..., None]
MANIFEST = '{"files":[{"name":"à & b.pdf"}]}'
SHA256 = hashlib.sha256(MANIFEST.encode()).hexdigest()
NOW = datetime.now(UTC)


def _sealed(services: Services) -> Deposit:
    """A deposit, with its job."""
    with services.database.writing() as session:
        deposit = Deposit(
            candidacy_id=a_candidacy(session).id,
            number=1,
            round=1,
            sealed_at=NOW,
            manifest_sha256=SHA256,
            manifest_text=MANIFEST,
        )
        add(session, deposit)
        queue.defer(session, queue.SEAL_DEPOSIT, deposit_id=deposit.id)
        return deposit


def test_a_manifest_is_stored_as_it_was_sealed(services: Services, work: Work) -> None:
    deposit = _sealed(services)
    work(services)
    key = row(services, Deposit, deposit.id).object_key
    assert key == deposit_key(SHA256)
    assert services.store.read_bytes(key) == MANIFEST.encode()
    assert row(services, StoredObject, key).sha256 == SHA256
    details = {"deposit": deposit.id, "number": 1, "sha256": SHA256}
    assert journal(services) == [(f"candidacy:{deposit.candidacy_id}", "deposit_stored", details)]
    assert verify(services.database, services.store) == []


def test_the_application_s_own_keys_cannot_delete_it(services: Services, work: Work) -> None:
    _sealed(services)
    work(services)
    key, s = deposit_key(SHA256), services.settings
    with pytest.raises(ObjectLocked):
        services.store.delete(key)
    raw = Minio(s.s3_endpoint, s.s3_access_key, s.s3_secret_key, secure=False, region="us-east-1")
    (version,) = raw.list_objects(s.s3_bucket, key, include_version=True)
    with pytest.raises(S3Error, match=r"AccessDenied|WORM|retention|locked"):
        raw.remove_object(s.s3_bucket, key, version_id=version.version_id)
    kept_until = raw.get_object_retention(s.s3_bucket, key)
    assert kept_until is not None
    assert kept_until.mode == "COMPLIANCE"
    assert abs(kept_until.retain_until_date - (NOW + timedelta(days=s.seal_days))) < timedelta(minutes=1)
    assert services.store.read_bytes(key) == MANIFEST.encode()


def test_sealing_twice_changes_nothing(services: Services, work: Work) -> None:
    deposit = _sealed(services)
    work(services)
    seal_deposit(services, deposit.id)
    assert len(journal(services)) == 1


@pytest.mark.parametrize("locked", [True, False])
def test_a_run_cut_after_the_object_was_stored_is_made_good(services: Services, work: Work, locked: bool) -> None:
    deposit = _sealed(services)
    until = NOW + timedelta(days=services.settings.seal_days) if locked else None
    services.store.put_bytes(deposit_key(SHA256), MANIFEST.encode(), "application/json", locked_until=until)
    work(services)
    assert row(services, Deposit, deposit.id).object_key == deposit_key(SHA256)
    with pytest.raises(ObjectLocked):
        services.store.delete(deposit_key(SHA256))


def test_a_store_that_stays_down_for_days_is_told_in_the_journal(services: Services, work: Work) -> None:
    deposit = _sealed(services)
    nowhere = replace(services, store=S3Store("127.0.0.1:9", "x", "y", "z"))
    with services.database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE procrastinate_jobs SET attempts = {len(STUBBORN) - 1}")
    work(nowhere)
    assert journal(services) == []
    work(nowhere)
    assert jobs(services) == [("seal_deposit", "failed", len(STUBBORN) + 1)]
    details = {"deposit": deposit.id, "number": 1, "fault": "StoreDown"}
    assert journal(services) == [(f"candidacy:{deposit.candidacy_id}", "deposit_not_stored", details)]
