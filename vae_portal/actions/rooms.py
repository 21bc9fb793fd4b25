"""Rooms and video rooms of a centre: added, changed, retired, never deleted; and when they are closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vae_portal.actions import conflicts
from vae_portal.actions.handing_over import refused
from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.tables import Room, RoomClosure
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right, RoomKind

_TAKEN = "Une salle du centre porte déjà ce nom : donnez-en un autre, ou remettez celle-là en service."
_NOWHERE = {
    RoomKind.ROOM: ("address", "Indiquez l'adresse de la salle : elle est écrite dans la convocation."),
    RoomKind.VIDEO: ("video_link", "Indiquez le lien de la salle de visioconférence."),
}


@dataclass(frozen=True, slots=True)
class RoomGiven:
    """What a planner writes of a room."""

    kind: RoomKind
    name: str
    address: str = ""
    video_link: str = ""


def add(services: Services, actor: Actor, given: RoomGiven) -> int:
    """A room more; returns its id; raises NotVisible, InputRefused by field."""
    _check(given)
    with _writing(services) as session:
        room = Room(centre_id=_centre(actor), kind=given.kind.value, **_words(given))
        session.add(room)
        session.flush()
        _note(services, session, actor, "room_added", room)
        return room.id


def change(services: Services, actor: Actor, room_id: int, given: RoomGiven) -> None:
    """Another name, address or link; interviews already booked keep what their convocations say."""
    _check(given)
    with _writing(services) as session:
        room = _own(session, actor, room_id)
        room.kind = given.kind.value
        for name, value in _words(given).items():
            setattr(room, name, value)
        session.flush()
        _note(services, session, actor, "room_changed", room)


def retire(services: Services, actor: Actor, room_id: int, retired: bool) -> None:
    """Offers a room no more, or again; what is booked there stays, and planners are told."""
    with _writing(services) as session, conflicts.told(services, session, actor.centre_id):
        room = _own(session, actor, room_id)
        if (room.retired_at is not None) is retired:
            return
        room.retired_at = services.clock() if retired else None
        _note(services, session, actor, "room_retired" if retired else "room_back", room)


def close(services: Services, actor: Actor, room_id: int, starts_at: datetime, ends_at: datetime, reason: str) -> None:
    """A room cannot be used for a while; an interview booked there stays, and planners are told of it."""
    if ends_at <= starts_at:
        raise refused("closed_to", "La fermeture doit finir après avoir commencé.")
    if ends_at <= services.clock():
        raise refused("closed_to", "Cette fermeture est déjà passée.")
    with _writing(services) as session, conflicts.told(services, session, actor.centre_id):
        room = _own(session, actor, room_id)
        during = Range(starts_at, ends_at, bounds="[)")
        session.add(RoomClosure(room_id=room.id, during=during, reason=reason[:200]))
        _note(services, session, actor, "room_closed", room, starts_at=starts_at, ends_at=ends_at)


def reopen(services: Services, actor: Actor, closure_id: int) -> None:
    """Takes a closure back."""
    with _writing(services) as session:
        closure = session.get(RoomClosure, closure_id)
        room = _own(session, actor, closure.room_id if closure else 0)
        session.delete(closure)
        _note(services, session, actor, "room_reopened", room)


@contextmanager
def _writing(services: Services) -> Iterator[Session]:
    """One transaction, in which a name that is taken is a sentence."""
    try:
        with services.database.writing() as session:
            yield session
    except IntegrityError as refusal:
        if getattr(getattr(refusal.orig, "diag", None), "constraint_name", None) == "uq_room_name":
            raise refused("name", _TAKEN) from refusal
        raise


def _check(given: RoomGiven) -> None:
    field, sentence = _NOWHERE[given.kind]
    if not given.name:
        raise refused("name", "Donnez un nom à cette salle.")
    if not getattr(given, field):
        raise refused(field, sentence)


def _words(given: RoomGiven) -> dict[str, str]:
    """A room has an address or a link, and not the one that its kind does not call for."""
    video = given.kind is RoomKind.VIDEO
    return {
        "name": given.name,
        "address": "" if video else given.address,
        "video_link": given.video_link if video else "",
    }


def _centre(actor: Actor) -> int:
    if not may(Right.PLAN_INTERVIEWS, actor) or actor.centre_id is None:
        raise NotVisible("Cette salle n'existe pas, ou n'est pas de votre centre.")
    return actor.centre_id


def _own(session: Session, actor: Actor, room_id: int) -> Room:
    wanted = select(Room).where(Room.id == room_id, Room.centre_id == _centre(actor)).with_for_update(key_share=True)
    room = session.scalars(wanted).one_or_none()
    if room is None:
        raise NotVisible("Cette salle n'existe pas, ou n'est pas de votre centre.")
    return room


def _note(services: Services, session: Session, actor: Actor, event: str, room: Room, **more: Any) -> None:
    session.flush()
    chain = journal.centre_chain(room.centre_id)
    journal.record(session, chain, event, actor.person_id, services.clock(), {"room": room.id, **more})
