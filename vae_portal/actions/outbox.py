"""Mails are written with the act they tell of, in its transaction, and sent afterwards by a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.mail.render import render
from vae_portal.persistence import queue
from vae_portal.persistence.tables import OutboxMail


def post(
    session: Session,
    *,
    centre_id: int,
    to: str,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
    candidacy_id: int | None = None,
    secret: bool = False,
    calendar: str | None = None,
) -> int:
    """Writes a mail and asks for it to be sent; `secret` when it holds a personal link; returns its id.

    `calendar` is an iCalendar object that goes with it.
    """
    rendered = render(template, context)
    mail = OutboxMail(
        centre_id=centre_id,
        candidacy_id=candidacy_id,
        recipient=to,
        template=template,
        subject=rendered.subject,
        body=rendered.text,
        secret=secret,
        calendar=calendar,
        written_at=now,
    )
    session.add(mail)
    session.flush()
    queue.defer(session, queue.SEND_MAIL, mail_id=mail.id)
    return mail.id
