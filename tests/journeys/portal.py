"""The whole portal as people meet it: served over HTTP, its mails at a real server, its jobs done when asked."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.database import TestClock
from vae_portal.actions.services import Services
from vae_portal.app import create_app
from vae_portal.jobs.anchors import anchor_journal
from vae_portal.jobs.worker import run_until_empty


class Mailbox:
    """A mail server that keeps what it receives, whoever it is for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.messages: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def start(self) -> None:
        """Open the port."""
        self._controller.start()

    def stop(self) -> None:
        """Close the port."""
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Keep one message."""
        message = message_from_bytes(bytes(envelope.content or b""), policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def subjects(self, to: str) -> list[str]:
        """What an address received, in order."""
        return [str(m["Subject"]) for m in self.messages if m["To"] == to]

    def link(self, to: str, subject: str) -> str:
        """The one address of a page in the last message of that subject."""
        found = [m for m in self.messages if m["To"] == to and subject in str(m["Subject"])]
        assert found, f"{to} received {self.subjects(to)}, nothing called {subject!r}"
        links = re.findall(r"https?://\S+", found[-1].get_content())
        assert len(links) == 1, f"{subject!r} holds {links}"
        return str(links[0])


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the browser's own account is what the journey reads."""


class Portal:
    """The application of one journey, its clock and its mailbox."""

    def __init__(self, services: Services, mailbox: Mailbox, port: int) -> None:
        self.services, self.mailbox = services, mailbox
        self.address = services.settings.base_url
        self.app: Flask = create_app(services)
        self._server = make_server("127.0.0.1", port, self.app, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, name="portal")

    def start(self) -> None:
        """Answer requests, each in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def clock(self) -> TestClock:
        """The time it is for the portal."""
        clock: Any = self.services.clock
        return clock

    def do_jobs(self) -> None:
        """Mails leave, documents are written, files are checked; in a thread, for the browser holds this one's loop."""
        with ThreadPoolExecutor(1, thread_name_prefix="jobs") as worker:
            worker.submit(run_until_empty, self.services).result()

    def wait(self, **by: float) -> None:
        """Time passes, in the words of timedelta; what was due is done."""
        self.wait_until(self.clock.now + timedelta(**by))

    def wait_until(self, moment: datetime) -> None:
        """Time passes until then; the journal is anchored, as every day."""
        self.clock.move_to(moment)
        anchor_journal(self.services)
        self.do_jobs()
