"""That someone has a candidacy's page open: told to whoever opens it too, and erased soon after."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import candidacies, desk
from vae_portal.persistence.queries.desk import Present
from vae_portal.persistence.tables import Presence
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right

HERE_FOR = timedelta(minutes=2)  # since one was last seen there
_KEPT = timedelta(minutes=10)


def tell(services: Services, actor: Actor, number: str) -> list[Present]:
    """Says that the actor has the page open, in no journal; who else does. Raises NotVisible."""
    with services.database.writing() as session:
        candidacy = candidacies.by_number(session, actor, number)
        if not may(Right.TELL_PRESENCE, actor) or candidacy.person_id == actor.person_id:
            raise NotVisible("Cette page n'est pas de celles que vous partagez.")
        now = services.clock()
        seen = insert(Presence).values(candidacy_id=candidacy.id, person_id=actor.person_id, seen_at=now)
        session.execute(
            seen.on_conflict_do_update(
                index_elements=[Presence.candidacy_id, Presence.person_id], set_={"seen_at": seen.excluded.seen_at}
            )
        )
        return desk.also_here(session, candidacy.id, actor, now - HERE_FOR)


def forget(services: Services) -> None:
    """Erases who was where; what is told to nobody any more is not kept."""
    with services.database.writing() as session:
        session.execute(delete(Presence).where(Presence.seen_at < services.clock() - _KEPT))
