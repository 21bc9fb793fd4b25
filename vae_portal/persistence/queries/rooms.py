"""The rooms of a centre and when they are closed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from vae_portal.errors import InputRefused
from vae_portal.persistence.tables import Room, RoomClosure
from workflows.vocabulary import RoomKind

_LONGEST_PLACE = 200
_CHANGED = "Choisissez une salle dans la liste : elle a changé entre-temps."
_CLOSED = "Cette salle est fermée à cette heure-là : choisissez-en une autre, ou une autre heure."


@dataclass(frozen=True, slots=True)
class Closure:
    """When a room cannot be used."""

    id: int
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room as the planner sees it, its closures that are not over in order."""

    id: int
    kind: RoomKind
    name: str
    address: str
    video_link: str
    retired: bool
    closures: tuple[Closure, ...]

    @property
    def place(self) -> str:
        """What a convocation says of where it is; nothing for a video room."""
        return place_of(self.kind, self.name, self.address)


def place_of(kind: str, name: str, address: str) -> str:
    """What a convocation says of where a room is, within what an interview keeps; nothing for a video room."""
    return "" if kind == RoomKind.VIDEO else f"{name}, {' '.join(address.split())}"[:_LONGEST_PLACE]


def of_centre(session: Session, centre_id: int | None, now: datetime, retired: bool = True) -> list[RoomView]:
    """The centre's rooms by name, retired ones last or left out."""
    wanted = select(Room).where(Room.centre_id == centre_id)
    if not retired:
        wanted = wanted.where(Room.retired_at.is_(None))
    rows = session.scalars(wanted.order_by(Room.retired_at.is_not(None), func.lower(Room.name))).all()
    closed: dict[int, list[Closure]] = defaultdict(list)
    ahead = select(RoomClosure).where(RoomClosure.room_id.in_([r.id for r in rows]))
    for row in session.scalars(ahead.where(func.upper(RoomClosure.during) > now).order_by(RoomClosure.during)):
        closed[row.room_id].append(Closure(row.id, row.during.lower, row.during.upper, row.reason))  # type: ignore[arg-type]
    return [
        RoomView(r.id, RoomKind(r.kind), r.name, r.address, r.video_link, r.retired_at is not None, tuple(closed[r.id]))
        for r in rows
    ]


def to_book(session: Session, centre_id: int, room_id: int, during: Range[datetime]) -> RoomView:
    """A room of the centre, in use and open at these hours, held as it is until the transaction ends.

    Raises InputRefused for any other: whoever closes or retires a room waits for bookings under way, and they for it.
    """
    wanted = select(Room).where(Room.id == room_id, Room.centre_id == centre_id, Room.retired_at.is_(None))
    row = session.scalars(wanted.with_for_update(read=True)).one_or_none()
    if row is None:
        raise InputRefused(_CHANGED, {"room": _CHANGED})
    closed = select(RoomClosure.id).where(RoomClosure.room_id == row.id, RoomClosure.during.op("&&")(during))
    if session.scalars(closed.limit(1)).first() is not None:
        raise InputRefused(_CLOSED, {"room": _CLOSED})
    return RoomView(row.id, RoomKind(row.kind), row.name, row.address, row.video_link, False, ())
