"""Files: the objects of the store, what people gave and give, and what the portal shows of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, Sha256, Text, one_of
from workflows.vocabulary import EvidenceState


class StoredObject(Base):
    """An object of the store, by its key; the bytes behind a key never change."""

    __tablename__ = "stored_object"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    sha256: Mapped[Sha256]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(120))
    stored_at: Mapped[Instant]
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size > 0", name="size"),
        # The same bytes given twice are kept once.
        Index("ux_stored_object_evidence", "sha256", unique=True, postgresql_where=text("key LIKE 'evidence/%'")),
    )


class Evidence(Base):
    """A file given by the candidate, or with a message; the same bytes twice are two rows on one object."""

    __tablename__ = "evidence"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    object_key: Mapped[str | None] = mapped_column(ForeignKey("stored_object.key"), index=True)
    name: Mapped[Name]
    size: Mapped[int] = mapped_column(BigInteger)  # bytes; as announced until they are all there
    state: Mapped[str] = mapped_column(String(20))
    state_reason: Mapped[str] = mapped_column(String(500), default="")
    confidential: Mapped[bool] = mapped_column(default=False)
    personal_data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # kind of personal data seen in it: how many
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Instant]
    removed_at: Mapped[Instant | None]  # taken out of the dossier; the bytes stay while anything refers to them
    message_id: Mapped[int | None] = mapped_column(BigInteger)  # joined to a message: of no dossier and no request
    stored: Mapped[StoredObject | None] = relationship(lazy="raise")
    __table_args__ = (
        one_of("state", EvidenceState, "state"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint(
            "object_key IS NOT NULL OR state IN ('receiving', 'checking', 'refused')", name="checked_is_stored"
        ),
        ForeignKeyConstraint(
            ["candidacy_id", "message_id"], ["message.candidacy_id", "message.id"], name="fk_evidence_message"
        ),
        CheckConstraint("message_id IS NULL OR removed_at IS NULL", name="message_on_record"),
        Index("ix_evidence_candidacy", "candidacy_id"),
        Index("ix_evidence_message", "message_id", postgresql_where=text("message_id IS NOT NULL")),
    )

    @property
    def sha256(self) -> str:
        """The hash of its bytes, empty until they have been read back from the store."""
        return self.stored.sha256 if self.stored else ""


class Upload(Base):
    """A file on its way in, part by part; every byte counted in `received` is in the store."""

    __tablename__ = "upload"
    id: Mapped[Key]
    token: Mapped[str] = mapped_column(String(32), unique=True)  # names it in its address
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), unique=True)
    object_key: Mapped[str] = mapped_column(String(200), unique=True)  # where its bytes will be
    multipart_id: Mapped[str] = mapped_column(String(500), default="")  # the store's name for it, once it has begun
    size: Mapped[int] = mapped_column(BigInteger)  # bytes, announced
    received: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes, the tail included
    next_part: Mapped[int] = mapped_column(Integer, default=1)
    writer: Mapped[str] = mapped_column(String(32), default="")  # the request that may write: a later one takes over
    tail_key: Mapped[str | None] = mapped_column(String(200))  # bytes too few for a part, kept apart
    tail_size: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    received_at: Mapped[Instant | None]  # its last byte
    closed_at: Mapped[Instant | None]  # assembled, given up, or expired: nothing more comes
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("received BETWEEN 0 AND size", name="received"),
        CheckConstraint("received_at IS NULL OR received = size", name="whole"),
        CheckConstraint("(tail_key IS NULL) = (tail_size = 0)", name="tail"),
        CheckConstraint("next_part BETWEEN 1 AND 10000", name="parts"),
        Index("ix_upload_open", "expires_at", postgresql_where=text("closed_at IS NULL")),
    )


class UploadPart(Base):
    """A part that the store has acknowledged, with the hash of the bytes as they were received."""

    __tablename__ = "upload_part"
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[Sha256]
    etag: Mapped[str] = mapped_column(String(200))
    __table_args__ = (CheckConstraint("size > 0", name="size"),)


class Preview(Base):
    """What a job made of a file to be shown in place: as many pictures as `pages`, none yet when it is null."""

    __tablename__ = "preview"
    source_key: Mapped[str] = mapped_column(ForeignKey("stored_object.key", ondelete="CASCADE"), primary_key=True)
    pages: Mapped[int | None] = mapped_column(Integer)  # 0: nothing can be shown, `reason` says why
    more_pages: Mapped[bool] = mapped_column(default=False)  # the file has more than were made
    reason: Mapped[str] = mapped_column(String(500), default="")
    asked_at: Mapped[Instant]
    made_at: Mapped[Instant | None]


class PreviewPage(Base):
    """One page as a picture, with its text for who does not see it."""

    __tablename__ = "preview_page"
    source_key: Mapped[str] = mapped_column(ForeignKey("preview.source_key", ondelete="CASCADE"), primary_key=True)
    page: Mapped[int] = mapped_column(Integer, primary_key=True)
    object_key: Mapped[str] = mapped_column(ForeignKey("stored_object.key"), index=True)
    width: Mapped[int] = mapped_column(SmallInteger)  # pixels
    height: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[Text] = mapped_column(default="")
