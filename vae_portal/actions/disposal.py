"""The one place that deletes bytes, and never those that something still refers to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.errors import ObjectLocked, StoreError
from storage.keys import EVIDENCE, INCOMING, PREVIEWS
from vae_portal.actions import presence
from vae_portal.actions.services import Services
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.queries import referred
from vae_portal.persistence.tables import Evidence, StoredObject, Upload
from workflows.vocabulary import EvidenceState

log = structlog.get_logger(__name__)

Key = TypeVar("Key")
_EXPIRED = "L'envoi de ce fichier a été interrompu trop longtemps : renvoyez-le, ou retirez-le."
_ERASED = "Fichier retiré du dossier : ses octets ont été effacés."
_AT_A_TIME = 200


def discard_unused(services: Services, key: str) -> bool:
    """Deletes an object unless a row refers to it; whether it did. One that cannot be now is found by a later round."""
    with services.database.reading() as session:
        if referred.known(session, [key]):
            return False
    try:
        services.store.delete(key)
    except StoreError as fault:
        log.warning("discard_put_off", key=key, fault=type(fault).__name__)
        return False
    return True


def discard_parts(services: Services, key: str, multipart_id: str) -> bool:
    """Forgets the parts of an upload that is closed and was not assembled; whether it did."""
    with services.database.reading() as session:
        if referred.known_parts(session, [multipart_id]):
            return False
    try:
        services.store.abort_parts(key, multipart_id)
    except StoreError as fault:
        log.warning("discard_put_off", key=key, fault=type(fault).__name__)
        return False
    return True


def discard_upload(services: Services, upload: Upload) -> None:
    """Forgets what came by an upload that was closed before its end."""
    if upload.multipart_id:
        discard_parts(services, upload.object_key, upload.multipart_id)
    for key in filter(None, (upload.tail_key, upload.object_key)):
        discard_unused(services, key)


def discard_now(services: Services, key: str) -> None:
    """Deletes a file's bytes and its previews at once, unless another row refers to them; the hourly round ends it."""
    with services.database.reading() as session:
        pictures = referred.pictures(session, key)
    for one in (key, *pictures):
        _forget(services, one)


def dispose(services: Services) -> int:
    """The hourly round: ends what expired, then deletes what nothing refers to any more; how many things it deleted."""
    presence.forget(services)
    now = services.clock()
    for upload_id in _asked(services, lambda session: referred.expired(session, now)):
        _expire(services, upload_id, now)
    settings = services.settings
    removed_before = now - timedelta(hours=settings.removed_hours)
    for evidence_id in _asked(services, lambda session: referred.removed(session, removed_before)):
        _erase(services, evidence_id, now)
    before = now - timedelta(hours=settings.orphan_hours)
    deleted = sum(
        _forget(services, key) for key in _asked(services, lambda session: referred.unreferred(session, before))
    )
    return deleted + _sweep_parts(services, before) + _sweep_objects(services, before)


def _asked(services: Services, query: Callable[[Session], list[Key]]) -> list[Key]:
    with services.database.reading() as session:
        return query(session)


def _expire(services: Services, upload_id: int, now: datetime) -> None:
    with services.database.writing() as session:
        upload = session.get_one(Upload, upload_id)
        evidence = session.get_one(Evidence, upload.evidence_id, with_for_update=True)
        session.refresh(upload, with_for_update=True)
        if upload.closed_at is not None or upload.received_at is not None or upload.expires_at > now:
            return  # it has gone on meanwhile
        upload.closed_at, upload.writer = now, ""
        evidence.state, evidence.state_reason = EvidenceState.REFUSED.value, _EXPIRED
        session.flush()
        details = {"evidence": evidence.id, "received": upload.received}
        record(session, candidacy_chain(evidence.candidacy_id), "upload_expired", None, now, details)
    discard_upload(services, upload)


def _erase(services: Services, evidence_id: int, now: datetime) -> None:
    """Lets go of a removed file's bytes; its row stays, for who opened it and when."""
    with services.database.writing() as session:
        evidence = session.get_one(Evidence, evidence_id, with_for_update=True)
        if evidence_id not in referred.removed(session, now):
            return
        details = {"evidence": evidence.id, "object": evidence.object_key}
        evidence.object_key = None
        evidence.state, evidence.state_reason = EvidenceState.REFUSED.value, _ERASED
        session.flush()
        record(session, candidacy_chain(evidence.candidacy_id), "evidence_erased", None, now, details)


def _forget(services: Services, key: str) -> bool:
    """The row first, which the database refuses as long as another refers to it; then the bytes."""
    try:
        with services.database.writing() as session:
            session.execute(delete(StoredObject).where(StoredObject.key == key))
    except IntegrityError:
        return False
    with suppress(ObjectLocked):
        return discard_unused(services, key)
    return False


def _sweep_parts(services: Services, before: datetime) -> int:
    old = [one for one in services.store.open_uploads("") if one.begun_at < before]
    return sum(discard_parts(services, one.key, one.upload) for one in old)


def _sweep_objects(services: Services, before: datetime) -> int:
    """Bytes without a row: of a sending that a crash cut short, or deleted rows whose bytes were still to go."""
    deleted = 0
    for prefix in (EVIDENCE, INCOMING, PREVIEWS):
        old = (one.key for one in services.store.list(prefix) if one.last_modified < before)
        while keys := list(islice(old, _AT_A_TIME)):
            with services.database.reading() as session:
                unknown = set(keys) - referred.known(session, keys)
            deleted += sum(discard_unused(services, key) for key in sorted(unknown))
    return deleted
