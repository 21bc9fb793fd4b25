"""The one place that deletes bytes, and never those that something still refers to."""

from __future__ import annotations

from contextlib import suppress

import structlog
from sqlalchemy import select

from storage.errors import StoreError
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import StoredObject, Upload

log = structlog.get_logger(__name__)


def discard_unused(services: Services, key: str) -> bool:
    """Deletes an object that was never recorded, or no longer is; whether it did. A store that is down is no fault:
    what is left there is found by the hourly round."""
    with services.database.reading() as session:
        recorded = select(StoredObject.key).where(StoredObject.key == key)
        coming = select(Upload.id).where(
            (Upload.object_key == key) | (Upload.tail_key == key), Upload.closed_at.is_(None)
        )
        if session.scalar(recorded) is not None or session.scalar(coming) is not None:
            return False
    with suppress(StoreError):
        services.store.delete(key)
        return True
    log.warning("discard_put_off", key=key)
    return False


def discard_parts(services: Services, key: str, multipart_id: str) -> None:
    """Forgets the parts of an upload that is closed and was not assembled."""
    if not multipart_id:
        return
    with services.database.reading() as session:
        going_on = select(Upload.id).where(Upload.multipart_id == multipart_id, Upload.closed_at.is_(None))
        if session.scalar(going_on) is not None:
            return
    with suppress(StoreError):
        services.store.abort_parts(key, multipart_id)
