"""How the results of a session leave: what is still to be told, what was made, what failed, when it is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Decision, Document
from workflows import clocks


@dataclass(frozen=True, slots=True)
class Progress:
    """Results of a session: pronounced and in force, told, and their documents made or in failure."""

    results: int
    told: int
    documents: int
    made: int
    failed: int
    due_on: date | None  # last day to notify the first of them


def presided(session: Session, session_id: int) -> set[int]:
    """Who pronounced in a session."""
    return set(session.scalars(select(Decision.pronounced_by).where(Decision.session_id == session_id)))


def untold(session: Session, session_id: int) -> list[int]:
    """The decisions in force of a session of which nobody was told yet, in their order."""
    return list(
        session.scalars(
            select(Decision.id)
            .where(Decision.session_id == session_id, Decision.revoked_at.is_(None), Decision.told_at.is_(None))
            .order_by(Decision.id)
        )
    )


def progress(session: Session, session_id: int) -> Progress:
    """Where the results of a session are, in two statements."""
    row = session.execute(
        select(
            func.count().label("results"),
            func.count(Decision.told_at).label("told"),
            func.min(Decision.pronounced_at).label("first"),
        ).where(Decision.session_id == session_id, Decision.revoked_at.is_(None))
    ).one()
    papers = session.execute(
        select(
            func.count().label("documents"),
            func.count(Document.issued_at).label("made"),
            func.count().filter(Document.failure != "").label("failed"),
        )
        .join(Decision, Decision.candidacy_id == Document.candidacy_id)
        .where(
            Decision.session_id == session_id,
            Decision.revoked_at.is_(None),
            Document.kind.in_(("result_all", "result_some", "result_none", "certificate", "block_certificate")),
            Document.asked_at >= Decision.told_at,
        )
    ).one()
    due = clocks.notification_due(clocks.civil_date(row.first)) if row.first else None
    return Progress(row.results, row.told, papers.documents, papers.made, papers.failed, due)
