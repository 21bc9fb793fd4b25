"""How advisors share their work: views they saved, absences and who covers them, who has a page open."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vae_portal.persistence.tables.base import Base, Instant, Key

MOST_VIEWS = 20


class SavedView(Base):
    """An address of the worklist that someone named for themselves; `place` makes them twenty at most."""

    __tablename__ = "saved_view"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(2000))  # filters, columns and order, as the address has them
    saved_at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("person_id", "place"),
        Index("uq_saved_view_name", "person_id", func.lower(name), unique=True),
        CheckConstraint(f"place BETWEEN 1 AND {MOST_VIEWS}", name="place"),
        CheckConstraint("name <> ''", name="name"),
    )


class Absence(Base):
    """Days on which an advisor is away and a colleague covers; nobody is away twice on the same day."""

    __tablename__ = "absence"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    covered_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Instant]
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("covered_by <> person_id", name="another"),
        ExcludeConstraint(
            (text("int8range(person_id, person_id, '[]')"), "&&"),
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            name="ex_absence_days",
            using="gist",
        ),
    )


class Presence(Base):
    """That one of the staff had a candidacy's page open at an instant; erased within the hour."""

    __tablename__ = "presence"
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seen_at: Mapped[Instant]
