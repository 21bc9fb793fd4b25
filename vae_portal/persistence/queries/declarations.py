"""Who was asked to declare their independence, and of whom; what they may then see of the candidate is only this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import candidacies, hearings
from vae_portal.persistence.tables import (
    Candidacy,
    CertificationVersion,
    IndependenceDeclaration,
    IndependenceRequest,
)
from workflows.facts import Actor
from workflows.vocabulary import Role, Step

ASKABLE = (Step.INTERVIEW_PENDING, Step.INTERVIEW_SCHEDULED)


@dataclass(frozen=True, slots=True)
class Asked:
    """One candidate of whom a declaration is asked."""

    number: str
    candidate: str
    certification: str
    organisations: tuple[str, ...]
    asked_at: datetime


def waiting(session: Session, actor: Actor) -> list[Asked]:
    """What was asked of this evaluator and is not answered, the oldest first."""
    rows = session.execute(
        select(Candidacy, IndependenceRequest.asked_at)
        .join(IndependenceRequest, IndependenceRequest.candidacy_id == Candidacy.id)
        .where(IndependenceRequest.person_id == actor.person_id, Candidacy.centre_id == actor.centre_id)
        .where(Candidacy.step.in_([step.value for step in ASKABLE]), ~_answered())
        .options(
            joinedload(Candidacy.person),
            joinedload(Candidacy.version).joinedload(CertificationVersion.certification),
        )
        .order_by(IndependenceRequest.asked_at, Candidacy.id)
    )
    return [
        Asked(
            row.Candidacy.number,
            row.Candidacy.person.full_name,
            row.Candidacy.version.certification.title,
            tuple(hearings.organisations(row.Candidacy)),
            row.asked_at,
        )
        for row in rows
    ]


def unanswered(session: Session, candidacy_id: int) -> set[int]:
    """Evaluators who were asked about a candidate and have not answered."""
    rows = select(IndependenceRequest.person_id).where(IndependenceRequest.candidacy_id == candidacy_id, ~_answered())
    return set(session.scalars(rows))


def asked(session: Session, actor: Actor, candidacy_id: int) -> bool:
    """Whether this person was asked about this candidate, answered since or not."""
    return session.get(IndependenceRequest, (candidacy_id, actor.person_id)) is not None


def lock(session: Session, actor: Actor, number: str) -> Candidacy:
    """A candidacy that the actor sees, or of which they were asked to declare; raises NotVisible."""
    theirs = select(Candidacy.id).where(
        Candidacy.number == number, Candidacy.centre_id == actor.centre_id, _asked_of(actor)
    )
    if Role.EVALUATOR not in actor.roles or session.scalars(theirs.with_for_update()).one_or_none() is None:
        return candidacies.lock(session, actor, number)
    whole = select(Candidacy).where(Candidacy.number == number).options(*candidacies.WHOLE)
    found = session.scalars(whole).unique().one_or_none()
    if found is None:
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    return found


def _asked_of(actor: Actor) -> ColumnElement[bool]:
    return exists(
        select(IndependenceRequest.person_id).where(
            IndependenceRequest.candidacy_id == Candidacy.id, IndependenceRequest.person_id == actor.person_id
        )
    )


def _answered() -> ColumnElement[bool]:
    return exists(
        select(IndependenceDeclaration.id).where(
            IndependenceDeclaration.candidacy_id == IndependenceRequest.candidacy_id,
            IndependenceDeclaration.person_id == IndependenceRequest.person_id,
            IndependenceDeclaration.declared_at >= IndependenceRequest.asked_at,
        )
    )
