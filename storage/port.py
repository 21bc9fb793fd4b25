"""What the portal asks of an object store, whatever the store: the words of the others for it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.checks import AllowedType
from storage.errors import ChecksumMismatch


class Readable(Protocol):
    """Anything with read(), such as a request's body."""

    def read(self, size: int, /) -> bytes: ...


class ByteStream(Protocol):
    """Chunks of bytes that hold a connection: close() gives it back, also before the end."""

    def __iter__(self) -> Iterator[bytes]: ...

    def __next__(self) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Received:
    """A file that the store has taken: what it is, measured on its bytes, and where it is."""

    sha256: str
    size: int  # bytes
    type: AllowedType
    charset: str | None  # of a text only: "utf-8" or "windows-1252"
    key: str

    @property
    def media_type(self) -> str:
        """The media type to serve it with, without its charset."""
        return self.type.media_type


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of a listing."""

    key: str
    size: int  # bytes
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part that the store has acknowledged, with the hash of the bytes that were sent."""

    part_number: int
    size: int  # bytes
    sha256: str
    etag: str


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """An upload in parts that the store holds open."""

    key: str
    upload: str
    begun_at: datetime


class ObjectStore(Protocol):
    """Keeps bytes under keys; every method raises StoreDown when the store cannot be reached."""

    def put_stream(self, stream: Readable, *, limit_bytes: int, allowed: Collection[AllowedType] = ...) -> Received:
        """Keep what a person sends; TooLarge, Empty, TypeRefused or StreamCut leave nothing."""
        ...

    def put_bytes(
        self,
        key: str,
        data: bytes,
        media_type: str,
        *,
        create_only: bool = False,
        locked_until: datetime | None = None,
    ) -> bool:
        """Keep small data; False when `create_only` finds the key taken, which is then left as it is."""
        ...

    def read_bytes(self, key: str, *, limit_bytes: int = ...) -> bytes:
        """The whole of a small object; raises ObjectMissing, or TooLarge above the limit."""
        ...

    def open_range(self, key: str, start: int = 0, end: int | None = None) -> ByteStream:
        """Bytes from `start` to `end` excluded (None: to the last), streamed; raises ObjectMissing."""
        ...

    def size(self, key: str) -> int:
        """Bytes of the object; raises ObjectMissing."""
        ...

    def exists(self, key: str) -> bool:
        """Whether an object has this key."""
        ...

    def list(self, prefix: str) -> Iterator[Listed]:
        """Every object whose key begins with `prefix`, in key order."""
        ...

    def lock(self, key: str, until: datetime) -> None:
        """Put the object under retention that nobody can lift or shorten; raises ObjectMissing."""
        ...

    def locked_until(self, key: str) -> datetime | None:
        """The end of the object's retention, None without one; raises ObjectMissing."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object and all its versions, if there; raises ObjectLocked under retention."""
        ...

    def put_streamed(
        self, key: str, chunks: Iterable[bytes | memoryview], length: int, media_type: str, *, create_only: bool = False
    ) -> None:
        """Keep exactly `length` bytes; whatever `chunks` raises leaves nothing. TakenKey under `create_only`."""
        ...

    def begin_parts(self, key: str, media_type: str) -> str:
        """Open an upload in parts; the store's name for it."""
        ...

    def put_part(self, key: str, upload: str, number: int, chunks: Iterable[bytes | memoryview], length: int) -> str:
        """Send one part of exactly `length` bytes; its ETag, once the store has acknowledged it."""
        ...

    def complete_parts(self, key: str, upload: str, parts: Collection[SentPart]) -> None:
        """Make one object of the parts, unless that was done before; raises ObjectMissing when they are lost."""
        ...

    def abort_parts(self, key: str, upload: str) -> None:
        """Forget an upload in parts, if the store still knows it."""
        ...

    def part_sizes(self, key: str, upload: str) -> dict[int, int]:
        """Bytes of each part the store holds, by number; none for an upload that it does not know."""
        ...

    def open_uploads(self, prefix: str) -> Iterator[OpenUpload]:
        """Every upload in parts that is neither completed nor forgotten."""
        ...

    def ready(self) -> bool:
        """Whether the store answers and has its bucket; never raises for a store that is down."""
        ...


def check_sha256(store: ObjectStore, key: str, sha256: str) -> int:
    """Read an object again and compare: its size in bytes; raises ChecksumMismatch or ObjectMissing."""
    digest, size = hashlib.sha256(), 0
    for chunk in store.open_range(key):
        digest.update(chunk)
        size += len(chunk)
    if digest.hexdigest() != sha256:
        raise ChecksumMismatch(f"{key} : les octets gardés ne sont plus ceux qui ont été écrits")
    return size
