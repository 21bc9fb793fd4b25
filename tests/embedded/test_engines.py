"""The embedded engines start, keep their data, and come back after being killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from storage.s3 import S3Store
from vae_portal.embedded.postgres import EmbeddedPostgres
from vae_portal.embedded.processes import EngineFailed
from vae_portal.embedded.seaweed import EmbeddedSeaweed, StoreAddress


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what paths are made of: a space, a comma, an accent, and length."""
    return tmp_path / "un dossier, été" / ("long" * 20)


def _store(address: StoreAddress) -> S3Store:
    store = S3Store(address.endpoint, address.access_key, address.secret_key, "vae")
    store.prepare()
    return store


def test_postgres_keeps_its_data_over_a_stop_and_a_kill(folder: Path) -> None:
    engine = EmbeddedPostgres(folder)
    try:
        url = engine.start()
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        engine.stop()
        assert engine.poll() is None
        with psycopg.connect(engine.start()) as connection:
            connection.execute("INSERT INTO kept VALUES (2)")
        assert engine._process is not None
        os.kill(engine._process.pid, signal.SIGKILL)  # the postmaster alone: its pid file and its children stay
        engine._process.wait()
        with psycopg.connect(engine.start()) as connection:
            assert connection.execute("SELECT one FROM kept ORDER BY one").fetchall() == [(1,), (2,)]
            assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
        other = engine.ensure_database("essai")
        assert engine.ensure_database("essai") == other
        psycopg.connect(other).close()
    finally:
        engine.stop()
        engine.empty()


def test_postgres_wants_its_password(folder: Path) -> None:
    engine = EmbeddedPostgres(folder, durable=False)
    try:
        url = engine.start()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url.replace(engine._password(), "autre"))
        engine.stop()
        with pytest.raises(EngineFailed, match="autre mot de passe"):
            EmbeddedPostgres(folder, password="autre", durable=False).start()
    finally:
        engine.stop()
        engine.empty()


def test_postgres_starts_though_its_pid_file_names_another_program(folder: Path) -> None:
    engine = EmbeddedPostgres(folder, durable=False)
    try:
        engine.start()
        assert engine._process is not None
        os.kill(engine._process.pid, signal.SIGKILL)
        engine._process.wait()
        place = folder / "postgres.place"
        data = (Path(place.read_text().strip()) if place.exists() else folder / "postgres") / "data"
        pid_file = data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
        engine.start()
    finally:
        engine.stop()
        engine.empty()


def test_postgres_changes_no_other_folders_rights(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    rights = {folder: folder.stat().st_mode for folder in (closed, *closed.parents)}
    engine = EmbeddedPostgres(closed / "data", durable=False)
    try:
        engine.start()
        assert {folder: folder.stat().st_mode for folder in rights} == rights
    finally:
        engine.stop()
        engine.empty()


def test_seaweed_keeps_its_data_over_a_stop_a_kill_and_other_ports(folder: Path) -> None:
    engine = EmbeddedSeaweed(folder)
    try:
        address = engine.start()
        _store(address).put_bytes("documents/one", b"1", "text/plain")
        began = time.monotonic()
        engine.stop()
        assert time.monotonic() - began < 6
        address = engine.start()
        _store(address).put_bytes("documents/two", b"2", "text/plain")
        assert engine._process is not None
        os.kill(engine._process.pid, signal.SIGKILL)
        engine._process.wait()
        (folder / "seaweed" / "ports.json").unlink()
        again = engine.start()
        assert (again.access_key, again.secret_key) == (address.access_key, address.secret_key)
        assert again.endpoint != address.endpoint
        store = _store(again)
        assert (store.read_bytes("documents/one"), store.read_bytes("documents/two")) == (b"1", b"2")
        assert store.put_bytes("documents/three", b"3", "text/plain")
        assert (folder / "seaweed" / "s3.json").stat().st_mode & 0o777 == 0o600
    finally:
        engine.stop()


def test_seaweed_wants_its_keys(store_settings: StoreAddress) -> None:
    assert not S3Store(store_settings.endpoint, store_settings.access_key, "une-autre-cle-secrete", "vae").ready()
