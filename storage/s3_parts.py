"""Objects sent as a stream, whole or part by part, with nothing of them in memory but what is on its way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from xml.etree import ElementTree

import urllib3
from minio import Minio

from storage.errors import ObjectMissing, StoreDown, TakenKey
from storage.port import OpenUpload, SentPart
from storage.s3_answers import UNREACHABLE, speaking

LEAST_PART = 5 * 1024 * 1024  # bytes: S3 takes no smaller part, but for the last
MOST_PARTS = 10_000
# The first also bounds each write to a connection just made, which a busy disk holds up.
_PATIENCE = urllib3.Timeout(connect=20, read=120)
_SIGNED_FOR = timedelta(hours=12)  # the longest that one part may take, however slow its sender


class Parts:
    """The part of `S3Store` that streams."""

    bucket: str
    _client: Minio
    _http: urllib3.PoolManager

    def put_streamed(
        self, key: str, chunks: Iterable[bytes | memoryview], length: int, media_type: str, *, create_only: bool = False
    ) -> None:
        """Keep exactly `length` bytes; whatever `chunks` raises leaves nothing. TakenKey under `create_only`."""
        headers = {"Content-Type": media_type} | ({"If-None-Match": "*"} if create_only else {})
        self._stream(key, chunks, length, {}, headers)

    def begin_parts(self, key: str, media_type: str) -> str:
        """Open an upload in parts; the store's name for it."""
        with speaking():
            headers = cast("dict[str, Any]", {"Content-Type": media_type})
            return self._client._create_multipart_upload(self.bucket, key, headers)

    def put_part(self, key: str, upload: str, number: int, chunks: Iterable[bytes | memoryview], length: int) -> str:
        """Send one part of exactly `length` bytes; its ETag, once the store has acknowledged it."""
        return self._stream(key, chunks, length, {"partNumber": str(number), "uploadId": upload}, {})

    def complete_parts(self, key: str, upload: str, parts: Collection[SentPart]) -> None:
        """Make one object of the parts, in the order of their numbers; nothing to do when that was done before.

        Raises ObjectMissing when the store has neither the parts nor the object.
        """
        whole = sum(part.size for part in parts)
        try:
            with speaking():
                ordered = sorted(parts, key=lambda part: part.part_number)
                self._client._complete_multipart_upload(self.bucket, key, upload, cast("Any", ordered))
        except ObjectMissing:
            # Completed by a run that was cut before it could say so.
            if self.size(key) != whole:
                raise
        if self.size(key) != whole:
            raise StoreDown(f"Le stockage a mal assemblé {key}.")

    def abort_parts(self, key: str, upload: str) -> None:
        """Forget an upload in parts, if the store still knows it."""
        with suppress(ObjectMissing), speaking():
            self._client._abort_multipart_upload(self.bucket, key, upload)

    def part_sizes(self, key: str, upload: str) -> dict[int, int]:
        """Bytes of each part the store holds, by number; none for an upload that it does not know."""
        sizes: dict[int, int] = {}
        with suppress(ObjectMissing), speaking():
            marker: str | None = None
            while True:
                page = self._client._list_parts(self.bucket, key, upload, part_number_marker=marker)
                sizes |= {part.part_number: part.size or 0 for part in page.parts}
                if not page.is_truncated or not page.parts:
                    break
                marker = str(page.parts[-1].part_number)
        return sizes

    def open_uploads(self, prefix: str) -> Iterator[OpenUpload]:
        """Every upload in parts that is neither completed nor forgotten."""
        key_marker: str | None = None
        upload_marker: str | None = None
        while True:
            with speaking():
                page = self._client._list_multipart_uploads(
                    self.bucket, prefix=prefix, key_marker=key_marker, upload_id_marker=upload_marker
                )
            for one in page.uploads:
                begun = one.initiated_time or datetime.fromtimestamp(0, UTC)
                yield OpenUpload(one.object_name, cast(str, one.upload_id), begun)
            if not page.is_truncated or not page.uploads:
                return
            key_marker, upload_marker = page.next_key_marker, page.next_upload_id_marker

    size: Callable[[str], int]

    def _stream(
        self,
        key: str,
        chunks: Iterable[bytes | memoryview],
        length: int,
        query: dict[str, str],
        headers: dict[str, str],
    ) -> str:
        with speaking():
            # A signed address lets the body go by unsigned, hence unread before it leaves; nothing of it is kept to
            # be sent twice, so that a failure is the caller's to mend.
            url = self._client.get_presigned_url(
                "PUT", self.bucket, key, expires=_SIGNED_FOR, extra_query_params=cast("dict[str, Any]", query) or None
            )
            answer = self._http.urlopen(
                "PUT",
                url,
                body=iter(chunks),
                headers={"Content-Length": str(length), **headers},
                retries=False,
                timeout=_PATIENCE,
            )
        if answer.status == 412:
            raise TakenKey(key)
        if answer.status != 200:
            code = _code(answer.data)
            if code == "NoSuchUpload":
                raise ObjectMissing(key)
            raise StoreDown(f"Le stockage refuse : {code}" if code else UNREACHABLE)
        return str(answer.headers.get("ETag", "")).strip('"')


def _code(body: bytes) -> str:
    try:
        return ElementTree.fromstring(body).findtext("{*}Code") or ""  # noqa: S314 -- from our own store
    except ElementTree.ParseError:
        return ""
