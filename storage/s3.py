"""The object store over S3: the only importer of `minio`, whose failures leave as those of `errors.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, cast
from urllib.parse import quote

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import InvalidResponseError, MinioException, S3Error
from minio.helpers import md5sum_hash
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from storage.checks import AllowedType
from storage.errors import ObjectLocked, ObjectMissing, StoreDown, StoreError, TooLarge
from storage.intake import Intake, require_allowed
from storage.keys import INCOMING, evidence_key, incoming_key
from storage.office import inspect_zip
from storage.port import Listed, Readable, Received
from storage.range_reader import RangeReader

PART_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
_CONNECT_SECONDS = 3
_READ_SECONDS = 60
_MISSING = {"NoSuchKey", "NoSuchVersion"}
_NOT_LOCKED = {"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"}  # of S3, of SeaweedFS
_LOCKED = {"AccessDenied", "ObjectLocked", "InvalidRetentionPeriod"}


@contextmanager
def _speaking() -> Iterator[None]:
    """Turn what the client and its connection raise into the errors of this package."""
    try:
        yield
    except S3Error as fault:
        if fault.code in _MISSING:
            raise ObjectMissing(fault.object_name or "") from fault
        raise StoreDown(f"Le stockage refuse : {fault.code}, {fault.message}") from fault
    except (urllib3.exceptions.HTTPError, MinioException, InvalidResponseError) as fault:
        raise StoreDown("Le stockage des fichiers ne répond pas. Réessayez dans quelques minutes.") from fault


class _Chunks:
    """The bytes of one answer; its connection is given back at the end, at close() or when forgotten."""

    def __init__(self, answer: urllib3.BaseHTTPResponse | None) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._answer is None:
            raise StopIteration
        try:
            with _speaking():
                chunk = self._answer.read(CHUNK_BYTES)
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


class S3Store:
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
        # The region is given so that no request is spent on asking for it.
        self._client = Minio(
            endpoint,
            access_key,
            secret_key,
            secure=secure,
            region=region,
            http_client=urllib3.PoolManager(timeout=timeout, retries=retries, maxsize=32),
        )

    @property
    def client(self) -> Minio:
        """The bare client, for measures beside it; nothing else goes round this class."""
        return self._client

    def prepare(self) -> None:
        """Make the bucket, versioned and with object lock, when it is missing; raises StoreDown."""
        with _speaking():
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
        """Keep what is sent under its hash; TooLarge, Empty, TypeRefused or StreamCut leave nothing."""
        intake = Intake(stream, limit_bytes, allowed)
        intake.begin()
        temporary = incoming_key()
        try:
            with _speaking():
                # One part at a time: the client aborts the multipart upload when reading or sending fails.
                self._client.put_object(
                    self.bucket,
                    temporary,
                    cast(BinaryIO, intake),
                    length=-1,
                    part_size=PART_BYTES,
                    num_parallel_uploads=1,
                )
            charset = intake.charset()
            kind = intake.type or self._inspect_zip(temporary, intake.size, allowed)
            key = evidence_key(intake.sha256())
            media_type = f"{kind.media_type}; charset={charset}" if charset else kind.media_type
            already_there = not self._copy_if_new(temporary, key, intake.size, media_type)
        finally:
            # The fault that brought us here matters more than a temporary that sweep_incoming will find.
            with suppress(StoreError):
                self.delete(temporary)
        return Received(intake.sha256(), intake.size, kind, charset, key, already_there)

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
        with _speaking():
            # The public put_object takes no If-None-Match.
            return self._unless_taken("PUT", key, headers, body=data)

    def read_bytes(self, key: str, *, limit_bytes: int = 64 * 1024 * 1024) -> bytes:
        """The whole of a small object; raises ObjectMissing, or TooLarge above the limit."""
        if self.size(key) > limit_bytes:
            raise TooLarge(limit_bytes)
        return b"".join(self.open_range(key))

    def open_range(self, key: str, start: int = 0, end: int | None = None) -> _Chunks:
        """Bytes from `start` to `end` excluded (None: to the last), streamed; raises ObjectMissing."""
        if start < 0 or (end is not None and end < start):
            raise ValueError(f"no such range: {start}-{end}")
        if start == end:
            return _Chunks(None)
        with _speaking():
            length = 0 if end is None else end - start  # the client reads 0 as: to the last byte
            return _Chunks(self._client.get_object(self.bucket, key, offset=start, length=length))

    def size(self, key: str) -> int:
        """Bytes of the object; raises ObjectMissing."""
        with _speaking():
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
        with _speaking():
            for found in self._client.list_objects(self.bucket, prefix=prefix, recursive=True):
                if not found.is_dir and found.last_modified is not None:
                    yield Listed(found.object_name or "", found.size or 0, found.last_modified)

    def lock(self, key: str, until: datetime) -> None:
        """Put the object under retention that nobody can lift; raises ObjectMissing, ObjectLocked."""
        with _speaking(), _locked_is_named(key):
            self._client.set_object_retention(self.bucket, key, Retention(COMPLIANCE, until.astimezone(UTC)))

    def locked_until(self, key: str) -> datetime | None:
        """The end of the object's retention, None without one; raises ObjectMissing."""
        with _speaking():
            try:
                kept = self._client.get_object_retention(self.bucket, key)
            except S3Error as fault:
                if fault.code in _NOT_LOCKED:
                    return None
                raise
        return kept.retain_until_date if kept and kept.mode == COMPLIANCE else None

    def delete(self, key: str) -> None:
        """Remove the object and all its versions, if there; raises ObjectLocked under retention."""
        with _speaking(), _locked_is_named(key):
            versions = self._client.list_objects(self.bucket, prefix=key, include_version=True, recursive=True)
            for version in versions:
                if version.object_name == key:
                    self._client.remove_object(self.bucket, key, version_id=version.version_id)

    def sweep_incoming(self, older_than: timedelta) -> int:
        """Remove the temporaries and unfinished uploads that a crash left behind; the number removed."""
        before, removed = datetime.now(UTC) - older_than, 0
        for left in [one for one in self.list(INCOMING) if one.last_modified < before]:
            self.delete(left.key)
            removed += 1
        with _speaking():
            for upload in self._client._list_multipart_uploads(self.bucket, prefix=INCOMING).uploads:
                if upload.initiated_time is None or upload.initiated_time < before:
                    self._client._abort_multipart_upload(self.bucket, upload.object_name, cast(str, upload.upload_id))
                    removed += 1
        return removed

    def ready(self) -> bool:
        """Whether the store answers and has its bucket; never raises for a store that is down."""
        try:
            with _speaking():
                return self._client.bucket_exists(self.bucket)
        except StoreError:
            return False

    def _inspect_zip(self, key: str, size: int, allowed: Collection[AllowedType]) -> AllowedType:
        kind = inspect_zip(RangeReader(lambda start, end: b"".join(self.open_range(key, start, end)), size))
        require_allowed(kind, allowed)
        return kind

    def _copy_if_new(self, source: str, key: str, size: int, media_type: str) -> bool:
        """Copy inside the store, never over what is there; whether the key is new."""
        headers = {
            "x-amz-copy-source": quote(f"{self.bucket}/{source}"),
            "x-amz-metadata-directive": "REPLACE",
            "Content-Type": media_type,
            "If-None-Match": "*",
        }
        with _speaking():
            copied = self._unless_taken("PUT", key, headers)
        if self.size(key) != size:
            raise StoreDown(f"Le stockage a mal gardé {key}. Renvoyez le fichier.")
        return copied

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


@contextmanager
def _locked_is_named(key: str) -> Iterator[None]:
    try:
        yield
    except S3Error as fault:
        if fault.code in _LOCKED:
            raise ObjectLocked(f"{key} est verrouillé : le stockage refuse de le supprimer.") from fault
        raise
