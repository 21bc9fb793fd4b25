"""In the child: the pages of a PDF as pictures, each with its text; a picture of a telephone as an ordinary one."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageOps

from storage.checks import AllowedType
from vae_portal.decoding.opening import open_pdf, open_picture
from vae_portal.decoding.written import LONGEST_TEXT, PAGES, page_file

_DOTS_PER_INCH = 110
_LARGEST_SIDE = 2400  # pixels: a plan on a large sheet is made smaller
_PAGES_SECONDS = 240.0  # then what is made is shown, and said to be a part


def pages(source: Path, folder: Path, *, most: int) -> dict[str, Any]:
    """Write up to `most` pages as WebP with their texts; says whether the document has more."""
    document = open_pdf(source)
    if "V8" not in pdfium.PDFIUM_INFO.flags:  # what was typed in the fields of a form, and no script
        document.init_forms()
    until, made = time.monotonic() + _PAGES_SECONDS, 0
    with (folder / PAGES).open("w", encoding="utf-8") as told:
        for number in range(min(len(document), most)):
            if time.monotonic() > until:
                break
            told.write(json.dumps(_page(document, number, folder)) + "\n")
            told.flush()
            made += 1
    return {"pages": made, "more": made < len(document)}


def _page(document: pdfium.PdfDocument, number: int, folder: Path) -> dict[str, Any]:
    page = document[number]
    scale = min(_DOTS_PER_INCH / 72, _LARGEST_SIDE / max(*page.get_size(), 1))
    bitmap = page.render(scale=scale)
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    text_page = page.get_textpage()
    text = text_page.get_text_bounded()
    text_page.close()
    page.close()
    return _written(picture, folder / page_file(number + 1), _clean(text))


def picture(source: Path, folder: Path, *, kind: str) -> dict[str, Any]:
    """Write a picture that browsers do not show as one that they do."""
    shown = ImageOps.exif_transpose(open_picture(source, AllowedType[kind]))
    shown.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    written = _written(shown.convert("RGB"), folder / page_file(1), "")
    (folder / PAGES).write_text(json.dumps(written) + "\n", "utf-8")
    return {"pages": 1, "more": False}


def _written(picture: Image.Image, place: Path, text: str) -> dict[str, Any]:
    picture.save(place, "WEBP", quality=80, method=2)
    return {"width": picture.width, "height": picture.height, "text": text}


def _clean(text: str) -> str:
    """Without what a database or a page cannot hold."""
    kept = (c for c in text.replace("\r\n", "\n") if c in "\n\t" or c.isprintable())
    return "".join(kept).strip()[:LONGEST_TEXT]
