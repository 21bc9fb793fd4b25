"""A database for each test, one per worker that is put back between tests; services and application on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from psycopg import sql

from tests.support.engines import StoreSettings
from tests.support.kept import Kept
from vae_portal.actions import passwords
from vae_portal.actions.services import Services, from_settings
from vae_portal.app import create_app
from vae_portal.persistence import migrate
from vae_portal.persistence.database import Database
from vae_portal.settings import Settings

# A Wednesday, in winter time: nothing about it is special.
START = datetime(2026, 2, 4, 9, 0, tzinfo=UTC)


class TestClock:
    """The time of a test: it stands still until told otherwise."""

    __test__ = False

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The instant it is."""
        return self.now

    def move_to(self, now: datetime) -> None:
        """Sets the instant."""
        self.now = now

    def advance(self, **by: float) -> None:
        """Moves on, in the words of timedelta: days=, hours=, minutes=."""
        self.now += timedelta(**by)


def database_of(server_url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return f"{server_url.rpartition('/')[0]}/{name}"


def create_database(server_url: str, template: str = "template1") -> str:
    """Makes a database from a template; returns its URL."""
    name = f"test_{uuid4().hex[:16]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        # FILE_COPY asks for a checkpoint of the whole server; WAL_LOG does not, and the template is small.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return database_of(server_url, name)


def drop_database(server_url: str, url: str) -> None:
    """Removes it, whoever is still connected."""
    name = url.rpartition("/")[2]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> Iterator[str]:
    """The name of a database with every table and nothing in it: never connect to it."""
    url = create_database(postgres_url)
    migrate.upgrade(url)
    yield url.rpartition("/")[2]
    drop_database(postgres_url, url)


@pytest.fixture(scope="session")
def kept_database(postgres_url: str, migrated_template: str) -> Iterator[Kept]:
    """This worker's database."""
    kept = Kept(
        make=lambda: create_database(postgres_url, migrated_template),
        drop=lambda url: drop_database(postgres_url, url),
    )
    yield kept
    kept.close()


@pytest.fixture
def database_url(kept_database: Kept, request: pytest.FixtureRequest) -> str:
    """A migrated database that holds nothing, or the two centres when the test has a world."""
    kept_database.begin(request.getfixturevalue("peopled")[0] if "world" in request.fixturenames else None)
    return kept_database.url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The way to a fresh database."""
    database = Database(database_url, pool_size=3)
    yield database
    database.close()


@pytest.fixture
def clock() -> TestClock:
    """The time of the test, which the services go by."""
    return TestClock()


@pytest.fixture
def settings(database_url: str, store_settings: StoreSettings) -> Settings:
    """The settings of the test: its own database and bucket, no mail server, no antivirus."""
    return Settings(
        database_url=database_url,
        s3_endpoint=store_settings.endpoint,
        s3_access_key=store_settings.access_key,
        s3_secret_key=store_settings.secret_key,
        s3_bucket=f"test-{uuid4().hex[:20]}",
        secret_key="a secret that only this test knows, long enough",
        base_url="http://portail.example",
    )


@pytest.fixture
def services(settings: Settings, clock: TestClock) -> Iterator[Services]:
    """The real services."""
    services = from_settings(settings, clock)
    services.store.prepare()
    yield services
    services.database.close()


@pytest.fixture
def app(services: Services) -> Flask:
    """The web application; an unknown error is raised in the test instead of shown on a page."""
    return application(services)


def application(services: Services, **changed: object) -> Flask:
    """The web application on these services, some settings changed."""
    if changed:
        services = replace(services, settings=replace(services.settings, **changed))  # type: ignore[arg-type]
    app = create_app(services)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    app.jinja_env.bytecode_cache = _compiled
    return app


class _Compiled(BytecodeCache):
    """Templates compiled once per worker, not once per application."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives what was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled now."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """The real hash with little memory: what its cost must be is tests/web/test_accounts.py's."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("personne")
