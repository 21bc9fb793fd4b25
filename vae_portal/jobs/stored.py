"""The row of an object that a job has just put in the store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import StoredObject


def keep_row(session: Session, key: str, sha256: str, size: int, media_type: str, at: datetime) -> None:
    """Inserts the row of an object unless it is there: a job cut after the store took the object runs again."""
    row = insert(StoredObject).values(key=key, sha256=sha256, size=size, media_type=media_type, stored_at=at)
    session.execute(row.on_conflict_do_nothing(index_elements=[StoredObject.key]))
