"""What an advisor makes of a request: a verdict on each piece, a view of each block, the identity seen and let go."""

from __future__ import annotations

from datetime import datetime

from workflows import clocks
from workflows.facts import Actor, Facts, Given
from workflows.vocabulary import PieceVerdict


def verdict_sound(verdict: PieceVerdict, reason: str) -> str | None:
    """A piece is accepted as it is; one to replace or missing says why, since the candidate reads it [choice]."""
    if verdict is PieceVerdict.ACCEPTED or reason.strip():
        return None
    return "Dites pourquoi : le candidat lira cette raison."


def nothing_to_ask(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A request is not complete while one of its pieces is judged to replace or missing [choice]."""
    if not facts.request.to_ask:
        return None
    names = ", ".join(what for what, _ in facts.request.to_ask)
    return f"Des pièces restent à demander : {names}. Demandez-les, ou changez le verdict."


def pieces_to_ask(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A supplement asks for exactly the pieces judged to replace or missing, each with its reason."""
    if facts.request.to_ask:
        return None
    return "Indiquez d'abord, dans l'étude des pièces, laquelle est à remplacer ou manquante, et pourquoi."


def answer_by_ahead(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A supplement says by when: an indication to the candidate, whose request is never closed for it [choice]."""
    today = clocks.civil_date(now)
    latest = clocks.last_day(clocks.SUPPLEMENT_AT_MOST, today)
    if given.answer_by is None or not today < given.answer_by <= latest:
        return f"Indiquez pour quand : une date après aujourd'hui, au plus tard le {latest:%d/%m/%Y}."
    return None


def opinion_on_each_block(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The decision states, for each block asked for, the gaps found (R6412-4), or that there is none."""
    stated = {opinion.block for opinion in given.opinions if opinion.gaps.strip()}
    missing = [block.code for block in facts.blocks if block.code in facts.targeted - stated]
    if missing:
        return f"Indiquez les écarts constatés, ou « aucun », pour : {', '.join(missing)}."
    return None


def identity_can_be_verified(facts: Facts) -> str | None:
    """Identity is verified on a document given, again on another given since: none is kept, only by whom and when."""
    if facts.request.identity_given:
        return None
    if facts.request.identity_verified_on is not None:
        return f"L'identité a déjà été vérifiée le {facts.request.identity_verified_on:%d/%m/%Y}."
    return "Aucune pièce d'identité lisible n'est jointe : demandez-la d'abord."
