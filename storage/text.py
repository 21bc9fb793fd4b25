"""Tells plain text from what a browser or a system would run, every byte of it, while it goes by."""

from __future__ import annotations

import codecs
import re

from storage.errors import TypeRefused

_OPENINGS = (
    b"<!doctype",
    b"<html",
    b"<?xml",
    b"<svg",
    b"<script",
    b"<?php",
    b"<%",
    b"<!--",
    b"#!",
    b"@echo",
    b"mime-version:",
)
_ANYWHERE = re.compile(rb"<\s*/?\s*(script|html|svg|iframe|body|object|embed)[\s>/]", re.IGNORECASE)
# Tabulation, line feed, form feed and carriage return are the only controls of a text.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"
_UNDEFINED_IN_1252 = b"\x81\x8d\x8f\x90\x9d"


def looks_like_code(head: bytes) -> bool:
    """Whether the beginning of a file reads as HTML, SVG, XML, a script or a web archive."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    return start.startswith(_OPENINGS) or _ANYWHERE.search(head) is not None


class TextCheck:
    """Follows a whole text chunk by chunk; `charset` is known at the end."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("strict")
        self._may_be_utf8 = True
        self._may_be_1252 = True

    def feed(self, chunk: bytes) -> None:
        """Check the next bytes; raises TypeRefused at the first that no text has."""
        if len(chunk.translate(None, _CONTROLS)) != len(chunk):
            raise TypeRefused("Le fichier n'est ni un texte ni un type accepté. Enregistrez-le en PDF et renvoyez-le.")
        if self._may_be_1252 and len(chunk.translate(None, _UNDEFINED_IN_1252)) != len(chunk):
            self._may_be_1252 = False
        if self._may_be_utf8:
            self._decode(chunk, final=False)

    def charset(self) -> str:
        """The text's charset, once all was fed; raises TypeRefused when it has none."""
        if self._may_be_utf8:
            self._decode(b"", final=True)
        if self._may_be_utf8:
            return "utf-8"
        if self._may_be_1252:
            return "windows-1252"
        raise TypeRefused("Le codage du texte n'est pas reconnu. Enregistrez-le en UTF-8 et renvoyez-le.")

    def _decode(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._utf8.decode(chunk, final)
        except UnicodeDecodeError:
            self._may_be_utf8 = False
