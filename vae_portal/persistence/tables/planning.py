"""What a plan is made of: the centre's habits, its rooms, when people are free, and the plans proposed."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, one_of
from workflows.vocabulary import AvailabilitySource, CalendarMeans, PlanState, RoomKind


class PlanningHabits(Base):
    """How a centre plans its interviews; without a row, these defaults."""

    __tablename__ = "planning_habits"
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    sitting_minutes: Mapped[int] = mapped_column(SmallInteger, default=60)
    break_minutes: Mapped[int] = mapped_column(SmallInteger, default=15)  # between two sittings of one evaluator
    most_a_day: Mapped[int] = mapped_column(SmallInteger, default=5)  # sittings of one evaluator
    evaluators: Mapped[int] = mapped_column(SmallInteger, default=2)  # of a commission that is proposed
    day_begins: Mapped[time] = mapped_column(default=time(9))
    day_ends: Mapped[time] = mapped_column(default=time(18))
    holidays_of: Mapped[str] = mapped_column(String(30), default="")  # a part of France with days of its own
    candidate_chooses: Mapped[bool] = mapped_column(default=False)  # among slots that the planner offers
    __table_args__ = (
        CheckConstraint("sitting_minutes BETWEEN 15 AND 480", name="sitting"),
        CheckConstraint("break_minutes BETWEEN 0 AND 240", name="break"),
        CheckConstraint("most_a_day BETWEEN 1 AND 20", name="most_a_day"),
        CheckConstraint("evaluators BETWEEN 2 AND 6", name="evaluators"),  # D6412-6
        CheckConstraint("day_begins < day_ends", name="day"),
    )


class Room(Base):
    """Where interviews are held: a room with its address, or a video room with its link; one sitting at a time."""

    __tablename__ = "room"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[Name]
    address: Mapped[str] = mapped_column(String(500), default="")
    video_link: Mapped[str] = mapped_column(String(500), default="")
    retired_at: Mapped[Instant | None]  # no longer offered; what was booked there stays
    __table_args__ = (
        one_of("kind", RoomKind, "kind"),
        CheckConstraint("CASE kind WHEN 'video' THEN video_link <> '' ELSE address <> '' END", name="somewhere"),
        Index("uq_room_name", "centre_id", func.lower(text("name")), unique=True),
    )


class RoomClosure(Base):
    """When a room cannot be used."""

    __tablename__ = "room_closure"
    id: Mapped[Key]
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), index=True)
    during: Mapped[Range] = mapped_column(TSTZRANGE)  # type: ignore[type-arg]
    reason: Mapped[Name] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="during"),
    )


class PastEmployer(Base):
    """Whom an evaluator worked for before; the present employer is the account's (D6412-6)."""

    __tablename__ = "past_employer"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Name]
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        Index("uq_past_employer", "person_id", func.lower(text("name")), unique=True),
    )


class Calendar(Base):
    """An evaluator's calendar, read from a file or from an address: its events are when they are busy, or free."""

    __tablename__ = "calendar"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name]
    url: Mapped[str | None] = mapped_column(String(1000))  # None: a file was given
    means: Mapped[str] = mapped_column(String(10))
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[Instant]
    read_at: Mapped[Instant | None]  # when it was last read whole
    failure: Mapped[str] = mapped_column(String(500), default="")  # of the last try; what was read before stays
    __table_args__ = (one_of("means", CalendarMeans, "means"),)


class Availability(Base):
    """When an evaluator is free or not: every week between two hours, or once; not free is stronger."""

    __tablename__ = "availability"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    free: Mapped[bool]
    source: Mapped[str] = mapped_column(String(10))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"), index=True)
    note: Mapped[Name] = mapped_column(default="")
    weekday: Mapped[int | None] = mapped_column(SmallInteger)  # 0 is Monday
    begins: Mapped[time | None]  # hours of Paris
    ends: Mapped[time | None]
    since: Mapped[date | None]  # the first day of what comes back every week, included
    until: Mapped[date | None]  # the last one, included; None: no end
    during: Mapped[Range | None] = mapped_column(TSTZRANGE)  # type: ignore[type-arg]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: read from a calendar
    recorded_at: Mapped[Instant]
    __table_args__ = (
        one_of("source", AvailabilitySource, "source"),
        CheckConstraint("(source = 'calendar') = (calendar_id IS NOT NULL)", name="calendar"),
        CheckConstraint(
            "CASE WHEN during IS NULL THEN weekday BETWEEN 0 AND 6 AND begins < ends AND since IS NOT NULL"
            " AND (until IS NULL OR until >= since)"
            " ELSE weekday IS NULL AND begins IS NULL AND ends IS NULL AND since IS NULL AND until IS NULL"
            " AND NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during) END",
            name="weekly_or_once",
        ),
    )


class Plan(Base):
    """A proposal for everyone who waits: asked for, computed by a job, looked at and changed, accepted or not."""

    __tablename__ = "plan"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]  # included
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how far the search is: placed, bound, seconds
    stop_asked_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    failure: Mapped[str] = mapped_column(String(500), default="")
    closed_at: Mapped[Instant | None]  # accepted or given up
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    faults: Mapped[list[Any]] = mapped_column(default=list)  # why it could not be accepted, in sentences
    revision: Mapped[int] = mapped_column(default=0)
    sittings: Mapped[list[PlanSitting]] = relationship(lazy="raise", cascade="all, delete-orphan")
    left_out: Mapped[list[PlanLeftOut]] = relationship(lazy="raise", cascade="all, delete-orphan")
    __table_args__ = (
        one_of("state", PlanState, "state"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("(state IN ('accepted', 'given_up')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("state NOT IN ('accepting', 'accepted') OR accepted_by IS NOT NULL", name="accepted"),
        # One that is worked on, or looked at, for a centre.
        Index(
            "uq_plan_open",
            "centre_id",
            unique=True,
            postgresql_where=text("state NOT IN ('accepted', 'given_up')"),
        ),
    )


class PlanSitting(Base):
    """One interview of a plan: not booked until the whole plan is accepted."""

    __tablename__ = "plan_sitting"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    during: Mapped[Range] = mapped_column(TSTZRANGE)  # type: ignore[type-arg]
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    evaluators: Mapped[list[Any]]  # ids of people
    locked: Mapped[bool] = mapped_column(default=False)  # stays as it is when the plan is asked for again


class PlanLeftOut(Base):
    """Someone whom a plan leaves out, and what stands in the way."""

    __tablename__ = "plan_left_out"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    reasons: Mapped[list[Any]]  # sentences


class OfferedSlot(Base):
    """A slot that the planner offers to a candidate, who takes one of several; it holds nothing until taken."""

    __tablename__ = "offered_slot"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    during: Mapped[Range] = mapped_column(TSTZRANGE)  # type: ignore[type-arg]
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    evaluators: Mapped[list[Any]]  # ids of people
    offered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    offered_at: Mapped[Instant]
    answer_by: Mapped[date]  # included
    closed_at: Mapped[Instant | None]  # taken, taken back, or another one was taken
    taken: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="during"),
        CheckConstraint("NOT taken OR closed_at IS NOT NULL", name="taken"),
        UniqueConstraint("candidacy_id", "during", "room_id", "offered_at"),
    )
