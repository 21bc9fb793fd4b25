"""Who may follow a candidacy: whoever takes it, or is handed it."""

from __future__ import annotations

from workflows.facts import Facts
from workflows.steps import STEPS


def why_not(facts: Facts, person_id: int | None, name: str = "") -> str | None:
    """Why this advisor cannot follow the candidacy, in a sentence to them, or about them when they are named.

    Nobody follows what nothing more is expected of, nor one's own [choice]; whoever refused does not study the appeal
    [choice]; whoever followed a candidate does not sit in their commission (D6412-6).
    """
    if STEPS[facts.step].ball is None:
        return "Plus rien n'est attendu sur cette candidature : il n'y a plus à la suivre."
    if person_id == facts.candidate_id:
        return f"{name} est le candidat." if name else "Cette candidature est la vôtre."
    if facts.request.appealed and person_id == facts.request.refused_by:
        who = f"{name} a" if name else "Vous avez"
        return f"{who} pris la décision contestée : un autre conseiller doit étudier le recours."
    evaluators = facts.interview.slot.evaluators if facts.interview else ()
    if any(e.person_id == person_id for e in evaluators):
        who, may = (f"{name} siège", "cette personne ne peut pas") if name else ("Vous siégez", "vous ne pouvez pas")
        return f"{who} dans la commission de ce candidat : {may} suivre son dossier (D6412-6)."
    return None
