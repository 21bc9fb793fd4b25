"""Slots offered to a candidate, who takes one: offered and taken back by the planner, taken through the one door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from vae_portal.actions import convening, leaving, outbox
from vae_portal.actions.noting import note
from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import candidacies, habits, offers, planning, rooms
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy, OfferedSlot, Room
from workflows import offer as rules
from workflows.facts import Actor, Facts, Given, SlotFacts
from workflows.machine import may
from workflows.vocabulary import Action, Right, Step

_OFF = "Votre centre ne laisse pas les candidats choisir : changez-le dans ses habitudes de planification."
_STEP = "À l'étape où en est cette candidature, aucun créneau n'est à proposer."
_ROOM = "Choisissez la salle dans la liste : elle a changé entre-temps."


@dataclass(frozen=True, slots=True)
class Proposed:
    """One slot as the planner types it."""

    starts_at: datetime
    ends_at: datetime
    room_id: int
    evaluators: tuple[int, ...]


def propose(services: Services, actor: Actor, number: str, slots: Sequence[Proposed], answer_by: date) -> None:
    """Offers these slots in place of those offered before, and tells the candidate.

    Raises NotVisible, ActionRefused with every reason that stands against them, InputRefused for a stranger.
    """
    with services.database.writing() as session:
        candidacy, facts = _pending(services, session, actor, number)
        if not habits.of_centre(session, candidacy.centre_id).candidate_chooses:
            raise ActionRefused(_OFF)
        if _as_they_are(session, candidacy, slots, answer_by):
            return  # the same press twice
        now = services.clock()
        wanted = _slots(session, candidacy, slots)
        against = rules.faults(facts, actor, now, wanted, answer_by)
        busy = offers.taken(session, candidacy.centre_id, [_during(one) for one in slots])
        against += [f"Créneau {n} : {said}" for n, one in enumerate(wanted, 1) if (said := offers.collision(busy, one))]
        if against:
            raise ActionRefused(" ".join(against))
        convening.close_offers(session, candidacy.id, now)
        rows = [
            OfferedSlot(
                candidacy_id=candidacy.id,
                during=_during(one),
                room_id=one.room_id,
                evaluators=sorted(set(one.evaluators)),
                offered_by=actor.person_id,
                offered_at=now,
                answer_by=answer_by,
            )
            for one in slots
        ]
        session.add_all(rows)
        session.flush()
        details = {"offers": [row.id for row in rows], "answer_by": answer_by}
        note(services, session, actor, candidacy, "slots_offered", details)
        _tell(services, session, candidacy, "slots_offered", count=len(rows), answer_by=answer_by)


def take_back(services: Services, actor: Actor, number: str) -> None:
    """Nothing is offered any more; the candidate is told."""
    with services.database.writing() as session:
        candidacy, facts = _pending(services, session, actor, number)
        if not facts.offers:
            raise ActionRefused("Aucun créneau n'est proposé pour cette candidature.")
        ids = [row.id for row, _ in offers.open_of(session, candidacy.id)]
        convening.close_offers(session, candidacy.id, services.clock())
        note(services, session, actor, candidacy, "offers_withdrawn", {"offers": ids})
        tell_withdrawn(services, session, candidacy)


def tell_withdrawn(services: Services, session: Session, candidacy: Candidacy) -> None:
    """The candidate has nothing to choose from any more, and nothing to do."""
    _tell(services, session, candidacy, "offers_withdrawn")


def take(services: Services, actor: Actor, number: str, offer_id: int) -> None:
    """The candidate takes a slot: it is booked by the same rules as by a planner.

    Raises what `perform` raises: ActionRefused when it is offered no more, InputRefused when it is taken meanwhile.
    """

    def given(session: Session, candidacy: Candidacy) -> Given:
        found = next((pair for pair in offers.open_of(session, candidacy.id) if pair[0].id == offer_id), None)
        if found is None:
            return Given()
        row, room = found
        rooms.to_book(session, candidacy.centre_id, room.id, row.during)  # held until the booking is made
        people = planning.commission(session, candidacy, row.evaluators)
        return Given(slot=offers.slot(room, row.during, people))

    perform(services, actor, number, Action.SCHEDULE_INTERVIEW, given)


def _pending(services: Services, session: Session, actor: Actor, number: str) -> tuple[Candidacy, Facts]:
    candidacy = candidacies.lock(session, actor, number)
    facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
    if facts.step is not Step.INTERVIEW_PENDING or not may(Right.PLAN_INTERVIEWS, actor, facts):
        raise ActionRefused(_STEP)
    return candidacy, facts


def _as_they_are(session: Session, candidacy: Candidacy, slots: Sequence[Proposed], answer_by: date) -> bool:
    still = [row for row, _ in offers.open_of(session, candidacy.id)]
    shown = {(row.during, row.room_id, tuple(row.evaluators), row.answer_by) for row in still}
    return bool(still) and shown == {
        (_during(one), one.room_id, tuple(sorted(set(one.evaluators))), answer_by) for one in slots
    }


def _slots(session: Session, candidacy: Candidacy, slots: Sequence[Proposed]) -> list[SlotFacts]:
    ids = {one.room_id for one in slots}
    known = {
        room.id: room
        for room in session.scalars(
            select(Room).where(Room.centre_id == candidacy.centre_id, Room.retired_at.is_(None), Room.id.in_(ids))
        )
    }
    if ids - known.keys():
        raise InputRefused(_ROOM)
    everyone = planning.commission(session, candidacy, {key for one in slots for key in one.evaluators})
    return [
        offers.slot(known[one.room_id], _during(one), tuple(e for e in everyone if e.person_id in one.evaluators))
        for one in slots
    ]


def _during(one: Proposed) -> Range[datetime]:
    return Range(one.starts_at, one.ends_at, bounds="[)")


def _tell(services: Services, session: Session, candidacy: Candidacy, template: str, **more: Any) -> None:
    about = leaving.about_candidacy(candidacy, candidacy.person, services.settings.base_url)
    page = f"{services.settings.base_url}/ma-candidature/{candidacy.number}"
    outbox.post(
        session,
        centre_id=candidacy.centre_id,
        to=candidacy.person.email,
        template=template,
        context={**about, "link": f"{page}/creneaux" if template == "slots_offered" else page, **more},
        now=services.clock(),
        candidacy_id=candidacy.id,
    )
