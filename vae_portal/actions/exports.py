"""The worklist taken away as a file: who did, what they asked for and how many rows it was."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.queries import worklist
from vae_portal.persistence.queries.worklist import Wanted
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right


def note(
    services: Services, actor: Actor, today: date, wanted: Wanted, kind: str, asked: Sequence[tuple[str, str]]
) -> int:
    """Writes that an export begins, before it does; how many rows it has then. Raises NotVisible."""
    if actor.centre_id is None or not may(Right.EXPORT_WORKLIST, actor):
        raise NotVisible("Votre compte ne permet pas d'exporter cette liste.")
    with services.database.writing() as session:
        count = worklist.length(session, actor, today, wanted)
        details = {
            "format": kind,
            "rows": count,
            "filters": [f"{name}={value}" for name, value in asked if name != "q"],
            **({"search_sha256": hashlib.sha256(wanted.text.encode()).hexdigest()} if wanted.text else {}),
        }
        chain = journal.centre_chain(actor.centre_id)
        journal.record(session, chain, "worklist_exported", actor.person_id, services.clock(), details)
        return count
