"""Whole files of every kind, and hostile ones, made here: nothing fetched, nothing kept."""

from __future__ import annotations

import io
import struct
import zlib

import docx
import pillow_heif
import pypdfium2 as pdfium
from PIL import Image

from tests.storage import samples
from vae_portal.demonstration.papers import pdf

PDF = pdf("Politique QSE", "2026-0001")


def pdf_of(objects: list[bytes], root: int = 1) -> bytes:
    """A PDF of these objects, numbered from 1, with its table."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def long_pdf(pages: int, words: str = "Page") -> bytes:
    """A PDF of so many pages, each with its number."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number in range(1, pages + 1):
        text = b"BT /F1 20 Tf 72 700 Td (%s %d) Tj ET" % (words.encode("cp1252"), number)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (len(objects) + 2),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        ]
    return pdf_of(objects)


def pdf_without_page() -> bytes:
    """A PDF whose tree has no leaf."""
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])


def looping_pdf() -> bytes:
    """A PDF whose tree of pages, and whose drawing, come back to themselves."""
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 2 0 R >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /XObject << /X 5 0 R >> >> >>",
            b"<< /Length 4 >>\nstream\n/X Do\nendstream",
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X 5 0 R >> >>"
            b" /Length 11 >>\nstream\n/X Do /X Do\nendstream",
        ]
    )


def protected_pdf() -> bytes:
    """A PDF that asks for a password: standard handler, 40 bits, keys that open with none that is known."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    plain = pdf_of(objects)
    encrypted = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>] " % (
        b"11" * 32,
        b"22" * 32,
    )
    return plain.replace(b"/Root", encrypted + b"/Root")


def picture(form: str, size: tuple[int, int] = (320, 240)) -> bytes:
    """A picture of this form: JPEG, PNG or HEIF."""
    if form == "HEIF":
        pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    shown = Image.linear_gradient("L").resize(size).convert("RGB")
    shown.save(buffer, form)
    return buffer.getvalue()


def image_bomb() -> bytes:
    """A PNG that declares 60,000 x 60,000 points in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def word(*paragraphs: str) -> bytes:
    """A real Word file."""
    buffer, document = io.BytesIO(), docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(buffer)
    return buffer.getvalue()


def box(kind: bytes, data: bytes) -> bytes:
    """A box of a film."""
    return (len(data) + 8).to_bytes(4, "big") + kind + data


FILM_HEAD = box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41")
FILM = FILM_HEAD + box(b"mdat", bytes(400)) + box(b"moov", box(b"mvhd", bytes(100)))
FILM_WITHOUT_MOOV = FILM_HEAD + box(b"mdat", bytes(400))
CUT_FILM = FILM_HEAD + box(b"moov", box(b"mvhd", bytes(100))) + box(b"mdat", bytes(4000))[:-100]
SOUND = samples.MP3_FRAME * 20
TAGGED_SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x40" + bytes(64) + SOUND
SILENT_TAG = samples.MP3_WITH_TAG


def pages_of(data: bytes) -> int:
    """How many pages a reader finds in a PDF."""
    return len(pdfium.PdfDocument(data))
