"""The president releases the results of a session, all together; each then leaves by a job of its own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.actions.sessions import CHANGED
from vae_portal.errors import ActionRefused, StaleForm
from vae_portal.persistence import journal, queue
from vae_portal.persistence.queries import juries, released
from vae_portal.persistence.tables import Candidacy, Decision, JurySession
from workflows import machine, results
from workflows.facts import CLOCK_ACTOR, Actor
from workflows.vocabulary import Action, Right


def may_release(session: Session, actor: Actor, row: JurySession) -> bool:
    """Whether this person lets the results of this session leave."""
    presided = released.presided(session, row.id)
    return machine.may(Right.RELEASE_RESULTS, actor) and results.may_release(
        juries.facts(row), presided, actor.person_id
    )


def release(services: Services, actor: Actor, session_id: int, revision: int) -> int:
    """From this instant on every candidate knows; the number of results whose letters are on their way.

    Raises NotVisible, StaleForm, ActionRefused.
    """
    with services.database.writing() as session:
        row = juries.visible_session(session, actor, session_id, lock=True)
        if not may_release(session, actor, row):
            raise ActionRefused("Seule la personne qui a présidé cette séance remet ses résultats.")
        if row.revision != revision:
            raise StaleForm(CHANGED)
        waiting = released.untold(session, row.id)
        refusal = results.release_refusal(juries.facts(row), len(waiting))
        if refusal:
            raise ActionRefused(refusal)
        now = services.clock()
        row.released_at, row.released_by, row.revision = now, actor.person_id, row.revision + 1
        session.flush()
        details = {"session": row.id, "count": len(waiting)}
        journal.record(session, journal.centre_chain(row.centre_id), "results_released", actor.person_id, now, details)
        for decision_id in waiting:
            queue.defer(session, queue.TELL_RESULT, decision_id=decision_id)
        return len(waiting)


def tell(services: Services, decision_id: int) -> None:
    """Grants what a decision grants and owes its letters and its mail; nothing when told already, or revoked since."""
    with services.database.reading() as session:
        found = session.execute(
            select(Candidacy.number, Decision.told_at, Decision.revoked_at)
            .join(Candidacy, Candidacy.id == Decision.candidacy_id)
            .where(Decision.id == decision_id)
        ).one()
    if found.told_at is not None or found.revoked_at is not None:
        return
    perform(services, CLOCK_ACTOR, found.number, Action.RELEASE_RESULT)
