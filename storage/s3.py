"""The object store over S3; with its neighbours `s3_*.py`, the only importer of `minio`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import S3Error
from minio.helpers import md5sum_hash
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from storage.buffers import Buffers
from storage.checks import AllowedType
from storage.errors import ObjectMissing, StoreDown, StoreError, TooLarge
from storage.intake import Intake, require_allowed
from storage.keys import evidence_key
from storage.office import inspect_zip
from storage.port import Listed, Readable, Received, SentPart
from storage.range_reader import RangeReader
from storage.s3_answers import CHUNK_BYTES, Chunks, locked_is_named, speaking
from storage.s3_parts import LEAST_PART, Parts

_CONNECT_SECONDS = 3
_READ_SECONDS = 60
_NOT_LOCKED = {"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"}  # of S3, of SeaweedFS
_CONNECTIONS = 64  # kept open; more are opened at need
_BUFFERS = 6  # of one part, for files of a form: what a process holds of them at most
_LONGEST_WAIT = 60.0  # seconds for one of these
_NOT_KNOWN_YET = "application/octet-stream"  # to the store: what people are told comes from the database


class S3Store(Parts):
    """An `ObjectStore` in one bucket, versioned and with object lock; safe to share between threads."""

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        secure: bool = False,
        region: str = "us-east-1",
    ) -> None:
        self.bucket = bucket
        timeout = urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS)
        retries = urllib3.Retry(total=2, connect=1, read=1, backoff_factor=0.2, status_forcelist=[502, 503, 504])
        self._http = urllib3.PoolManager(timeout=timeout, retries=retries, maxsize=_CONNECTIONS)
        # The region is given so that no request is spent on asking for it.
        self._client = Minio(
            endpoint,
            access_key,
            secret_key,
            secure=secure,
            region=region,
            http_client=self._http,
        )
        self._buffers = Buffers(_BUFFERS, LEAST_PART)

    @property
    def client(self) -> Minio:
        """The bare client, for measures beside it; nothing else goes round this class."""
        return self._client

    def prepare(self) -> None:
        """Make the bucket, versioned and with object lock, when it is missing; raises StoreDown."""
        with speaking():
            if not self._client.bucket_exists(self.bucket):
                try:
                    self._client.make_bucket(self.bucket, object_lock=True)
                except S3Error as fault:
                    # Two processes that start together may both want to make it.
                    if fault.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                        raise
            if self._client.get_bucket_versioning(self.bucket).status != ENABLED:
                self._client.set_bucket_versioning(self.bucket, VersioningConfig(ENABLED))

    def put_stream(
        self, stream: Readable, *, limit_bytes: int, allowed: Collection[AllowedType] = tuple(AllowedType)
    ) -> Received:
        """Keep what is sent under a fresh key; TooLarge, Empty, TypeRefused or StreamCut leave nothing."""
        intake = Intake(stream, limit_bytes, allowed)
        intake.begin()
        key = evidence_key()
        media_type = intake.type.media_type if intake.type else _NOT_KNOWN_YET
        self._send(key, intake, media_type)
        try:
            charset = intake.charset()
            kind = intake.type or self._inspect_zip(key, intake.size, allowed)
        except StoreError:
            # The fault matters more than an object that nothing refers to, which is found later.
            with suppress(StoreError):
                self.delete(key)
            raise
        return Received(intake.sha256(), intake.size, kind, charset, key)

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
        headers = {"Content-Type": media_type, "Content-MD5": md5sum_hash(data) or ""}
        if create_only:
            headers["If-None-Match"] = "*"
        if locked_until is not None:
            headers["x-amz-object-lock-mode"] = COMPLIANCE
            headers["x-amz-object-lock-retain-until-date"] = f"{locked_until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        with speaking():
            # The public put_object takes no If-None-Match.
            return self._unless_taken("PUT", key, headers, body=data)

    def read_bytes(self, key: str, *, limit_bytes: int = 64 * 1024 * 1024) -> bytes:
        """The whole of a small object; raises ObjectMissing, or TooLarge above the limit."""
        if self.size(key) > limit_bytes:
            raise TooLarge(limit_bytes)
        return b"".join(self.open_range(key))

    def open_range(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """Bytes from `start` to `end` excluded (None: to the last), streamed; raises ObjectMissing."""
        if start < 0 or (end is not None and end < start):
            raise ValueError(f"no such range: {start}-{end}")
        if start == end:
            return Chunks(None)
        with speaking():
            length = 0 if end is None else end - start  # the client reads 0 as: to the last byte
            return Chunks(self._client.get_object(self.bucket, key, offset=start, length=length))

    def size(self, key: str) -> int:
        """Bytes of the object; raises ObjectMissing."""
        with speaking():
            return self._client.stat_object(self.bucket, key).size or 0

    def exists(self, key: str) -> bool:
        """Whether an object has this key."""
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def list(self, prefix: str) -> Iterator[Listed]:
        """Every object whose key begins with `prefix`, in key order."""
        with speaking():
            for found in self._client.list_objects(self.bucket, prefix=prefix, recursive=True):
                if not found.is_dir and found.last_modified is not None:
                    yield Listed(found.object_name or "", found.size or 0, found.last_modified)

    def lock(self, key: str, until: datetime) -> None:
        """Put the object under retention that nobody can lift; raises ObjectMissing, ObjectLocked."""
        with speaking(), locked_is_named(key):
            self._client.set_object_retention(self.bucket, key, Retention(COMPLIANCE, until.astimezone(UTC)))

    def locked_until(self, key: str) -> datetime | None:
        """The end of the object's retention, None without one; raises ObjectMissing."""
        with speaking():
            try:
                kept = self._client.get_object_retention(self.bucket, key)
            except S3Error as fault:
                if fault.code in _NOT_LOCKED:
                    return None
                raise
        return kept.retain_until_date if kept and kept.mode == COMPLIANCE else None

    def delete(self, key: str) -> None:
        """Remove the object and all its versions, if there; raises ObjectLocked under retention."""
        with speaking(), locked_is_named(key):
            versions = self._client.list_objects(self.bucket, prefix=key, include_version=True, recursive=True)
            for version in versions:
                if version.object_name == key:
                    self._client.remove_object(self.bucket, key, version_id=version.version_id)

    def ready(self) -> bool:
        """Whether the store answers and has its bucket; never raises for a store that is down."""
        try:
            with speaking():
                return self._client.bucket_exists(self.bucket)
        except StoreError:
            return False

    def _inspect_zip(self, key: str, size: int, allowed: Collection[AllowedType]) -> AllowedType:
        kind = inspect_zip(RangeReader(lambda start, end: b"".join(self.open_range(key, start, end)), size))
        require_allowed(kind, allowed)
        return kind

    def _send(self, key: str, intake: Intake, media_type: str) -> None:
        """One object of what comes in, by a single write when one buffer holds it all."""
        upload = ""
        parts: list[SentPart] = []
        try:
            while True:
                with self._buffers.lent(_LONGEST_WAIT) as buffer:
                    if buffer is None:
                        raise StoreDown("Trop d'envois à la fois. Réessayez dans quelques minutes.")
                    view = memoryview(buffer)[: intake.fill(memoryview(buffer))]
                    chunks = (view[place : place + CHUNK_BYTES] for place in range(0, len(view), CHUNK_BYTES))
                    last = len(view) < len(buffer)
                    if last and not upload:
                        return self.put_streamed(key, chunks, len(view), media_type)
                    upload = upload or self.begin_parts(key, media_type)
                    if len(view):
                        etag = self.put_part(key, upload, len(parts) + 1, chunks, len(view))
                        parts.append(SentPart(len(parts) + 1, len(view), "", etag))
                if last:
                    intake.charset()  # raises for a text that has none, before it is an object
                    return self.complete_parts(key, upload, parts)
        except BaseException:
            with suppress(StoreError):
                if upload:
                    self.abort_parts(key, upload)
            raise

    def _unless_taken(self, method: str, key: str, headers: dict[str, str], body: bytes | None = None) -> bool:
        try:
            answer = self._client._execute(
                method,
                self.bucket,
                key,
                body=body,
                headers=cast("dict[str, str | list[str] | tuple[str]]", headers),
            )
        except S3Error as fault:
            if fault.code == "PreconditionFailed":
                return False
            raise
        if b"<Error>" in answer.data:  # S3 may fail a copy after having said 200
            raise StoreDown(f"Le stockage n'a pas gardé {key}. Réessayez.")
        return True
