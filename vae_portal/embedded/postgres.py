"""A PostgreSQL server of our own for a machine that has only Python: data in a folder, local."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from vae_portal.embedded.places import data_place, programs, unprivileged_user
from vae_portal.embedded.processes import (
    EngineFailed,
    free_ports,
    plain_environment,
    start_child,
    stop_child,
    wait_until,
    write_private,
)

_START_SECONDS = 60
_STOP_SECONDS = 20


class EmbeddedPostgres:
    """One server on 127.0.0.1 with a password; `durable=False` trades safety at a power cut for speed, for tests.

    It listens on a free port at each start, unless one is named.
    """

    def __init__(self, data_dir: Path, *, password: str | None = None, durable: bool = True, port: int = 0) -> None:
        self.data_dir = data_dir
        self._port = port
        self.url = ""  # of the `postgres` database, as superuser; known once started
        self._durable = durable
        self._given_password = password
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return "La base de données"

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.data_dir / "postgres.log"

    def start(self) -> str:
        """Start, making the data at the first time, recovering after a crash; the superuser's URL, or EngineFailed."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        user = unprivileged_user()
        binaries = programs(user)
        place = data_place(self.data_dir, user)
        password = self._password()
        if not (place / "data" / "PG_VERSION").exists():
            self._make_data(binaries, place, user, password)
        _end_leftover(place / "data")
        port = self._port or free_ports(1)[0]
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        self._process = start_child(
            [str(binaries / "postgres"), "-D", str(place / "data"), *_options(port, self._durable)],
            log=self.log,
            environment=plain_environment(place),
            folder=place,
            user=user,
            death_signal=signal.SIGINT,  # PostgreSQL's fast and clean stop
        )
        try:
            wait_until(self._answers, self._process, self.name, self.log, _START_SECONDS)
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop cleanly, roughly when it takes more than twenty seconds; nothing to do when it is not running."""
        stop_child(self._process, seconds=_STOP_SECONDS, first=signal.SIGINT)
        self._process = None

    def poll(self) -> int | None:
        """Its exit code if it has ended by itself, else None."""
        return self._process.poll() if self._process else None

    def ensure_database(self, name: str) -> str:
        """Make a database if it is missing; its URL."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url.rpartition("/")[0] + f"/{name}"

    def drop_database(self, name: str) -> None:
        """Remove a database and all it holds, if there."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def empty(self) -> None:
        """Remove every file of the stopped server, also those kept outside the data folder."""
        record = self.data_dir / "postgres.place"
        if record.exists():
            shutil.rmtree(record.read_text("utf-8").strip(), ignore_errors=True)
            record.unlink()
        shutil.rmtree(self.data_dir / "postgres", ignore_errors=True)

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _password(self) -> str:
        if self._given_password:
            return self._given_password
        kept = self.data_dir / "postgres.password"
        if not kept.exists():
            write_private(kept, secrets.token_urlsafe(24))
        return kept.read_text("utf-8")

    def _make_data(self, binaries: Path, place: Path, user: str | None, password: str) -> None:
        """Run initdb beside and rename at the end, so that a start cut short leaves no half-made database."""
        fresh, secret = place / "data.new", place / "password.new"
        shutil.rmtree(fresh, ignore_errors=True)
        write_private(secret, password)
        if user is not None:
            shutil.chown(secret, user)
        command = [str(binaries / "initdb"), "-D", str(fresh), "--username=postgres", f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [] if self._durable else ["--no-sync"]
        try:
            child = start_child(command, log=self.log, environment=plain_environment(place), folder=place, user=user)
            if child.wait(120) != 0:
                raise EngineFailed(f"La base de données n'a pas pu être créée. Son journal : {self.log}")
        finally:
            secret.unlink(missing_ok=True)
        fresh.rename(place / "data")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=3).close()
        except psycopg.OperationalError as fault:
            if "authentication failed" in str(fault):
                raise EngineFailed(
                    f"La base de données de {self.data_dir} a été créée avec un autre mot de passe : "
                    "restaurez secrets.json, ou videz tout (make demo-reset)."
                ) from fault
            return False
        return True


def _options(port: int, durable: bool) -> list[str]:
    options = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",  # a socket's path may not pass 107 bytes, a folder's may
        "max_connections": "200",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "password_encryption": "scram-sha-256",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]


def _end_leftover(data: Path) -> None:
    """Clear what a crash left: the server of this very folder if it still runs, then its pid file."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text("utf-8").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if _serves(pid, data):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _STOP_SECONDS
    while _serves(pid, data):
        if time.monotonic() > deadline:
            raise EngineFailed(f"La base de données de {data} sert déjà ailleurs (processus {pid}).")
        time.sleep(0.1)
    # Another program may have taken that number since: PostgreSQL would then refuse to start.
    pid_file.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(data) in words
