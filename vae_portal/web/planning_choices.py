"""What the slot form says of each evaluator and of the choice as a whole: the rules' own sentences, never retold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vae_portal.persistence.queries import hearings, planning
from vae_portal.web.access import current_actor
from vae_portal.web.context import now, reading
from vae_portal.web.planning_forms import SlotForm
from vae_portal.web.presentation import hour
from workflows import interview as rules
from workflows.facts import EvaluatorFacts, Facts, Given, SlotFacts


def evaluators(facts: Facts, form: SlotForm, candidacy: Any) -> list[dict[str, Any]]:
    """The centre's evaluators with what speaks for and against each: {id, name, chosen, barred, tags}."""
    people = planning.evaluators(reading(), candidacy.centre_id)
    linked = hearings.declared_linked(reading(), candidacy.id)
    employers = _employers(candidacy)
    taken: dict[int, Any] = {}
    if form.day.data:
        taken = planning.taken(reading(), candidacy.centre_id, form.day.data, candidacy.id)
    slot = form.slot() if not (form.day.errors or form.hour.errors or form.duration.errors) else None
    shown = []
    for person in people:
        qualified = candidacy.version.certification_id in person.certifications
        member = EvaluatorFacts(person.id, person.name, qualified, person.id in linked)
        barred = _barred(facts, member)
        tags = [("ok", "qualifié") if qualified else ("calm", "non qualifié pour cette certification")]
        tags += [("bad", barred)] if barred else []
        if person.employer and _plain(person.employer) in employers:
            tags.append(("wait", f"même employeur que le candidat : {person.employer}"))
        tags += [_taken_tag(during.lower, during.upper, slot) for during in taken.get(person.id, [])]
        chosen = person.id in (form.evaluators.data or [])
        shown.append({"id": person.id, "name": person.name, "chosen": chosen, "barred": bool(barred), "tags": tags})
    return shown


def sentences(facts: Facts, form: SlotForm, candidacy: Any) -> list[str]:
    """Everything that the rules find wrong with the choice as typed."""
    slot = form.slot()
    if slot is None:
        return []
    people = planning.commission(reading(), candidacy, form.evaluators.data or [])
    whole = SlotFacts(*slot, form.place.data or "", form.video_link.data or "", people)
    unfit = rules.slot_fits(facts, current_actor(), now(), Given(slot=whole))
    return [*rules.commission_faults(facts, people), *([unfit] if unfit else [])]


def _barred(facts: Facts, member: EvaluatorFacts) -> str:
    """Why this person cannot evaluate this candidate, whoever sits with them; nothing when they can."""
    others = tuple(EvaluatorFacts(-rank, "", qualified=True) for rank in (1, 2))
    return " ".join(rules.commission_faults(facts, (*others, member)))


def _employers(candidacy: Any) -> set[str]:
    """Where the candidate says they have worked."""
    lines = candidacy.as_sent.get("experiences") or []
    return {_plain(str(line.get("organisation", ""))) for line in lines if isinstance(line, dict)} - {""}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _taken_tag(begins: datetime, ends: datetime, slot: tuple[datetime, datetime] | None) -> tuple[str, str]:
    words = f"{hour(begins)} à {hour(ends)}"
    if slot is not None and begins < slot[1] and slot[0] < ends:
        return "bad", f"déjà pris de {words}"
    return "calm", f"pris ce jour-là de {words}"
