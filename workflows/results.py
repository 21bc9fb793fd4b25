"""When the results of a session leave, who lets them, and what a candidate knows until then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from workflows import clocks, composition
from workflows.facts import SessionFacts
from workflows.vocabulary import SessionState, Step


def known_step(step: Step, results: Collection[Step], released: bool) -> Step:
    """What the candidate knows of a step: pronounced and not released, they are still before the jury."""
    return Step.JURY_SCHEDULED if step in results and not released else step


def may_release(session: SessionFacts, presided: Collection[int], person_id: int | None) -> bool:
    """Whoever presides the session, or where the president was not there whoever presided for a candidate [choice]."""
    chair = composition.presiding(session)
    return person_id is not None and (person_id in presided or (chair is not None and chair.person_id == person_id))


def release_refusal(session: SessionFacts, decisions: int) -> str | None:
    """Why the results cannot be released now, or None: once the session is closed, all together, once."""
    if session.released:
        return "Les résultats de cette séance sont déjà remis."
    if session.state is not SessionState.CLOSED:
        return "Les résultats se remettent une fois la séance close et son procès-verbal numéroté."
    return None if decisions else "Cette séance n'a rendu aucune décision."


def valid_until(granted_on: date, months: int | None) -> date | None:
    """Last day on which what was granted counts, as the version says; None: without limit (fiche 28242)."""
    return None if months is None else clocks.same_day_months_later(granted_on, months)
