"""Sends a mail of the outbox: the same message at every try, by one worker at a time."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.errors import PortalError
from vae_portal.jobs.retries import sentence
from vae_portal.mail.invitation import method_of
from vae_portal.mail.render import Rendered
from vae_portal.mail.smtp import Calendar, compose, send
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import OutboxMail

log = structlog.get_logger(__name__)


def send_mail(services: Services, mail_id: int) -> None:
    """Sends a mail that has not left; raises MailDelayed, to be tried again, or MailRefused, which is for good."""
    fault: Exception | None = None
    with services.database.writing() as session:
        unlocked = select(OutboxMail).where(OutboxMail.id == mail_id).with_for_update(skip_locked=True)
        mail = session.scalars(unlocked).one_or_none()
        if mail is None or mail.sent_at is not None:  # gone, or another worker is at it, or it has left
            return
        mail.attempts += 1
        try:
            _hand_over(services, mail)
        except Exception as met:  # whatever it is, staff see that the mail has not left
            fault, mail.failure = met, sentence(met)[:2000]
        else:
            mail.sent_at, mail.failure, mail.failed_at = services.clock(), "", None
            if mail.secret:
                mail.body = None
            _tell_journal(services, session, mail, "mail_sent")
    if fault is not None:
        raise fault


def message_id(base_url: str, mail_id: int) -> str:
    """The Message-ID of a mail: a mail server that is given it twice can see that it is the same."""
    return f"<courriel-{mail_id}@{urlsplit(base_url).hostname or 'localhost'}>"


def _hand_over(services: Services, mail: OutboxMail) -> None:
    settings = services.settings
    if mail.body is None:
        raise PortalError("Le texte de ce courriel a été effacé : il ne peut plus être envoyé.")
    identifier = message_id(settings.base_url, mail.id)
    calendar = Calendar(mail.calendar.encode("utf-8"), method_of(mail.calendar)) if mail.calendar else None
    rendered = Rendered(mail.subject, mail.body)
    message = compose(rendered, settings.mail_from, mail.recipient, identifier, mail.written_at, calendar)
    send(settings.smtp_url, message)


def tell_failure(services: Services, fault: BaseException, mail_id: int) -> None:
    """Gives a mail up: staff see it, with its reason, and may ask again."""
    with services.database.writing() as session:
        mail = session.get(OutboxMail, mail_id, with_for_update=True)
        if mail is not None and mail.sent_at is None:
            mail.failed_at, mail.failure = services.clock(), sentence(fault)[:2000]
            _tell_journal(services, session, mail, "mail_failed")
    log.error("mail_given_up", mail=mail_id, fault=type(fault).__name__)


def _tell_journal(services: Services, session: Session, mail: OutboxMail, event: str) -> None:
    if mail.candidacy_id is not None:
        details = {"mail": mail.id, "template": mail.template}
        record(session, candidacy_chain(mail.candidacy_id), event, None, services.clock(), details)
