"""The deeds of a session: which there are, who signed them, what scan they bear, what awaits somebody's signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import cast, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import juries
from vae_portal.persistence.tables import (
    Document,
    JurySeat,
    JurySession,
    MinutesDeed,
    MinutesScan,
    MinutesSignature,
    Person,
    StoredObject,
)
from workflows.facts import Actor

_NO_DEED = "Ce procès-verbal n'existe pas, ou ne vous est pas ouvert."


@dataclass(frozen=True, slots=True)
class Awaited:
    """A deed that one person has not signed yet."""

    session_id: int
    number: str
    starts_at: datetime


def deeds(session: Session, session_id: int) -> list[MinutesDeed]:
    """The minutes of a session, then their corrections, in the order of their numbers."""
    wanted = select(MinutesDeed).where(MinutesDeed.session_id == session_id)
    return list(session.scalars(wanted.order_by(MinutesDeed.year, MinutesDeed.serial)))


def deed(session: Session, viewer: Actor, session_id: int, number: str) -> tuple[JurySession, MinutesDeed]:
    """One deed of a session that the viewer may know of; raises NotVisible."""
    row = juries.visible_session(session, viewer, session_id)
    found = next((one for one in deeds(session, row.id) if one.number == number), None)
    if found is None:
        raise NotVisible(_NO_DEED)
    return row, found


@dataclass(frozen=True, slots=True)
class DeedLine:
    """One deed of the list on the session's page."""

    number: str
    deed: str
    made_at: datetime
    signed: int
    signatories: int
    scans: int


def lines(session: Session, session_id: int) -> list[DeedLine]:
    """The deeds of a session with how many signed each, in one statement."""
    signed = select(func.count()).where(MinutesSignature.deed_id == MinutesDeed.id).scalar_subquery()
    scanned = select(func.count()).where(MinutesScan.deed_id == MinutesDeed.id).scalar_subquery()
    named = cast(MinutesDeed.content, JSONB)["signatories"]
    rows = session.execute(
        select(MinutesDeed.number, MinutesDeed.deed, MinutesDeed.made_at, signed.label("signed"))
        .add_columns(scanned.label("scans"), func.jsonb_array_length(named).label("signatories"))
        .where(MinutesDeed.session_id == session_id)
        .order_by(MinutesDeed.year, MinutesDeed.serial)
    )
    return [DeedLine(row.number, row.deed, row.made_at, row.signed, row.signatories, row.scans) for row in rows]


def signatures(session: Session, deed_ids: list[int]) -> dict[int, dict[int, datetime]]:
    """When each person signed, by deed."""
    found: dict[int, dict[int, datetime]] = {key: {} for key in deed_ids}
    wanted = select(MinutesSignature).where(MinutesSignature.deed_id.in_(deed_ids))
    for row in session.scalars(wanted.order_by(MinutesSignature.signed_at)):
        found[row.deed_id][row.person_id] = row.signed_at
    return found


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of the signed sheet, as pages and downloads need it."""

    id: int
    deed_id: int
    name: str
    sha256: str
    added_at: datetime
    added_by: str
    key: str
    size: int
    media_type: str


def scans(session: Session, deed_ids: list[int]) -> list[Scan]:
    """The scans of these deeds, first added first."""
    rows = session.execute(
        select(MinutesScan, StoredObject, Person)
        .join(StoredObject, StoredObject.key == MinutesScan.object_key)
        .join(Person, Person.id == MinutesScan.added_by)
        .where(MinutesScan.deed_id.in_(deed_ids))
        .order_by(MinutesScan.id)
    )
    return [
        Scan(s.id, s.deed_id, s.name, s.sha256, s.added_at, p.full_name, o.key, o.size, o.media_type)
        for s, o, p in rows
    ]


def documents(session: Session, found: list[MinutesDeed]) -> dict[int, Document]:
    """The Word document of each deed, made or on its way."""
    wanted = select(Document).where(Document.id.in_([d.document_id for d in found if d.document_id]))
    return {row.id: row for row in session.scalars(wanted)}


def latest_document(session: Session, session_id: int, kind: str) -> Document | None:
    """The last document of a kind owed for a session."""
    wanted = select(Document).where(Document.session_id == session_id, Document.kind == kind)
    return session.scalars(wanted.order_by(Document.id.desc()).limit(1)).first()


def awaited(session: Session, person_id: int | None) -> list[Awaited]:
    """The deeds that name somebody to sign, that they have not signed, and whose signed sheet nobody added."""
    signs: Any = cast(MinutesDeed.content, JSONB).contains({"signatories": [{"id": person_id}]})
    rows = session.execute(
        select(MinutesDeed.session_id, MinutesDeed.number, JurySession.starts_at)
        .join(JurySession, JurySession.id == MinutesDeed.session_id)
        .join(JurySeat, (JurySeat.session_id == MinutesDeed.session_id) & (JurySeat.person_id == person_id))
        .where(
            ~exists().where(MinutesSignature.deed_id == MinutesDeed.id, MinutesSignature.person_id == person_id),
            ~exists().where(MinutesScan.deed_id == MinutesDeed.id),
            signs,
        )
        .order_by(MinutesDeed.id)
    )
    return [Awaited(row.session_id, row.number, row.starts_at) for row in rows]
