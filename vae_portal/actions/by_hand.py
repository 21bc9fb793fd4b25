"""An interview booked or moved by hand: judged as the list judges, and booked all the same if the planner says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import planning, rooms, slots
from vae_portal.persistence.tables import Candidacy
from workflows import clocks
from workflows.facts import Actor, Given, SlotFacts
from workflows.vocabulary import Action


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a planner chose; `anyway`: keys of the objections that they have read and override."""

    starts_at: datetime
    ends_at: datetime
    evaluators: tuple[int, ...]
    place: str = ""
    video_link: str = ""
    room_id: int | None = None
    reason: str = ""
    anyway: frozenset[str] = frozenset()


def book(
    services: Services, actor: Actor, number: str, action: Action, wanted: Wanted, revision: int | None = None
) -> None:
    """Books or moves; raises what `perform` raises, InputRefused too for a room that is closed or retired then."""
    today = clocks.civil_date(services.clock())
    perform(services, actor, number, action, lambda session, it: given(session, it, wanted, today), revision)


def given(session: Session, candidacy: Candidacy, wanted: Wanted, today: date) -> Given:
    """What the rules judge, with everything inconvenient in it; the room is held until the transaction ends."""
    place, link = wanted.place, wanted.video_link
    people = planning.commission(session, candidacy, wanted.evaluators)
    if wanted.room_id:
        during = Range(wanted.starts_at, wanted.ends_at, bounds="[)")
        room = rooms.to_book(session, candidacy.centre_id, wanted.room_id, during)
        place, link = room.place, room.video_link
    slot = SlotFacts(wanted.starts_at, wanted.ends_at, place, link, people, wanted.room_id)
    against = slots.against(session, candidacy, slot, today)
    return Given(slot=slot, against=against, anyway=wanted.anyway, reason=wanted.reason)
