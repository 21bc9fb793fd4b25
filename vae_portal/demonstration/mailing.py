"""The demonstration's mails, sent on the day they were written: nobody read a convocation before it had left."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from vae_portal.actions.services import Services
from vae_portal.demonstration.clock import StoryClock
from vae_portal.jobs.mails import send_mail
from vae_portal.mail.errors import MailDelayed
from vae_portal.persistence.tables import OutboxMail


def send_as_written(services: Services) -> None:
    """Hands every mail over, each at its own time; the jobs that were to send them find that they have left."""
    with services.database.reading() as session:
        waiting = select(OutboxMail.id, OutboxMail.written_at).where(OutboxMail.sent_at.is_(None))
        mails = [(row.id, row.written_at) for row in session.execute(waiting.order_by(OutboxMail.written_at))]
    for mail_id, written_at in mails:
        try:
            send_mail(replace(services, clock=StoryClock(written_at)), mail_id)
        except MailDelayed:
            return  # no mailbox: the worker tries again
