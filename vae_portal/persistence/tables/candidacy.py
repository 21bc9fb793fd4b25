"""A candidacy and its request for admissibility."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, one_of
from vae_portal.persistence.tables.people import Centre, Person
from vae_portal.persistence.tables.referential import CertificationVersion
from workflows.regimes import Regime
from workflows.vocabulary import PieceVerdict, Step

_SENT = text("submitted_on IS NOT NULL")  # what staff see
_DUE_FIRST = ("due_on", "rests", "stepped_at", "id")  # the order of the worklist


class Candidacy(Base):
    """One person's attempt at one certification; `revision` grows with every action, `request_revision` with saves."""

    __tablename__ = "candidacy"
    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(20), unique=True)  # "2026-0042"
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("certification_version.id"))
    advisor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    step: Mapped[str] = mapped_column(String(30))
    revision: Mapped[int] = mapped_column(Integer, default=0)
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    whole: Mapped[bool] = mapped_column(default=True)
    request: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # While the candidate answers a supplement: since when, and the request as staff still read it.
    answering_since: Mapped[Instant | None]
    sent_request: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    request_revision: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[Instant]
    stepped_at: Mapped[Instant]  # when the present step began
    submitted_on: Mapped[date | None]
    regime: Mapped[str | None] = mapped_column(String(20))  # of the version on the day the request was sent
    acknowledged_on: Mapped[date | None]
    notified_on: Mapped[date | None]  # of admissibility, or reinstated since
    candidate_stepped_on: Mapped[date | None]  # the candidate's last act on the dossier since
    identity_verified_on: Mapped[date | None]
    identity_verified_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    refused_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    appealed: Mapped[bool] = mapped_column(default=False)
    decision_text: Mapped[dict[str, Any]] = mapped_column(default=dict)  # opinions on blocks, or reason
    deposited_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    # Kept by `persistence.listed` when what they come from changes, for lists to be sorted and searched by.
    due_on: Mapped[date | None] = mapped_column(deferred=True, deferred_raiseload=True)
    rests: Mapped[bool] = mapped_column(server_default=text("false"), deferred=True, deferred_raiseload=True)
    sorted_as: Mapped[Name] = mapped_column(server_default=text("''"), deferred=True, deferred_raiseload=True)
    words: Mapped[str] = mapped_column(TSVECTOR, server_default=text("''"), deferred=True, deferred_raiseload=True)
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    advisor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[advisor_id])
    identity_verifier: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[identity_verified_by])
    centre: Mapped[Centre] = relationship(lazy="raise")
    version: Mapped[CertificationVersion] = relationship(lazy="raise")

    @property
    def as_sent(self) -> dict[str, Any]:
        """The request as it was last sent: what the candidate changes since is theirs until it is sent again."""
        return self.request if self.sent_request is None else self.sent_request

    def was_sent(self, given_at: datetime) -> bool:
        """Whether a piece given at that instant was sent to the centre: it then stays, and staff see it."""
        return self.submitted_on is not None and (self.answering_since is None or given_at < self.answering_since)

    __table_args__ = (
        one_of("step", Step, "step"),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint("(answering_since IS NULL) = (sent_request IS NULL)", name="answering"),
        CheckConstraint("(identity_verified_on IS NULL) = (identity_verified_by IS NULL)", name="identity_verified"),
        CheckConstraint("step = 'draft' OR step = 'withdrawn' OR submitted_on IS NOT NULL", name="submitted"),
        one_of("regime", Regime, "regime"),
        CheckConstraint("submitted_on IS NULL OR regime IS NOT NULL", name="regime_recorded"),
        CheckConstraint(
            "step IN ('draft', 'admissibility_review', 'admissibility_incomplete', 'inadmissible', 'withdrawn')"
            " OR notified_on IS NOT NULL",
            name="notified",
        ),
        # One for each order of the worklist, and for each filter that leaves few rows of many, in that order.
        Index(
            "ix_candidacy_due",
            *("centre_id", *_DUE_FIRST),
            postgresql_include=["person_id", "step"],
            postgresql_where=_SENT,
        ),
        Index(
            "ix_candidacy_step",
            *("centre_id", "step", *_DUE_FIRST),
            postgresql_include=["person_id"],
            postgresql_where=_SENT,
        ),
        Index(
            "ix_candidacy_advisor",
            *("centre_id", "advisor_id", *_DUE_FIRST),
            postgresql_include=["person_id", "step"],
            postgresql_where=_SENT,
        ),
        Index("ix_candidacy_version", "version_id", *_DUE_FIRST, postgresql_where=_SENT),
        Index(
            "ix_candidacy_fresh",
            *("centre_id", *_DUE_FIRST),
            postgresql_include=["person_id"],
            postgresql_where=text(
                "submitted_on IS NOT NULL AND step = 'admissibility_review' AND acknowledged_on IS NULL"
            ),
        ),
        Index("ix_candidacy_named", "centre_id", "sorted_as", "id", postgresql_where=_SENT),
        Index("ix_candidacy_since", "centre_id", "stepped_at", "id", postgresql_where=_SENT),
        Index("ix_candidacy_begun", "centre_id", "id", postgresql_where=_SENT),
        Index("ix_candidacy_words", "words", postgresql_using="gin"),
        Index("ix_candidacy_person", "person_id"),
    )


class CandidacyBlock(Base):
    """A block of the certification for one candidacy: targeted in this round, held before, or acquired."""

    __tablename__ = "candidacy_block"
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), primary_key=True)
    targeted: Mapped[bool] = mapped_column(default=True)
    acquired_by: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    declared_held: Mapped[bool] = mapped_column(default=False)  # held before this candidacy, by its certificate
    __table_args__ = (CheckConstraint("NOT (targeted AND declared_held)", name="held_is_not_targeted"),)


class Piece(Base):
    """A file joined to the request: what it is, and which experience or block it is about where it is about one."""

    __tablename__ = "piece"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(40), default="")  # "experience:<line>", "block:<code>", or neither
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("supplement_item.id"), index=True)  # what it answers
    __table_args__ = (UniqueConstraint("evidence_id"),)


class SupplementItem(Base):
    """A piece that the advisor asked for, with its reason, by when, and when it was answered."""

    __tablename__ = "supplement_item"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    what: Mapped[Name]
    why: Mapped[str] = mapped_column(String(2000))
    asked_at: Mapped[Instant]
    answer_by: Mapped[date | None]  # an indication: a later answer is received all the same
    answer: Mapped[str] = mapped_column(String(5000), default="")
    answered_at: Mapped[Instant | None]
    closed: Mapped[bool] = mapped_column(default=False)  # answered and sent back


class PieceReview(Base):
    """The advisor's verdict on a piece, or that one is missing; `item_id` once a supplement has asked for it."""

    __tablename__ = "piece_review"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"), index=True)
    piece_id: Mapped[int | None] = mapped_column(ForeignKey("piece.id"))
    kind: Mapped[str] = mapped_column(String(40))  # of piece: what comes back is of this kind too
    what: Mapped[Name]  # as the candidate reads it
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(2000), default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("supplement_item.id"))
    judged_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    judged_at: Mapped[Instant]
    __table_args__ = (
        one_of("verdict", PieceVerdict, "verdict"),
        UniqueConstraint("piece_id"),
        CheckConstraint("(verdict = 'missing') = (piece_id IS NULL)", name="missing_is_no_piece"),
        CheckConstraint("verdict = 'accepted' OR length(reason) > 0", name="says_why"),
        CheckConstraint("length(what) > 0", name="names_it"),
    )


class ActReason(Base):
    """What a person wrote when doing an action, apart from the journal, which keeps its hash only."""

    __tablename__ = "act_reason"
    id: Mapped[Key]
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    revision: Mapped[int] = mapped_column(Integer)  # of the candidacy, after the action
    action: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(5000))
    __table_args__ = (UniqueConstraint("candidacy_id", "revision"),)
