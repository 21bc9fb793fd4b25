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
CHECK_EVIDENCE = "check_evidence"


def defer(session: Session, task: str, **arguments: Any) -> None:
    """Puts a job in the queue, within the session's transaction; a worker takes it once that is committed."""
    connection = session.connection().connection.driver_connection
    _deferring.configure_task(task, connection=connection).defer(**arguments)
