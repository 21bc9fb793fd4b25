"""What a job made of a file to show it in place."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Preview, PreviewPage, StoredObject


@dataclass(frozen=True, slots=True)
class ShownPages:
    """A file's preview as it is now, with its pages in order."""

    preview: Preview
    pages: list[PreviewPage]


def of(session: Session, key: str) -> ShownPages | None:
    """The preview of an object; None when nobody asked for one."""
    preview = session.get(Preview, key)
    if preview is None:
        return None
    wanted = select(PreviewPage).where(PreviewPage.source_key == key).order_by(PreviewPage.page)
    return ShownPages(preview, list(session.scalars(wanted)))


def picture(session: Session, key: str, page: int) -> StoredObject | None:
    """The picture of one page of an object."""
    wanted = select(StoredObject).join(PreviewPage, PreviewPage.object_key == StoredObject.key)
    return session.scalars(wanted.where(PreviewPage.source_key == key, PreviewPage.page == page)).one_or_none()
