"""What every act of an evaluator on their own commission's work begins with: the candidacy locked, the seat checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, hearings
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy, Interview
from workflows import interview as rules
from workflows import machine
from workflows.facts import Actor, Facts
from workflows.vocabulary import Right

_CLOSED = {
    Right.PREPARE_INTERVIEW: "On prépare l'entretien jusqu'à la clôture de l'évaluation. Rien n'a été enregistré.",
    Right.ASSESS_ALONE: "La grille se remplit de l'ouverture à la clôture de l'évaluation. Rien n'a été enregistré.",
    Right.SIGN_ASSESSMENT: "Le texte s'écrit pendant l'évaluation, avant sa clôture. Rien n'a été enregistré.",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What was kept of a save: the revision of each part of the page, which the next save names."""

    revisions: Mapping[str, int]
    at: datetime


@dataclass(slots=True)
class Sitting:
    """An evaluator at work on a candidacy of their commission, in one transaction."""

    session: Session
    candidacy: Candidacy
    facts: Facts
    interview: Interview
    actor: Actor
    now: datetime

    @property
    def person_id(self) -> int:
        """Who sits."""
        if self.actor.person_id is None:
            raise ValueError("the clock does not sit")
        return self.actor.person_id

    def capability_ids(self) -> dict[str, int]:
        """Ids of the targeted capabilities, by code."""
        targeted = set(self.facts.targeted_capabilities)
        return {c.code: c.id for b in self.candidacy.version.blocks for c in b.capabilities if c.code in targeted}

    def require(self, rule: Any) -> None:
        """Raises ActionRefused with what a rule of the table objects."""
        if refusal := rule(self.facts, self.actor, self.now, machine.NOTHING):
            raise ActionRefused(refusal)

    def record(self, event: str, **details: Any) -> None:
        """The journal row: codes, ids, dates and hashes only."""
        self.session.flush()
        chain = journal.candidacy_chain(self.candidacy.id)
        journal.record(self.session, chain, event, self.actor.person_id, self.now, details)


@contextmanager
def sitting(services: Services, actor: Actor, number: str, right: Right) -> Iterator[Sitting]:
    """One transaction of a member of the commission; raises NotVisible, or ActionRefused with the rule's reason."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        now = services.clock()
        facts = facts_of.load(session, candidacy, now, services.scanning)
        if not machine.may(right, actor, facts):
            raise ActionRefused(_CLOSED[right])
        interview = hearings.in_force(session, candidacy.id)
        refusal = rules.of_that_commission(facts, actor, now, machine.NOTHING)
        if refusal or interview is None:
            raise ActionRefused(refusal or "Aucun entretien n'est planifié.")
        yield Sitting(session, candidacy, facts, interview, actor, now)
