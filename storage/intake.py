"""What happens to each byte on its way in: counted, hashed, looked at; whoever keeps it lends the memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from storage.checks import HEAD_BYTES, AllowedType, detect
from storage.errors import Empty, StreamCut, TooLarge, TypeRefused
from storage.port import Readable
from storage.text import TextCheck

_STEP = 256 * 1024


class Intake:
    """Measures what goes through; `fill` raises what refuses the file, so that the upload is aborted."""

    def __init__(self, stream: Readable, limit_bytes: int, allowed: Collection[AllowedType]) -> None:
        self._stream = stream
        self._limit = limit_bytes
        self._allowed = allowed
        self._digest = hashlib.sha256()
        self._pending = b""  # what was read ahead to know the type
        self._text: TextCheck | None = None
        self.size = 0
        self.type: AllowedType | None = None  # stays None for a zip, whose entries decide once it is in the store

    def begin(self) -> None:
        """Decide on the beginning before anything is sent; raises Empty, TypeRefused, TooLarge, StreamCut."""
        self._pending = self._take(HEAD_BYTES)
        if not self._pending:
            raise Empty
        self.type = detect(self._pending)
        if self.type is not None:
            require_allowed(self.type, self._allowed)
        if self.type is AllowedType.TEXT:
            self._text = TextCheck()
            self._text.feed(self._pending)

    def fill(self, buffer: memoryview) -> int:
        """Fills the buffer; how many bytes it took, fewer than it holds only at the end."""
        ahead = self._pending[: len(buffer)]
        buffer[: len(ahead)] = ahead
        self._pending = self._pending[len(ahead) :]
        filled = len(ahead)
        while filled < len(buffer):
            chunk = self._step(len(buffer) - filled)
            if not chunk:
                break
            if self._text is not None:
                self._text.feed(chunk)
            buffer[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        return filled

    def sha256(self) -> str:
        """The hash of all that went through, in lowercase hexadecimal."""
        return self._digest.hexdigest()

    def charset(self) -> str | None:
        """The charset of a text, None for the rest; raises TypeRefused for a text without any."""
        return self._text.charset() if self._text is not None else None

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (chunk := self._step(size - len(data))):
            data += chunk
        return data

    def _step(self, size: int) -> bytes:
        try:
            chunk = self._stream.read(min(_STEP, size))
        except (OSError, EOFError) as cut:
            raise StreamCut("L'envoi a été interrompu. Renvoyez le fichier.") from cut
        self.size += len(chunk)
        if self.size > self._limit:
            raise TooLarge(self._limit)
        self._digest.update(chunk)
        return chunk


def require_allowed(kind: AllowedType, allowed: Collection[AllowedType]) -> None:
    """Raise TypeRefused when this place takes other types only."""
    if kind not in allowed:
        expected = ", ".join(sorted(one.extension.upper() for one in allowed))
        raise TypeRefused(f"Ce type de fichier n'est pas accepté ici. Types acceptés : {expected}.")
