"""What happened to a candidacy, read from its chain of the journal, for people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, cast, select
from sqlalchemy.orm import Session

from vae_portal.persistence.journal import candidacy_chain
from vae_portal.persistence.queries import known
from vae_portal.persistence.tables import ActReason, Candidacy, JournalRow, Person
from workflows.vocabulary import Action

_ACTIONS = [action.value for action in Action]


def since(session: Session, candidacy: Candidacy, revision: int, own: bool) -> list[dict[str, Any]]:
    """Actions done after a revision was shown, oldest first: {"at", "who", "event"}; `own` by the candidate."""
    return [
        {"at": row["at"], "who": row["who"], "event": row["event"]}
        for row in reversed(actions(session, candidacy, own=own))
        if row["revision"] > revision
    ]


def actions(
    session: Session, candidacy: Candidacy, with_reasons: bool = True, own: bool = False
) -> list[dict[str, Any]]:
    """Every action, latest first: {"at", "who", "event", "to", "revision", "reason"}; "who" is empty for the clock.

    The candidate reads nothing of a decision that they were never told of.
    """
    untold = known.untold(session, candidacy.id) if own else set()
    number = cast(JournalRow.details["revision"].astext, BigInteger)
    rows = session.execute(
        select(
            JournalRow.at,
            JournalRow.event,
            JournalRow.details,
            Person.given_names,
            Person.family_name,
            ActReason.reason,
        )
        .outerjoin(Person, Person.id == JournalRow.actor_id)
        .outerjoin(ActReason, (ActReason.candidacy_id == candidacy.id) & (ActReason.revision == number))
        .where(JournalRow.chain == candidacy_chain(candidacy.id), JournalRow.event.in_(_ACTIONS))
        .order_by(JournalRow.seq.desc())
    )
    return [
        {
            "at": row.at,
            "who": _who(row),
            "event": row.event,
            "to": row.details.get("to"),
            "revision": row.details.get("revision", 0),
            "reason": (row.reason or "") if with_reasons else "",
        }
        for row in rows
        if row.details.get("decision") not in untold
    ]


def _who(row: Any) -> str:
    """Who did it; of an interview freed by a declared link, the centre: the candidate is not told who declared."""
    if row.details.get("conflict"):
        return "le centre"
    return f"{row.given_names} {row.family_name}" if row.given_names is not None else ""
