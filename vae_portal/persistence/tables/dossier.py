"""The evidence dossier: situations, what they show, the files behind them, what was deposited and remarked."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, Sha256, one_of
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
    )


class Evidence(Base):
    """A file that the candidate gave, under their name for it; the same bytes twice are two rows on one object."""

    __tablename__ = "evidence"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    object_key: Mapped[str] = mapped_column(ForeignKey("stored_object.key"))
    name: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20))
    state_reason: Mapped[str] = mapped_column(String(500), default="")
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Instant]
    removed_at: Mapped[Instant | None]  # taken out of the dossier; the bytes stay while anything refers to them
    stored: Mapped[StoredObject] = relationship(lazy="raise")
    __table_args__ = (
        one_of("state", EvidenceState, "state"),
        Index("ix_evidence_candidacy", "candidacy_id"),
    )


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
    done: Mapped[str] = mapped_column(String(20_000), default="")
    results: Mapped[str] = mapped_column(String(20_000), default="")
    removed_at: Mapped[Instant | None]


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
    )


class Remark(Base):
    """What the advisor wants changed before the dossier is accepted."""

    __tablename__ = "remark"
    id: Mapped[Key]
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"), index=True)
    about: Mapped[Name]
    why: Mapped[str] = mapped_column(String(2000))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Instant]
