"""Fraud found after a result: the person answers before anything is withdrawn (CRPA L121-1, L122-1, L241-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows import clocks
from workflows.vocabulary import FraudEnd

_WHAT = "Décrivez les faits reprochés : la personne doit pouvoir y répondre point par point."
_RUNNING = "Une procédure est déjà ouverte sur cette candidature."


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A contradictory procedure about the decision in force."""

    decision_id: int
    answer_by: date
    answered: bool = False
    hearing_asked: bool = False
    heard_on: date | None = None
    ended: FraudEnd | None = None


def opening_refused(running: CaseFacts | None, grievances: str, answer_by: date, today: date) -> dict[str, str]:
    """What keeps a procedure from being opened, by field: facts in writing, and time to answer (CRPA L122-1)."""
    found = {}
    if running is not None and running.ended is None:
        found[""] = _RUNNING
    if not grievances.strip():
        found["grievances"] = _WHAT
    first = clocks.fraud_answer_due(today)
    if answer_by < first:
        found["answer_by"] = f"Laissez au moins {clocks.FRAUD_ANSWER.amount} jours : au plus tôt le {first:%d/%m/%Y}."
    return found


def answer_refused(case: CaseFacts, text: str) -> str | None:
    """Why an answer is not taken, or None: late ones are, until the case is concluded [choice]."""
    if case.ended is not None:
        return "La procédure est terminée : on n'y répond plus ici. Écrivez à votre centre."
    return None if text.strip() else "Écrivez votre réponse."


def conclusion_refused(case: CaseFacts, conclusion: str, today: date) -> str | None:
    """Why a case cannot be concluded yet, or None: both sides heard, or the time to answer has run out [choice]."""
    if case.ended is not None:
        return "Cette procédure est déjà terminée."
    if not case.answered and today <= case.answer_by:
        return f"La personne peut répondre jusqu'au {case.answer_by:%d/%m/%Y} inclus : attendez sa réponse."
    if case.hearing_asked and case.heard_on is None:
        return "La personne a demandé à être entendue : notez d'abord le jour où elle l'a été (CRPA L122-1)."
    return None if conclusion.strip() else "Écrivez la conclusion et ses motifs : elle est communiquée."


def heard_refused(case: CaseFacts, day: date, today: date) -> str | None:
    """Why a hearing cannot be noted on that day, or None."""
    if case.ended is not None:
        return "Cette procédure est déjà terminée."
    return "Une audition se note une fois tenue : choisissez un jour passé." if day > today else None


def established(case: CaseFacts | None) -> bool:
    """Whether a fraud was found after both sides were heard: what a withdrawal needs."""
    return case is not None and case.ended is FraudEnd.ESTABLISHED
