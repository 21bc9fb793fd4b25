"""What left a centre and what its journal holds, for the staff of that centre only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from vae_portal.persistence.journal import candidacy_chain, centre_chain
from vae_portal.persistence.tables import Candidacy, Document, JournalRow, OutboxMail, Person
from workflows.facts import Actor

MAILS_A_PAGE = 25
ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail of the centre; no body where it holds a personal link."""

    id: int
    recipient: str
    subject: str
    body: str | None
    secret: bool
    candidacy: str
    written_at: datetime
    sent_at: datetime | None
    failed_at: datetime | None
    failure: str
    attempts: int


@dataclass(frozen=True, slots=True)
class LostDocument:
    """A document that could not be made."""

    id: int
    number: str
    kind: str
    candidacy: str
    asked_at: datetime
    failure: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a chain of the journal."""

    seq: int
    at: datetime
    event: str
    who: str
    details: dict[str, Any]
    hash: str
    previous: str


_STATES: dict[str, ColumnElement[bool]] = {
    "sent": OutboxMail.sent_at.is_not(None),
    "waiting": OutboxMail.sent_at.is_(None) & OutboxMail.failed_at.is_(None),
    "failed": OutboxMail.sent_at.is_(None) & OutboxMail.failed_at.is_not(None),
}
STATES = tuple(_STATES)


def mail_counts(session: Session, viewer: Actor) -> dict[str, int]:
    """How many mails of the centre are sent, waiting and failed."""
    counted = select(*(func.count().filter(condition) for condition in _STATES.values()))
    row = session.execute(counted.where(OutboxMail.centre_id == viewer.centre_id)).one()
    return dict(zip(_STATES, row, strict=True))


def mails(session: Session, viewer: Actor, state: str, page: int) -> list[MailLine]:
    """One page of the centre's mails, latest first; `state` is one of STATES, or empty for all."""
    wanted = (
        select(OutboxMail, Candidacy.number)
        .outerjoin(Candidacy, Candidacy.id == OutboxMail.candidacy_id)
        .where(OutboxMail.centre_id == viewer.centre_id)
        .order_by(OutboxMail.written_at.desc(), OutboxMail.id.desc())
    )
    if state in _STATES:
        wanted = wanted.where(_STATES[state])
    rows = session.execute(wanted.offset((page - 1) * MAILS_A_PAGE).limit(MAILS_A_PAGE))
    return [
        MailLine(
            id=mail.id,
            recipient=mail.recipient,
            subject=mail.subject,
            body=None if mail.secret else mail.body,
            secret=mail.secret,
            candidacy=number or "",
            written_at=mail.written_at,
            sent_at=mail.sent_at,
            failed_at=mail.failed_at,
            failure=mail.failure,
            attempts=mail.attempts,
        )
        for mail, number in rows
    ]


def lost_documents(session: Session, viewer: Actor) -> list[LostDocument]:
    """Documents of the centre whose job gave up, oldest first."""
    rows = session.execute(
        select(Document, Candidacy.number)
        .outerjoin(Candidacy, Candidacy.id == Document.candidacy_id)
        .where(Document.centre_id == viewer.centre_id, Document.issued_at.is_(None), Document.failure != "")
        .order_by(Document.id)
        .limit(100)
    )
    return [LostDocument(d.id, d.number, d.kind, number or "", d.asked_at, d.failure) for d, number in rows]


def of_centre(session: Session, viewer: Actor, page: int) -> tuple[list[Entry], int]:
    """One page of the centre's own chain, latest first, and how many rows it has."""
    return _chain(session, centre_chain(viewer.centre_id or 0), page)


def of_candidacy(session: Session, candidacy_id: int, page: int) -> tuple[list[Entry], int]:
    """One page of a candidacy's chain, latest first, and how many rows it has."""
    return _chain(session, candidacy_chain(candidacy_id), page)


def _chain(session: Session, chain: str, page: int) -> tuple[list[Entry], int]:
    total = session.scalar(select(func.max(JournalRow.seq)).where(JournalRow.chain == chain)) or 0
    rows: Sequence[Any] = session.execute(
        select(JournalRow, Person.given_names, Person.family_name)
        .outerjoin(Person, Person.id == JournalRow.actor_id)
        .where(JournalRow.chain == chain, JournalRow.seq <= total - (page - 1) * ROWS_A_PAGE)
        .order_by(JournalRow.seq.desc())
        .limit(ROWS_A_PAGE)
    ).all()
    return [
        Entry(
            row.seq,
            row.at,
            row.event,
            f"{given} {family}".strip() if given is not None else "",
            row.details,
            row.hash,
            row.previous,
        )
        for row, given, family in rows
    ], total
