"""The employer's opinion: whom a candidate may ask, how long the link lives, when an answer can be sent.

Only the candidate asks [choice]: an employer must not learn of a VAE from anybody else. Nobody reminds the employer
[choice]: only the hash of the link is kept, and a new link would kill the one behind which somebody may be writing; the
candidate sees that no answer came, and asks again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from workflows import clocks
from workflows.facts import Facts
from workflows.vocabulary import OpinionLevel, Right
from workflows.who_may_do_what import RIGHTS

MOST_OPEN = 3  # at a time [choice]
MOST_ASKED = 10  # in a round, those taken back included: nobody mails strangers through the portal [choice]


class Asked(StrEnum):
    """Where a question put to an employer stands."""

    SENT = "sent"
    OPENED = "opened"
    ANSWERED = "answered"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Question:
    """One employer asked, as the rules look at it."""

    email: str
    asked_at: datetime
    expires_at: datetime
    opened: bool = False
    answered: bool = False
    taken_back: bool = False


def stands(question: Question, now: datetime) -> Asked:
    """Where a question stands at an instant."""
    if question.taken_back:
        return Asked.TAKEN_BACK
    if question.answered:
        return Asked.ANSWERED
    if now >= question.expires_at:
        return Asked.EXPIRED
    return Asked.OPENED if question.opened else Asked.SENT


def open_until(asked_on: date) -> datetime:
    """The instant at which a link sent that day dies: once its last day is over in Paris."""
    return clocks.midnight(clocks.last_day(clocks.OPINION, asked_on) + timedelta(days=1))


def asking_refused(asked: Sequence[Question], email: str, candidates_email: str, now: datetime) -> str | None:
    """Why one more employer is not asked; by nobody but the candidate, and never at their own address [choice]."""
    if email.casefold() == candidates_email.casefold():
        return "C'est votre propre adresse : donnez celle de la personne de l'entreprise."
    waiting = [question for question in asked if stands(question, now) in (Asked.SENT, Asked.OPENED)]
    if any(question.email.casefold() == email.casefold() for question in waiting):
        return "Cette personne est déjà sollicitée : vous pouvez lui envoyer un nouveau lien ci-dessous."
    if len(waiting) >= MOST_OPEN:
        return f"{MOST_OPEN} demandes attendent déjà une réponse : retirez-en une, ou attendez la réponse."
    if len(asked) >= MOST_ASKED:
        return f"Vous avez déjà fait {MOST_ASKED} demandes pour cette candidature : il n'en part plus d'autre."
    return None


def asking_again_refused(question: Question, asked: Sequence[Question], now: datetime) -> str | None:
    """Why no new link is sent: one a day for a question [choice], none once it is answered or taken back."""
    standing = stands(question, now)
    if standing is Asked.ANSWERED:
        return "L'avis est déjà donné : il n'y a plus de lien à envoyer."
    if standing is Asked.TAKEN_BACK:
        return "Cette demande est retirée : faites-en une nouvelle."
    if clocks.civil_date(question.asked_at) >= clocks.civil_date(now):
        return "Un lien est déjà parti aujourd'hui : vous pourrez en envoyer un autre demain."
    others = [other for other in asked if other is not question and stands(other, now) in (Asked.SENT, Asked.OPENED)]
    if len(others) >= MOST_OPEN:
        return f"{MOST_OPEN} demandes attendent déjà une réponse : retirez-en une, ou attendez la réponse."
    return None


def link_lives(question: Question, facts: Facts, now: datetime) -> bool:
    """Whether the link opens: until it expires, to read once answered, and to write while one may still ask.

    Once the evaluation is closed an opinion would be read by no evaluator, so none is taken any more [choice].
    """
    if question.taken_back or now >= question.expires_at:
        return False
    return question.answered or facts.step in RIGHTS[Right.ASK_EMPLOYER].steps


def missing(levels: Mapping[str, OpinionLevel | None], written_by: str, sworn: bool) -> dict[str, str]:
    """What an opinion lacks before it is sent: a sentence by capability code, or by `written_by` or `sworn`."""
    found = {code: f"Choisissez une réponse pour {code}." for code, level in levels.items() if level is None}
    if not written_by.strip():
        found["written_by"] = "Indiquez votre nom et votre fonction."
    if not sworn:
        found["sworn"] = "Cochez la case : un avis n'est envoyé qu'attesté par qui le donne."
    return found
