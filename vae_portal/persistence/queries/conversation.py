"""Messages and notes of candidacies: one query for what the candidate and the centre say, another for what staff note.

`exchanged` cannot return a note, whoever asks; `notes` cannot return anything about one's own candidacy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session, joinedload

from vae_portal.persistence.tables import Candidacy, Evidence, Message, MessageRead, Person
from workflows.facts import Actor
from workflows.vocabulary import Right, Role
from workflows.who_may_do_what import RIGHTS

PAGE = 50  # messages


@dataclass(frozen=True, slots=True)
class Line:
    """One message or note with its files."""

    id: int
    author_id: int
    author: str
    by_candidate: bool
    text: str
    written_at: datetime
    files: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """How many messages and notes of others someone has not opened."""

    messages: int = 0
    notes: int = 0

    @property
    def total(self) -> int:
        """Both."""
        return self.messages + self.notes


def exchanged(
    session: Session, viewer: Actor, candidacy_id: int, before: int | None = None, most: int = PAGE
) -> tuple[list[Line], bool]:
    """What the candidate and the centre wrote, oldest first: the last page, or that before a message; more before?"""
    return _page(session, _exchanged(viewer), candidacy_id, before, most)


def notes(
    session: Session, viewer: Actor, candidacy_id: int, before: int | None = None, most: int = PAGE
) -> tuple[list[Line], bool]:
    """What staff noted between themselves, likewise; nothing for anyone else."""
    return _page(session, _notes(viewer), candidacy_id, before, most)


def message_of_file(session: Session, viewer: Actor, evidence: Evidence) -> Message | None:
    """The message that a file is joined to, if the viewer may read it."""
    for readable in (_exchanged(viewer), _notes(viewer)):
        found = session.scalars(readable.where(Message.id == evidence.message_id)).one_or_none()
        if found is not None:
            return found
    return None


def unread(session: Session, viewer: Actor, candidacy_ids: Collection[int]) -> dict[int, Unread]:
    """By candidacy, in one statement: what the other side wrote, and for staff what colleagues noted."""
    mark = (
        (MessageRead.person_id == viewer.person_id)
        & (MessageRead.candidacy_id == Message.candidacy_id)
        & (MessageRead.internal == Message.internal)
    )
    theirs = _own(viewer) & ~Message.internal
    staff = _staff(viewer, Right.READ_CONVERSATION) & ~Message.internal & (Message.author_id == Candidacy.person_id)
    noted = _staff(viewer, Right.READ_NOTES) & Message.internal
    rows = session.execute(
        select(
            Message.candidacy_id,
            func.count().filter(~Message.internal).label("messages"),
            func.count().filter(Message.internal).label("notes"),
        )
        .join(Candidacy, Candidacy.id == Message.candidacy_id)
        .outerjoin(MessageRead, mark)
        .where(Message.candidacy_id.in_(candidacy_ids), Message.author_id != viewer.person_id)
        .where(Message.id > func.coalesce(MessageRead.last_id, 0), theirs | staff | noted)
        .group_by(Message.candidacy_id)
    )
    return {row.candidacy_id: Unread(row.messages, row.notes) for row in rows}


def sent(session: Session, author_id: int | None, submission: str) -> Message | None:
    """What a form has sent already."""
    wanted = select(Message).where(Message.author_id == author_id, Message.submission == submission)
    return session.scalars(wanted).one_or_none()


def last_read(session: Session, viewer: Actor, candidacy_id: int, internal: bool) -> int:
    """The last message that the viewer has read, or the last note; 0 for none."""
    found = session.get(MessageRead, (viewer.person_id, candidacy_id, internal))
    return found.last_id if found else 0


def _exchanged(viewer: Actor) -> Select[Message]:
    open_to = _own(viewer) | _staff(viewer, Right.READ_CONVERSATION)
    return select(Message).join(Candidacy, Candidacy.id == Message.candidacy_id).where(~Message.internal, open_to)


def _notes(viewer: Actor) -> Select[Message]:
    open_to = _staff(viewer, Right.READ_NOTES)
    return select(Message).join(Candidacy, Candidacy.id == Message.candidacy_id).where(Message.internal, open_to)


def _own(viewer: Actor) -> ColumnElement[bool]:
    return Candidacy.person_id == viewer.person_id if Role.CANDIDATE in viewer.roles else false()


def _staff(viewer: Actor, right: Right) -> ColumnElement[bool]:
    """Candidacies of the viewer's centre for whoever holds the right there; never their own."""
    if not viewer.roles & (set(RIGHTS[right].by) - {Role.CANDIDATE}):
        return false()
    theirs = (Candidacy.centre_id == viewer.centre_id) & Candidacy.submitted_on.is_not(None)
    return theirs & (Candidacy.person_id != viewer.person_id)


def _page(
    session: Session, readable: Select[Message], candidacy_id: int, before: int | None, most: int
) -> tuple[list[Line], bool]:
    wanted = readable.where(Message.candidacy_id == candidacy_id)
    if before is not None:
        wanted = wanted.where(Message.id < before)
    named = wanted.join(Person, Person.id == Message.author_id).with_only_columns(
        Message, Person.given_names, Person.family_name, (Message.author_id == Candidacy.person_id).label("own")
    )
    rows = session.execute(named.order_by(Message.id.desc()).limit(most + 1)).all()
    shown = rows[:most]
    files = _files(session, [row.Message.id for row in shown])
    lines = [
        Line(
            row.Message.id,
            row.Message.author_id,
            f"{row.given_names} {row.family_name}".strip(),
            row.own,
            row.Message.text,
            row.Message.written_at,
            tuple(files[row.Message.id]),
        )
        for row in reversed(shown)
    ]
    return lines, len(rows) > most


def _files(session: Session, message_ids: list[int]) -> dict[int, list[Evidence]]:
    joined = select(Evidence).where(Evidence.message_id.in_(message_ids)).options(joinedload(Evidence.stored))
    found: dict[int, list[Evidence]] = defaultdict(list)
    for file in session.scalars(joined.order_by(Evidence.id)):
        found[file.message_id or 0].append(file)
    return found
