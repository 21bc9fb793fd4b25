"""What evaluators judge alone, then together: who has shown their grid, where they differ, how that was settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from workflows.facts import Actor, Facts, Given, InterviewFacts, VerdictFacts
from workflows.vocabulary import OwnVerdict

JUDGED = frozenset({OwnVerdict.ACQUIRED, OwnVerdict.NOT_ACQUIRED})
_NO_INTERVIEW = "Aucun entretien n'est planifié."


class Agreement(StrEnum):
    """How what the evaluators noted alone on a capability compares."""

    AGREED = "agreed"  # all of them judged, and alike
    DIFFERENT = "different"  # one says acquired, another not
    OPEN = "open"  # somebody has not judged it, and nobody differs


def together(interview: InterviewFacts) -> bool:
    """Whether every evaluator who is there has shown the others what they noted alone."""
    there = [e for e in interview.slot.evaluators if e.present]
    return bool(there) and all(e.person_id in interview.shared for e in there)


def agreement(interview: InterviewFacts, capability: str) -> Agreement:
    """How the grids that were shown compare on a capability; that of someone who left since still counts [choice]."""
    noted = {n.person_id: n.verdict for n in interview.own if n.capability == capability}
    seats = [e.person_id for e in interview.slot.evaluators if e.person_id in interview.shared]
    judged = {noted[person] for person in seats if noted.get(person) in JUDGED}
    if len(judged) > 1:
        return Agreement.DIFFERENT
    there = {e.person_id for e in interview.slot.evaluators if e.present}
    alike = bool(judged) and there <= set(seats) and all(noted.get(person) in JUDGED for person in there)
    return Agreement.AGREED if alike else Agreement.OPEN


def differing(facts: Facts) -> tuple[str, ...]:
    """Codes of the targeted capabilities on which the evaluators had judged differently."""
    interview = facts.interview
    if interview is None:
        return ()
    return tuple(c for c in facts.targeted_capabilities if agreement(interview, c) is Agreement.DIFFERENT)


def each_has_shown(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every evaluator present has first judged alone and shown their grid to the others [choice]."""
    if facts.interview is None:
        return _NO_INTERVIEW
    interview = facts.interview
    alone = [e.name for e in interview.slot.evaluators if e.present and e.person_id not in interview.shared]
    if not alone:
        return None
    return "Chacun met d'abord sa grille en commun. Il manque celle de : " + ", ".join(alone) + "."


def still_alone(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """One's own grid changes until one has shown it."""
    if facts.interview is None:
        return _NO_INTERVIEW
    shown = actor.person_id in facts.interview.shared
    return "Votre grille est mise en commun : elle ne change plus." if shown else None


def others_have_not_seen(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """One's own grid is taken back until the others see it."""
    if facts.interview is None:
        return _NO_INTERVIEW
    if actor.person_id not in facts.interview.shared:
        return "Votre grille n'est pas mise en commun."
    return "Les autres voient déjà votre grille : elle ne se reprend plus." if together(facts.interview) else None


def disagreement_told(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Where the evaluators had judged differently, the text says how it was settled [choice]."""
    return _untold(facts, given.verdicts)


def every_disagreement_told(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The text as it stands says how each difference was settled [choice]."""
    return _untold(facts, facts.interview.verdicts if facts.interview else ())


def _untold(facts: Facts, verdicts: Iterable[VerdictFacts]) -> str | None:
    apart = set(differing(facts))
    silent = [v.capability for v in verdicts if v.capability in apart and not v.observations.strip()]
    if not silent:
        return None
    return (
        "Vos avis différaient : dites en observations comment la commission a tranché pour " + ", ".join(silent) + "."
    )
