"""What evaluators note alone, the one text they agree on, who signed it, and its sealed record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from vae_portal.persistence.tables.base import Base, Instant, Key, Sha256, one_of
from workflows.vocabulary import OwnVerdict


class PrivateNote(Base):
    """What an evaluator writes for themself while reading a dossier; nobody else ever reads it."""

    __tablename__ = "private_note"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    capability_id: Mapped[int | None] = mapped_column(ForeignKey("capability.id"))  # None: on the dossier as a whole
    text: Mapped[str] = mapped_column(String(10_000), default="")
    revision: Mapped[int] = mapped_column(Integer, default=0)
    saved_at: Mapped[Instant]
    __table_args__ = (
        Index(
            "uq_private_note",
            "candidacy_id",
            "person_id",
            "capability_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )


class PreparedQuestion(Base):
    """A question that a commission prepares for the interview, and what it noted of the answer."""

    __tablename__ = "prepared_question"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    round: Mapped[int]
    capability_id: Mapped[int | None] = mapped_column(ForeignKey("capability.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(2000))
    answer: Mapped[str] = mapped_column(String(5000), default="")
    revision: Mapped[int] = mapped_column(Integer, default=0)
    written_at: Mapped[Instant]
    removed_at: Mapped[Instant | None]
    __table_args__ = (CheckConstraint("text <> ''", name="asks_something"),)


class OwnAssessment(Base):
    """What one evaluator makes of one capability, alone; the others read it once both have shown theirs."""

    __tablename__ = "own_assessment"
    interview_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    capability_id: Mapped[int] = mapped_column(ForeignKey("capability.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20), default=OwnVerdict.UNDECIDED.value)
    reason: Mapped[str] = mapped_column(String(5000), default="")
    observations: Mapped[str] = mapped_column(String(5000), default="")
    modality: Mapped[str] = mapped_column(String(40), default="")
    criteria: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    saved_at: Mapped[Instant]
    __table_args__ = (
        one_of("verdict", OwnVerdict, "verdict"),
        ForeignKeyConstraint(
            ["interview_id", "person_id"],
            ["interview_evaluator.interview_id", "interview_evaluator.person_id"],
            name="fk_own_assessment_interview_evaluator",
        ),
    )


class Assessment(Base):
    """The commission's verdict on one capability."""

    __tablename__ = "assessment"
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), primary_key=True)
    capability_id: Mapped[int] = mapped_column(ForeignKey("capability.id"), primary_key=True)
    acquired: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(5000), default="")
    observations: Mapped[str] = mapped_column(String(5000), default="")
    modality: Mapped[str] = mapped_column(String(40), default="")
    criteria: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rank of the criterion: met or not
    assessed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (CheckConstraint("acquired OR reason <> ''", name="reason_when_not_acquired"),)


class AssessmentSignature(Base):
    """An evaluator's signature under the hash of the text; void when the text changes, kept on record."""

    __tablename__ = "assessment_signature"
    id: Mapped[Key]
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text_hash: Mapped[Sha256]
    signed_at: Mapped[Instant]


class AssessmentRecord(Base):
    """The signed text as it was closed: its bytes are an object of the store, under lock like a deposit."""

    __tablename__ = "assessment_record"
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), primary_key=True)
    sealed_at: Mapped[Instant]
    sha256: Mapped[Sha256]
    text: Mapped[str] = mapped_column()  # canonical JSON; the job stores it, locked
    object_key: Mapped[str | None] = mapped_column(ForeignKey("stored_object.key"))
    __table_args__ = (CheckConstraint("sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="text"),)
