"""Slots offered to candidates: what is open, where they are, and whether somebody has taken the place meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, selectinload

from vae_portal.persistence.queries.rooms import place_of
from vae_portal.persistence.tables import (
    Candidacy,
    Interview,
    OfferedSlot,
    Person,
    Room,
    RoomClosure,
)
from workflows.facts import EvaluatorFacts, OfferFacts, SlotFacts


@dataclass(frozen=True, slots=True)
class Offered:
    """A slot as the candidate and the planner see it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    place: str
    video_link: str
    people: tuple[str, ...]
    answer_by: date
    free: bool  # nobody has taken the room or an evaluator meanwhile


@dataclass(frozen=True, slots=True)
class Taken:
    """When a room and people are taken."""

    during: Range[datetime]
    room_id: int | None
    people: frozenset[int]


def rooms(session: Session, centre_id: int | None) -> list[Room]:
    """The rooms and video rooms of a centre that are in use, by name."""
    wanted = select(Room).where(Room.centre_id == centre_id, Room.retired_at.is_(None))
    return list(session.scalars(wanted.order_by(func.lower(Room.name), Room.id)))


def slot(room: Room, during: Range[datetime], evaluators: tuple[EvaluatorFacts, ...]) -> SlotFacts:
    """An hour in a room, as the rules see it."""
    if during.lower is None or during.upper is None:
        raise ValueError("a slot has two bounds")
    place = place_of(room.kind, room.name, room.address)
    return SlotFacts(during.lower, during.upper, place, room.video_link, evaluators, room.id)


def open_of(session: Session, candidacy_id: int) -> list[tuple[OfferedSlot, Room]]:
    """What is offered for a candidacy and still open, with its room, in order of hour."""
    rows = session.execute(
        select(OfferedSlot, Room)
        .join(Room, Room.id == OfferedSlot.room_id)
        .where(OfferedSlot.candidacy_id == candidacy_id, OfferedSlot.closed_at.is_(None))
        .order_by(func.lower(OfferedSlot.during), OfferedSlot.id)
    )
    return [(row.OfferedSlot, row.Room) for row in rows]


def facts(session: Session, candidacy_id: int) -> tuple[OfferFacts, ...]:
    """What is offered, as the rules see it."""
    return tuple(
        OfferFacts(row.during.lower, row.during.upper, row.room_id, frozenset(row.evaluators), row.answer_by)
        for row, _ in open_of(session, candidacy_id)
        if row.during.lower and row.during.upper
    )


def view(session: Session, candidacy: Candidacy) -> list[Offered]:
    """What is offered, in four statements however much it is."""
    rows = open_of(session, candidacy.id)
    ids = {person for row, _ in rows for person in row.evaluators}
    names = {p.id: p.full_name for p in session.scalars(select(Person).where(Person.id.in_(ids)))}
    busy = taken(session, candidacy.centre_id, [row.during for row, _ in rows])
    return [
        Offered(
            id=row.id,
            starts_at=where.starts_at,
            ends_at=where.ends_at,
            place=where.place,
            video_link=where.video_link,
            people=tuple(names[key] for key in row.evaluators if key in names),
            answer_by=row.answer_by,
            free=not collision(busy, where),
        )
        for row, room in rows
        if (where := slot(room, row.during, tuple(EvaluatorFacts(key, "", False) for key in row.evaluators)))
    ]


def taken(session: Session, centre_id: int, spans: Collection[Range[datetime]]) -> list[Taken]:
    """What is booked or closed in a centre between the first and the last of these hours."""
    bounds = [(span.lower, span.upper) for span in spans if span.lower and span.upper]
    if not bounds:
        return []
    whole = Range(min(low for low, _ in bounds), max(high for _, high in bounds), bounds="[)")
    booked = session.scalars(
        select(Interview)
        .where(Interview.centre_id == centre_id, Interview.live, Interview.during.op("&&")(whole))
        .options(selectinload(Interview.evaluators))
    )
    found = [Taken(row.during, row.room_id, frozenset(e.person_id for e in row.evaluators)) for row in booked]
    closed = session.scalars(
        select(RoomClosure)
        .join(Room, Room.id == RoomClosure.room_id)
        .where(Room.centre_id == centre_id, RoomClosure.during.op("&&")(whole))
    )
    return [*found, *(Taken(row.during, row.room_id, frozenset()) for row in closed)]


def collision(busy: Iterable[Taken], wanted: SlotFacts) -> str:
    """What of a slot is taken already, in words; nothing when it is free."""
    during = Range(wanted.starts_at, wanted.ends_at, bounds="[)")
    people = {e.person_id for e in wanted.evaluators}
    for other in busy:
        if other.during.overlaps(during):
            if other.room_id is not None and other.room_id == wanted.room_id:
                return "Cette salle n'est pas libre à cette heure-là."
            if other.people & people:
                return "Un évaluateur de cette commission est déjà pris à cette heure-là."
    return ""
