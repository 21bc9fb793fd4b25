"""Jury sessions, their members, what they decided; a decision is revoked, never edited."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, one_of
from vae_portal.persistence.tables.people import Person
from workflows.vocabulary import College, Decided, SessionState, Step


class JurySession(Base):
    """A session of the joint jury of a centre."""

    __tablename__ = "jury_session"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    starts_at: Mapped[Instant]
    place: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20), default=SessionState.PREPARATION.value)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    opened_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    minutes_number: Mapped[str | None] = mapped_column(String(20))
    incidents: Mapped[str] = mapped_column(String(5000), default="")
    seats: Mapped[list[JurySeat]] = relationship(lazy="raise", order_by="JurySeat.id")
    __table_args__ = (
        one_of("state", SessionState, "state"),
        UniqueConstraint("centre_id", "minutes_number"),
        CheckConstraint("(state = 'closed') = (minutes_number IS NOT NULL)", name="minutes_when_closed"),
    )


class JurySeat(Base):
    """A member of a session; one vote per union, one president, by the database too."""

    __tablename__ = "jury_seat"
    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    college: Mapped[str] = mapped_column(String(20))
    union_name: Mapped[Name] = mapped_column(default="")
    temporary_work: Mapped[bool] = mapped_column(default=False)
    votes: Mapped[bool] = mapped_column(default=True)
    present: Mapped[bool] = mapped_column(default=True)
    president: Mapped[bool] = mapped_column(default=False)
    person: Mapped[Person] = relationship(lazy="raise")
    __table_args__ = (
        one_of("college", College, "college"),
        UniqueConstraint("session_id", "person_id"),
        CheckConstraint("college = 'employers' OR union_name <> ''", name="union_of_an_employee"),
        Index("uq_jury_seat_president", "session_id", unique=True, postgresql_where=text("president")),
        Index(
            "uq_jury_seat_union_vote",
            "session_id",
            text("lower(union_name)"),
            unique=True,
            postgresql_where=text("votes AND present AND college = 'employees'"),
        ),
    )


class Enrolment(Base):
    """A candidacy on the agenda of a session; one live enrolment at a time."""

    __tablename__ = "enrolment"
    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"), index=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    live: Mapped[bool] = mapped_column(default=True)
    ended: Mapped[str] = mapped_column(String(30), default="")  # removed, referred_back, pronounced
    ended_reason: Mapped[str] = mapped_column(String(2000), default="")
    conformity_checked: Mapped[bool] = mapped_column(default=False)
    acting_president_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    enrolled_at: Mapped[Instant]
    __table_args__ = (Index("uq_enrolment_live", "candidacy_id", unique=True, postgresql_where=text("live")),)


class Recusal(Base):
    """A member who leaves for one candidate."""

    __tablename__ = "recusal"
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[Instant]


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
    revoked_at: Mapped[Instant | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_reason: Mapped[str] = mapped_column(String(2000), default="")
    blocks: Mapped[list[BlockDecision]] = relationship(lazy="raise")
    __table_args__ = (
        one_of("outcome", Step, "outcome"),
        CheckConstraint("outcome IN ('certified', 'partially_validated', 'not_validated')", name="an_outcome"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="revoked_with_reason"),
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
