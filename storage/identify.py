"""Says what an object really is, once it is whole in the store."""

from __future__ import annotations

from storage.checks import HEAD_BYTES, AllowedType, detect
from storage.office import inspect_zip
from storage.port import ObjectStore
from storage.range_reader import RangeReader
from storage.text import TextCheck


def identify(store: ObjectStore, key: str, size: int) -> tuple[AllowedType, str | None]:
    """The object's type, and its charset when it is a text; raises TypeRefused, ObjectMissing."""

    def fetch(start: int, end: int) -> bytes:
        return b"".join(store.open_range(key, start, end))

    kind = detect(fetch(0, min(HEAD_BYTES, size)))
    if kind is None:
        return inspect_zip(RangeReader(fetch, size)), None
    if kind is not AllowedType.TEXT:
        return kind, None
    check = TextCheck()
    for chunk in store.open_range(key):
        check.feed(chunk)
    return kind, check.charset()
