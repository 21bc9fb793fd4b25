"""A file is what its bytes say, and its name is harmless."""

from __future__ import annotations

import pytest

from storage.checks import AllowedType, detect, download_name, safe_filename, type_of
from storage.errors import TypeRefused
from storage.text import TextCheck
from tests.storage import samples


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (samples.PDF, AllowedType.PDF),
        (b"\xef\xbb\xbf" + samples.PDF, AllowedType.PDF),
        (samples.JPEG, AllowedType.JPEG),
        (samples.PNG, AllowedType.PNG),
        (samples.MP4, AllowedType.MP4),
        (samples.HEIC, AllowedType.HEIC),
        (samples.HEIC_IN_MIF1, AllowedType.HEIC),
        (samples.MP3_WITH_TAG, AllowedType.MP3),
        (samples.MP3_BARE, AllowedType.MP3),
        ("Élève, été, œuvre\n".encode(), AllowedType.TEXT),
        ("Élève, été\n".encode("latin-1"), AllowedType.TEXT),
        (b"a < b and c > d, x<y\n", AllowedType.TEXT),
        (samples.zipped({"a": b"b"}), None),
    ],
)
def test_the_beginning_tells_the_type(head: bytes, expected: AllowedType | None) -> None:
    assert detect(head) is expected


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (samples.OLE, ".doc"),
        (b"MZ\x90\x00", "programme"),
        (b"\x7fELF\x02", "programme"),
        (b"#!/bin/sh\nrm", "programme"),
        (b"<?php echo 1;", "programme"),
        (b"  \n<!DOCTYPE html><html>", "page web"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "SVG"),
        (b"Bonjour <script>alert(1)</script>", "page web"),
        (b"GIF89a", "GIF"),
        (b"Rar!\x1a\x07", "archive"),
        (b"\x1f\x8b\x08", "archive"),
        (b"{\\rtf1", "RTF"),
        (b"RIFF\x00\x00\x00\x00WEBP", "WebP"),
        ("texte".encode("utf-16"), "UTF-16"),
        (samples.AVIF, "JPEG"),
        (samples.QUICKTIME, "MP4"),
        (b"\xff\xfb\x90\x00" + bytes(600), "accepté"),  # one synchronisation, no second frame
        (bytes(64), "accepté"),
    ],
)
def test_the_rest_is_refused_with_what_to_do(head: bytes, word: str) -> None:
    with pytest.raises(TypeRefused, match=word) as refusal:
        detect(head)
    assert refusal.value.reason.endswith(".")


@pytest.mark.parametrize(
    ("chunks", "charset"),
    [
        (["é".encode()[:1], "é".encode()[1:]], "utf-8"),
        ([b"simple\r\n\tligne\f"], "utf-8"),
        (["l’été à 3 €".encode("cp1252")], "windows-1252"),
        ([b"caf", b"\xe9"], "windows-1252"),
    ],
)
def test_a_text_has_a_charset(chunks: list[bytes], charset: str) -> None:
    check = TextCheck()
    for chunk in chunks:
        check.feed(chunk)
    assert check.charset() == charset


@pytest.mark.parametrize("chunks", [[b"bien", b"\x00mal"], [b"bien", b"\x1b[0m"], [b"\xe9\x81"]])
def test_what_no_text_has_is_refused_wherever_it_is(chunks: list[bytes]) -> None:
    check = TextCheck()
    with pytest.raises(TypeRefused):
        for chunk in chunks:
            check.feed(chunk)
        check.charset()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Attestation d’été.pdf", "Attestation d’été.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\moi\\cv.docx", "cv.docx"),
        ("a\x00b\x1f.pdf", "ab.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("nom. . .", "nom"),
        ("  deux   mots .pdf", "deux mots.pdf"),
        ('a<b>:"|?*.txt', "ab.txt"),
        ("", "fichier"),
        ("...", "fichier"),
        ("/", "fichier"),
        ("\u202e\u200b", "fichier"),
        ("con.txt", "_con.txt"),
        (".htaccess", "htaccess"),
    ],
)
def test_names_are_made_harmless(given: str, expected: str) -> None:
    assert safe_filename(given) == expected


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_filename("é" * 400 + ".pdf")
    assert len(name) == 150
    assert name.endswith("é.pdf")


def test_a_download_carries_the_real_types_extension() -> None:
    assert download_name("notes.bat", AllowedType.TEXT.extensions) == "notes.bat.txt"
    assert download_name("photo.JPEG", AllowedType.JPEG.extensions) == "photo.JPEG"
    assert download_name("cv", AllowedType.PDF.extensions) == "cv.pdf"


def test_a_media_type_finds_its_type() -> None:
    assert type_of("text/plain; charset=utf-8") is AllowedType.TEXT
    assert type_of("text/html") is None
