"""The files that candidates join, made with the tools that people have: a PDF, a photograph, a Word document."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from PIL import Image, ImageDraw
from pypdf import PdfWriter


def a_pdf(folder: Path, name: str, title: str) -> Path:
    """A page of PDF that says its title."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": title})
    path = folder / name
    with path.open("wb") as file:
        writer.write(file)
    return path


def a_photograph(folder: Path, name: str, words: str) -> Path:
    """A JPEG that shows a few words."""
    picture = Image.new("RGB", (800, 600), "#eef6f7")
    ImageDraw.Draw(picture).text((60, 280), words.encode("ascii", "replace").decode(), fill="#0b5c6b")
    path = folder / name
    picture.save(path, "JPEG", quality=80)
    return path


def a_word_document(folder: Path, name: str, title: str) -> Path:
    """A Word document with a heading and a paragraph."""
    document = Document()
    document.add_heading(title, level=1)
    document.add_paragraph("Programme d'audits internes, relu chaque trimestre avec les pilotes de processus.")
    path = folder / name
    document.save(str(path))
    return path
