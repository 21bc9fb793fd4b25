"""What evaluators wrote for an interview: one's own notes, the commission's questions, grids filled in alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Candidacy, OwnAssessment, Person, PreparedQuestion, PrivateNote


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question of the commission, who asks it, and what was answered."""

    id: int
    capability_id: int | None
    author_id: int
    by: str
    text: str
    answer: str
    revision: int


def notes(session: Session, candidacy_id: int, person_id: int) -> dict[int | None, PrivateNote]:
    """One's own notes on a candidacy by capability, None for the whole; those of others cannot be asked for."""
    mine = (PrivateNote.candidacy_id == candidacy_id) & (PrivateNote.person_id == person_id)
    return {row.capability_id: row for row in session.scalars(select(PrivateNote).where(mine))}


def questions(session: Session, candidacy: Candidacy) -> dict[int | None, list[QuestionView]]:
    """The questions of this round's commission by capability, None for the whole, oldest first."""
    rows = session.execute(
        select(PreparedQuestion, Person.given_names, Person.family_name)
        .join(Person, Person.id == PreparedQuestion.author_id)
        .where(PreparedQuestion.candidacy_id == candidacy.id, PreparedQuestion.round == candidacy.round)
        .where(PreparedQuestion.removed_at.is_(None))
        .order_by(PreparedQuestion.id)
    )
    found: dict[int | None, list[QuestionView]] = defaultdict(list)
    for row in rows:
        q = row.PreparedQuestion
        by = f"{row.given_names} {row.family_name}"
        found[q.capability_id].append(
            QuestionView(q.id, q.capability_id, q.author_id, by, q.text, q.answer, q.revision)
        )
    return found


def put_away(session: Session, candidacy: Candidacy, now: datetime) -> None:
    """Keeps the questions of a commission that goes no further, and their answers, from the one that follows."""
    theirs = (PreparedQuestion.candidacy_id == candidacy.id) & (PreparedQuestion.round == candidacy.round)
    session.execute(
        update(PreparedQuestion).where(theirs, PreparedQuestion.removed_at.is_(None)).values(removed_at=now)
    )


def own_grid(session: Session, interview_id: int, person_id: int) -> dict[int, OwnAssessment]:
    """One evaluator's own grid, by capability; for themself."""
    mine = (OwnAssessment.interview_id == interview_id) & (OwnAssessment.person_id == person_id)
    return {row.capability_id: row for row in session.scalars(select(OwnAssessment).where(mine))}


def shown_grids(session: Session, interview_id: int, people: frozenset[int]) -> dict[int, dict[int, OwnAssessment]]:
    """The grids of those who have shown theirs, by capability then person; ask once they are together."""
    theirs = (OwnAssessment.interview_id == interview_id) & OwnAssessment.person_id.in_(people)
    found: dict[int, dict[int, OwnAssessment]] = defaultdict(dict)
    for row in session.scalars(select(OwnAssessment).where(theirs)):
        found[row.capability_id][row.person_id] = row
    return found
