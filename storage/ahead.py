"""Reads ahead of whoever takes the bytes: the store goes on sending while the last chunk is on its way out."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator

_HELD = 4  # batches waiting at most
_BATCH_BYTES = 1024 * 1024  # handed over together: threads that take turns cost more than bytes
_LOOK_AGAIN = 0.5  # seconds between looks at whether anybody still reads


def ahead(chunks: Generator[bytes, None, None]) -> Iterator[bytes]:
    """The same bytes, made by a thread of their own; its fault is raised here, and closing this ends it."""
    waiting: queue.Queue[list[bytes] | BaseException | None] = queue.Queue(_HELD)
    gone = threading.Event()

    def put(item: list[bytes] | BaseException | None) -> bool:
        while not gone.is_set():
            try:
                waiting.put(item, timeout=_LOOK_AGAIN)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        end: BaseException | None = None
        try:
            if not all(put(batch) for batch in _batches(chunks)):
                return
        except BaseException as fault:  # told to whoever reads, in their thread
            end = fault
        finally:
            chunks.close()
            put(end)

    threading.Thread(target=make, name="ahead", daemon=True).start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield from item
    finally:
        gone.set()


def _batches(chunks: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Chunks by the MiB, the first one alone; those made before a fault go before it."""
    batch, size, most = [], 0, 0
    try:
        for chunk in chunks:
            batch.append(chunk)
            size += len(chunk)
            if size >= most:
                yield batch
                batch, size, most = [], 0, _BATCH_BYTES
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
