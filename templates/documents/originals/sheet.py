"""The few gestures the originals are written with: a line, a condition, a loop, a table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from templates.documents.originals import look

Columns = list[tuple[str, str, float]]  # heading, cell, width in centimetres
_EPOCH = datetime(2026, 1, 1)  # the same at every build
_NBSP = "\N{NO-BREAK SPACE}"


class Sheet:
    """One template being written; texts take `**bold**` and the application's `{{ }}` tags."""

    def __init__(self, title: str, *, landscape: bool = False, plain: bool = False) -> None:
        self._document = look.blank(title, landscape=landscape)
        self._width = 25.3 if landscape else 16.6  # centimetres between the margins
        if not plain:
            self._head()
        self._foot()

    def line(self, text: str, style: str = "Normal", *, together: bool = False) -> None:
        """One paragraph; `together` keeps it on the page of the next one."""
        paragraph = self._document.add_paragraph(style=style)
        _write(paragraph, text)
        if together:
            paragraph.paragraph_format.keep_with_next = True

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """What is written inside appears only when the condition holds."""
        self._document.add_paragraph("{%p if " + condition + " %}")
        yield
        self._document.add_paragraph("{%p endif %}")

    def otherwise(self) -> None:
        """Inside `when`: what follows appears when the condition does not hold."""
        self._document.add_paragraph("{%p else %}")

    @contextmanager
    def each(self, what: str) -> Iterator[None]:
        """What is written inside is repeated: `each("block in blocks")`."""
        self._document.add_paragraph("{%p for " + what + " %}")
        yield
        self._document.add_paragraph("{%p endfor %}")

    def table(self, columns: Columns, each: str | None = None, height: float = 0) -> None:
        """A table of (heading, cell, width in cm), its row repeated for `each`; `height` (cm) leaves room to sign.

        A cell may hold several paragraphs separated by newlines, each with its style before a `|>`.
        """
        table = self._document.add_table(rows=0, cols=len(columns), style=look.TABLE_STYLE)
        table.autofit = False
        heading = table.add_row()
        _repeat_on_each_page(heading)
        if each:
            table.add_row().cells[0].paragraphs[0].add_run("{%tr for " + each + " %}")
        row = table.add_row()
        if height:
            row.height = Cm(height)
        _keep_whole(row)
        for index, (title, content, width) in enumerate(columns):
            table.columns[index].width = Cm(width)
            _fill(heading.cells[index], f"Titre de colonne|>{title}")
            _fill(row.cells[index], content)
        if each:
            table.add_row().cells[0].paragraphs[0].add_run("{%tr endfor %}")
        for one in table.rows:
            for index, column in enumerate(columns):
                one.cells[index].width = Cm(column[2])
        self.line("", "Références")  # Word glues two tables without a paragraph between them

    def facts(self, rows: list[tuple[str, str]]) -> None:
        """A two-column table of labels and values, without a heading row."""
        table = self._document.add_table(rows=0, cols=2, style=look.TABLE_STYLE)
        table.autofit = False
        shown = table._tbl.tblPr.find(qn("w:tblLook"))  # no heading row: said twice, for Word and for others
        shown.set(qn("w:firstRow"), "0")
        shown.set(qn("w:val"), "0480")
        table.columns[0].width, table.columns[1].width = Cm(5.2), Cm(self._width - 5.2)
        for label, value in rows:
            row = table.add_row()
            _keep_whole(row)
            _fill(row.cells[0], f"**{label}**")
            _fill(row.cells[1], value)
            row.cells[0].width, row.cells[1].width = Cm(5.2), Cm(self._width - 5.2)
        self.line("", "Références")

    def bytes(self) -> bytes:
        """The Word file, its properties the same at every build."""
        properties = self._document.core_properties
        properties.author = properties.last_modified_by = "Portail VAE"
        properties.comments = ""
        properties.language = "fr-FR"
        properties.created = properties.modified = _EPOCH
        properties.revision = 1
        out = io.BytesIO()
        self._document.save(out)
        return out.getvalue()

    def frame(self) -> None:
        """Draw a border around the page, its text in the middle of the height."""
        borders = "".join(
            f'<w:{side} w:val="double" w:sz="6" w:space="18" w:color="1F2A37"/>'
            for side in ("top", "left", "bottom", "right")
        )
        xml = f'<w:pgBorders {nsdecls("w")} w:offsetFrom="text">{borders}</w:pgBorders>'
        section = self._document.sections[0]._sectPr
        section.find(qn("w:pgMar")).addnext(parse_xml(xml))
        section.find(qn("w:cols")).addnext(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))

    def _head(self) -> None:
        paragraph = self._document.sections[0].header.paragraphs[0]
        _tabs(paragraph, self._width)
        _write(paragraph, "**{{ centre.name }}**\t{{ centre.email }}")

    def _foot(self) -> None:
        paragraph = self._document.sections[0].footer.paragraphs[0]
        _tabs(paragraph, self._width)
        _write(paragraph, "Référence {{ number }}\tPage ")
        _field(paragraph, "PAGE")
        paragraph.add_run(f"{_NBSP}/{_NBSP}")
        _field(paragraph, "NUMPAGES")


def _tabs(paragraph: Paragraph, width: float) -> None:
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(width), WD_TAB_ALIGNMENT.RIGHT)


def _field(paragraph: Paragraph, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _write(paragraph: Paragraph, text: str) -> None:
    for index, part in enumerate(re.split(r"\*\*", _typography(text))):
        if part:
            paragraph.add_run(part).bold = True if index % 2 else None


def _typography(text: str) -> str:
    """French no-break spaces before high punctuation and inside quotation marks."""
    return re.sub(r" (?=[:;?!»])", _NBSP, text).replace("« ", f"«{_NBSP}").replace("n° ", f"n°{_NBSP}")


def _fill(cell: _Cell, content: str) -> None:
    for index, part in enumerate(content.split("\n")):
        style, _, text = part.rpartition("|>")
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        paragraph.style = style or "Cellule"
        _write(paragraph, text)


def _repeat_on_each_page(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keep_whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
