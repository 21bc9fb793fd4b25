"""One pass over an object as the store gives it back: its hashes, its size, what it begins and ends with, its text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from storage.checks import HEAD_BYTES, AllowedType, detect
from storage.errors import TypeRefused
from storage.text import TextCheck

_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_LONGEST_TAIL = _ZIP_END_BYTES + 0xFFFF
HIDES_AN_ARCHIVE = (
    "Le fichier cache une archive à sa fin. Ouvrez-le sur votre ordinateur, enregistrez-le de nouveau et renvoyez-le."
)


class Pass:
    """Follows the bytes that go through `chunks`; a refusal is kept, not raised, so that the pass goes to its end."""

    def __init__(self, parts: Sequence[tuple[int, str]] = (), copied: frozenset[AllowedType | None] = frozenset()):
        self._whole = hashlib.sha256()
        self._parts = parts  # (size, SHA-256) of what was received, in order
        self._part, self._part_size, self._part_number = hashlib.sha256(), 0, 0
        self._copied = copied  # types that are needed as a file; None is a zip
        self._head, self._tail = b"", b""
        self._text: TextCheck | None = None
        self._known = False
        self.size = 0
        self.kind: AllowedType | None = None  # None: a zip, or refused
        self.refusal = ""
        self.failure: OSError | None = None
        self.damaged = False  # a part is not what was received

    def chunks(self, source: Iterable[bytes], copy: BinaryIO) -> Iterator[bytes]:
        """The same chunks, looked at on the way; written to `copy` when their type is among those copied."""
        try:
            yield from self._through(source, copy)
        except OSError as fault:  # no room for the copy
            self.failure = fault
            raise

    def _through(self, source: Iterable[bytes], copy: BinaryIO) -> Iterator[bytes]:
        for chunk in source:
            self.size += len(chunk)
            self._whole.update(chunk)
            self._follow_parts(chunk)
            self._tail = (self._tail + chunk)[-_LONGEST_TAIL:]
            if self._known:
                self._look(chunk, copy)
            else:
                self._head += chunk
                if len(self._head) >= HEAD_BYTES:
                    self._decide(copy)
            yield chunk
        if not self._known:
            self._decide(copy)
        self._end()

    def sha256(self) -> str:
        """The hash of all that went through."""
        return self._whole.hexdigest()

    def charset(self) -> str:
        """Of a text that was not refused; nothing for the rest."""
        return self._text.charset() if self._text is not None and not self.refusal else ""

    def _decide(self, copy: BinaryIO) -> None:
        self._known, beginning, self._head = True, self._head, b""
        try:
            self.kind = detect(beginning[:HEAD_BYTES])
        except TypeRefused as fault:
            self.refusal = fault.reason
            return
        if self.kind is AllowedType.TEXT:
            self._text = TextCheck()
        self._look(beginning, copy)

    def _look(self, chunk: bytes, copy: BinaryIO) -> None:
        if self.refusal:
            return
        try:
            if self._text is not None:
                self._text.feed(chunk)
        except TypeRefused as fault:
            self.refusal = fault.reason
            return
        if self.kind in self._copied:
            copy.write(chunk)

    def _follow_parts(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while self._parts and len(view) and not self.damaged:
            if self._part_number == len(self._parts):
                self.damaged = True  # more bytes than were received
                return
            size, expected = self._parts[self._part_number]
            taken = view[: size - self._part_size]
            view = view[len(taken) :]
            self._part.update(taken)
            self._part_size += len(taken)
            if self._part_size == size:
                self.damaged = self._part.hexdigest() != expected
                self._part, self._part_size, self._part_number = hashlib.sha256(), 0, self._part_number + 1

    def _end(self) -> None:
        self.damaged = self.damaged or bool(self._parts and self._part_number < len(self._parts))
        if self.refusal:
            return
        try:
            if self._text is not None:
                self._text.charset()
        except TypeRefused as fault:
            self.refusal = fault.reason
        if self.kind is not None and _ends_as_a_zip(self._tail):
            self.refusal = HIDES_AN_ARCHIVE


def _ends_as_a_zip(tail: bytes) -> bool:
    """Whether the file is also a zip: a directory's end whose comment reaches exactly the end of the file."""
    place = tail.rfind(_ZIP_END)
    while place >= 0:
        record = tail[place : place + _ZIP_END_BYTES]
        if len(record) == _ZIP_END_BYTES:
            entries, comment = int.from_bytes(record[10:12], "little"), int.from_bytes(record[20:22], "little")
            if entries and place + _ZIP_END_BYTES + comment == len(tail):
                return True
        place = tail.rfind(_ZIP_END, 0, place)
    return False
