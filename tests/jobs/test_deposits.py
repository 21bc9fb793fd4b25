"""A deposit's manifest is stored once, under a lock that the application's own keys cannot lift."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from minio import Minio
from minio.error import S3Error
from sqlalchemy import select

from storage.errors import ObjectLocked
from storage.keys import deposit_key
from storage.s3 import S3Store
from tests.jobs.reading import jobs, journal, row
from tests.persistence.rows import a_candidacy, add, behind_its_back
from tests.support.builders import World
from vae_portal.actions.services import Services
from vae_portal.jobs.deposits import GIVEN_UP_AFTER, hold, seal_deposit, seal_remaining
from vae_portal.jobs.retries import STUBBORN
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Deposit, DepositFile, StoredObject
from vae_portal.persistence.verify import verify
from workflows.vocabulary import Step

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
    until = (NOW + timedelta(days=services.settings.seal_days)).isoformat(sep=" ")
    details = {"deposit": deposit.id, "number": 1, "sha256": SHA256, "until": until}
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


# The files of a deposit


@pytest.fixture
def deposited(services: Services, world: World, work: Work) -> list[DepositFile]:
    """The files of a real deposit, whose job has run."""
    world.candidacy(Step.DOSSIER_REVIEW)
    work(services)
    return _files(services)


def _files(services: Services) -> list[DepositFile]:
    with services.database.reading() as session:
        return list(session.scalars(select(DepositFile).order_by(DepositFile.deposit_id, DepositFile.evidence_id)))


def _raw(services: Services) -> Minio:
    s = services.settings
    return Minio(s.s3_endpoint, s.s3_access_key, s.s3_secret_key, secure=False, region="us-east-1")


def _told(services: Services, event: str) -> list[dict[str, object]]:
    return [details for _, name, details in journal(services) if name == event]


def test_no_file_of_a_deposit_can_be_deleted_nor_its_lock_shortened(
    services: Services, deposited: list[DepositFile]
) -> None:
    raw, bucket = _raw(services), services.settings.s3_bucket
    assert len(deposited) == 3
    for file in deposited:
        assert file.locked_until is not None
        with pytest.raises(ObjectLocked):
            services.store.delete(file.object_key)
        (version,) = raw.list_objects(bucket, file.object_key, include_version=True)
        with pytest.raises(S3Error):
            raw.remove_object(bucket, file.object_key, version_id=version.version_id)
        with pytest.raises(ObjectLocked):
            services.store.lock(file.object_key, file.locked_until - timedelta(days=1))
        kept = services.store.locked_until(file.object_key)
        assert kept is not None
        assert abs(kept - file.locked_until) < timedelta(seconds=1)
        assert hashlib.sha256(services.store.read_bytes(file.object_key)).hexdigest() == file.sha256
    assert verify(services.database, services.store) == []


def test_a_later_deposit_holds_its_files_longer_and_an_earlier_one_never_shortens(services: Services) -> None:
    services.store.put_bytes("evidence/x", b"x", "text/plain")
    now = datetime.now(UTC)  # of the test itself: the store refuses a lock that ends in the past
    soon, later = now + timedelta(minutes=5), now + timedelta(minutes=9)
    for until, expected in ((soon, soon), (later, later), (soon, later)):
        hold(services.store, "evidence/x", until)
        kept = services.store.locked_until("evidence/x")
        assert kept is not None
        assert abs(kept - expected) < timedelta(seconds=1)


def test_what_could_not_be_locked_is_told_and_made_good_later(services: Services, world: World, work: Work) -> None:
    world.candidacy(Step.DOSSIER_REVIEW)
    lost, *others = _files(services)
    content = services.store.read_bytes(lost.object_key)
    services.store.delete(lost.object_key)
    with services.database.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE procrastinate_jobs SET attempts = {len(STUBBORN)} WHERE task_name = 'seal_deposit'"
        )
    work(services)
    (told,) = _told(services, "deposit_not_stored")
    assert (told["fault"], told["files"]) == ("ObjectMissing", [lost.evidence_id])
    assert _told(services, "deposit_stored") == []
    assert [f.locked_until is not None for f in _files(services)] == [False, *(True for _ in others)]
    services.store.put_bytes(lost.object_key, content, "application/pdf")
    world.clock.advance(days=(GIVEN_UP_AFTER.days - 2))
    assert seal_remaining(services) == 0
    world.clock.advance(days=3)
    assert seal_remaining(services) == 1
    assert len(_told(services, "deposit_stored")) == 1
    assert seal_remaining(services) == 0
    assert all(f.locked_until for f in _files(services))


def test_sealing_again_after_everything_is_done_writes_nothing(
    services: Services, deposited: list[DepositFile]
) -> None:
    before = journal(services)
    seal_deposit(services, deposited[0].deposit_id)
    assert journal(services) == before


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ("UPDATE deposit_file SET sha256 = repeat('0', 64) WHERE evidence_id = {id}", "que son manifeste nomme"),
        ("UPDATE deposit_file SET sha256 = repeat('0', 64) WHERE evidence_id = {id}", "a une autre empreinte"),
        ("DELETE FROM deposit_file WHERE evidence_id = {id}", "que son manifeste nomme"),
        ("UPDATE deposit_file SET locked_until = '2099-01-01' WHERE evidence_id = {id}", "sous le verrou"),
    ],
)
def test_verify_names_a_sealed_file_that_is_not_as_it_was_sealed(
    services: Services, deposited: list[DepositFile], spoil: str, sentence: str
) -> None:
    behind_its_back(services.database, "deposit_file", spoil.format(id=deposited[0].evidence_id))
    assert any(sentence in str(finding) for finding in verify(services.database, services.store))


def test_verify_names_a_sealed_file_that_is_hidden_or_replaced(
    services: Services, deposited: list[DepositFile]
) -> None:
    raw, bucket = _raw(services), services.settings.s3_bucket
    hidden, replaced, _ = deposited
    raw.remove_object(bucket, hidden.object_key)  # a marker over it: the locked version is still below
    raw.put_object(bucket, replaced.object_key, io.BytesIO(b"autre"), 5)
    found = "\n".join(map(str, verify(services.database, services.store)))
    assert f"fichier {hidden.evidence_id} : il manque dans le stockage" in found
    assert f"objet {replaced.object_key} : ses octets ne sont plus ceux" in found
    assert f"fichier {replaced.evidence_id} : le stockage ne le garde pas sous le verrou" in found
