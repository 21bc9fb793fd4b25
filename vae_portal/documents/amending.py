"""A letter read before it leaves: its parts as they will be printed, those that may be written anew, and the rewriting.

What may be amended lies between the subject and the signature, which the styles of the template mark; tables stay
as they are, since they hold what the rules decided. In an amendable text, a blank line parts two paragraphs, a line
that begins with « # » is a heading, and words between « ** » are bold. Headings and
paragraphs with bold words of the letter itself stay.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.table import Table
from docx.text.paragraph import Paragraph

from vae_portal.documents.errors import TemplateFaulty

FROM, UNTIL, HEADING = "Objet", "Signature", "Heading 1"  # styles of the templates
LONGEST = 20_000  # characters of one text


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the letter in its order: fixed lines, a text that may be amended, or the rows of a table."""

    kind: str  # "fixed", "text" or "table"
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(slots=True)
class _Stretch:
    """Paragraphs that follow each other, or one table."""

    kind: str
    paragraphs: list[Paragraph] = field(default_factory=list)
    table: Table | None = None


def parts(content: bytes) -> list[Part]:
    """The parts of a filled letter, as they will be printed."""
    found = []
    for stretch in _stretches(Document(io.BytesIO(content))):
        if stretch.table is not None:
            rows = tuple(tuple(cell.text for cell in row.cells) for row in stretch.table.rows)
            found.append(Part("table", rows=rows))
        else:
            joint = "\n\n" if stretch.kind == "text" else "\n"
            found.append(Part(stretch.kind, joint.join(_as_text(p) for p in stretch.paragraphs)))
    return found


def texts(content: bytes) -> list[str]:
    """The texts that may be amended, in the order in which `rewrite` takes them."""
    return [part.text for part in parts(content) if part.kind == "text"]


def rewrite(document: DocumentType, amended: Sequence[str]) -> None:
    """Writes the amended texts in the place of the letter's own; raises TemplateFaulty when they are not as many."""
    stretches = [stretch for stretch in _stretches(document) if stretch.kind == "text"]
    if len(stretches) != len(amended):
        raise TemplateFaulty("Le texte modifié ne correspond plus au modèle de la lettre.")
    for stretch, text in zip(stretches, amended, strict=True):
        _rewrite(document, stretch.paragraphs, text)


def lost(own: str, amended: str) -> str:
    """The first heading or sentence in bold of the letter that the amended text no longer has; nothing when it has all.

    They say what was decided and what one may do about it: the words around them may change, not they [choice].
    """
    kept = {said.strip() for said in re.split(r"\n[ \t]*\n\s*", amended)}
    firm = [said for said in own.split("\n\n") if said.startswith("# ") or "**" in said]
    return next((said.removeprefix("# ").replace("**", "") for said in firm if said not in kept), "")


def _stretches(document: DocumentType) -> list[_Stretch]:
    found: list[_Stretch] = []
    inside = ended = False
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            found.append(_Stretch("table" if inside else "fixed table", table=block))
            continue
        style = block.style.name if block.style is not None else ""
        ended = ended or (inside and style == UNTIL)
        if block.text.strip():
            kind = "text" if inside and not ended else "fixed"
            if not found or found[-1].kind != kind:
                found.append(_Stretch(kind))
            found[-1].paragraphs.append(block)
        inside = inside or style == FROM
    return found


def _as_text(paragraph: Paragraph) -> str:
    style = paragraph.style.name if paragraph.style is not None else ""
    if str(style).startswith("Heading"):
        return f"# {paragraph.text}"
    said = "".join(f"**{run.text}**" if run.bold and run.text.strip() else run.text for run in paragraph.runs)
    return said.replace("****", "").strip()


def _rewrite(document: DocumentType, old: list[Paragraph], text: str) -> None:
    """What was not changed keeps its own look; what was takes that of the letter's plain paragraphs."""
    kept: dict[str, list[Paragraph]] = {}
    for paragraph in old:
        kept.setdefault(_as_text(paragraph), []).append(paragraph)
    plain = next((p.style for p in old if not _as_text(p).startswith("# ")), old[0].style)
    place: Any = old[0]._p.getprevious()
    parent = old[0]._p.getparent()
    for paragraph in old:
        parent.remove(paragraph._p)
    for said in re.split(r"\n[ \t]*\n\s*", text.replace("\r\n", "\n").strip()):
        same = kept.get(said.strip(), [])
        element = same.pop(0)._p if same else _paragraph(document, said.strip(), plain)._p
        place.addnext(element)
        place = element


def _paragraph(document: DocumentType, said: str, plain: Any) -> Paragraph:
    heading = said.startswith("# ")
    paragraph = document.add_paragraph(style=HEADING if heading else plain)
    for index, piece in enumerate(said.removeprefix("# ").split("**")):
        if piece:
            paragraph.add_run(piece).bold = True if index % 2 and not heading else None
    return paragraph
