"""Small files of every kind, made here: real beginnings, nothing fetched."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(64)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
HEIC_IN_MIF1 = b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heicmiaf" + bytes(64)
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(64)
QUICKTIME = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + bytes(64)
MP3_WITH_TAG = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(64)
MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s, 44.1 kHz: 417 bytes
MP3_BARE = MP3_FRAME * 3
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)

_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
_MACRO_TYPES = {
    "docm": ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    "xlsm": ("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    "pptm": ("ppt/presentation.xml", "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"),
}


def open_xml(kind: str, extra: dict[str, bytes] | None = None) -> bytes:
    """A docx, xlsx, pptx, or one of their kinds with macros; the content types come last, as some programs write."""
    if kind in _MAIN:
        part, words = _MAIN[kind]
        media_type = f"application/vnd.openxmlformats-officedocument.{words}.main+xml"
    else:
        part, media_type = _MACRO_TYPES[kind]
    types = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{part}" ContentType="{media_type}"/></Types>'
    )
    return zipped({part: b"<x/>", **(extra or {}), "[Content_Types].xml": types.encode()})


def open_document(media_type: str, extra: dict[str, bytes] | None = None) -> bytes:
    """An OpenDocument file, its type in its first entry."""
    return zipped({"mimetype": media_type.encode(), "content.xml": b"<x/>", **(extra or {})})


def zipped(entries: dict[str, bytes]) -> bytes:
    """A zip of these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    """A docx whose entries say that they need a password."""
    data = bytearray(open_xml("docx"))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(signature, place + 4)
    return bytes(data)


def zip_bomb() -> bytes:
    """A docx with 200 MiB of zeros in a few hundred kilobytes."""
    buffer = io.BytesIO(open_xml("docx"))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("word/media/a.bin", "w") as entry,
    ):
        for _ in range(200):
            entry.write(bytes(1024 * 1024))
    return buffer.getvalue()


def lying_zip() -> bytes:
    """A docx whose directory declares 3 GiB for one entry."""
    data = bytearray(open_xml("docx"))
    directory = data.find(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (3 * 1024**3).to_bytes(4, "little")
    return bytes(data)
