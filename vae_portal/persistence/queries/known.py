"""What a candidate knows of their own candidacy: nothing of a decision whose session has not released its results."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from vae_portal.persistence.tables import Candidacy, Decision, JurySession
from workflows.facts import Actor
from workflows.results import known_step
from workflows.vocabulary import Step
from workflows.who_may_do_what import RESULTS


def to(session: Session, viewer: Actor, candidacies: Iterable[Candidacy]) -> None:
    """Shows the viewer their own candidacies as they may know them, in this transaction and in nothing written."""
    pronounced = {row.id: row for row in candidacies if row.person_id == viewer.person_id and Step(row.step) in RESULTS}
    if not pronounced:
        return
    released = set(
        session.scalars(
            select(Decision.candidacy_id)
            .join(Candidacy, (Candidacy.id == Decision.candidacy_id) & (Candidacy.round == Decision.round))
            .join(JurySession, JurySession.id == Decision.session_id)
            .where(
                Decision.candidacy_id.in_(pronounced),
                Decision.revoked_at.is_(None),
                JurySession.released_at.is_not(None),
            )
        )
    )
    for key, row in pronounced.items():
        if key not in released:
            set_committed_value(row, "step", known_step(Step(row.step), RESULTS, released=False).value)
            set_committed_value(row, "decided_on", None)


def untold(session: Session, candidacy_id: int) -> set[int]:
    """The decisions, in force or revoked since, of which the candidate was never told."""
    return set(
        session.scalars(
            select(Decision.id)
            .join(JurySession, JurySession.id == Decision.session_id)
            .where(
                Decision.candidacy_id == candidacy_id,
                JurySession.released_at.is_(None) | (Decision.revoked_at < JurySession.released_at),
            )
        )
    )
