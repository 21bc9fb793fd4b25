"""What the page shows of votes: one's own vote, how many were received, and sums once they are counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vae_portal.actions import voting
from vae_portal.web import deliberation_words
from vae_portal.web.presentation import label
from workflows import composition, jury, votes
from workflows.facts import Actor, Block, BoxFacts, Facts, Given, SessionFacts


def shown(facts: Facts, actor: Actor, now: datetime) -> dict[str, Any]:
    """For each block asked for, what this person may see and do; never what another one voted."""
    session = facts.session
    if session is None or facts.step != "jury_scheduled" or session.state != "open":
        return {"votes": {}, "conducts": False, "ballots_due": [], "votes_told": ""}
    conducts = voting.conducts(session, actor)
    votes_now = any(seat.person_id == actor.person_id for seat in composition.voters(session))
    rows = {b.code: _row(session, b, actor, conducts) for b in facts.blocks if b.code in facts.targeted}
    due = [row for row in rows.values() if votes_now and row["state"] == "open"]
    return {
        "votes": rows,
        "conducts": conducts,
        "votes_now": votes_now,
        "ballots_due": due,
        "opening_refusal": jury.session_valid(facts, actor, now, Given()),
        "votes_told": "|".join(
            f"{r['code']}:{r['state']}:{r['mine']}:{r['received']}:{r['fault']}" for r in rows.values()
        ),
    }


def _row(session: SessionFacts, block: Block, actor: Actor, conducts: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": block.code,
        "title": block.title,
        "state": "none",
        "mine": "",
        "received": "",
        "fault": "",
    }
    box = votes.box_on(session, block.code)
    if box is None:
        return row
    if box.counted is None:
        return {**row, "state": "open", **_open(session, box, actor, conducts)}
    return {**row, "state": "counted", **_counted(session, box)}


def _open(session: SessionFacts, box: BoxFacts, actor: Actor, conducts: bool) -> dict[str, Any]:
    own = dict(box.ballots).get(actor.person_id or 0)
    told: dict[str, Any] = {"mine": own.value if own else ""}
    if conducts:
        voters = composition.voters(session)
        missing = votes.who_has_not_voted(session, box)
        received = len(voters) - len(missing)
        told["received"] = f"{received} vote{'s' * (received > 1)} sur {len(voters)} reçu{'s' * (received > 1)}"
        told["missing"] = [seat.name for seat in missing]
        told["void"] = len({person for person, _ in box.ballots} - {seat.person_id for seat in voters})
    return told


def _counted(session: SessionFacts, box: BoxFacts) -> dict[str, Any]:
    if not votes.stands(session, box):
        # The sums of others than those who were counted would tell how one of them voted.
        return {"fault": "Qui vote a changé depuis : abandonnez ce vote et votez de nouveau.", "gives_up": True}
    result = votes.result_of(session, box)
    acquired = votes.block_acquired(result)
    undecided = "La personne qui préside s'est abstenue : abandonnez ce vote et votez de nouveau."
    return {
        "acquired": acquired,
        "words": deliberation_words.counted(result),
        "tie": votes.is_tie(result),
        "fault": undecided if acquired is None else "",
        "gives_up": acquired is None,
    }


def own_choice(row: dict[str, Any]) -> str:
    """What one voted oneself, in words."""
    return label("choice", row["mine"]) if row["mine"] else ""
