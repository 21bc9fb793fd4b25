"""Reads the text of Word, Excel, PowerPoint and OpenDocument parts as a stream; no entity, no document type."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

_TEXTS = re.compile(
    r"^(word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"
    r"|xl/(sharedStrings|comments\d*|worksheets/[^/]+)\.xml|ppt/(slides|notesSlides)/[^/]+\.xml|content\.xml|styles\.xml)$"
)
_MAIN = ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "content.xml")
_ENDS = {"p", "si", "c", "row", "h", "tr", "table-cell", "br", "tab"}  # elements after which a word ends
_STEP = 256 * 1024
_MOST_TEXT = 20_000_000  # characters looked at, in all


class NotXml(ValueError):
    """A part that should be XML is not, or declares what no document of an office program does."""


def texts(archive: zipfile.ZipFile) -> Iterator[str]:
    """The text of each part, in pieces; raises NotXml when a part does not parse, or when no main part is there."""
    names = archive.namelist()
    parts = [name for name in names if _TEXTS.match(name) or name in _MAIN or _main_by_type(name)]
    if not any(name in _MAIN or _main_by_type(name) for name in parts):
        raise NotXml("no main part")
    left = _MOST_TEXT
    for name in parts:
        for piece in _part(archive, name):
            if left > 0:
                yield piece[:left]
            left -= len(piece)


def _main_by_type(name: str) -> bool:
    """Some programs number the main part: word/document2.xml."""
    return re.match(r"^(word/document|xl/workbook|ppt/presentation)\d*\.xml$", name) is not None


def _part(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    gathered: list[str] = []
    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.CharacterDataHandler = gathered.append

    def ended(element: str) -> None:
        if element.rpartition("|")[2] in _ENDS:
            gathered.append("\n")

    parser.EndElementHandler = ended
    try:
        with archive.open(name) as part:
            while chunk := part.read(_STEP):
                parser.Parse(chunk, False)
                if gathered and gathered[-1] == "\n":  # never cut in the middle of a word
                    yield "".join(gathered)
                    gathered.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise NotXml(f"{name}: {fault}") from fault
    yield "".join(gathered)


def _refuse(*_declared: object) -> None:
    raise NotXml("a document type")
