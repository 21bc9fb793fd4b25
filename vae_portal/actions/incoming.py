"""The bytes of one sending on their way to the store: hashed, looked at, a few of them kept in case of a cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Protocol

from storage.buffers import Buffers
from storage.checks import HEAD_BYTES, detect
from storage.errors import StreamCut
from storage.s3_parts import LEAST_PART

Bytes = bytes | memoryview
MOST_PART = 32 * 1024 * 1024  # bytes
_STEP = 256 * 1024
_CUT = "L'envoi a été interrompu : il peut reprendre où il en était."

# What a process holds at most of bytes that a cut would lose.
COPIES = Buffers(3, LEAST_PART)


class Body(Protocol):
    """What a sender sends: `length` bytes, or until they stop when it is None."""

    length: int | None

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end; EOFError or OSError when the sender went away before it."""
        ...


class Checksum:
    """What the whole of one sending must hash to."""

    def __init__(self, algorithm: str, expected: bytes) -> None:
        self._digest = hashlib.new(algorithm, usedforsecurity=False)
        self._expected = expected

    def update(self, data: bytes) -> None:
        """Goes on."""
        self._digest.update(data)

    def agrees(self) -> bool:
        """Whether what went by is what was announced."""
        return self._digest.digest() == self._expected


class Incoming:
    """A body read once; `read` raises StreamCut when the sender goes away."""

    def __init__(self, body: Body, checksum: Checksum | None) -> None:
        self._body = body
        self._checksum = checksum
        self._ahead = b""

    def look(self, size: int) -> None:
        """Looks at the beginning of a file of `size` bytes; raises TypeRefused for what never could be taken."""
        wanted = min(HEAD_BYTES, size)
        head = b""
        while len(head) < wanted and (chunk := self.read(wanted - len(head))):
            head += chunk
        self._ahead = head
        if len(head) == wanted:
            detect(head)

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end of a body of unknown length."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        try:
            data = self._body.read(min(size, _STEP))
        except (EOFError, OSError) as fault:
            raise StreamCut(_CUT) from fault
        if self._checksum is not None:
            self._checksum.update(data)
        return data

    def exactly(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes, in steps."""
        while size:
            data = self.read(size)
            if not data:
                raise StreamCut(_CUT)
            size -= len(data)
            yield data

    def fill(self, buffer: memoryview) -> int:
        """Fills the buffer from a body of unknown length; how many bytes it took."""
        filled = 0
        while filled < len(buffer) and (data := self.read(len(buffer) - filled)):
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        return filled


class Witness:
    """Hashes what goes to the store, and copies its beginning where a buffer was lent for it."""

    def __init__(self, copy: bytearray | None) -> None:
        self.sha256 = hashlib.sha256()
        self.seen = 0
        self._copy = copy

    def watch(self, chunks: Iterator[Bytes]) -> Iterator[Bytes]:
        """The same chunks."""
        for chunk in chunks:
            self.sha256.update(chunk)
            if self._copy is not None and self.seen < len(self._copy):
                fits = chunk[: len(self._copy) - self.seen]
                self._copy[self.seen : self.seen + len(fits)] = fits
            self.seen += len(chunk)
            yield chunk

    def kept(self) -> memoryview:
        """The beginning of what went by."""
        return memoryview(self._copy)[: min(self.seen, len(self._copy))] if self._copy is not None else memoryview(b"")


def next_part(available: int, target: int, ends_file: bool) -> int:
    """How many of the bytes at hand make the next part; 0 when they are too few for one.

    A remainder that could be no part is joined to the one before it, but at the file's end any size will do.
    """
    if available >= target + LEAST_PART:
        return target
    return available if ends_file or available >= LEAST_PART else 0


def larger(target: int, seconds: float) -> int:
    """The next part's size: twice the last while parts go by in less than two seconds."""
    return min(MOST_PART, target * 2) if seconds < 2 else max(LEAST_PART, target // 2 if seconds > 8 else target)
