"""Slots that a planner offers to a candidate, who takes one: how many, by when, and what may be taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from workflows import clocks
from workflows.facts import Actor, Facts, Given, OfferFacts, SlotFacts
from workflows.interview import commission_faults, slot_fits, too_soon

FEWEST, MOST = 2, 5  # one slot is no choice, and more than five are no help [choice]


def slots_on_offer(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A candidate takes one of the slots offered to them, the last day to answer included [choice]; a planner any."""
    if actor.person_id != facts.candidate_id:
        return None
    if not facts.offers:
        return "Aucun créneau ne vous est proposé pour le moment : votre centre vous convoquera."
    last = max(offer.answer_by for offer in facts.offers)
    if clocks.civil_date(now) > last:
        return f"Vous pouviez choisir jusqu'au {last:%d/%m/%Y} : votre centre va fixer la date."
    return None


def one_of_the_offered(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """What a candidate takes is a slot that was offered to them and is still open; a planner takes any."""
    if actor.person_id != facts.candidate_id or slots_on_offer(facts, actor, now, given):
        return None  # or nothing is offered any more, which the other rule says
    today = clocks.civil_date(now)
    if given.slot is None or not any(_same(offer, given.slot) and today <= offer.answer_by for offer in facts.offers):
        return "Ce créneau ne vous est plus proposé : choisissez parmi ceux qui restent."
    return None


def _same(offer: OfferFacts, slot: SlotFacts) -> bool:
    people = frozenset(e.person_id for e in slot.evaluators)
    return offer == OfferFacts(slot.starts_at, slot.ends_at, slot.room_id, people, offer.answer_by)


def earliest_offered(answer_by: date, today: date, notice_days: int) -> date:
    """First day that may be offered: whoever answers on the last day to answer is still convoked in time [choice]."""
    return clocks.earliest_interview(max(answer_by, today), notice_days)


def faults(facts: Facts, actor: Actor, now: datetime, slots: Sequence[SlotFacts], answer_by: date) -> list[str]:
    """What stands against offering these slots: one sentence each, with the rank of the slot it is about."""
    found = []
    if not FEWEST <= len(slots) <= MOST:
        found.append(f"Proposez de {FEWEST} à {MOST} créneaux.")
    if answer_by < clocks.civil_date(now):
        found.append("La date limite de réponse est passée : choisissez-en une à venir.")
    if len({(slot.starts_at, slot.ends_at) for slot in slots}) < len(slots):
        found.append("Proposez des créneaux qui diffèrent par leur date ou leur heure.")
    earliest = earliest_offered(answer_by, clocks.civil_date(now), facts.notice_days)
    for rank, slot in enumerate(slots, 1):
        unfit = slot_fits(facts, actor, now, Given(slot=slot))
        if unfit is None and not clocks.leaves_notice(clocks.civil_date(slot.starts_at), earliest):
            unfit = too_soon(facts.notice_days, earliest, answer_by)
        against = [*commission_faults(facts, slot.evaluators), *([unfit] if unfit else [])]
        found += [f"Créneau {rank} : {sentence}" for sentence in against]
    return found
