"""What the benches run on: engines of their own, the demonstration's people, a web server as in production."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.s3 import S3Store
from vae_portal.actions import passwords, referential
from vae_portal.actions.services import Services, from_settings
from vae_portal.demonstration import people
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.embedded.postgres import EmbeddedPostgres
from vae_portal.embedded.processes import free_ports
from vae_portal.embedded.seaweed import EmbeddedSeaweed
from vae_portal.persistence import migrate
from vae_portal.persistence.tables import OpeningDecision
from vae_portal.settings import Settings
from workflows import clocks
from workflows.vocabulary import Step

PASSWORD = "mesure sans valeur 2026"  # noqa: S105 - engines of their own, thrown away after the run


@dataclass(slots=True)
class Rig:
    """The engines' services, the people, and where the web server answers."""

    services: Services
    store: S3Store
    cast: Cast
    base_url: str
    server: subprocess.Popen[bytes]
    quick: bool
    _dossier: str = ""

    @classmethod
    @contextmanager
    def started(cls, quick: bool) -> Iterator[Rig]:
        """Everything up; stopped and emptied at the end."""
        with tempfile.TemporaryDirectory(prefix="vae-bench-") as folder:
            postgres, seaweed = EmbeddedPostgres(Path(folder)), EmbeddedSeaweed(Path(folder))
            try:
                postgres.start()
                url, address = postgres.ensure_database("bench"), seaweed.start()
                port = free_ports(1)[0]
                settings = Settings(
                    database_url=url,
                    s3_endpoint=address.endpoint,
                    s3_access_key=address.access_key,
                    s3_secret_key=address.secret_key,
                    secret_key="only for this run, thrown away afterwards",  # noqa: S106
                    base_url=f"http://127.0.0.1:{port}",
                    sign_in_attempts=1000,
                )
                migrate.upgrade(url)
                services = from_settings(settings, StoryClock(datetime.now(UTC)))
                store = services.store
                if not isinstance(store, S3Store):
                    raise TypeError("the benches measure the S3 store")
                store.prepare()
                server = _serve(settings, port)
                try:
                    yield cls(services, store, _cast(services), settings.base_url, server, quick)
                finally:
                    server.terminate()
                    server.wait(20)
                    services.database.close()
            finally:
                seaweed.stop()
                postgres.stop()
                postgres.empty()
                seaweed.empty()

    def workers(self) -> list[int]:
        """Process ids of the web server and its workers."""
        parent = self.server.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    def dossier(self) -> str:
        """The number of the candidate's one candidacy, whose dossier is being prepared."""
        if not self._dossier:
            clock = StoryClock(datetime.now(UTC))
            self._dossier = Story(self.services, self.cast, clock).to(Step.DOSSIER_PREPARATION).number
        return self._dossier

    def settle(self) -> dict[int, int]:
        """What each web process holds now, in KiB, its peak counted afresh from here on."""
        held = {}
        for pid in self.workers():
            Path(f"/proc/{pid}/clear_refs").write_text("5")
            held[pid] = memory_kib(pid, "VmRSS")
        return held

    def growth_mib(self, before: dict[int, int]) -> float:
        """How far all web processes together have gone above what they held, at their highest, in MiB."""
        return round(sum(max(0, memory_kib(pid, "VmHWM") - held) for pid, held in before.items()) / 1024, 1)


def memory_kib(pid: int | str, field: str) -> int:
    """What a process holds, by the field of its status."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def _serve(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    given = {
        "DATABASE_URL": settings.database_url,
        "S3_ENDPOINT": settings.s3_endpoint,
        "S3_ACCESS_KEY": settings.s3_access_key,
        "S3_SECRET_KEY": settings.s3_secret_key,
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "SIGN_IN_ATTEMPTS": "1000",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "vae_portal.cli", "serve"]
    server = subprocess.Popen(  # noqa: S603 - our own command
        command, env=os.environ | given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{settings.base_url}/healthz", timeout=2):  # noqa: S310 - loopback
                return server
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    server.terminate()
    raise TimeoutError("the web server did not answer in 90 s")


def _cast(services: Services) -> Cast:
    now = services.clock()
    hashed = passwords.protect(PASSWORD)
    with services.database.writing() as session:
        version_id = referential.import_file(session, "rncp-28242.yaml")
        centre = people.make_centre(session, "UIMM Mesures")
        ids = {p.local: people.make_person(session, centre, p, hashed, now).id for p in people.FIRST_CENTRE}
        session.add(
            OpeningDecision(
                centre_id=centre.id,
                version_id=version_id,
                until=clocks.civil_date(now) + timedelta(days=400),
                ground="Mesures.",
                decided_by=ids["admin"],
                recorded_at=now,
            )
        )
        return Cast(centre.id, version_id, ids)
