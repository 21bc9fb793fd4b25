"""What a jury votes and decides; a decision is revoked, never edited."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, one_of
from workflows.vocabulary import Choice, Decided, Step


class VoteBox(Base):
    """A vote opened on one block of one candidate, each voter on their own screen; one open at a time on a block."""

    __tablename__ = "vote_box"
    id: Mapped[Key]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"))
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    given_up: Mapped[bool] = mapped_column(default=False)  # it settles nothing
    counted: Mapped[list[Any] | None]  # ids of the people whose ballots were counted
    __table_args__ = (
        CheckConstraint("given_up OR (counted IS NULL) = (ended_at IS NULL)", name="counted_when_ended"),
        CheckConstraint("NOT given_up OR ended_at IS NOT NULL", name="given_up_has_ended"),
        Index(
            "uq_vote_box_running",
            "enrolment_id",
            "block_id",
            unique=True,
            postgresql_where=text("NOT given_up"),
        ),
    )


class Ballot(Base):
    """What one voter voted; shown to nobody but them: the others see sums by college."""

    __tablename__ = "ballot"
    box_id: Mapped[int] = mapped_column(ForeignKey("vote_box.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(10))
    cast_at: Mapped[Instant]
    __table_args__ = (one_of("choice", Choice, "choice"),)


class Decision(Base):
    """What a session pronounced on one candidacy; at most one in force, the revoked ones stay."""

    __tablename__ = "decision"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"), index=True)
    round: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[str] = mapped_column(String(30))
    pronounced_at: Mapped[Instant]
    pronounced_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Who sat when it was pronounced: [{person, name, college, union, votes, chair}]; people come and go in a session.
    sat: Mapped[list[Any]] = mapped_column(default=list)
    told_at: Mapped[Instant | None]  # its letter was asked for, once the session's results were released
    revoked_at: Mapped[Instant | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_ground: Mapped[str] = mapped_column(String(20), default="")
    revoked_reason: Mapped[str] = mapped_column(String(2000), default="")
    fraud_case_id: Mapped[int | None] = mapped_column(ForeignKey("fraud_case.id", use_alter=True))
    blocks: Mapped[list[BlockDecision]] = relationship(lazy="raise")
    __table_args__ = (
        one_of("outcome", Step, "outcome"),
        CheckConstraint("outcome IN ('certified', 'partially_validated', 'not_validated')", name="an_outcome"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="revoked_with_reason"),
        CheckConstraint("revoked_ground IN ('', 'error_of_law', 'fraud')", name="revoked_ground"),
        CheckConstraint("(revoked_ground = 'fraud') = (fraud_case_id IS NOT NULL)", name="fraud_has_a_case"),
        Index(
            "uq_decision_in_force",
            "candidacy_id",
            "round",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )


class BlockDecision(Base):
    """The decision on one block, with the votes counted by college."""

    __tablename__ = "block_decision"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), primary_key=True)
    acquired: Mapped[bool]
    decided: Mapped[str] = mapped_column(String(20))
    employers_for: Mapped[int] = mapped_column(SmallInteger, default=0)
    employers_against: Mapped[int] = mapped_column(SmallInteger, default=0)
    employers_abstained: Mapped[int] = mapped_column(SmallInteger, default=0)
    employees_for: Mapped[int] = mapped_column(SmallInteger, default=0)
    employees_against: Mapped[int] = mapped_column(SmallInteger, default=0)
    employees_abstained: Mapped[int] = mapped_column(SmallInteger, default=0)
    president_decided: Mapped[bool] = mapped_column(default=False)  # the votes were tied
    reason: Mapped[str] = mapped_column(String(2000), default="")
    box_id: Mapped[int | None] = mapped_column(ForeignKey("vote_box.id"))  # None: counted at the table, or no vote
    __table_args__ = (
        one_of("decided", Decided, "decided"),
        CheckConstraint(
            "decided = 'consensus' OR president_decided OR acquired ="
            " (employers_for + employees_for > employers_against + employees_against)",
            name="follows_the_votes",
        ),
        CheckConstraint(
            "NOT president_decided OR employers_for + employees_for = employers_against + employees_against",
            name="president_on_a_tie_only",
        ),
        CheckConstraint(
            "employers_for + employers_against + employers_abstained"
            " = employees_for + employees_against + employees_abstained",
            name="parity",
        ),
    )
