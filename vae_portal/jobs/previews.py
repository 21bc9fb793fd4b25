"""Makes what shows a file in place: its pages as pictures with their texts; the file itself is only read."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from storage.checks import AllowedType, type_of
from storage.errors import ObjectMissing
from storage.keys import preview_key
from vae_portal.actions.disposal import discard_unused
from vae_portal.actions.previews import NO_CONVERTER
from vae_portal.actions.services import Services
from vae_portal.decoding import confined, office
from vae_portal.decoding.confined import ChildDied, Refused
from vae_portal.decoding.limits import Limits
from vae_portal.decoding.written import LONGEST_TEXT, PAGES, page_file
from vae_portal.jobs.stored import keep_row
from vae_portal.persistence.tables import Preview, PreviewPage, StoredObject

log = structlog.get_logger(__name__)

MEDIA_TYPE = "image/webp"
FAILED = "L'aperçu de ce fichier n'a pas pu être fait : téléchargez-le."
_RENDERING = Limits(cpu_seconds=400, wall_seconds=500)
_CONVERTING = Limits(cpu_seconds=150, wall_seconds=180, memory_bytes=4 * 1024**3, programs=True)
_LARGEST_PICTURE = 16 * 1024 * 1024
_LARGEST_SIDE = 2**15 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """A picture that the child wrote, once in the store."""

    number: int
    key: str
    sha256: str
    size: int  # bytes
    width: int  # pixels
    height: int
    text: str


class _NoPreview(Exception):
    """Nothing can be shown; the sentence says why."""


def make_preview(services: Services, key: str) -> None:
    """Keeps the pages of an object's preview, or why there is none; changes nothing once that is known."""
    with services.database.reading() as session:
        preview, stored = session.get(Preview, key), session.get(StoredObject, key)
        if preview is None or stored is None or preview.pages is not None:
            return None
        kind = type_of(stored.media_type)
    with tempfile.TemporaryDirectory(prefix="vae-preview-") as name:
        folder = Path(name)
        try:
            more = _write_pages(services, key, kind, folder)
            pages = list(_kept(services, key, folder / "pages"))
        except (Refused, ChildDied, ObjectMissing) as fault:
            log.warning("preview_failed", key=key, fault=repr(fault))
            return _settle(services, key, [], FAILED)
        except _NoPreview as fault:
            return _settle(services, key, [], str(fault))
    return _settle(services, key, pages, "" if pages else FAILED, more)


def tell_failure(services: Services, _fault: BaseException, key: str) -> None:
    """The viewer says that there is no preview, and offers the file."""
    _settle(services, key, [], FAILED)


def _write_pages(services: Services, key: str, kind: AllowedType | None, folder: Path) -> bool:
    """Let the child write the pages in `folder`/pages; whether the file has more of them."""
    if kind is None:
        raise _NoPreview(FAILED)
    source = folder / f"source.{kind.extension}"
    with source.open("wb") as copy:
        copy.writelines(services.store.open_range(key))
    most = services.settings.preview_pages
    room = folder / "pages"
    room.mkdir()
    if kind is AllowedType.HEIC:
        found = confined.run("picture", source, room, _RENDERING, kind=kind.name)
        return bool(found["more"])
    if kind in office.CONVERTED:
        source = _converted(source, kind, folder, most)
    found = confined.run("pages", source, room, _RENDERING, most=most)
    return bool(found["more"])


def _converted(source: Path, kind: AllowedType, folder: Path, most: int) -> Path:
    command = office.program()
    if command is None:
        raise _NoPreview(NO_CONVERTER)
    room = folder / "office"
    room.mkdir()
    found = confined.run("convert", source, room, _CONVERTING, command=command, kind=kind.name, most=most)
    written = room / Path(str(found.get("pdf", ""))).name
    if not found.get("pdf") or written.is_symlink() or not written.is_file():
        raise _NoPreview(FAILED)
    return written


def _kept(services: Services, key: str, room: Path) -> Iterator[Page]:
    """Each page that the child says it wrote, looked at, since what it read may have changed what it does, and kept."""
    with (room / PAGES).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            told, place = json.loads(line), preview_key(key, number)
            data = _picture(room / page_file(number))
            width, height = int(told["width"]), int(told["height"])
            if not 0 < min(width, height) <= max(width, height) <= _LARGEST_SIDE:
                raise _NoPreview(FAILED)
            services.store.put_bytes(place, data, MEDIA_TYPE)
            sha256 = hashlib.sha256(data).hexdigest()
            yield Page(number, place, sha256, len(data), width, height, str(told["text"])[:LONGEST_TEXT])


def _picture(place: Path) -> bytes:
    """A picture of the kind that was asked for, and nothing else under its name."""
    if place.is_symlink() or not place.is_file() or place.stat().st_size > _LARGEST_PICTURE:
        raise _NoPreview(FAILED)
    data = place.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise _NoPreview(FAILED)
    return data


def _settle(services: Services, key: str, pages: Sequence[Page], reason: str, more: bool = False) -> None:
    with services.database.writing() as session:
        preview = session.get(Preview, key, with_for_update=True)
        if preview is not None and preview.pages is None:
            now = services.clock()
            for page in pages:
                keep_row(session, page.key, page.sha256, page.size, MEDIA_TYPE, now)
                session.add(_row(key, page))
            preview.pages, preview.more_pages, preview.reason, preview.made_at = len(pages), more, reason, now
            return
    if preview is None:  # the file went away meanwhile
        for page in pages:
            discard_unused(services, page.key)


def _row(key: str, page: Page) -> PreviewPage:
    return PreviewPage(
        source_key=key,
        page=page.number,
        object_key=page.key,
        width=page.width,
        height=page.height,
        text=page.text,
    )
