"""What an evaluator sees beside the dossier while preparing: their own notes, and the questions of the commission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vae_portal.actions.preparing import LONGEST_NOTE, LONGEST_QUESTION, WHOLE
from vae_portal.persistence.queries import preparations
from vae_portal.web import parts
from vae_portal.web.access import current_actor
from vae_portal.web.context import now, reading
from workflows import interview as rules
from workflows.facts import Facts
from workflows.machine import NOTHING, may
from workflows.vocabulary import Right


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed and could not be kept: shown again, with what was wrong."""

    notes: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    stale: str = ""


def preparation(candidacy: Any, facts: Facts, typed: Typed) -> dict[str, Any] | None:
    """Notes by part of the page, and questions; None for whoever does not sit for this candidate now."""
    actor = current_actor()
    if not may(Right.PREPARE_INTERVIEW, actor, facts) or rules.of_that_commission(facts, actor, now(), NOTHING):
        return None
    kept = preparations.notes(reading(), candidacy.id, actor.person_id or 0)
    asked = preparations.questions(reading(), candidacy)
    ids: dict[str, int | None] = {WHOLE: None} | capability_ids(candidacy, facts)
    stored = {part: kept[key].text if key in kept else "" for part, key in ids.items()}
    return {
        "me": actor.person_id,
        "number": candidacy.number,
        "whole": WHOLE,
        "notes": {**stored, **typed.notes},
        "revision": parts.written({part: kept[key].revision if key in kept else 0 for part, key in ids.items()}),
        "questions": {part: asked[key] for part, key in ids.items()},
        "typed": typed,
        "rows": [
            (_title(part), text, stored[part])
            for part, text in typed.notes.items()
            if typed.stale and text.replace("\r\n", "\n").strip() != stored.get(part)
        ],
        "most": LONGEST_NOTE,
        "longest": LONGEST_QUESTION,
    }


def _title(part: str) -> str:
    return "Le dossier en entier" if part == WHOLE else part


def capability_ids(candidacy: Any, facts: Facts) -> dict[str, int]:
    """Ids of the targeted capabilities by code, in the order of the fiche."""
    targeted = set(facts.targeted_capabilities)
    return {c.code: c.id for b in candidacy.version.blocks for c in b.capabilities if c.code in targeted}
