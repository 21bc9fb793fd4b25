"""Whatever dies in the middle of an upload or of its check, every acknowledged byte is there and the upload goes on."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.builders import PASSWORD, World, make_casts
from tests.support.database import TestClock, application
from tests.support.dossier import Dossier
from tests.support.live import LiveServer, running
from tests.support.tus import Stubborn
from vae_portal.actions.services import Services, from_settings
from vae_portal.embedded.postgres import EmbeddedPostgres
from vae_portal.embedded.processes import free_ports
from vae_portal.embedded.seaweed import EmbeddedSeaweed
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence import migrate
from vae_portal.persistence.tables import Evidence
from vae_portal.persistence.verify import verify
from vae_portal.settings import Settings

MEBIBYTE = 1024 * 1024


_CHECK = """
import sys
from vae_portal.actions.services import from_settings
from vae_portal.settings import from_environment
services = from_settings(from_environment())
print("begun", flush=True)
check_evidence(services, int(sys.argv[1]))
"""


class House:
    """Engines, server and dossier of one test, each of which can be taken down."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.store = EmbeddedPostgres(folder, port=free_ports(1)[0]), EmbeddedSeaweed(folder)
        url, address = self.postgres.start(), self.store.start()
        self.settings = Settings(
            database_url=url,
            s3_endpoint=address.endpoint,
            s3_access_key=address.access_key,
            s3_secret_key=address.secret_key,
            secret_key="a secret that only this test knows, long enough",
        )
        migrate.upgrade(url)
        self.services: Services = from_settings(self.settings)
        self.services.store.prepare()
        now = self.services.clock()
        world = World(replace(self.services, clock=TestClock(now)), *make_casts(self.services.database, now))
        self.dossier = Dossier(application(self.services), self.services, world)
        self.email = world.email("candidat")

    def sends(self, live: LiveServer, size: int, name: str) -> Stubborn:
        data = random.Random(name).randbytes(size // 2 + 1).hex().encode()[:size]  # a text: every byte of it is checked
        return Stubborn(live, f"{self.dossier.address}/envois", data, name)

    def all_is_well(self, *sent: Stubborn) -> None:
        """Every file is there whole, checked; verification finds nothing, not even what is young."""
        run_until_empty(self.services)
        files = {f.name: f for f in self.dossier.files()}
        for one in sent:
            assert (files[one.name].state, one.name) == ("not_scanned", one.name)
            assert files[one.name].sha256 == hashlib.sha256(one.data).hexdigest()
        assert verify(self.services.database, self.services.store) == []

    def environment(self) -> dict[str, str]:
        """What a process of this house is told."""
        names = ("database_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "secret_key")
        return {**os.environ, **{name.upper(): str(getattr(self.settings, name)) for name in names}}

    def stop(self) -> None:
        self.services.database.close()
        for engine in (self.store, self.postgres):
            engine.stop()
            engine.empty()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("maison"))
    yield house
    house.stop()


@pytest.fixture(scope="module")
def live(house: House) -> Iterator[LiveServer]:
    with running(house.settings) as server:
        server.sign_in(house.email, PASSWORD)
        yield server


@pytest.mark.slow
def test_the_web_server_killed_in_the_middle_of_a_chunk(house: House, live: LiveServer) -> None:
    one = house.sends(live, 40 * MEBIBYTE, "web.txt")
    one.step = 20 * MEBIBYTE
    sending = threading.Thread(target=one.run)
    sending.start()
    deadline = time.monotonic() + 60
    while not one.address and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    live.kill()
    live.start_again(house.settings)
    sending.join(120)
    assert one.offset == len(one.data)
    assert one.faults, "the server was killed too late to be noticed"
    house.all_is_well(one)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_check(house: House, live: LiveServer) -> None:
    one = house.sends(live, 30 * MEBIBYTE, "job.txt")
    one.run()
    evidence = next(f for f in house.dossier.files() if f.name == "job.txt")
    for seconds in (0.02, 0.15):
        process = subprocess.Popen(
            [sys.executable, "-c", _CHECK, str(evidence.id)], env=house.environment(), stdout=subprocess.PIPE
        )
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        time.sleep(seconds)
        process.kill()
        process.wait(10)
        process.stdout.close()
    house.all_is_well(one)


@pytest.mark.slow
def test_the_store_stopped_for_thirty_seconds_under_twenty_uploads(house: House, live: LiveServer) -> None:
    sent = [house.sends(live, 6 * MEBIBYTE + n, f"arret {n}.txt") for n in range(20)]
    with ThreadPoolExecutor(20) as threads:
        runs = [threads.submit(one.run) for one in sent]
        deadline = time.monotonic() + 60
        while not any(one.offset for one in sent) and time.monotonic() < deadline:
            time.sleep(0.01)
        house.store.stop()
        time.sleep(30)
        house.store.start()
        for run in runs:
            run.result()
    assert any(one.faults for one in sent)
    house.all_is_well(*sent)


@pytest.mark.slow
def test_the_database_restarted_under_uploads(house: House, live: LiveServer) -> None:
    sent = [house.sends(live, 9 * MEBIBYTE + n, f"base {n}.txt") for n in range(6)]
    with ThreadPoolExecutor(6) as threads:
        runs = [threads.submit(one.run) for one in sent]
        deadline = time.monotonic() + 60
        while not any(one.offset for one in sent) and time.monotonic() < deadline:
            time.sleep(0.01)
        house.postgres.stop()
        house.postgres.start()
        for run in runs:
            run.result()
    house.services.database.engine.dispose()
    house.all_is_well(*sent)
    with house.services.database.reading() as session:
        assert session.query(Evidence).filter(Evidence.state == "receiving").count() == 0
