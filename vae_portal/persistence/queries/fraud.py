"""Contradictory procedures about suspected frauds, as the rules and the pages see them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Candidacy, Decision, FraudCase
from workflows.fraud import CaseFacts
from workflows.vocabulary import FraudEnd


def of(session: Session, candidacy_id: int) -> list[FraudCase]:
    """Every case about a candidacy, the latest first."""
    return list(
        session.scalars(select(FraudCase).where(FraudCase.candidacy_id == candidacy_id).order_by(FraudCase.id.desc()))
    )


def running(session: Session, candidacy_id: int, lock: bool = False) -> FraudCase | None:
    """The case that has not ended."""
    statement = select(FraudCase).where(FraudCase.candidacy_id == candidacy_id, FraudCase.ended.is_(None))
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def about(session: Session, decision_id: int) -> FraudCase | None:
    """The latest case about one decision."""
    return session.scalars(
        select(FraudCase).where(FraudCase.decision_id == decision_id).order_by(FraudCase.id.desc()).limit(1)
    ).one_or_none()


def facts_for(session: Session, candidacy: Candidacy) -> CaseFacts | None:
    """The latest case about the decision in force, as the rules see it."""
    row = session.scalars(
        select(FraudCase)
        .join(Decision, Decision.id == FraudCase.decision_id)
        .where(FraudCase.candidacy_id == candidacy.id, Decision.round == candidacy.round, Decision.revoked_at.is_(None))
        .order_by(FraudCase.id.desc())
        .limit(1)
    ).one_or_none()
    return facts(row) if row else None


def facts(row: FraudCase) -> CaseFacts:
    """A case as the rules see it."""
    return CaseFacts(
        decision_id=row.decision_id,
        answer_by=row.answer_by,
        answered=row.answered_at is not None,
        hearing_asked=row.hearing_asked,
        heard_on=row.heard_on,
        ended=FraudEnd(row.ended) if row.ended else None,
    )
