"""What leaves and what stays on record: documents issued, mails, the journal and its anchors."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Sha256
from vae_portal.persistence.tables.files import StoredObject


class Document(Base):
    """A Word document that the portal owes or has issued; `context`, fixed when the act was done, fills it."""

    __tablename__ = "document"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    candidacy_id: Mapped[int | None] = mapped_column(ForeignKey("candidacy.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("jury_session.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    context: Mapped[dict[str, Any]]
    staff_only: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[Instant]
    issued_at: Mapped[Instant | None]
    object_key: Mapped[str | None] = mapped_column(ForeignKey("stored_object.key"))
    failure: Mapped[str] = mapped_column(String(2000), default="")
    stored: Mapped[StoredObject | None] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint("(issued_at IS NULL) = (object_key IS NULL)", name="issued_is_stored"),
        CheckConstraint("candidacy_id IS NOT NULL OR session_id IS NOT NULL", name="about_something"),
    )


class OutboxMail(Base):
    """A mail written with the act it tells of, and sent afterwards."""

    __tablename__ = "outbox_mail"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    candidacy_id: Mapped[int | None] = mapped_column(ForeignKey("candidacy.id"))
    recipient: Mapped[str] = mapped_column(String(254))
    template: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str | None] = mapped_column(String(20_000))  # a body with a personal link is emptied once sent
    secret: Mapped[bool] = mapped_column(default=False)  # holds a personal link: shown to nobody
    calendar: Mapped[str | None] = mapped_column(String(20_000))  # an iCalendar object that goes with it
    written_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    failure: Mapped[str] = mapped_column(String(2000), default="")
    failed_at: Mapped[Instant | None]  # given up; staff may ask again
    __table_args__ = (
        Index("ix_outbox_waiting", "written_at", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_centre", "centre_id", "written_at"),
    )


class DeadlineAlert(Base):
    """That the end of a delay was told, `days_left` before it as `workflows.alerts` has it: the row makes it once."""

    __tablename__ = "deadline_alert"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    due_on: Mapped[date]
    days_left: Mapped[int] = mapped_column(SmallInteger)
    told_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("candidacy_id", "due_on", "days_left"),)


class JournalRow(Base):
    """One thing that happened: append-only, each row holding the hash of the one before in its chain."""

    __tablename__ = "journal"
    id: Mapped[Key]
    chain: Mapped[str] = mapped_column(String(40))  # "candidacy:42" or "centre:1"
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[Instant]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the clock
    event: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]]
    previous: Mapped[Sha256]
    hash: Mapped[Sha256]
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        CheckConstraint("seq >= 1", name="seq"),
    )


class Anchor(Base):
    """The heads of all chains on one day, kept as one locked object of the store."""

    __tablename__ = "anchor"
    day: Mapped[date] = mapped_column(primary_key=True)
    object_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[Sha256]
    anchored_at: Mapped[Instant]


class Counter(Base):
    """Numbers drawn without a gap: candidacies by year, minutes by centre and year."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
