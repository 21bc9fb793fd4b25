"""In the child: opens a file as its reader will, to the end, and counts the personal data of its text."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pillow_heif
import pypdfium2 as pdfium
from PIL import Image

from storage.checks import AllowedType
from vae_portal.decoding import office_text
from vae_portal.decoding.confined import Refused
from vae_portal.decoding.personal import PersonalData

MOST_PIXELS = 120_000_000  # the largest pictures of telephones have 108 million, then 200, saved as 12 or 50
_FORMATS = {AllowedType.JPEG: ("JPEG", "MPO"), AllowedType.PNG: ("PNG",), AllowedType.HEIC: ("HEIF",)}
_MOST_PAGES_LOADED, _MOST_PAGES_READ = 5000, 300
_READING_SECONDS = 20.0  # then personal data is looked for no further: only a warning depends on it
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_TAIL = 64 * 1024
_MOST_TEXT = 20 * 1024 * 1024

_AGAIN = "Ouvrez-le sur votre ordinateur, enregistrez-le de nouveau et renvoyez-le."
PASSWORD = "Le PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe et renvoyez-le."  # noqa: S105
NO_PAGE = f"Le PDF n'a aucune page. {_AGAIN}"
CUT = f"Le PDF est incomplet ou abîmé : il ne s'ouvre pas jusqu'à sa dernière page. {_AGAIN}"
PICTURE_CUT = f"L'image est incomplète ou abîmée. {_AGAIN}"
PICTURE_HUGE = "L'image a trop de points pour être ouverte. Réduisez ses dimensions et renvoyez-la."
OFFICE_CUT = f"Le document est abîmé : son contenu ne se lit pas. {_AGAIN}"


def open_file(source: Path, _folder: Path, *, kind: str, charset: str, known: list[str]) -> dict[str, Any]:
    """What the file holds ({"pages", "personal"}); raises Refused with a sentence."""
    return _OPENERS[AllowedType[kind]](source, AllowedType[kind], charset, known)


def _open_pdf(source: Path, _kind: AllowedType, _charset: str, known: Collection[str]) -> dict[str, Any]:
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - _TAIL))
        if b"%%EOF" not in file.read():  # a reader would mend it by guessing, and show what is left
            raise Refused(CUT)
    document = open_pdf(source)
    personal, until = PersonalData(known), time.monotonic() + _READING_SECONDS
    for number in range(min(len(document), _MOST_PAGES_LOADED)):
        try:
            page = document[number]
            if number < _MOST_PAGES_READ and time.monotonic() < until:
                text = page.get_textpage()
                personal.feed(text.get_text_bounded())
                text.close()
            page.close()
        except pdfium.PdfiumError as fault:
            raise Refused(CUT) from fault
    return {"pages": len(document), "personal": personal.counts()}


def open_pdf(source: Path) -> pdfium.PdfDocument:
    """The document, with at least one page; raises Refused."""
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as fault:
        raise Refused(PASSWORD if getattr(fault, "err_code", None) == _PASSWORD_ERROR else CUT) from fault
    if len(document) == 0:
        raise Refused(NO_PAGE)
    return document


def _open_picture(source: Path, kind: AllowedType, _charset: str, _known: Collection[str]) -> dict[str, Any]:
    open_picture(source, kind).close()
    return {"pages": 1, "personal": {}}


def open_picture(source: Path, kind: AllowedType) -> Image.Image:
    """The picture, decoded to its last point; raises Refused."""
    Image.MAX_IMAGE_PIXELS = None  # our own bound, below, comes before any point is decoded
    if kind is AllowedType.HEIC:
        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        picture = Image.open(source, formats=_FORMATS[kind])
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(PICTURE_HUGE)
        picture.load()
    except Refused:
        raise
    except MemoryError as fault:
        raise Refused(PICTURE_HUGE) from fault
    except Exception as fault:  # whatever a decoder raises on bytes that are no picture
        raise Refused(PICTURE_CUT) from fault
    return picture


def _open_office(source: Path, _kind: AllowedType, _charset: str, known: Collection[str]) -> dict[str, Any]:
    personal, until = PersonalData(known), time.monotonic() + _READING_SECONDS
    try:
        with zipfile.ZipFile(source) as archive:
            for piece in office_text.texts(archive):
                if time.monotonic() < until:
                    personal.feed(piece)
    except (office_text.NotXml, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
        raise Refused(OFFICE_CUT) from fault
    return {"personal": personal.counts()}


def _open_text(source: Path, _kind: AllowedType, charset: str, known: Collection[str]) -> dict[str, Any]:
    personal = PersonalData(known)
    with source.open(encoding=charset, errors="replace") as file:
        left, rest = _MOST_TEXT, ""
        while left > 0 and (text := file.read(256 * 1024)):
            left -= len(text)
            lines, _, rest_now = (rest + text).rpartition("\n")
            if not lines and len(rest_now) > _TAIL:  # one line without end: looked at in pieces
                lines, rest_now = rest_now, ""
            personal.feed(lines)
            rest = rest_now
        personal.feed(rest)
    return {"personal": personal.counts()}


_OPENERS: dict[AllowedType, Callable[[Path, AllowedType, str, Collection[str]], dict[str, Any]]] = {
    AllowedType.PDF: _open_pdf,
    **dict.fromkeys(_FORMATS, _open_picture),
    **dict.fromkeys(
        (AllowedType.DOCX, AllowedType.XLSX, AllowedType.PPTX, AllowedType.ODT, AllowedType.ODS), _open_office
    ),
    AllowedType.TEXT: _open_text,
}
OPENED = frozenset(_OPENERS)
