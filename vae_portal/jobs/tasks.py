"""What the queue's names mean: each task with its retries, and where its last failure is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from procrastinate import App, JobContext
from procrastinate.exceptions import AlreadyEnqueued

from vae_portal.actions import disposal
from vae_portal.actions.services import Services
from vae_portal.documents.errors import TemplateFaulty
from vae_portal.jobs import (
    alerts,
    anchors,
    assessment_records,
    attendance,
    calendars,
    catching_up,
    clock,
    deposits,
    documents,
    evidence,
    mails,
    minutes_deeds,
    notices,
    plan_booking,
    plans,
    previews,
    reminders,
    results,
)
from vae_portal.jobs.retries import STUBBORN, NotWorthRetrying, Retries
from vae_portal.mail.errors import MailRefused
from vae_portal.persistence import queue

log = structlog.get_logger(__name__)

ANCHOR_JOURNAL = "anchor_journal"
ADMIT_TACITLY = "admit_tacitly"
SEND_ALERTS = "send_alerts"
TELL_MESSAGES = "tell_messages"
SEND_REMINDERS = "send_reminders"
CERTIFY_ATTENDANCE = "certify_attendance"
DISPOSE = "dispose"
SEAL_REMAINING = "seal_remaining"
SEAL_ASSESSMENTS = "seal_remaining_assessments"
SEAL_MINUTES = "seal_remaining_minutes"
CATCH_UP_FILES = "catch_up_files"
READ_CALENDARS = "read_calendars"
RESUME_INTERRUPTED = "resume_interrupted"

_INTERRUPTIONS = 3  # cut so often beyond its tries, a job is taken to be what kills the worker


@dataclass(frozen=True)
class _Work:
    """What a task does, when it is tried again, and who is told that it no longer is."""

    name: str
    do: Callable[..., Any]
    tell_failure: Callable[..., None]
    retries: Retries


_WORKS = (
    _Work(
        queue.ISSUE_DOCUMENT,
        documents.issue_document,
        documents.tell_failure,
        Retries(permanent=(TemplateFaulty, NotWorthRetrying)),
    ),
    _Work(
        queue.SEND_MAIL,
        mails.send_mail,
        mails.tell_failure,
        Retries(permanent=(MailRefused, NotWorthRetrying)),
    ),
    _Work(queue.CHECK_EVIDENCE, evidence.check_evidence, evidence.tell_failure, Retries(STUBBORN)),
    _Work(queue.MAKE_PREVIEW, previews.make_preview, previews.tell_failure, Retries()),
    _Work(queue.READ_CALENDAR, calendars.read_calendar, calendars.tell_failure, Retries()),
    _Work(queue.PROPOSE_PLAN, plans.propose_plan, plans.tell_failure, Retries(waits=(10,))),
    _Work(queue.BOOK_PLAN, plan_booking.book_plan, plan_booking.tell_failure, Retries(waits=(10,))),
    _Work(
        queue.SEAL_ASSESSMENT,
        assessment_records.seal_assessment,
        assessment_records.tell_failure,
        Retries(STUBBORN),
    ),
    _Work(queue.TELL_RESULT, results.tell_result, results.tell_failure, Retries(STUBBORN)),
    _Work(queue.SEAL_MINUTES, minutes_deeds.seal_minutes, minutes_deeds.tell_failure, Retries(STUBBORN)),
    _Work(queue.SEAL_DEPOSIT, deposits.seal_deposit, deposits.tell_failure, Retries(STUBBORN)),
)

# Each changes nothing when there is nothing to do: run more often than they must, they survive any outage.
_HOURLY: dict[str, tuple[Callable[[Services], Any], str]] = {
    ANCHOR_JOURNAL: (anchors.anchor_journal, "5 * * * *"),
    ADMIT_TACITLY: (clock.admit_tacitly, "10 * * * *"),
    SEND_ALERTS: (alerts.send_alerts, "20 * * * *"),
    TELL_MESSAGES: (notices.tell_messages, "*/5 * * * *"),
    SEND_REMINDERS: (reminders.send_reminders, "30 * * * *"),
    CERTIFY_ATTENDANCE: (attendance.certify_attendance, "35 * * * *"),
    DISPOSE: (disposal.dispose, "40 * * * *"),
    SEAL_ASSESSMENTS: (assessment_records.seal_remaining_assessments, "30 * * * *"),
    SEAL_MINUTES: (minutes_deeds.seal_remaining_minutes, "50 * * * *"),
    SEAL_REMAINING: (deposits.seal_remaining, "25 * * * *"),
    CATCH_UP_FILES: (catching_up.catch_up_files, "15 * * * *"),
    READ_CALENDARS: (calendars.read_again, "35 * * * *"),
}


def register(app: App, services: Services, periodic: bool = True) -> None:
    """Gives the app every task; without `periodic`, none is run by the time of day."""
    for work in _WORKS:
        _register_work(app, services, work)
    for name, (do, cron) in _HOURLY.items():
        _register_hourly(app, services, name, do, cron if periodic else None)
    _register_resumption(app, periodic)


async def defer_hourly(app: App) -> None:
    """Asks at once for what runs by the hour: a worker that was down at that time makes up for it."""
    for name in _HOURLY:
        with suppress(AlreadyEnqueued):
            await app.configure_task(name, queueing_lock=name).defer_async(timestamp=0)


def _register_work(app: App, services: Services, work: _Work) -> None:
    @app.task(name=work.name, queue=queue.queue_of(work.name), retry=work.retries, pass_context=True)
    def task(context: JobContext, **arguments: Any) -> None:
        try:
            if context.job.attempts > len(work.retries.waits) + _INTERRUPTIONS:
                raise NotWorthRetrying("Le travail a été interrompu trop souvent.")
            work.do(services, **arguments)
        except Exception as fault:
            if work.retries.is_last(fault, context.job):
                log.error("job_given_up", task=work.name, fault=type(fault).__name__, **arguments)
                work.tell_failure(services, fault, **arguments)
            raise


def _register_hourly(app: App, services: Services, name: str, do: Callable[[Services], Any], cron: str | None) -> None:
    @app.task(name=name, queueing_lock=name, retry=Retries())
    def task(timestamp: int) -> None:
        do(services)

    if cron is not None:
        app.periodic(cron=cron)(task)


def _register_resumption(app: App, periodic: bool) -> None:
    @app.task(name=RESUME_INTERRUPTED, queueing_lock=RESUME_INTERRUPTED)
    async def task(timestamp: int) -> None:
        # Jobs whose worker has given no sign of life for thirty seconds.
        for job in await app.job_manager.get_stalled_jobs():
            log.warning("job_resumed", task=job.task_name, job=job.id)
            await app.job_manager.retry_job(job)

    if periodic:
        app.periodic(cron="* * * * *")(task)
