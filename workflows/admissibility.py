"""When a request may be sent, answered, admitted, refused or appealed (Code du travail R6412-3 and R6412-4).

Under the transitional regime the same rules stand on another article, or on none: `regimes` says which.
"""

from __future__ import annotations

from datetime import date, datetime

from workflows import clocks, regimes
from workflows.facts import Actor, Facts, Given
from workflows.regimes import Matter
from workflows.request_missing import NO_TARGET

WHOLE_REQUESTS_SAME_CERTIFICATION = 1  # R6412-3, per civil year
WHOLE_REQUESTS_IN_ALL = 3  # R6412-3, per civil year


def request_complete(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Form and pieces are complete (CERFA 12818)."""
    if facts.request.problems:
        return "Votre demande est incomplète : " + " ".join(facts.request.problems)
    if not facts.targeted:
        return NO_TARGET.sentence
    return None


def registered(registered_from: date | None, registered_until: date | None, day: date) -> bool:
    """Whether a certification is registered on a day; without a known end it still is."""
    return (registered_from is None or registered_from <= day) and (registered_until is None or day <= registered_until)


def certification_open(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The certification is registered on that day, or opened by a recorded decision of the centre."""
    today = clocks.civil_date(now)
    opened = facts.request.opened_until
    if opened is not None and today <= opened:
        return None
    start, end = facts.request.registered_from, facts.request.registered_until
    if registered(start, end, today):
        return None
    if start is not None and today < start:
        return f"Cette certification n'est enregistrée qu'à partir du {start:%d/%m/%Y}."
    return (
        f"L'enregistrement de cette certification a pris fin le {end:%d/%m/%Y} : aucune nouvelle demande"
        " n'est possible sans décision d'ouverture de votre centre. Demandez-lui quelle certification la remplace."
    )


def yearly_limits(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """R6412-3: per civil year one whole request for a certification, three in all; blocks do not count [choice]."""
    if not facts.request.whole:
        return None
    article = regimes.article(facts.regime, Matter.LIMITS)
    whole = [earlier for earlier in facts.request.earlier_requests if earlier.whole]
    same = [earlier for earlier in whole if earlier.certification_id == facts.request.certification_id]
    if len(same) >= WHOLE_REQUESTS_SAME_CERTIFICATION:
        return (
            f"Vous avez déjà fait cette année une demande pour cette certification entière (article {article})."
            " Vous pourrez recommencer le 1er janvier, ou demander dès maintenant des blocs nommés."
        )
    if len({earlier.certification_id for earlier in whole}) >= WHOLE_REQUESTS_IN_ALL:
        return (
            f"Vous avez déjà fait cette année trois demandes pour des certifications différentes (article {article})."
            " Vous pourrez recommencer le 1er janvier."
        )
    return None


def sworn(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The sworn statement is made."""
    return None if given.sworn else "Cochez la déclaration sur l'honneur pour continuer."


def acknowledged(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The day the request is complete has been recorded (R6412-4)."""
    if facts.request.acknowledged_on is None:
        return "Accusez d'abord réception de la demande complète : c'est ce qui ouvre le délai de deux mois."
    return None


def not_yet_acknowledged(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A complete request is acknowledged once; only a supplement or an appeal opens a new delay [choice]."""
    if facts.request.acknowledged_on is not None:
        return f"La demande a déjà été déclarée complète le {facts.request.acknowledged_on:%d/%m/%Y}."
    return None


def within_two_months(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """R6412-4: after two months of silence the centre can no longer refuse or ask, only admit [choice]."""
    since = facts.request.acknowledged_on
    if since is not None and clocks.civil_date(now) >= clocks.silence_counts_from(since):
        due = clocks.answer_due(since)
        article = regimes.article(facts.regime, Matter.ANSWER)
        return f"Le délai de réponse a pris fin le {due:%d/%m/%Y} : la demande est recevable par silence ({article})."
    return None


def silence_kept(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """R6412-4: two months after acknowledgement without a decision."""
    since = facts.request.acknowledged_on
    if since is None:
        return "La demande n'a pas été déclarée complète : le délai de deux mois ne court pas."
    if clocks.civil_date(now) < clocks.silence_counts_from(since):
        return f"Le centre peut répondre jusqu'au {clocks.answer_due(since):%d/%m/%Y}."
    return None


def another_advisor(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """An appeal is decided by another advisor than the one who refused [choice]."""
    if facts.request.appealed and actor.person_id == facts.request.refused_by:
        return (
            "Vous avez pris la décision contestée : un autre conseiller doit étudier le recours."
            " S'il n'y en a pas, demandez à l'administration du centre d'en nommer un."
        )
    return None


def first_appeal(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """One appeal per request [choice]."""
    return "Un recours a déjà été étudié pour cette demande." if facts.request.appealed else None


def every_piece_answered(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every piece named in the supplement request has its answer, and the form is still complete."""
    if facts.request.unanswered:
        return "Il reste à répondre à : " + ", ".join(facts.request.unanswered) + "."
    return request_complete(facts, actor, now, given)


def reason_given(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A reason is written."""
    return None if given.reason.strip() else "Indiquez la raison : elle est conservée et communiquée."


def no_step_for_six_months(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """R6412-4: past the end of the sixth month after the notice, with no step by the candidate, even late [choice]."""
    if not regimes.binds(facts.regime, Matter.LAPSE):
        return "Aucun texte ne rend la recevabilité caduque sous le régime transitoire : rien n'est à constater."
    notified = facts.request.notified_on
    if notified is None:
        return "La date de notification de la recevabilité n'est pas connue."
    due = clocks.lapse_due(notified)
    if facts.request.stepped_on is not None and facts.request.stepped_on >= notified:
        return f"Le candidat a fait une démarche le {facts.request.stepped_on:%d/%m/%Y} : la recevabilité tient."
    if clocks.civil_date(now) <= due:
        return f"La recevabilité est valable jusqu'au {due:%d/%m/%Y}."
    return None
