"""The minutes of a session as deeds: numbered without gap, their text fixed and sealed, then signed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from vae_portal.persistence.tables.base import Base, Instant, Key, Sha256, one_of
from workflows.vocabulary import Deed


class MinutesDeed(Base):
    """The minutes of a session, or a correction of them: a new deed, never a change."""

    __tablename__ = "minutes_deed"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("jury_session.id"), index=True)
    deed: Mapped[str] = mapped_column(String(20))
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(Integer)  # without gap in the centre and the year
    number: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(2000), default="")  # of a correction
    content: Mapped[str] = mapped_column()  # canonical JSON: what is shown, signed, and stored under lock
    sha256: Mapped[Sha256]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Instant]
    object_key: Mapped[str | None] = mapped_column(ForeignKey("stored_object.key"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    __table_args__ = (
        one_of("deed", Deed, "deed"),
        UniqueConstraint("centre_id", "year", "serial"),
        UniqueConstraint("centre_id", "number"),
        CheckConstraint("sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name="content"),
        CheckConstraint("(deed = 'correction') = (reason <> '')", name="a_correction_says_why"),
        Index("uq_minutes_deed_of_session", "session_id", unique=True, postgresql_where=text("deed = 'minutes'")),
    )


class MinutesSignature(Base):
    """A member's signature under the hash of a deed, their password asked again."""

    __tablename__ = "minutes_signature"
    deed_id: Mapped[int] = mapped_column(ForeignKey("minutes_deed.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sha256: Mapped[Sha256]
    signed_at: Mapped[Instant]


class MinutesScan(Base):
    """The scan of a deed signed on paper, tied to the deed's own hash."""

    __tablename__ = "minutes_scan"
    id: Mapped[Key]
    deed_id: Mapped[int] = mapped_column(ForeignKey("minutes_deed.id"), index=True)
    deed_sha256: Mapped[Sha256]
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[Sha256]
    object_key: Mapped[str] = mapped_column(ForeignKey("stored_object.key"))
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("deed_id", "sha256"),)
