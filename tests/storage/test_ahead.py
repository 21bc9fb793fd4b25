"""Reading ahead changes neither the bytes nor the faults, holds little, and ends with whoever reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator

import pytest

from storage.ahead import ahead


def numbered(count: int, made: list[int], fault: Exception | None = None) -> Generator[bytes, None, None]:
    try:
        for number in range(count):
            made.append(number)
            yield str(number).encode().rjust(100_000)
        if fault:
            raise fault
    finally:
        made.append(-1)


def test_the_bytes_are_the_same() -> None:
    assert list(ahead(numbered(500, []))) == [str(number).encode().rjust(100_000) for number in range(500)]


def test_a_fault_comes_after_the_bytes_before_it() -> None:
    got = []
    with pytest.raises(OSError, match="lost"):
        got.extend(ahead(numbered(40, [], OSError("lost"))))
    read = ahead(numbered(40, [], OSError("lost")))
    assert [next(read) for _ in range(40)][-1].strip() == b"39"
    with pytest.raises(OSError, match="lost"):
        next(read)


def test_little_is_held_and_everything_ends_with_the_reader() -> None:
    made: list[int] = []
    read = ahead(numbered(10_000, made))
    next(read)
    time.sleep(0.2)
    assert len(made) < 90  # some six MiB
    read.close()  # type: ignore[attr-defined]
    until = time.monotonic() + 10
    while any(thread.name == "ahead" for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(thread.name == "ahead" for thread in threading.enumerate())
    assert made[-1] == -1
