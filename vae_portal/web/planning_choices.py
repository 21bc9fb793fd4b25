"""What the slot form says of each evaluator and of the choice as a whole: the rules' own sentences, never retold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vae_portal.persistence.queries import declarations, hearings, planning, slots
from vae_portal.web.access import current_actor
from vae_portal.web.context import now, reading
from vae_portal.web.planning_forms import SlotForm
from vae_portal.web.presentation import hour
from workflows import clocks
from workflows import interview as rules
from workflows.facts import EvaluatorFacts, Facts, Given, Objection, SlotFacts


def evaluators(
    facts: Facts, form: SlotForm, candidacy: Any, people: list[planning.EvaluatorView]
) -> list[dict[str, Any]]:
    """The centre's evaluators: {id, name, qualified, chosen, barred, tags, askable}; tags speak for and against."""
    said = hearings.declared(reading(), candidacy.id)
    asked = declarations.unanswered(reading(), candidacy.id)
    named = hearings.organisations(candidacy)
    taken: dict[int, Any] = {}
    if form.day.data:
        taken = planning.taken(reading(), candidacy.centre_id, form.day.data, candidacy.id)
    slot = form.slot() if not (form.day.errors or form.hour.errors or form.duration.errors) else None
    shown = []
    for person in people:
        qualified = candidacy.version.certification_id in person.certifications
        spoken = said[person.id].linked if person.id in said else None
        employers = [person.employer, *person.past_employers]
        member = rules.before_a_candidate(person.id, person.name, qualified, spoken, employers, named)
        barred = _barred(facts, member)
        tags = [("ok", "qualifié") if qualified else ("calm", "non qualifié pour cette certification")]
        tags += [("bad", barred)] if barred else []
        tags += [("ok", "n'a déclaré aucun lien")] if spoken is False else []
        tags += [("wait", "déclaration demandée")] if person.id in asked else []
        tags += [_taken_tag(during.lower, during.upper, slot) for during in taken.get(person.id, [])]
        chosen = person.id in (form.evaluators.data or [])
        shown.append(
            {
                "id": person.id,
                "name": person.name,
                "qualified": qualified,
                "chosen": chosen,
                "barred": bool(barred),
                "tags": tags,
                "askable": spoken is None and person.id not in asked and (bool(member.presumed) or not barred),
            }
        )
    return shown


def sentences(facts: Facts, form: SlotForm, candidacy: Any) -> list[str]:
    """Everything that the rules find wrong with the choice as typed."""
    slot = form.slot()
    if slot is None:
        return []
    people = planning.commission(reading(), candidacy, form.evaluators.data or [])
    place = form.place.data or ("salle" if form.room.data else "")  # a room is somewhere
    whole = SlotFacts(*slot, place, form.video_link.data or "", people)
    unfit = rules.slot_fits(facts, current_actor(), now(), Given(slot=whole))
    return [*rules.commission_faults(facts, people), *([unfit] if unfit else [])]


def against(form: SlotForm, candidacy: Any) -> tuple[Objection, ...]:
    """Everything inconvenient in the choice as typed, which a planner may override."""
    slot = form.slot()
    if slot is None:
        return ()
    people = planning.commission(reading(), candidacy, form.evaluators.data or [])
    return slots.against(reading(), candidacy, SlotFacts(*slot, evaluators=people), clocks.civil_date(now()))


def _barred(facts: Facts, member: EvaluatorFacts) -> str:
    """Why this person cannot evaluate this candidate, whoever sits with them; nothing when they can."""
    others = tuple(EvaluatorFacts(-rank, "", qualified=True) for rank in (1, 2))
    return " ".join(rules.commission_faults(facts, (*others, member)))


def _taken_tag(begins: datetime, ends: datetime, slot: tuple[datetime, datetime] | None) -> tuple[str, str]:
    words = f"{hour(begins)} à {hour(ends)}"
    if slot is not None and begins < slot[1] and slot[0] < ends:
        return "bad", f"déjà pris de {words}"
    return "calm", f"pris ce jour-là de {words}"
