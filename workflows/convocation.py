"""Whoever is called to an interview: until when they answer, when they are reminded, what an absence leaves open."""

from __future__ import annotations

from datetime import date, datetime

from workflows import clocks
from workflows.clocks import Delay
from workflows.vocabulary import ConvocationAnswer


def answer_refused(starts_at: datetime, now: datetime, answer: ConvocationAnswer, reason: str) -> str | None:
    """Why this answer is not taken; one may change it until the interview begins [choice]."""
    if now >= starts_at:
        return "L'entretien a commencé : la convocation n'attend plus de réponse."
    if answer is ConvocationAnswer.OTHER_DATE and not reason.strip():
        return "Dites pourquoi cette date ne convient pas : la personne qui planifie le lira."
    return None


def reminder_owed(booked_on: date, held_on: date, today: date, reminded: int | None) -> Delay | None:
    """The reminder to send today: the nearest one whose day has come, once, and one alone after an outage.

    Nobody is reminded of what they were told later than that. `reminded`: days of the last one they got.
    """
    left, ahead = (held_on - today).days, (held_on - booked_on).days
    if left < 0:
        return None
    reached = [delay for delay in clocks.REMINDERS if left <= delay.amount < ahead]
    nearest = min(reached, key=lambda delay: delay.amount, default=None)
    if nearest is None or (reminded is not None and reminded <= nearest.amount):
        return None
    return nearest


def explain_by(excused: bool, told_on: date) -> date | None:
    """Until when an absence that is not excused may be explained, counted from the day it was told [choice]."""
    return None if excused else clocks.last_day(clocks.EXPLANATION, told_on)


def explanation_refused(until: date | None, today: date, text: str) -> str | None:
    """Why an explanation of an absence is not taken: it is excused (no day), too late, or says nothing."""
    if until is None:
        return "Cette absence est excusée : il n'y a rien à expliquer."
    if today > until:
        return f"Vous pouviez expliquer cette absence jusqu'au {until:%d/%m/%Y}. Écrivez à votre centre."
    return None if text.strip() else "Expliquez ce qui s'est passé, en quelques mots."
