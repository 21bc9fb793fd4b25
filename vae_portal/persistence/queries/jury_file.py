"""What the file of a jury is made of: its documents in the store, its deeds and the scans of their signed sheets."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Document, MinutesDeed, MinutesScan, StoredObject

_KINDS = ("minutes", "minutes_correction", "jury_attendance_sheet")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the store under its name in the archive."""

    path: str
    key: str
    size: int
    sha256: str


def deeds(session: Session, session_id: int) -> list[MinutesDeed]:
    """The minutes and their corrections, in their order."""
    return list(
        session.scalars(
            select(MinutesDeed)
            .where(MinutesDeed.session_id == session_id)
            .order_by(MinutesDeed.year, MinutesDeed.serial)
        )
    )


def parts(session: Session, session_id: int) -> list[Part]:
    """The Word documents that were made and the scans, each under a name of its own, in two statements."""
    found = []
    documents = session.execute(
        select(Document.kind, Document.number, StoredObject)
        .join(StoredObject, StoredObject.key == Document.object_key)
        .where(Document.session_id == session_id, Document.kind.in_(_KINDS))
        .order_by(Document.id)
    )
    for row in documents:
        found.append(_part(f"documents/{row.kind}-{row.number}.docx", row.StoredObject))
    scans = session.execute(
        select(MinutesScan.id, MinutesScan.name, MinutesDeed.number, StoredObject)
        .join(MinutesDeed, MinutesDeed.id == MinutesScan.deed_id)
        .join(StoredObject, StoredObject.key == MinutesScan.object_key)
        .where(MinutesDeed.session_id == session_id)
        .order_by(MinutesScan.id)
    )
    for scan in scans:
        ending = scan.name.rpartition(".")[2].lower()[:5]
        safe = ending if ending.isalnum() and ending.isascii() else "bin"
        found.append(_part(f"signatures/{scan.number}-{scan.id}.{safe}", scan.StoredObject))
    return found


def _part(path: str, stored: StoredObject) -> Part:
    return Part(path, stored.key, stored.size, stored.sha256)
