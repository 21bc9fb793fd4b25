"""A list as a workbook or as CSV, made row by row while it is sent: nothing in it is ever taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

Cell = str | int | date | None

_AT_A_TIME = 500  # rows
_LONGEST_CELL = 32_767  # characters, of a workbook
_EPOCH = date(1899, 12, 30)  # the day 0 of a workbook
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = "xl/worksheets/sheet1.xml"
_DAY, _TITLE = 1, 2  # cell formats of `_STYLES`
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf xfId="0"/><xf numFmtId="164" applyNumberFormat="1" xfId="0"/>'
    '<xf fontId="1" applyFont="1" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def workbook(name: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A workbook of one sheet with its titles on top; it begins to leave before the last row is known."""
    sent = _Sent()
    with ZipFile(sent, "w", ZIP_DEFLATED, compresslevel=3) as zipped:
        for path, content in _around(name).items():
            zipped.writestr(path, _HEAD + content)
        yield sent.take()
        # Sizes follow the data, in the form without ZIP64: spreadsheet programs refuse the other.
        with zipped.open(_SHEET, "w") as sheet:
            for piece in _sheet(titles, rows):
                sheet.write(piece.encode())
                yield sent.take()
    yield sent.take()


def table(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same as CSV for spreadsheet programs in French: semicolons, UTF-8 that says so, days in ISO form."""
    lines = ([_harmless(cell) for cell in row] for row in chain([titles], rows))
    yield "\ufeff".encode()
    while some := list(islice(lines, _AT_A_TIME)):
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=";").writerows(some)
        yield written.getvalue().encode()


def _harmless(cell: Cell) -> str:
    """What a spreadsheet program would compute is told to be a text."""
    if isinstance(cell, date):
        return cell.isoformat()
    text = "" if cell is None else str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text


class _Sent(io.RawIOBase):
    """Takes what a ZIP writes and gives it on; it cannot go back, and the ZIP does not ask it to."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece, /) -> int:  # type: ignore[no-untyped-def]
        """Keeps a piece until it is taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """What was written since."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def _sheet(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    widths = "".join(f'<col min="{n}" max="{n}" width="24" customWidth="1"/>' for n in range(1, len(titles) + 1))
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>{''.join(_text(title, _TITLE) for title in titles)}</row>"
    )
    lines = (f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    while some := "".join(islice(lines, _AT_A_TIME)):
        yield some
    yield "</sheetData></worksheet>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, date):
        return f'<c s="{_DAY}"><v>{(cell - _EPOCH).days}</v></c>'
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    return _text(cell) if cell else "<c/>"


def _text(text: str, style: int = 0) -> str:
    plain = escape((text if text.isprintable() else _NOT_XML.sub("", text))[:_LONGEST_CELL])
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{plain}</t></is></c>'


def _around(name: str) -> dict[str, str]:
    """The parts of a workbook that no row changes."""
    parts = {"xl/workbook.xml": "sheet.main", _SHEET: "worksheet", "xl/styles.xml": "styles"}
    overrides = "".join(
        f'<Override PartName="/{path}" ContentType="{_TYPES}.{kind}+xml"/>' for path, kind in parts.items()
    )
    relation = f'<Relationship Id="%s" Type="{_RELATIONS}/%s" Target="%s"/>'
    relations = f'<Relationships xmlns="{_PACKAGE}/relationships">%s</Relationships>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": relations % (relation % ("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{escape(name)[:31]}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations
        % (relation % ("rId1", "worksheet", "worksheets/sheet1.xml") + relation % ("rId2", "styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
    }
