"""Asking again for what could not leave the house: a mail given up, a document that could not be made."""

from __future__ import annotations

from sqlalchemy import select

from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, NotVisible
from vae_portal.persistence import journal, queue
from vae_portal.persistence.tables import Document, OutboxMail
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right


def retry_mail(services: Services, actor: Actor, mail_id: int) -> None:
    """A mail of the centre that was given up is sent again; raises NotVisible, ActionRefused."""
    with services.database.writing() as session:
        mail = session.scalars(
            select(OutboxMail)
            .where(OutboxMail.id == mail_id, OutboxMail.centre_id == actor.centre_id)
            .with_for_update()
        ).one_or_none()
        if mail is None or not may(Right.RETRY_OUTBOX, actor):
            raise NotVisible("Ce courriel n'existe pas, ou ne vous est pas ouvert.")
        if mail.sent_at is not None or mail.failed_at is None:
            raise ActionRefused("Ce courriel est déjà parti, ou son envoi est déjà demandé.")
        mail.failed_at, mail.failure = None, ""
        _note(services, session, actor, "mail_retried", {"mail": mail.id, "template": mail.template})
        queue.defer(session, queue.SEND_MAIL, mail_id=mail.id)


def retry_document(services: Services, actor: Actor, document_id: int) -> None:
    """A document of the centre that could not be made is asked for again; raises NotVisible, ActionRefused."""
    with services.database.writing() as session:
        document = session.scalars(
            select(Document).where(Document.id == document_id, Document.centre_id == actor.centre_id).with_for_update()
        ).one_or_none()
        if document is None or not may(Right.RETRY_OUTBOX, actor):
            raise NotVisible("Ce document n'existe pas, ou ne vous est pas ouvert.")
        if document.issued_at is not None or not document.failure:
            raise ActionRefused("Ce document est établi, ou déjà demandé de nouveau.")
        document.failure = ""
        _note(services, session, actor, "document_retried", {"document": document.id, "kind": document.kind})
        queue.defer(session, queue.ISSUE_DOCUMENT, document_id=document.id)


def _note(services: Services, session, actor: Actor, event: str, details: dict[str, object]) -> None:  # type: ignore[no-untyped-def]
    chain = journal.centre_chain(actor.centre_id or 0)
    journal.record(session, chain, event, actor.person_id, services.clock(), details)
