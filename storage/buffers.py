"""Memory lent to whoever must hold bytes for a while: bounded for the whole process, whatever the number of senders."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Buffers:
    """At most `count` buffers of `size` bytes, made at the first need and used again."""

    def __init__(self, count: int, size: int) -> None:
        self.size = size
        self._room = threading.Semaphore(count)
        self._kept: list[bytearray] = []

    @contextmanager
    def lent(self, wait_seconds: float = 0) -> Iterator[bytearray | None]:
        """A buffer until the end of the block; None when all are lent for that long."""
        if not self._room.acquire(timeout=wait_seconds) if wait_seconds else not self._room.acquire(blocking=False):
            yield None
            return
        try:
            # Kept rather than freed: buffers that come and go would leave the memory in pieces.
            buffer = self._kept.pop() if self._kept else bytearray(self.size)
            try:
                yield buffer
            finally:
                self._kept.append(buffer)
        finally:
            self._room.release()
