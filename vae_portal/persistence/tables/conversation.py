"""What the candidate and the centre write to each other on a candidacy, and what staff note between themselves."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vae_portal.persistence.tables.base import Base, Instant, Key


class Message(Base):
    """Written once and never changed; an internal one is a note between staff, which the candidate never sees."""

    __tablename__ = "message"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    internal: Mapped[bool]
    text: Mapped[str] = mapped_column(String(5000))
    written_at: Mapped[Instant]
    submission: Mapped[str] = mapped_column(String(32))  # the form that sent it: sent twice, it is written once
    __table_args__ = (
        CheckConstraint("text <> ''", name="says_something"),
        UniqueConstraint("author_id", "submission"),
        UniqueConstraint("candidacy_id", "id"),  # its files are of the same candidacy
        UniqueConstraint("candidacy_id", "internal", "id"),
    )


class MessageRead(Base):
    """Up to which message someone has read: one mark for the messages of a candidacy, one for its notes."""

    __tablename__ = "message_read"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    internal: Mapped[bool] = mapped_column(primary_key=True)
    last_id: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        ForeignKeyConstraint(
            ["candidacy_id", "internal", "last_id"],
            ["message.candidacy_id", "message.internal", "message.id"],
            name="fk_message_read_message",
        ),
    )


class MessageNotice(Base):
    """A mail about new messages of a candidacy: since when someone is owed one, and when they last had one."""

    __tablename__ = "message_notice"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    owed_since: Mapped[Instant | None]
    told_at: Mapped[Instant | None]
    __table_args__ = (Index("ix_message_notice_owed", "owed_since", postgresql_where=text("owed_since IS NOT NULL")),)
