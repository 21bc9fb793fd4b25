"""Jury sessions, whom they are about, their members, what is owed before them, and who leaves for whom."""

from __future__ import annotations

from datetime import date

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
from workflows.vocabulary import College, ConformityPoint, Duty, SessionState


class JurySession(Base):
    """A session of the joint jury of a centre."""

    __tablename__ = "jury_session"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    starts_at: Mapped[Instant]
    place: Mapped[Name]
    video_link: Mapped[str] = mapped_column(String(500), default="")
    capacity: Mapped[int | None] = mapped_column(SmallInteger)  # candidates at most; None: no limit
    state: Mapped[str] = mapped_column(String(20), default=SessionState.PREPARATION.value)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    convened_at: Mapped[Instant | None]
    opened_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    released_at: Mapped[Instant | None]  # its results left; until then no candidate knows theirs
    released_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    minutes_number: Mapped[str | None] = mapped_column(String(20))
    incidents: Mapped[str] = mapped_column(String(5000), default="")
    seats: Mapped[list[JurySeat]] = relationship(lazy="raise", order_by="JurySeat.id")
    __table_args__ = (
        one_of("state", SessionState, "state"),
        UniqueConstraint("centre_id", "minutes_number"),
        CheckConstraint("(state = 'closed') = (minutes_number IS NOT NULL)", name="minutes_when_closed"),
        CheckConstraint("place <> '' OR video_link <> ''", name="somewhere"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("released_at IS NULL OR state = 'closed'", name="released_once_closed"),
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_by_someone"),
    )


class JurySessionCertification(Base):
    """A certification that a session pronounces on."""

    __tablename__ = "jury_session_certification"
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"), primary_key=True)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), primary_key=True)


class SocialPartner(Base):
    """A union, or an employers' body, that designates members of the centre's juries."""

    __tablename__ = "social_partner"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    college: Mapped[str] = mapped_column(String(20))
    name: Mapped[Name]
    email: Mapped[str] = mapped_column(String(254), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    retired_at: Mapped[Instant | None]
    __table_args__ = (
        one_of("college", College, "college"),
        CheckConstraint("name <> ''", name="named"),
        Index("uq_social_partner_name", "centre_id", "college", text("lower(name)"), unique=True),
    )


class SessionDuty(Base):
    """Something owed before a session and done: when, how, to whom; `workflows.duties` says by when."""

    __tablename__ = "session_duty"
    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"))
    duty: Mapped[str] = mapped_column(String(30))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("social_partner.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # the member convoked
    done_on: Mapped[date]
    how: Mapped[str] = mapped_column(String(200), default="")  # "par courriel", "lettre recommandée"
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mail.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Instant]
    __table_args__ = (
        one_of("duty", Duty, "duty"),
        CheckConstraint("partner_id IS NULL OR person_id IS NULL", name="one_addressee"),
        Index(
            "uq_session_duty",
            "session_id",
            "duty",
            "partner_id",
            "person_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
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
    employers_body: Mapped[Name] = mapped_column(default="")  # who designated an employers' member
    qualification: Mapped[str] = mapped_column(String(500), default="")  # "responsable QSE, 12 ans de métallurgie"
    qualified: Mapped[bool] = mapped_column(default=True)  # fiche: "membres qualifiés", "représentants qualifiés"
    substitute: Mapped[bool] = mapped_column(default=False)  # votes only in the place of a titular of the delegation
    absence_reason: Mapped[str] = mapped_column(String(300), default="")
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
    acting_president_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    enrolled_at: Mapped[Instant]
    __table_args__ = (Index("uq_enrolment_live", "candidacy_id", unique=True, postgresql_where=text("live")),)


class ConformityCheck(Base):
    """One point of the jury's check that an evaluation followed the joint rules, ticked by someone at some time."""

    __tablename__ = "conformity_check"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    point: Mapped[str] = mapped_column(String(30), primary_key=True)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: recorded before this was kept
    checked_at: Mapped[Instant]
    __table_args__ = (one_of("point", ConformityPoint, "point"),)


class Recusal(Base):
    """A member who leaves for one candidate, or who stays in the room without a vote so that parity holds."""

    __tablename__ = "recusal"
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    withholds: Mapped[bool] = mapped_column(default=False)  # stays, and does not vote on this candidate
    reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: by the declaration of a link
    recorded_at: Mapped[Instant]
