"""What the store's client raises and gives back, in the words of this package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import urllib3
from minio.error import InvalidResponseError, MinioException, S3Error

from storage.errors import ObjectLocked, ObjectMissing, StoreDown, StoreError

CHUNK_BYTES = 1024 * 1024  # four times fewer hand-overs than by 256 KiB: a fifth of a relay's time
_MISSING = {"NoSuchKey", "NoSuchVersion", "NoSuchUpload"}
_LOCKED = {"AccessDenied", "ObjectLocked", "InvalidRetentionPeriod"}
UNREACHABLE = "Le stockage des fichiers ne répond pas. Réessayez dans quelques minutes."


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what the client and its connection raise into the errors of this package."""
    try:
        yield
    except S3Error as fault:
        if fault.code in _MISSING:
            raise ObjectMissing(fault.object_name or "") from fault
        raise StoreDown(f"Le stockage refuse : {fault.code}, {fault.message}") from fault
    except (urllib3.exceptions.HTTPError, MinioException, InvalidResponseError) as fault:
        raise StoreDown(UNREACHABLE) from fault


class Chunks:
    """The bytes of one answer; its connection is given back at the end, at close() or when forgotten."""

    def __init__(self, answer: urllib3.BaseHTTPResponse | None) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._answer is None:
            raise StopIteration
        try:
            with speaking():
                # As they are: the client's own way of undoing compression copies each byte twice more.
                chunk = self._answer.read(CHUNK_BYTES, decode_content=False)
        except StoreError:
            self.close()
            raise
        if not chunk:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Give the connection back; one that was not read to its end is closed, not kept."""
        if self._answer is not None:
            self._answer.close()
            self._answer.release_conn()
            self._answer = None

    def __del__(self) -> None:
        self.close()


@contextmanager
def locked_is_named(key: str) -> Iterator[None]:
    """Name a refusal that comes from retention."""
    try:
        yield
    except S3Error as fault:
        if fault.code in _LOCKED:
            raise ObjectLocked(f"{key} est verrouillé : le stockage refuse de le supprimer.") from fault
        raise
