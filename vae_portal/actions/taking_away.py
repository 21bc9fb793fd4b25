"""The journal row of a file taken away: who, what, how many lines; never what was searched for."""

from __future__ import annotations

from typing import Any

from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence import journal
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right


def note(services: Services, actor: Actor, right: Right, event: str, **details: Any) -> None:
    """Written before the first byte leaves; raises NotVisible."""
    if actor.centre_id is None or not may(right, actor):
        raise NotVisible("Votre compte ne permet pas d'emporter ces données.")
    with services.database.writing() as session:
        chain = journal.centre_chain(actor.centre_id)
        journal.record(session, chain, event, actor.person_id, services.clock(), details)
