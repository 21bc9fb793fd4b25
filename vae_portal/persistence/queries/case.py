"""What the page of one candidacy shows beside its facts: pieces, documents, remarks, decisions, sessions to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from vae_portal.persistence.tables import (
    Candidacy,
    DeadlineAlert,
    Decision,
    Deposit,
    Document,
    Evidence,
    JurySession,
    Piece,
    Remark,
    SupplementItem,
)
from workflows.facts import Actor
from workflows.vocabulary import SessionState


@dataclass(frozen=True, slots=True)
class PieceLine:
    """A file joined to the request."""

    evidence_id: int
    kind: str
    name: str
    size: int
    state: str
    state_reason: str


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One thing that a supplement asked for, with its answer once it was sent."""

    what: str
    why: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


def pieces(session: Session, candidacy: Candidacy) -> list[PieceLine]:
    """Pieces of the request that were sent, oldest first; those taken out are left out."""
    rows = session.execute(
        select(Piece.kind, Evidence)
        .join(Evidence, Evidence.id == Piece.evidence_id)
        .where(Piece.candidacy_id == candidacy.id, Evidence.removed_at.is_(None), sent(candidacy))
        .options(joinedload(Evidence.stored))
        .order_by(Piece.id)
    )
    return [PieceLine(e.id, kind, e.name, e.size, e.state, e.state_reason) for kind, e in rows]


def sent(candidacy: Candidacy) -> ColumnElement[bool]:
    """`Candidacy.was_sent` of a request that was sent, as SQL on the files of its pieces."""
    return true() if candidacy.answering_since is None else Evidence.given_at < candidacy.answering_since


def supplement(session: Session, candidacy: Candidacy) -> list[AskedLine]:
    """Pieces asked for, with what was answered and sent, oldest first."""
    asked = select(SupplementItem).where(SupplementItem.candidacy_id == candidacy.id)
    return [
        AskedLine(
            row.what, row.why, row.asked_at, row.answer if row.closed else "", row.answered_at if row.closed else None
        )
        for row in session.scalars(asked.order_by(SupplementItem.id))
    ]


def remarks(session: Session, candidacy_id: int) -> list[Remark]:
    """What the advisor remarked on the latest deposit, if it was returned."""
    latest = select(func.max(Deposit.id)).where(Deposit.candidacy_id == candidacy_id).scalar_subquery()
    return list(session.scalars(select(Remark).where(Remark.deposit_id == latest).order_by(Remark.id)))


def told_on(session: Session, candidacy_id: int, due_on: date) -> datetime | None:
    """When those who must act were last told by mail that this delay runs out; None when they were not."""
    told = select(func.max(DeadlineAlert.told_at))
    return session.scalar(told.where(DeadlineAlert.candidacy_id == candidacy_id, DeadlineAlert.due_on == due_on))


def documents(session: Session, candidacy_id: int, without: frozenset[str] = frozenset()) -> list[Document]:
    """Documents issued or owed, latest first, but those of the kinds named."""
    owed = select(Document).where(Document.candidacy_id == candidacy_id, Document.kind.not_in(without))
    return list(session.scalars(owed.options(joinedload(Document.stored)).order_by(Document.id.desc())))


def decisions(session: Session, candidacy_id: int) -> list[Decision]:
    """Every decision with its blocks, the revoked ones too, latest first."""
    pronounced = select(Decision).where(Decision.candidacy_id == candidacy_id)
    return list(session.scalars(pronounced.options(selectinload(Decision.blocks)).order_by(Decision.id.desc())))


def sessions_ahead(session: Session, viewer: Actor, now: datetime) -> list[JurySession]:
    """Sessions of the viewer's centre in preparation or convened and still to come, the next one first."""
    ahead = select(JurySession).where(JurySession.centre_id == viewer.centre_id, JurySession.starts_at > now)
    ahead = ahead.where(JurySession.state.in_((SessionState.PREPARATION.value, SessionState.CONVENED.value)))
    return list(session.scalars(ahead.order_by(JurySession.starts_at, JurySession.id).limit(50)))


def advisor_choice(candidacy: Candidacy) -> str:
    """The advisor as the page showed them, to see later whether they have changed."""
    return str(candidacy.advisor_id or "")
