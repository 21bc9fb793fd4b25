"""Small real files for the demonstration, written here: PDF, picture, Word document and spreadsheet."""

from __future__ import annotations

import io
import zipfile

from docx import Document
from PIL import Image, ImageDraw

_WORTHLESS = "Document de démonstration, sans valeur."
_FILLING = ("Établi par l'atelier, relu en comité.", "Les noms des personnes sont masqués.")


def pdf(title: str, reference: str) -> bytes:
    """A valid one-page PDF that shows a title and a reference in Latin letters."""
    return _document([_words([title, f"Candidature {reference}", _WORTHLESS])])


def pages(titles: tuple[str, ...], reference: str) -> bytes:
    """A PDF with a page for each title."""
    return _document([_words([title, *_FILLING, f"Candidature {reference}", _WORTHLESS]) for title in titles])


def made(name: str, titles: tuple[str, ...], reference: str) -> bytes:
    """A file of the kind that its name says."""
    kind = name.rpartition(".")[2]
    if kind == "png":
        return picture(titles[0])
    if kind == "docx":
        return letter(titles[0], reference)
    return table(titles[0]) if kind == "xlsx" else pages(titles, reference)


def picture(title: str) -> bytes:
    """A drawn chart: fifteen months of a rate that falls."""
    image = Image.new("RGB", (960, 600), "white")
    draw = ImageDraw.Draw(image)
    draw.text((48, 24), title.encode("ascii", "ignore").decode(), fill="#1c2630", font_size=26)
    for month, rate in enumerate((31, 30, 31, 29, 28, 27, 27, 25, 24, 23, 22, 20, 20, 19, 18)):
        left = 60 + month * 58
        draw.rectangle((left, 540 - rate * 14, left + 40, 540), fill="#0b5c6b")
        draw.text((left + 8, 515 - rate * 14), str(rate), fill="#1c2630", font_size=18)
    draw.line((48, 540, 940, 540), fill="#767f87", width=2)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def letter(title: str, reference: str) -> bytes:
    """A Word document with a table."""
    document = Document()
    document.add_heading(title, 1)
    document.add_paragraph(f"Candidature {reference}. {_WORTHLESS}")
    rows = document.add_table(rows=1, cols=3)
    steps = (("Entrée", "Activité", "Sortie"), ("Dossier de fabrication", "Régler et lancer", "Première pièce"))
    for step in (*steps, ("Première pièce", "Contrôler", "Série autorisée")):
        cells = rows.rows[0].cells if step is steps[0] else rows.add_row().cells
        for cell, text in zip(cells, step, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def table(title: str) -> bytes:
    """A spreadsheet of a few rows, its cells written in place."""
    rows = [
        (title,),
        ("Mois", "Accidents", "Jours perdus"),
        ("Mars 2022", 3, 41),
        ("Juin 2022", 2, 12),
        ("Mars 2023", 1, 4),
    ]
    sheet = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    links = "application/vnd.openxmlformats-package.relationships+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types">'
        f'<Default Extension="rels" ContentType="{links}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Suivi" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in parts.items():
            archive.writestr(place, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return out.getvalue()


def _cell(value: str | int) -> str:
    return f"<c><v>{value}</v></c>" if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def _words(lines: list[str]) -> bytes:
    shown = " ".join(f"({_escaped(line)}) Tj 0 -28 Td" for line in lines)
    return f"BT /F1 16 Tf 72 760 Td {shown} ET".encode("cp1252", "replace")


def _document(contents: list[bytes]) -> bytes:
    """A PDF of these pages."""
    kids = " ".join(f"{4 + 2 * rank} 0 R" for rank in range(len(contents))).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for rank, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * rank)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _written(objects)


def _written(objects: list[bytes]) -> bytes:
    """The bytes of a PDF made of these objects, with its table of where each one begins."""
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_of = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table_of)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
