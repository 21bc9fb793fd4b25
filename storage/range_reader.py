"""A seekable file over ranged reads of an object, so that a zip's directory is read without the zip."""

from __future__ import annotations

import io
from collections.abc import Callable

_WINDOW = 64 * 1024
_LARGEST_READ = 16 * 1024 * 1024  # a directory that claims more than this is no honest document


class UnreasonableRead(OSError):
    """More was asked at once than any honest document needs."""


class RangeReader(io.RawIOBase):
    """Reads `fetch(start, end)` (end excluded) by windows; holds one window in memory."""

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._fetch = fetch
        self._size = size
        self._place = 0
        self._window_start = 0
        self._window = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next read begins, in bytes."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move; raises ValueError before the first byte."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("seek before the first byte")
        self._place = base + offset
        return self._place

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, fewer only at the end; raises UnreasonableRead above 16 MiB."""
        end = self._size if size is None or size < 0 else min(self._place + size, self._size)
        if end <= self._place:
            return b""
        if end - self._place > _LARGEST_READ:
            raise UnreasonableRead(f"{end - self._place} bytes asked at once")
        if not (self._window_start <= self._place and end <= self._window_start + len(self._window)):
            self._window_start = self._place
            self._window = self._fetch(self._place, max(end, min(self._place + _WINDOW, self._size)))
        offset = self._place - self._window_start
        data = self._window[offset : offset + end - self._place]
        self._place += len(data)
        return data
