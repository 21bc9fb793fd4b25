"""The employer's opinion: asked by mail with a personal link, answered capability by capability without an account."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, Sha256, one_of
from workflows.vocabulary import OpinionLevel


class EmployerOpinion(Base):
    """One employer asked for one round; only the hash of the link's secret is kept."""

    __tablename__ = "employer_opinion"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    round: Mapped[int]
    organisation: Mapped[Name]
    contact: Mapped[Name]  # who is asked, as the candidate names them
    email: Mapped[str] = mapped_column(String(254))
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    secret_hash: Mapped[Sha256] = mapped_column(unique=True)
    expires_at: Mapped[Instant]
    opened_at: Mapped[Instant | None]
    withdrawn_at: Mapped[Instant | None]  # the candidate took the question back: the link is dead
    answered_at: Mapped[Instant | None]
    written_by: Mapped[Name] = mapped_column(default="")  # name and post of who answers
    general: Mapped[str] = mapped_column(String(5000), default="")
    revision: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[OpinionLine]] = relationship(lazy="raise", order_by="OpinionLine.capability_id")
    __table_args__ = (
        CheckConstraint("expires_at > asked_at", name="expires"),
        CheckConstraint("answered_at IS NULL OR written_by <> ''", name="says_who"),
        CheckConstraint("answered_at IS NULL OR withdrawn_at IS NULL", name="answered_stays"),
    )


class OpinionLine(Base):
    """What an employer says of one capability."""

    __tablename__ = "opinion_line"
    opinion_id: Mapped[int] = mapped_column(ForeignKey("employer_opinion.id"), primary_key=True)
    capability_id: Mapped[int] = mapped_column(ForeignKey("capability.id"), primary_key=True)
    level: Mapped[str | None] = mapped_column(String(20))  # none yet in a draft
    comment: Mapped[str] = mapped_column(String(2000), default="")
    __table_args__ = (one_of("level", OpinionLevel, "level"),)
