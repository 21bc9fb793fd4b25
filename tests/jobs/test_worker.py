"""The worker as a process: works, stops when told, comes back after an outage, and takes up what a crash left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields

import pytest
from sqlalchemy import text

from storage.keys import ANCHORS
from tests.documents.examples import example
from tests.jobs.conftest import MailServer
from tests.jobs.reading import jobs, row
from tests.persistence.rows import NOON, a_candidacy, add
from vae_portal.actions.services import Services
from vae_portal.jobs import tasks
from vae_portal.jobs.retries import GROWING
from vae_portal.jobs.worker import build
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Document, OutboxMail

Work = Callable[..., None]


@contextmanager
def _worker(services: Services) -> Iterator[subprocess.Popen[bytes]]:
    """The worker's own process, as the command line starts it."""
    settings = services.settings
    environment = {
        field.name.upper(): str(int(value) if isinstance(value, bool) else value)
        for field in fields(settings)
        if (value := getattr(settings, field.name)) != ""
    }
    command = "from vae_portal.jobs.worker import run; from vae_portal.settings import from_environment;"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{command} run(from_environment())"], env=os.environ | environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def _asked(services: Services, count: int = 1) -> list[int]:
    ids = []
    with services.database.writing() as session:
        for number in range(count):
            candidacy = a_candidacy(session)
            document = add(
                session,
                Document(
                    centre_id=candidacy.centre_id,
                    candidacy_id=candidacy.id,
                    kind="receipt",
                    number=f"DOC-{candidacy.id}-{number}",
                    context=example("receipt") | {"number": f"DOC-{candidacy.id}-{number}"},
                    asked_at=NOON,
                ),
            )
            queue.defer(session, queue.ISSUE_DOCUMENT, document_id=document.id)
            ids.append(document.id)
    return ids


def _eventually(holds: Callable[[], bool], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.1)


def _issued(services: Services, ids: list[int]) -> bool:
    return all(row(services, Document, key).issued_at is not None for key in ids)


@pytest.mark.slow
def test_it_works_anchors_at_start_and_stops_when_told(services: Services) -> None:
    ids = _asked(services, 8)
    with _worker(services) as process:
        _eventually(lambda: _issued(services, ids), "documents issued")
        later = _asked(services)
        _eventually(lambda: _issued(services, later), "a document asked while it runs")
        _eventually(lambda: len(list(services.store.list(ANCHORS))) == 1, "today's anchor")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert {status for _, status, _ in jobs(services)} <= {"todo"}  # those done are removed from the queue


@pytest.mark.slow
def test_told_to_stop_it_first_ends_the_job_under_way(mailing: Services, mail_server: MailServer) -> None:
    mail_server.start()
    mail_server.slow_seconds = 3
    with mailing.database.writing() as session:
        candidacy = a_candidacy(session)
        mail = OutboxMail(
            centre_id=candidacy.centre_id,
            recipient="a@exemple.test",
            template="x",
            subject="x",
            body="x",
            written_at=NOON,
        )
        add(session, mail)
        queue.defer(session, queue.SEND_MAIL, mail_id=mail.id)
    with _worker(mailing) as process:
        assert mail_server.receiving.wait(120)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert row(mailing, OutboxMail, mail.id).sent_at is not None
    assert len(mail_server.messages) == 1


@pytest.mark.slow
def test_it_comes_back_when_the_database_does(services: Services) -> None:
    first = _asked(services)
    with _worker(services) as process:
        _eventually(lambda: _issued(services, first), "a document issued")
        with services.database.engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        services.database.engine.dispose()
        second = _asked(services)
        _eventually(lambda: _issued(services, second), "a document issued after every connection was cut")
        assert process.poll() is None


def test_a_job_that_a_crash_left_is_taken_up_again(services: Services, work: Work) -> None:
    ids = _asked(services)
    with services.database.writing() as session:  # as a worker killed half-way leaves it
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    _defer(services, tasks.RESUME_INTERRUPTED)
    work(services, times=2)
    assert _issued(services, ids)


def test_a_job_that_kills_its_worker_does_not_come_back_for_ever(services: Services, work: Work) -> None:
    (document_id,) = _asked(services)
    with services.database.writing() as session:
        session.execute(text("UPDATE procrastinate_jobs SET attempts = :tries"), {"tries": len(GROWING) + 4})
    work(services)
    assert "interrompu trop souvent" in row(services, Document, document_id).failure
    assert [status for _, status, _ in jobs(services)] == ["failed"]


def test_every_name_of_the_queue_has_its_task(services: Services) -> None:
    names = {
        queue.ISSUE_DOCUMENT,
        queue.SEND_MAIL,
        queue.SEAL_DEPOSIT,
        queue.SEAL_ASSESSMENT,
        queue.CHECK_EVIDENCE,
        queue.MAKE_PREVIEW,
    }
    app = build(services)
    assert names <= set(app.tasks)
    assert {name for name, _ in app.periodic_registry.periodic_tasks} == {
        tasks.ANCHOR_JOURNAL,
        tasks.ADMIT_TACITLY,
        tasks.CATCH_UP_FILES,
        tasks.CERTIFY_ATTENDANCE,
        tasks.DISPOSE,
        tasks.SEND_ALERTS,
        tasks.SEND_REMINDERS,
        tasks.TELL_MESSAGES,
        tasks.READ_CALENDARS,
        tasks.SEAL_REMAINING,
        tasks.SEAL_ASSESSMENTS,
        tasks.SEAL_MINUTES,
        tasks.RESUME_INTERRUPTED,
    }
    assert not build(services, periodic=False).periodic_registry.periodic_tasks


def _defer(services: Services, name: str) -> None:
    async def defer() -> None:
        app = build(services, periodic=False)
        async with app.open_async():
            await app.configure_task(name).defer_async(timestamp=0)

    asyncio.run(defer())
