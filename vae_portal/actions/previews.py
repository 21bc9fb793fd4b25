"""Asks for what shows a file in place: once for the same bytes, again when what was missing has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage.checks import AllowedType, type_of
from vae_portal.actions.services import Services
from vae_portal.decoding import office
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Evidence, Preview, StoredObject
from workflows.vocabulary import EvidenceState

PREVIEWED = frozenset({AllowedType.PDF, AllowedType.HEIC}) | office.CONVERTED
NO_CONVERTER = "Aperçu indisponible ici : téléchargez le fichier."
_SETTLED = (EvidenceState.USABLE.value, EvidenceState.NOT_SCANNED.value)
_AT_ONCE = 500


def ask(session: Session, key: str, kind: AllowedType | None, now: datetime) -> None:
    """Defers the preview of an object, unless it is of a kind that shows by itself or was asked for before."""
    if kind not in PREVIEWED:
        return
    row = insert(Preview).values(source_key=key, more_pages=False, reason="", asked_at=now)
    fresh = session.execute(row.on_conflict_do_nothing().returning(Preview.source_key))
    if fresh.first() is not None:
        queue.defer(session, queue.MAKE_PREVIEW, key=key)


def ask_missing(services: Services) -> None:
    """Asks for those that nobody asked for yet: files from before there were previews, or before LibreOffice came."""
    with services.database.writing() as session:
        if office.program() is not None:
            session.execute(delete(Preview).where(Preview.pages == 0, Preview.reason == NO_CONVERTER))
        shown = [kind.media_type for kind in PREVIEWED]
        missing = (
            select(StoredObject.key, StoredObject.media_type)
            .join(Evidence, Evidence.object_key == StoredObject.key)
            .outerjoin(Preview, Preview.source_key == StoredObject.key)
            .where(Preview.source_key.is_(None), Evidence.state.in_(_SETTLED), StoredObject.media_type.in_(shown))
            .distinct()
            .limit(_AT_ONCE)
        )
        for key, media_type in session.execute(missing).all():
            ask(session, key, type_of(media_type), services.clock())
