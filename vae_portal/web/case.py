"""One candidacy as the person signed in may see it, and the buttons it offers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web.access import current_actor
from vae_portal.web.context import now, reading, services
from vae_portal.web.offered import offered
from workflows.facts import Facts


@dataclass(frozen=True, slots=True)
class Case:
    """A candidacy with its facts; `own` when the person is the candidate."""

    row: Any
    facts: Facts
    own: bool

    @property
    def number(self) -> str:
        """The candidacy's number."""
        return str(self.row.number)

    @property
    def url(self) -> str:
        """Where this person sees it."""
        return page_of(self.number, self.own)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """What this person may do now; each leads to the page of its act."""
        return [{**row, "method": "get"} for row in offered(self.facts, current_actor(), now(), self.number)]


def load(number: str) -> Case:
    """The candidacy with its facts; raises NotVisible."""
    actor = current_actor()
    row = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), row, now(), services().scanning)
    return Case(row, facts, row.person_id == actor.person_id)


def page_of(number: str, own: bool) -> str:
    """The page of a candidacy: the candidate's own, or that of those who handle it."""
    return url_for("candidate.show" if own else "candidacy.show", number=number)
