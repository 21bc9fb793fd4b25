"""What a candidate was granted: certifications and blocks, each with its number, and how one may be withdrawn."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from vae_portal.persistence.tables.base import Base, Instant, Key, one_of
from workflows.vocabulary import FraudEnd


class Award(Base):
    """A certification or a block granted to a person: the register of the centre; withdrawn, never deleted."""

    __tablename__ = "award"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    block_id: Mapped[int | None] = mapped_column(ForeignKey("block.id"))  # None: the whole certification
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(Integer)  # without gap in the centre and the year
    number: Mapped[str] = mapped_column(String(30))
    code: Mapped[str] = mapped_column(String(20), unique=True)  # what /verifier is asked, see `seal_code`
    granted_on: Mapped[date]
    valid_until: Mapped[date | None]  # None: unlimited
    issued_at: Mapped[Instant]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    withdrawn_at: Mapped[Instant | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(2000), default="")
    __table_args__ = (
        UniqueConstraint("centre_id", "year", "serial"),
        UniqueConstraint("centre_id", "number"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_reason"),
        Index("uq_award_of_decision", "decision_id", "block_id", unique=True, postgresql_nulls_not_distinct=True),
        Index("ix_award_register", "centre_id", "granted_on", "id"),
    )


class FraudCase(Base):
    """A suspicion of fraud heard with both sides before anything is withdrawn; once closed it does not change."""

    __tablename__ = "fraud_case"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    grievances: Mapped[str] = mapped_column(String(5000))
    answer_by: Mapped[date]
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[Instant]
    answer: Mapped[str] = mapped_column(String(10_000), default="")
    answered_at: Mapped[Instant | None]
    hearing_asked: Mapped[bool] = mapped_column(default=False)
    heard_on: Mapped[date | None]  # a hearing held besides what was written
    ended: Mapped[str | None] = mapped_column(String(20))
    conclusion: Mapped[str] = mapped_column(String(5000), default="")
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[Instant | None]
    __table_args__ = (
        CheckConstraint("grievances <> ''", name="says_what"),
        one_of("ended", FraudEnd, "ended"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered"),
        CheckConstraint(
            "(ended IS NULL) = (ended_at IS NULL) AND (ended IS NULL) = (ended_by IS NULL)"
            " AND (ended IS NULL) = (conclusion = '')",
            name="ended_with_reasons",
        ),
        Index("uq_fraud_case_running", "candidacy_id", unique=True, postgresql_where=text("ended IS NULL")),
    )
