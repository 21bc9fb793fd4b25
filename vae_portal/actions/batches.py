"""One act on several candidacies chosen in the list: each in its own transaction, by the rules of the act alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vae_portal.actions import desk, handing_over
from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, PortalError
from workflows.facts import Actor
from workflows.vocabulary import Action

MOST = 100  # candidacies at once


class Batch(StrEnum):
    """What can be done to several at once: what asks for nothing that differs from one to the next."""

    TAKE = "take"
    HAND_OVER = "hand_over"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidacy as the list showed it: its revision, and the id of who followed it, or ""."""

    number: str
    revision: int
    seen: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one; without a refusal, it is done."""

    number: str
    refusal: str | None = None


def do(
    services: Services, actor: Actor, batch: Batch, chosen: Sequence[Chosen], receiver_id: int = 0, word: str = ""
) -> list[Done]:
    """Does it to each in turn; what the rules refuse to one does not stop the others.

    Sent twice, it changes nothing the second time: each act is judged on what the page showed. Raises InputRefused.
    """
    if not chosen:
        raise InputRefused("Cochez au moins une candidature de la liste.")
    if len(chosen) > MOST:
        raise InputRefused(f"Choisissez {MOST} candidatures au plus à la fois : rien n'a été fait.")
    if batch is Batch.HAND_OVER:
        word = handing_over.checked_word(word)
        if not receiver_id:
            raise handing_over.refused("receiver", "Choisissez le collègue à qui confier ces candidatures.")
    return [_one(services, actor, batch, one, receiver_id, word) for one in chosen]


def _one(services: Services, actor: Actor, batch: Batch, one: Chosen, receiver_id: int, word: str) -> Done:
    try:
        if batch is Batch.TAKE:
            desk.take(services, actor, one.number, one.seen)
        elif batch is Batch.HAND_OVER:
            handing_over.hand_over(services, actor, one.number, receiver_id, word, one.seen)
        else:
            perform(services, actor, one.number, Action.ACKNOWLEDGE_REQUEST, revision=one.revision)
    except PortalError as refusal:
        return Done(one.number, str(refusal))
    return Done(one.number)
