"""Commissions, interviews and who is called to them; nobody is in two places at once, by exclusion constraints."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, one_of
from vae_portal.persistence.tables.people import Person
from workflows.vocabulary import Convened, ConvocationAnswer


class Qualification(Base):
    """An evaluator qualified for a certification (D6412-6)."""

    __tablename__ = "qualification"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), primary_key=True)


class IndependenceDeclaration(Base):
    """What an evaluator or juror declared about one candidate: linked, or not (D6412-6); the latest counts."""

    __tablename__ = "independence_declaration"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    linked: Mapped[bool]
    nature: Mapped[str] = mapped_column(String(500), default="")
    declared_at: Mapped[Instant]
    __table_args__ = (Index("ix_independence_candidacy", "candidacy_id", "person_id"),)


class IndependenceRequest(Base):
    """A planner asks an evaluator to declare, about one candidate, before the planning; answered by a declaration."""

    __tablename__ = "independence_request"
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    __table_args__ = (Index("ix_independence_request_person", "person_id"),)


class Interview(Base):
    """One interview: in force while `live`; a moved, cancelled or missed one stays on record."""

    __tablename__ = "interview"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    # What calendars know the appointment by: one that is moved keeps its uid, under a higher sequence (RFC 5545).
    uid: Mapped[str] = mapped_column(String(60))
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))  # None: a place that is not the centre's
    during: Mapped[Range] = mapped_column(TSTZRANGE)  # type: ignore[type-arg]
    place: Mapped[Name] = mapped_column(default="")
    video_link: Mapped[str] = mapped_column(String(500), default="")
    live: Mapped[bool] = mapped_column(default=True)
    ended: Mapped[str] = mapped_column(
        String(30), default=""
    )  # moved, cancelled, conflict, absent_excused, absent, referred_back, withdrawn
    ended_reason: Mapped[str] = mapped_column(String(2000), default="")
    explain_by: Mapped[date | None]  # of an absence that is not excused, included
    explanation: Mapped[str] = mapped_column(String(2000), default="")  # the candidate's
    explained_at: Mapped[Instant | None]
    opened_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    text_revision: Mapped[int] = mapped_column(Integer, default=0)
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    observations: Mapped[str] = mapped_column(String(20_000), default="")
    modality: Mapped[str] = mapped_column(String(40), default="")
    evaluators: Mapped[list[InterviewEvaluator]] = relationship(lazy="raise", order_by="InterviewEvaluator.person_id")
    __table_args__ = (
        CheckConstraint("place <> '' OR video_link <> ''", name="somewhere"),
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="during"),
        Index("uq_interview_live", "candidacy_id", unique=True, postgresql_where=text("live")),
        UniqueConstraint("uid", "sequence"),
        ExcludeConstraint(
            (text("int8range(room_id, room_id, '[]')"), "&&"),
            ("during", "&&"),
            name="ex_interview_booked_room",
            using="gist",
            where=text("live AND room_id IS NOT NULL"),
        ),
        ExcludeConstraint(
            (text("int8range(centre_id, centre_id, '[]')"), "&&"),
            (text("int4range(hashtext(lower(place)), hashtext(lower(place)), '[]')"), "&&"),
            ("during", "&&"),
            name="ex_interview_room",
            using="gist",
            where=text("live AND place <> ''"),
        ),
    )


class InterviewEvaluator(Base):
    """A member of the commission of an interview; `during` and `live` follow the interview's by a trigger."""

    __tablename__ = "interview_evaluator"
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    during: Mapped[Range] = mapped_column(TSTZRANGE)  # type: ignore[type-arg]
    live: Mapped[bool] = mapped_column(default=True)
    present: Mapped[bool] = mapped_column(default=True)
    shared_at: Mapped[Instant | None]  # when they showed the others what they noted alone
    person: Mapped[Person] = relationship(lazy="raise")
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(person_id, person_id, '[]')"), "&&"),
            ("during", "&&"),
            name="ex_interview_evaluator",
            using="gist",
            where=text("live"),
        ),
    )


class Convocation(Base):
    """Someone called to an interview; `during` and `live` follow the interview's by a trigger.

    Candidates and evaluators stand in one table so that nobody is called to two places, whatever as.
    """

    __tablename__ = "convocation"
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    called_as: Mapped[str] = mapped_column(String(10))
    during: Mapped[Range] = mapped_column(TSTZRANGE)  # type: ignore[type-arg]
    live: Mapped[bool] = mapped_column(default=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mail.id"))  # tells whether it was sent
    seen_at: Mapped[Instant | None]
    answer: Mapped[str | None] = mapped_column(String(20))
    answer_reason: Mapped[str] = mapped_column(String(2000), default="")
    answered_at: Mapped[Instant | None]
    reminded: Mapped[int | None] = mapped_column(SmallInteger)  # days left when last reminded
    person: Mapped[Person] = relationship(lazy="raise")
    __table_args__ = (
        one_of("called_as", Convened, "called_as"),
        one_of("answer", ConvocationAnswer, "answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("answer IS DISTINCT FROM 'other_date' OR answer_reason <> ''", name="says_why"),
        ExcludeConstraint(
            (text("int8range(person_id, person_id, '[]')"), "&&"),
            ("during", "&&"),
            name="ex_convocation_person",
            using="gist",
            where=text("live"),
        ),
    )
