"""Compares what uploads claim to have received with what the store holds, and finds what nothing refers to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.errors import ObjectMissing
from storage.keys import DOCUMENTS, EVIDENCE, INCOMING, PREVIEWS
from storage.port import ObjectStore
from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Part, Report
from vae_portal.persistence.queries import referred
from vae_portal.persistence.tables import Evidence, Upload, UploadPart
from workflows.vocabulary import EvidenceState

_AT_A_TIME = 500


def walk_uploads(database: Database, store: ObjectStore, report: Report) -> None:
    """Notes every upload whose acknowledged bytes the store does not hold, and files that claim bytes of nowhere."""
    with database.reading() as session:
        keys = list(session.scalars(select(Upload.id).where(referred.COMING).order_by(Upload.id)))
        for evidence_id in session.scalars(_without_bytes()):
            report.fault(Part.OBJECT, f"fichier {evidence_id}", "il est reçu, et rien ne dit où sont ses octets")
    for key in keys:
        report.uploads += 1
        lost = _lost(database, store, key)
        with database.reading() as session:
            # It may have gone on, been assembled or closed while the store was asked.
            if lost and _claim(session, key) == lost[1]:
                report.fault(Part.OBJECT, f"envoi {key}", lost[0])


def _without_bytes() -> Select[int]:
    kept = (EvidenceState.CHECKING.value, EvidenceState.USABLE.value, EvidenceState.NOT_SCANNED.value)
    coming = select(Upload.id).where(Upload.evidence_id == Evidence.id, referred.COMING)
    return select(Evidence.id).where(Evidence.state.in_(kept), Evidence.object_key.is_(None), ~coming.exists())


Claim = tuple[str, str, str | None, int, tuple[tuple[int, int], ...]]


def _claim(session: Session, upload_id: int) -> Claim | None:
    upload = session.get(Upload, upload_id)
    if upload is None or upload.closed_at is not None:
        return None
    parts = select(UploadPart.number, UploadPart.size).where(UploadPart.upload_id == upload_id)
    numbered = tuple((row.number, row.size) for row in session.execute(parts.order_by(UploadPart.number)))
    return upload.object_key, upload.multipart_id, upload.tail_key, upload.tail_size, numbered


def _lost(database: Database, store: ObjectStore, upload_id: int) -> tuple[str, Claim] | None:
    """What an open upload claims and the store has not; None when all is there."""
    with database.reading() as session:
        claim = _claim(session, upload_id)
    if claim is None:
        return None
    key, multipart_id, tail_key, tail_size, parts = claim
    if tail_key is not None and _size(store, tail_key) != tail_size:
        return f"la fin reçue manque dans le stockage ({tail_key})", claim
    whole = sum(size for _, size in parts)
    if not whole or _size(store, key) == whole:  # assembled already, or whole from the start
        return None
    held = store.part_sizes(key, multipart_id) if multipart_id else {}
    missing = [str(number) for number, size in parts if held.get(number) != size]
    if missing and _size(store, key) != whole:
        return f"des octets reçus manquent dans le stockage (morceaux {', '.join(missing)})", claim
    return None


def _size(store: ObjectStore, key: str) -> int | None:
    try:
        return store.size(key)
    except ObjectMissing:
        return None


def walk_orphans(database: Database, store: ObjectStore, orphan_hours: int, report: Report) -> None:
    """Notes what the store holds, older than the delay, and no row refers to."""
    with database.reading() as session:
        before = session.execute(select(func.now())).scalar_one() - timedelta(hours=orphan_hours)
    for prefix in (EVIDENCE, INCOMING, PREVIEWS, DOCUMENTS):
        old = (one.key for one in store.list(prefix) if one.last_modified < before)
        for key in _unknown(database, old):
            report.fault(Part.OBJECT, f"objet {key}", "rien ne s'y réfère")
    for one in store.open_uploads(""):
        if one.begun_at < before:
            with database.reading() as session:
                if not referred.known_parts(session, [one.upload]):
                    report.fault(Part.OBJECT, f"objet {one.key}", "des morceaux d'un envoi que rien ne connaît")


def _unknown(database: Database, keys: Iterator[str]) -> Iterator[str]:
    while page := list(islice(keys, _AT_A_TIME)):
        with database.reading() as session:
            yield from sorted(set(page) - referred.known(session, page))
