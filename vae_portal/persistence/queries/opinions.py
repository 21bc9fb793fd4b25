"""Employers asked for their opinion, and what they said: by the candidate's page, by a link, by those who judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from vae_portal.persistence.queries.commissions import sits_in_jury
from vae_portal.persistence.tables import Candidacy, EmployerOpinion, Interview, InterviewEvaluator
from workflows.facts import Actor, Facts
from workflows.machine import may
from workflows.opinion import Question
from workflows.vocabulary import OpinionLevel, Right, Role


@dataclass(frozen=True, slots=True)
class Said:
    """What an employer says of one capability."""

    level: OpinionLevel
    comment: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion that was sent."""

    id: int
    organisation: str
    written_by: str
    given_at: datetime
    general: str
    lines: dict[str, Said]  # by capability code


def question(row: EmployerOpinion) -> Question:
    """A row as the rules look at it."""
    return Question(
        row.email,
        row.asked_at,
        row.expires_at,
        opened=row.opened_at is not None,
        answered=row.answered_at is not None,
        taken_back=row.withdrawn_at is not None,
    )


def of(session: Session, candidacy: Candidacy) -> list[EmployerOpinion]:
    """Every question of the present round, latest first; those taken back are there too."""
    wanted = select(EmployerOpinion).where(EmployerOpinion.candidacy_id == candidacy.id)
    return list(
        session.scalars(wanted.where(EmployerOpinion.round == candidacy.round).order_by(EmployerOpinion.id.desc()))
    )


def one(session: Session, candidacy: Candidacy, opinion_id: int) -> EmployerOpinion | None:
    """One of these by its id."""
    return next((row for row in of(session, candidacy) if row.id == opinion_id), None)


def by_link(session: Session, secret_hash: str) -> EmployerOpinion | None:
    """The question that a link is about, with what is written so far; whether it still lives is for the rules."""
    found = select(EmployerOpinion).where(EmployerOpinion.secret_hash == secret_hash)
    lines = selectinload(EmployerOpinion.lines)
    return session.scalars(found.options(lines).execution_options(populate_existing=True)).first()


def candidacy_of(session: Session, row: EmployerOpinion) -> str:
    """The number of the candidacy that a question is about."""
    return session.execute(select(Candidacy.number).where(Candidacy.id == row.candidacy_id)).scalar_one()


def given(session: Session, viewer: Actor, candidacy: Candidacy, facts: Facts) -> list[Opinion]:
    """The opinions sent in this round, oldest first, for those to whom they are open; nothing for anybody else."""
    return sent(session, candidacy) if open_to(session, viewer, candidacy, facts) else []


def sent(session: Session, candidacy: Candidacy) -> list[Opinion]:
    """The opinions sent in this round, oldest first, whoever reads them: for the text of the commission."""
    wanted = select(EmployerOpinion).where(
        EmployerOpinion.candidacy_id == candidacy.id,
        EmployerOpinion.round == candidacy.round,
        EmployerOpinion.answered_at.is_not(None),
    )
    codes = {c.id: c.code for block in candidacy.version.blocks for c in block.capabilities}
    rows = session.scalars(
        wanted.options(selectinload(EmployerOpinion.lines)).order_by(EmployerOpinion.answered_at, EmployerOpinion.id)
    )
    return [
        Opinion(
            row.id,
            row.organisation,
            row.written_by,
            row.answered_at,
            row.general,
            {
                codes[line.capability_id]: Said(OpinionLevel(line.level), line.comment)
                for line in row.lines
                if line.level
            },
        )
        for row in rows
        if row.answered_at is not None
    ]


def open_to(session: Session, viewer: Actor, candidacy: Candidacy, facts: Facts) -> bool:
    """Whether a viewer reads what employers said: the candidate, the auditor, and whoever sits for this candidate."""
    if not may(Right.READ_OPINION, viewer, facts):
        return False
    if viewer.person_id == candidacy.person_id or Role.AUDITOR in viewer.roles:
        return True
    evaluates = exists(
        select(InterviewEvaluator.person_id)
        .join(Interview, Interview.id == InterviewEvaluator.interview_id)
        .where(Interview.candidacy_id == candidacy.id, InterviewEvaluator.live)
        .where(InterviewEvaluator.person_id == viewer.person_id)
    )
    return bool(session.scalar(select(evaluates))) or sits_in_jury(session, viewer, candidacy)
