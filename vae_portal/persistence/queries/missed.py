"""Interviews to which a candidate did not come, excused or not, and what was said of it."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Candidacy, Interview

ABSENT, EXCUSED = "absent", "absent_excused"


def count_of(*ends: str) -> ScalarSelect[int]:
    """How many interviews of the present round of a candidacy ended so, as a column beside it."""
    ended = select(func.count(Interview.id)).where(Interview.candidacy_id == Candidacy.id, Interview.ended.in_(ends))
    return ended.where(Interview.round == Candidacy.round).correlate(Candidacy).scalar_subquery()


def of(session: Session, candidacy: Candidacy) -> list[Interview]:
    """Those of the present round, latest first."""
    wanted = select(Interview).where(Interview.candidacy_id == candidacy.id, Interview.round == candidacy.round)
    return list(session.scalars(wanted.where(Interview.ended.in_((ABSENT, EXCUSED))).order_by(Interview.id.desc())))


def one(session: Session, candidacy: Candidacy, interview_id: int) -> Interview | None:
    """One of these by its id, its row locked."""
    wanted = select(Interview).where(Interview.candidacy_id == candidacy.id, Interview.id == interview_id)
    return session.scalars(
        wanted.where(Interview.round == candidacy.round, Interview.ended.in_((ABSENT, EXCUSED))).with_for_update()
    ).one_or_none()
