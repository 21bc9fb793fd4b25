"""The buttons of a candidacy: derived from the table, never decided in a page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for

from vae_portal.web.presentation import label
from workflows.facts import Actor, Facts
from workflows.machine import offers
from workflows.vocabulary import Action

# Actions whose page is richer than a plain form; every other one is done at `candidacy.act`.
OWN_PAGE = {
    Action.SUBMIT_REQUEST: "candidate.send",
    Action.COMPLETE_REQUEST: "candidate.send",
    Action.DEPOSIT_DOSSIER: "dossier.deposit",
    Action.SCHEDULE_INTERVIEW: "planning.schedule",
    Action.MOVE_INTERVIEW: "planning.schedule",
    Action.ASSESS: "commission.grid",
    Action.PRONOUNCE: "sessions.decide",
}
# What the candidate does on a page of their own, where others have another.
OF_THE_CANDIDATE = {Action.SCHEDULE_INTERVIEW: ("offers.choose", "Choisir un créneau")}
DANGEROUS = {
    Action.WITHDRAW,
    Action.DECLARE_INADMISSIBLE,
    Action.RECORD_LAPSE,
    Action.CANCEL_INTERVIEW,
    Action.REMOVE_FROM_JURY,
    Action.REVOKE_DECISION,
}
# Lawful and useful, but not what the step is for: never the loudest button.
SECONDARY = DANGEROUS | {
    Action.ASK_SUPPLEMENT,
    Action.RETURN_DOSSIER,
    Action.MOVE_INTERVIEW,
    Action.RECORD_ABSENCE,
    Action.REFER_BACK,
}


def offered(facts: Facts, actor: Actor, now: datetime, number: str) -> list[dict[str, Any]]:
    """What `action_buttons` shows to this actor: the primary one carries things forward."""
    rows = []
    primary_found = False
    for offer in offers(facts, actor, now):
        dangerous = offer.action in DANGEROUS
        primary = offer.refusal is None and offer.action not in SECONDARY and not primary_found
        primary_found = primary_found or primary
        own = actor.person_id == facts.candidate_id
        rows.append(
            {
                "code": offer.action.value,
                "label": _label(offer.action, own),
                "url": url_of(offer.action, number, own),
                "enabled": offer.refusal is None,
                "reason": offer.refusal or "",
                "primary": primary,
                "danger": dangerous,
                "method": "get",
            }
        )
    return rows


def _label(action: Action, own: bool) -> str:
    return OF_THE_CANDIDATE[action][1] if own and action in OF_THE_CANDIDATE else label("action", action.value)


def url_of(action: Action, number: str, own: bool = False) -> str:
    """The page where an action is done; `own` by the candidate."""
    if own and action in OF_THE_CANDIDATE:
        return url_for(OF_THE_CANDIDATE[action][0], number=number)
    if action in OWN_PAGE:
        return url_for(OWN_PAGE[action], number=number)
    return url_for("candidacy.act", number=number, action=action.value)
