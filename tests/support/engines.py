"""Shares one PostgreSQL and one S3 store between all tests of a run, started only when a test needs them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from storage.s3 import S3Store

_KEEPER = "VAE_TEST_KEEPER"  # where pytest-xdist's workers find the keeper that their controller started
_ROOT = Path(__file__).parents[2]
_started = pytest.StashKey[subprocess.Popen[str]]()


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the tests' S3 store answers, and its keys."""

    endpoint: str
    access_key: str
    secret_key: str


def pytest_configure(config: pytest.Config) -> None:
    """Start the keeper (light: no engine yet) in the process that outlives the workers."""
    if hasattr(config, "workerinput"):
        return
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.engine_keeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        start_new_session=True,  # Ctrl-C reaches pytest alone, whose end closes the keeper's standard input
    )
    config.stash[_started] = keeper
    assert keeper.stdout
    os.environ[_KEEPER] = keeper.stdout.readline().strip()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the keeper's standard input: it stops the engines and ends."""
    keeper = config.stash.get(_started, None)
    if keeper is not None:
        keeper.communicate()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The superuser's URL of the shared server's `postgres` database: make your own database there."""
    return str(_ask("postgres"))


@pytest.fixture(scope="session")
def store_settings() -> StoreSettings:
    """The shared store's address and keys."""
    return StoreSettings(*_ask("seaweed"))


@pytest.fixture
def object_store(store_settings: StoreSettings) -> Iterator[S3Store]:
    """A store on a bucket of this test's own."""
    store = S3Store(
        store_settings.endpoint, store_settings.access_key, store_settings.secret_key, f"test-{uuid4().hex[:20]}"
    )
    store.prepare()
    yield store


def _ask(engine: str) -> list[str] | str:
    with socket.create_connection(("127.0.0.1", int(os.environ[_KEEPER])), timeout=180) as connection:
        connection.sendall(f"{engine}\n".encode())
        with connection.makefile() as answers:
            answer = json.loads(answers.readline())
    if isinstance(answer, dict):
        pytest.fail(f"{engine} does not start: {answer['fault']}")
    return answer
