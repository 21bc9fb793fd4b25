"""Defers a job in the transaction of the act it follows: it is there if and only if the act is."""

from __future__ import annotations

from typing import Any

import procrastinate
from sqlalchemy.orm import Session

# Never opened: every deferral brings the connection of its transaction.
_deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())

ISSUE_DOCUMENT = "issue_document"
SEND_MAIL = "send_mail"
SEAL_DEPOSIT = "seal_deposit"
SEAL_ASSESSMENT = "seal_assessment"
TELL_RESULT = "tell_result"
SEAL_MINUTES = "seal_minutes"
CHECK_EVIDENCE = "check_evidence"
MAKE_PREVIEW = "make_preview"
PROPOSE_PLAN = "propose_plan"
BOOK_PLAN = "book_plan"
READ_CALENDAR = "read_calendar"

DEFAULT = "default"
PREVIEWS = "previews"  # long and never urgent: done one at a time, beside the others
PLANS = "plans"  # a search takes half a minute of both processors
_QUEUES = {MAKE_PREVIEW: PREVIEWS, PROPOSE_PLAN: PLANS, BOOK_PLAN: PLANS}


def defer(session: Session, task: str, **arguments: Any) -> None:
    """Puts a job in the queue, within the session's transaction; a worker takes it once that is committed."""
    connection = session.connection().connection.driver_connection
    _deferring.configure_task(task, queue=queue_of(task), connection=connection).defer(**arguments)


def queue_of(task: str) -> str:
    """The queue that a task's jobs wait in."""
    return _QUEUES.get(task, DEFAULT)
