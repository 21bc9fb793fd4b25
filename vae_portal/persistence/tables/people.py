"""Centres, accounts, their roles, invitations, and the counters that slow down guessing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, Sha256, one_of
from workflows.vocabulary import College, MessageMails, Role


class Centre(Base):
    """A UIMM territoriale that receives candidacies; its data is invisible to the staff of any other."""

    __tablename__ = "centre"
    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    notice_days: Mapped[int] = mapped_column(SmallInteger, default=15)  # of an interview
    __table_args__ = (CheckConstraint("notice_days BETWEEN 0 AND 90", name="notice_days"),)


class Person(Base):
    """An account; it belongs to one centre. Its password is kept as argon2 only."""

    __tablename__ = "person"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    given_names: Mapped[Name]
    family_name: Mapped[Name]
    employer: Mapped[Name] = mapped_column(default="")  # for independence
    union_name: Mapped[Name] = mapped_column(default="")  # of a juror of the employees' college
    college: Mapped[str | None] = mapped_column(String(20))
    verified_at: Mapped[Instant | None]
    disabled_at: Mapped[Instant | None]
    epoch: Mapped[int] = mapped_column(Integer, default=0)  # grows with each password: older sessions end
    created_at: Mapped[Instant]
    message_mails: Mapped[str] = mapped_column(String(10), default=MessageMails.AT_ONCE.value)
    centre: Mapped[Centre] = relationship(lazy="raise")
    roles: Mapped[list[PersonRole]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    __table_args__ = (
        Index("uq_person_email", func.lower(email), unique=True),
        one_of("college", College, "college"),
        one_of("message_mails", MessageMails, "message_mails"),
    )

    @property
    def full_name(self) -> str:
        """Given names then family name, as on screen."""
        return f"{self.given_names} {self.family_name}".strip()


class PersonRole(Base):
    """A role that a centre gave to an account."""

    __tablename__ = "person_role"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    __table_args__ = (
        one_of("role", Role, "role"),
        CheckConstraint("role NOT IN ('jury_president', 'clock')", name="given_by_a_centre"),
    )


class Invitation(Base):
    """A personal link that lets someone open a staff account; only the hash of its secret is kept."""

    __tablename__ = "invitation"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    email: Mapped[str] = mapped_column(String(254))
    roles: Mapped[list[Any]]
    college: Mapped[str | None] = mapped_column(String(20))
    union_name: Mapped[Name] = mapped_column(default="")
    secret_hash: Mapped[Sha256] = mapped_column(unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    accepted_at: Mapped[Instant | None]
    __table_args__ = (one_of("college", College, "college"),)


class Throttle(Base):
    """How often something was tried in a window, by hashed key: sign-in, registration, forgotten password."""

    __tablename__ = "throttle"
    key: Mapped[Sha256] = mapped_column(primary_key=True)
    window: Mapped[datetime] = mapped_column(primary_key=True)
    tries: Mapped[int] = mapped_column(BigInteger)
