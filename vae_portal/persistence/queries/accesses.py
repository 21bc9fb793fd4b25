"""Who opened the files of a candidacy or took its dossier away, read from its chain of the journal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.journal import candidacy_chain
from vae_portal.persistence.queries import files
from vae_portal.persistence.tables import JournalRow, Person, PersonRole

OPENED, TAKEN = "evidence_viewed", "dossier_taken_away"


@dataclass(frozen=True, slots=True)
class Opening:
    """One row: who, when, and which file by id and name, or what was taken away."""

    at: datetime
    person_id: int
    name: str
    roles: tuple[str, ...]
    evidence_id: int | None
    file: str
    details: dict[str, Any]


def openings(session: Session, candidacy_id: int) -> list[Opening]:
    """Every opening of a file that the candidate gave, and every taking away, latest first, in three statements."""
    rows = session.execute(
        select(JournalRow.at, JournalRow.details, Person.id, Person.given_names, Person.family_name)
        .join(Person, Person.id == JournalRow.actor_id)
        .where(JournalRow.chain == candidacy_chain(candidacy_id), JournalRow.event.in_((OPENED, TAKEN)))
        .order_by(JournalRow.seq.desc())
    ).all()
    held: dict[int, list[str]] = defaultdict(list)
    roles = select(PersonRole.person_id, PersonRole.role).where(PersonRole.person_id.in_({row.id for row in rows}))
    for role in session.execute(roles.order_by(PersonRole.role)):
        held[role.person_id].append(role.role)
    names = files.names(session, candidacy_id)
    return [
        Opening(
            row.at,
            row.id,
            f"{row.given_names} {row.family_name}".strip(),
            tuple(held[row.id]),
            row.details.get("evidence"),
            names.get(row.details.get("evidence", 0), ""),
            row.details,
        )
        for row in rows
        if row.details.get("evidence") is None or row.details["evidence"] in names
    ]
