"""The evidence dossier: situations, what they show, what was deposited and remarked."""

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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, Sha256, Text


class Situation(Base):
    """A professional situation that the candidate describes."""

    __tablename__ = "situation"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    title: Mapped[Name]
    period: Mapped[Name] = mapped_column(default="")
    organisation: Mapped[Name] = mapped_column(default="")
    role: Mapped[Name] = mapped_column(default="")
    context: Mapped[Text] = mapped_column(default="")
    done: Mapped[Text] = mapped_column(default="")
    with_whom: Mapped[Text] = mapped_column(default="")
    means: Mapped[Text] = mapped_column(default="")
    results: Mapped[Text] = mapped_column(default="")
    learnt: Mapped[Text] = mapped_column(default="")
    removed_at: Mapped[Instant | None]


class SituationVersion(Base):
    """What a situation said at a revision; what is saved while typing goes on in the same row for a while."""

    __tablename__ = "situation_version"
    id: Mapped[Key]
    situation_id: Mapped[int] = mapped_column(ForeignKey("situation.id"))
    revision: Mapped[int] = mapped_column(Integer)
    text: Mapped[dict[str, Any]]  # every text of the situation, by column
    capabilities: Mapped[list[Any]]  # codes
    saved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[Instant]
    saved_at: Mapped[Instant]
    while_typing: Mapped[bool] = mapped_column(default=False)  # saved by the page, not by the person
    __table_args__ = (UniqueConstraint("situation_id", "revision"),)


class SituationCapability(Base):
    """A capability that a situation shows."""

    __tablename__ = "situation_capability"
    situation_id: Mapped[int] = mapped_column(ForeignKey("situation.id"), primary_key=True)
    capability_id: Mapped[int] = mapped_column(ForeignKey("capability.id"), primary_key=True)


class SituationEvidence(Base):
    """A file that backs a situation."""

    __tablename__ = "situation_evidence"
    situation_id: Mapped[int] = mapped_column(ForeignKey("situation.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    __table_args__ = (Index("ix_situation_evidence_evidence", "evidence_id"),)


class Pointer(Base):
    """What one file shows of one capability in one situation, and the page or minute to look at."""

    __tablename__ = "pointer"
    situation_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    evidence_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    capability_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    shows: Mapped[str] = mapped_column(String(300), default="")
    place: Mapped[str] = mapped_column(String(60), default="")  # "page 3", "12:40"
    __table_args__ = (
        ForeignKeyConstraint(
            ["situation_id", "evidence_id"],
            ["situation_evidence.situation_id", "situation_evidence.evidence_id"],
            name="fk_pointer_situation_evidence",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["situation_id", "capability_id"],
            ["situation_capability.situation_id", "situation_capability.capability_id"],
            name="fk_pointer_situation_capability",
            ondelete="CASCADE",
        ),
        CheckConstraint("shows <> '' OR place <> ''", name="says_something"),
    )


class Deposit(Base):
    """A sealed deposit: the manifest's bytes are an object of the store, its hash is on the receipt."""

    __tablename__ = "deposit"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    sealed_at: Mapped[Instant]
    manifest_sha256: Mapped[Sha256]
    manifest_text: Mapped[str] = mapped_column()  # canonical JSON; the job stores it, locked
    object_key: Mapped[str | None] = mapped_column(ForeignKey("stored_object.key"))
    __table_args__ = (
        UniqueConstraint("candidacy_id", "number"),
        CheckConstraint("manifest_sha256 = encode(sha256(convert_to(manifest_text, 'UTF8')), 'hex')", name="manifest"),
        # A receipt's code is the beginning of its manifest's hash: eighty bits.
        Index("ix_deposit_code", text("left(manifest_sha256, 20)")),
    )


class DepositFile(Base):
    """A file of a sealed deposit: its bytes stay as long as the deposit, under the store's lock."""

    __tablename__ = "deposit_file"
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    object_key: Mapped[str] = mapped_column(ForeignKey("stored_object.key"), index=True)
    sha256: Mapped[Sha256] = mapped_column(index=True)
    locked_until: Mapped[Instant | None]  # set by the job that locks it


class Remark(Base):
    """What the advisor wants changed before the dossier is accepted."""

    __tablename__ = "remark"
    id: Mapped[Key]
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"), index=True)
    about: Mapped[Name]
    about_code: Mapped[str] = mapped_column(String(60), default="")  # "situation:4", "capability:C3", "evidence:17"
    why: Mapped[str] = mapped_column(String(2000))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Instant]
    answer: Mapped[str] = mapped_column(String(5000), default="")  # by the candidate, before the next deposit
    answered_at: Mapped[Instant | None]
