"""A real mail server that can be stopped, a real antivirus with one signature of our own, and a way not to wait."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from storage.antivirus import ping
from tests.jobs.calendar_server import Server
from vae_portal.actions.services import Services
from vae_portal.embedded.processes import free_ports
from vae_portal.jobs.worker import run_until_empty

_CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/sbin")


class MailServer:
    """A mail server on a port of its own, down until started; some recipients may be refused."""

    def __init__(self) -> None:
        self.port = free_ports(1)[0]
        self.messages: list[EmailMessage] = []
        self.refused: dict[str, str] = {}
        self.slow_seconds = 0.0  # before it takes a message
        self.receiving = threading.Event()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Open the port."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Close the port."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        """Take the recipient, unless told otherwise."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message, without hurry when told so."""
        self.receiving.set()
        await asyncio.sleep(self.slow_seconds)
        message = message_from_bytes(bytes(envelope.content or b""), policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server, not started."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def mailing(services: Services, mail_server: MailServer) -> Services:
    """The services, with that mail server."""
    return replace(services, settings=replace(services.settings, smtp_url=f"smtp://127.0.0.1:{mail_server.port}"))


@pytest.fixture(scope="session")
def clamd_url() -> Iterator[str]:
    """A clamd of our own, that knows one marker."""
    if _CLAMD is None:
        pytest.skip("clamd is not on this machine (Debian: clamav-daemon)")
    with tempfile.TemporaryDirectory(prefix="vae-clamd-") as name:  # short: a socket's path is
        folder = Path(name)
        (folder / "own.ndb").write_text(f"Essai.Portail:0:*:{b'marqueur-infecte'.hex()}\n")
        user = "User root\n" if os.geteuid() == 0 else ""
        (folder / "clamd.conf").write_text(
            f"DatabaseDirectory {folder}\nLocalSocket {folder}/clamd.sock\nForeground yes\n"
            f"LogFile {folder}/clamd.log\nTemporaryDirectory {folder}\n{user}"
        )
        process = subprocess.Popen(
            [_CLAMD, "--config-file", str(folder / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"unix://{folder}/clamd.sock"
        try:
            deadline = time.monotonic() + 60
            while not ping(url):
                assert process.poll() is None, "clamd ended"
                assert time.monotonic() < deadline, "clamd does not answer"
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def work() -> Callable[[Services, int], None]:
    """Runs the worker so many times, each time as if the waits before a retry had passed."""

    def run(services: Services, times: int = 1) -> None:
        for _ in range(times):
            with services.database.writing() as session:
                session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
            run_until_empty(services)

    return run


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    yield made
    made.http.shutdown()
    made.http.server_close()
