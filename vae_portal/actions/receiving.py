"""The end of a file's way in: one object of what was received, the same bytes kept once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage.errors import ObjectMissing
from storage.keys import EVIDENCE
from storage.port import SentPart
from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence.tables import Evidence, StoredObject, Upload, UploadPart


@dataclass(frozen=True, slots=True)
class Assembled:
    """An object that holds a file whole, and (size, SHA-256) of each part of it as it was received."""

    key: str
    size: int  # bytes
    parts: tuple[tuple[int, str], ...]


def assembled(services: Services, evidence_id: int) -> Assembled:
    """The object that holds a received file, made of its parts unless that was done before.

    Raises NotVisible for a file not all received, ObjectMissing when the store lost it, StoreDown.
    """
    with services.database.reading() as session:
        evidence = session.get_one(Evidence, evidence_id)
        if evidence.object_key is not None:
            stored = session.get_one(StoredObject, evidence.object_key)
            return Assembled(stored.key, stored.size, ((stored.size, stored.sha256),))
        upload = session.scalars(select(Upload).where(Upload.evidence_id == evidence_id)).one_or_none()
        if upload is None or upload.received_at is None:
            raise NotVisible("Ce fichier n'a pas été reçu en entier.")
        rows = session.scalars(
            select(UploadPart).where(UploadPart.upload_id == upload.id).order_by(UploadPart.number)
        ).all()
    parts = [SentPart(row.number, row.size, row.sha256, row.etag) for row in rows]
    if upload.multipart_id:
        services.store.complete_parts(upload.object_key, upload.multipart_id, parts)
    elif services.store.size(upload.object_key) != upload.size:
        raise ObjectMissing(upload.object_key)
    return Assembled(upload.object_key, upload.size, tuple((part.size, part.sha256) for part in parts))


def keep(session: Session, key: str, sha256: str, size: int, media_type: str, at: datetime) -> str:
    """The row of a file that the store holds: its own, or that of the same bytes kept before, whose key is returned.

    The row cannot go before the transaction ends; whoever gets another key discards the bytes behind theirs after it.
    """
    row = insert(StoredObject).values(key=key, sha256=sha256, size=size, media_type=media_type, stored_at=at)
    same = select(StoredObject.key).where(StoredObject.sha256 == sha256, StoredObject.key.startswith(EVIDENCE))
    while True:
        session.execute(row.on_conflict_do_nothing())
        # Between both statements the other row may have been deleted: then there is room for ours.
        kept = session.scalar(same.with_for_update(read=True, key_share=True))
        if kept is not None:
            return kept


def point(session: Session, evidence: Evidence, key: str | None, at: datetime) -> None:
    """The file is the object of this key from now on, or has none: nothing more comes by its upload."""
    evidence.object_key = key
    session.execute(
        update(Upload).where(Upload.evidence_id == evidence.id, Upload.closed_at.is_(None)).values(closed_at=at)
    )
