"""What an advisor sees of the pieces of a request: each with its verdict, what was asked for and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload

from vae_portal.persistence.queries.case import sent
from vae_portal.persistence.tables import Candidacy, Evidence, Piece, PieceReview, SupplementItem
from workflows.vocabulary import EvidenceState, PieceVerdict

_IDENTITY = (Piece.kind == "identity") & Evidence.object_key.is_not(None)


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece joined to the request, with the verdict on it and what it answers, when there is one."""

    piece: Piece
    evidence: Evidence
    review: PieceReview | None


@dataclass(slots=True)
class Asked:
    """One thing a supplement asked for, beside what it was asked about and what came back, once it was sent."""

    item: SupplementItem
    told: bool = True  # its answer is the reader's to see
    before: Judged | None = None
    answers: list[Judged] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Review:
    """The whole study of the pieces: those that answer nothing, those asked again, those noted missing."""

    pieces: list[Judged]
    missing: list[PieceReview]  # noted, and not asked for yet
    asked: list[Asked]

    @property
    def every(self) -> list[Judged]:
        """Every piece, those that came back after a supplement too."""
        return self.pieces + [answer for asked in self.asked for answer in asked.answers]


def whole(session: Session, candidacy: Candidacy, theirs: bool = False) -> Review:
    """The study of the pieces of one candidacy, in three statements; what is not sent yet is the candidate's alone."""
    rows = session.execute(
        select(Piece, Evidence, PieceReview)
        .join(Evidence, Evidence.id == Piece.evidence_id)
        .outerjoin(PieceReview, PieceReview.piece_id == Piece.id)
        .where(Piece.candidacy_id == candidacy.id, Evidence.removed_at.is_(None))
        .where(true() if theirs else sent(candidacy))
        .options(joinedload(Evidence.stored))
        .order_by(Piece.id)
    )
    judged = [Judged(*row) for row in rows]
    missing = list(
        session.scalars(
            select(PieceReview)
            .where(PieceReview.candidacy_id == candidacy.id, PieceReview.piece_id.is_(None))
            .order_by(PieceReview.id)
        )
    )
    items = session.scalars(
        select(SupplementItem).where(SupplementItem.candidacy_id == candidacy.id).order_by(SupplementItem.id)
    )
    asked = {item.id: Asked(item, told=theirs or item.closed) for item in items}
    for one in judged:
        if one.review is not None and one.review.item_id in asked:
            asked[one.review.item_id].before = one
        if one.piece.item_id in asked:
            asked[one.piece.item_id].answers.append(one)
    return Review(
        [one for one in judged if one.piece.item_id is None],
        [one for one in missing if one.item_id is None],
        list(asked.values()),
    )


def to_ask(session: Session, candidacy_id: int) -> list[PieceReview]:
    """What is judged to replace or missing and was not asked for, or not replaced; a piece taken out counts no more."""
    kept = select(Piece.id).join(Evidence, Evidence.id == Piece.evidence_id).where(Evidence.removed_at.is_(None))
    replaced = kept.where(Piece.item_id == PieceReview.item_id).correlate(PieceReview).exists()
    still = (PieceReview.verdict == PieceVerdict.TO_REPLACE.value) & ~replaced  # asked for, and answered in words only
    wanted = select(PieceReview).where(
        PieceReview.candidacy_id == candidacy_id,
        PieceReview.verdict != PieceVerdict.ACCEPTED.value,
        PieceReview.item_id.is_(None) | still,
        PieceReview.piece_id.is_(None) | PieceReview.piece_id.in_(kept),
    )
    return list(session.scalars(wanted.order_by(PieceReview.id)))


def identity_files(session: Session, candidacy_id: int) -> list[Evidence]:
    """Identity documents of the request whose bytes are kept, those taken out or refused included."""
    wanted = select(Evidence).join(Piece, Piece.evidence_id == Evidence.id).where(_IDENTITY)
    return list(session.scalars(wanted.where(Piece.candidacy_id == candidacy_id).order_by(Evidence.id)))


def identity_is_readable(session: Session, candidacy_id: int) -> bool:
    """Whether an identity document is there to be looked at."""
    readable = Evidence.state.in_((EvidenceState.USABLE.value, EvidenceState.NOT_SCANNED.value))
    wanted = select(Piece.id).join(Evidence, Piece.evidence_id == Evidence.id).where(_IDENTITY, readable)
    wanted = wanted.where(Piece.candidacy_id == candidacy_id, Evidence.removed_at.is_(None))
    return session.scalar(wanted.limit(1)) is not None
