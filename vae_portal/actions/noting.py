"""The journal row of what someone did about a candidacy without moving it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.persistence import journal
from vae_portal.persistence.tables import Candidacy
from workflows.facts import Actor


def note(
    services: Services, session: Session, actor: Actor, candidacy: Candidacy, event: str, details: dict[str, Any]
) -> None:
    """In the transaction of what it tells of: codes, ids, dates and hashes only."""
    session.flush()
    chain = journal.candidacy_chain(candidacy.id)
    journal.record(session, chain, event, actor.person_id, services.clock(), details)
