"""What every edit by the candidate begins with: their own candidacy, locked, and the right to change it now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy
from workflows import clocks
from workflows.facts import Actor, Facts
from workflows.machine import may
from workflows.vocabulary import Right

_CLOSED = {
    Right.EDIT_REQUEST: "Votre demande ne peut plus être modifiée à cette étape. Rien n'a été enregistré.",
    Right.EDIT_DOSSIER: "Votre dossier ne peut pas être modifié à cette étape. Rien n'a été enregistré.",
}


@dataclass(slots=True)
class Edit:
    """An edit under way, in its transaction."""

    session: Session
    candidacy: Candidacy
    facts: Facts
    actor: Actor
    now: datetime

    def record(self, event: str, **details: Any) -> None:
        """The journal row of the edit: codes, ids, dates and hashes only."""
        self.session.flush()
        chain = journal.candidacy_chain(self.candidacy.id)
        journal.record(self.session, chain, event, self.actor.person_id, self.now, details)


@contextmanager
def editing(services: Services, actor: Actor, number: str, right: Right) -> Iterator[Edit]:
    """One transaction on the candidate's own candidacy; raises NotVisible, or ActionRefused at another step."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        now = services.clock()
        facts = allowed(session, candidacy, actor, right, now, services.scanning)
        yield Edit(session, candidacy, facts, actor, now)
        if right is Right.EDIT_DOSSIER:
            candidacy.candidate_stepped_on = clocks.civil_date(now)  # what the six months of R6412-4 look at


def allowed(session: Session, candidacy: Candidacy, actor: Actor, right: Right, now: datetime, scanning: bool) -> Facts:
    """The facts of the actor's own candidacy if they may change it now; NotVisible or ActionRefused otherwise."""
    if candidacy.person_id != actor.person_id:
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    facts = facts_of.load(session, candidacy, now, scanning)
    if not may(right, actor, facts):
        raise ActionRefused(_CLOSED[right])
    return facts
