"""The candidate's own candidacy, as each of their pages begins: theirs, at a step where the page makes sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, url_for

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web.access import current_actor
from vae_portal.web.context import now, reading, services
from vae_portal.web.offered import offered
from workflows import clocks
from workflows.facts import Actor, Facts
from workflows.machine import may
from workflows.vocabulary import Right

_LATER = {
    Right.EDIT_REQUEST: "Votre demande est envoyée : elle ne se modifie plus à cette étape.",
    Right.EDIT_DOSSIER: "Votre dossier de preuves ne se modifie pas à cette étape.",
}


@dataclass(frozen=True, slots=True)
class Own:
    """What the pages of one candidacy share."""

    candidacy: Any  # the row, loaded whole by the queries
    facts: Facts
    actor: Actor

    @property
    def number(self) -> str:
        """The candidacy's number, such as 2026-0042."""
        return str(self.candidacy.number)

    def acts(self) -> list[dict[str, Any]]:
        """What the candidate may do now, as `action_buttons` shows it: links to the page of each act."""
        return offered(self.facts, self.actor, now(), self.number)

    def frame(self) -> dict[str, Any]:
        """What every template of these pages is given."""
        return {
            "candidacy": self.candidacy,
            "number": self.number,
            "facts": self.facts,
            "today": clocks.civil_date(now()),
            "kicker": f"Candidature {self.number}",
            "kicker_url": url_for("candidate.show", number=self.number),
        }


def own(number: str, right: Right | None = None) -> Own:
    """The viewer's candidacy of that number; at a step without the right, back to its page with the reason."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    if candidacy.person_id != actor.person_id:
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    if right is not None and not may(right, actor, facts):
        flash(_LATER[right], "warning")
        abort(redirect(url_for("candidate.show", number=number)))
    return Own(candidacy, facts, actor)
