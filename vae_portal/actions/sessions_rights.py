"""Who runs a session: asked by what changes it, and by what is drawn from it."""

from __future__ import annotations

from vae_portal.persistence.tables import JurySession
from workflows.facts import Actor
from workflows.vocabulary import Role


def may_run(row: JurySession, actor: Actor) -> bool:
    """Whether an actor runs a session: the centre's secretary, or who presides it."""
    if Role.JURY_SECRETARY in actor.roles and row.centre_id == actor.centre_id:
        return True
    return any(s.president and s.present and s.person_id == actor.person_id for s in row.seats)
