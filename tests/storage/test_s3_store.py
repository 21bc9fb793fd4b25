"""What people send reaches a real store whole or not at all."""

from __future__ import annotations

import hashlib
import io
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from storage.checks import AllowedType
from storage.errors import (
    ChecksumMismatch,
    Empty,
    ObjectLocked,
    ObjectMissing,
    StoreDown,
    StreamCut,
    TakenKey,
    TooLarge,
    TypeRefused,
)
from storage.port import SentPart, check_sha256
from storage.reading_back import Pass
from storage.s3 import S3Store
from storage.s3_parts import LEAST_PART as PART_BYTES
from tests.storage import samples

LIMIT = 100 * 1024 * 1024


class Sender:
    """A body of `size` bytes after `head`, made as it is read; `cut_at` is where the connection breaks."""

    def __init__(self, head: bytes, size: int, cut_at: int | None = None) -> None:
        self._head = head
        self._left = size
        self._cut_at = cut_at
        self._given = 0
        self.digest = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        if self._cut_at is not None and self._given >= self._cut_at:
            raise ConnectionResetError("cut")
        data = (self._head if self._given == 0 else b"")[:size]
        data += b"\x5a" * min(size - len(data), self._left - len(data))
        self._left -= len(data)
        self._given += len(data)
        self.digest.update(data)
        return data


def read_back(store: S3Store, key: str, parts: list[tuple[int, str]]) -> Pass:
    """An object compared with the parts that were received."""
    seen = Pass(parts)
    for _ in seen.chunks(store.open_range(key), io.BytesIO()):
        pass
    return seen


def nothing_remains(store: S3Store) -> bool:
    versions = list(store._client.list_objects(store.bucket, recursive=True, include_version=True))
    uploads = store._client._list_multipart_uploads(store.bucket).uploads
    return not versions and not uploads


def test_64_mib_stream_through_a_few_parts_of_memory(object_store: S3Store) -> None:
    sender = Sender(samples.PDF, 64 * 1024 * 1024)
    tracemalloc.start()
    received = object_store.put_stream(sender, limit_bytes=LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert received.size == 64 * 1024 * 1024
    assert received.sha256 == sender.digest.hexdigest()
    assert peak < 5 * PART_BYTES
    assert check_sha256(object_store, received.key, received.sha256) == received.size
    assert [listed.key for listed in object_store.list("")] == [received.key]


@pytest.mark.parametrize("cut_at", [1, 1024 * 1024, 20 * 1024 * 1024])
def test_a_stream_cut_short_leaves_nothing(object_store: S3Store, cut_at: int) -> None:
    with pytest.raises(StreamCut):
        object_store.put_stream(Sender(samples.PDF, 40 * 1024 * 1024, cut_at), limit_bytes=LIMIT)
    assert nothing_remains(object_store)


@pytest.mark.parametrize("size", [200_001, 40 * 1024 * 1024])
def test_too_large_leaves_nothing(object_store: S3Store, size: int) -> None:
    with pytest.raises(TooLarge, match="dépasse la taille permise"):
        object_store.put_stream(Sender(samples.PDF, size), limit_bytes=size - 1)
    assert nothing_remains(object_store)


def test_exactly_the_limit_is_kept(object_store: S3Store) -> None:
    assert object_store.put_stream(Sender(samples.PDF, PART_BYTES), limit_bytes=PART_BYTES).size == PART_BYTES


def test_an_empty_file_is_refused(object_store: S3Store) -> None:
    with pytest.raises(Empty):
        object_store.put_stream(io.BytesIO(b""), limit_bytes=LIMIT)
    assert nothing_remains(object_store)


def test_nothing_is_overwritten_by_the_same_bytes_sent_again(object_store: S3Store) -> None:
    def send(_: int) -> str:
        return object_store.put_stream(io.BytesIO(samples.PDF), limit_bytes=LIMIT).key

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(16)))) == 16  # kept once when the database knows that they are the same


KEPT = [
    ("docx", samples.open_xml("docx"), AllowedType.DOCX),
    ("xlsx", samples.open_xml("xlsx"), AllowedType.XLSX),
    ("pptx", samples.open_xml("pptx"), AllowedType.PPTX),
    (
        "docx with its directory past the first window",
        samples.open_xml("docx", {"a": bytes(range(256)) * 900}),
        AllowedType.DOCX,
    ),
    ("odt", samples.open_document(AllowedType.ODT.media_type), AllowedType.ODT),
    ("ods", samples.open_document(AllowedType.ODS.media_type), AllowedType.ODS),
    (
        "odt whose macro library is empty",
        samples.open_document(AllowedType.ODT.media_type, {"Basic/Standard/script-lb.xml": b"<x/>"}),
        AllowedType.ODT,
    ),
    ("heic", samples.HEIC, AllowedType.HEIC),
    ("mp3", samples.MP3_BARE, AllowedType.MP3),
    ("text", "été".encode(), AllowedType.TEXT),
]


@pytest.mark.parametrize(("data", "kind"), [case[1:] for case in KEPT], ids=[case[0] for case in KEPT])
def test_each_type_is_kept_under_its_real_media_type(object_store: S3Store, data: bytes, kind: AllowedType) -> None:
    received = object_store.put_stream(io.BytesIO(data), limit_bytes=LIMIT)
    assert received.type is kind
    served = object_store._client.stat_object(object_store.bucket, received.key).content_type or ""
    known_at_its_beginning = not data.startswith(b"PK")
    assert served == (kind.media_type if known_at_its_beginning else "application/octet-stream")
    assert object_store.read_bytes(received.key) == data


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("docm", lambda: samples.open_xml("docm"), "macros. Enregistrez-le en .docx"),
    ("xlsm", lambda: samples.open_xml("xlsm"), "macros. Enregistrez-le en .xlsx"),
    ("pptm", lambda: samples.open_xml("pptm"), "macros. Enregistrez-le en .pptx"),
    ("docx with vba", lambda: samples.open_xml("docx", {"word/vbaProject.bin": b"x"}), "macros"),
    ("docx with ActiveX", lambda: samples.open_xml("docx", {"word/activeX/activeX1.bin": b"x"}), "macros"),
    ("odt with macros", lambda: samples.open_document(AllowedType.ODT.media_type, {"Basic/A/M.xml": b"x"}), "macros"),
    ("odp", lambda: samples.open_document("application/vnd.oasis.opendocument.presentation"), "OpenDocument"),
    ("plain zip", lambda: samples.zipped({"a.exe": b"MZ"}), "archive"),
    ("damaged zip", lambda: samples.open_xml("docx")[:-30], "abîmé"),
    ("bomb", samples.zip_bomb, "grossit trop"),
    ("declared 3 GiB", samples.lying_zip, "grossit trop"),
    ("10,001 entries", lambda: samples.zipped({str(n): b"" for n in range(10_001)}), "grossit trop"),
    ("password", samples.encrypted_zip, "mot de passe"),
    (
        "odt with a password",
        lambda: samples.open_document(
            AllowedType.ODT.media_type, {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}
        ),
        "mot de passe",
    ),
    ("entities", lambda: samples.zipped({"[Content_Types].xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "abîmé"),
    ("text, then a NUL in the third part", lambda: b"a" * (2 * PART_BYTES + 10) + b"\0", "ni un texte"),
]


@pytest.mark.parametrize(("make", "word"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_hides_something_is_refused_and_leaves_nothing(
    object_store: S3Store, make: Callable[[], bytes], word: str
) -> None:
    with pytest.raises(TypeRefused, match=word):
        object_store.put_stream(io.BytesIO(make()), limit_bytes=LIMIT)
    assert nothing_remains(object_store)


@pytest.mark.parametrize("data", [samples.PNG, samples.open_xml("docx")])
def test_a_place_may_take_fewer_types(object_store: S3Store, data: bytes) -> None:
    with pytest.raises(TypeRefused, match="Types acceptés : PDF"):
        object_store.put_stream(io.BytesIO(data), limit_bytes=LIMIT, allowed={AllowedType.PDF})
    assert nothing_remains(object_store)


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 1), (5, 9), (9, None), (3, 3), (0, 10)])
def test_ranges_are_slices(object_store: S3Store, start: int, end: int | None) -> None:
    object_store.put_bytes("documents/digits", b"0123456789", "text/plain")
    assert b"".join(object_store.open_range("documents/digits", start, end)) == b"0123456789"[start:end]


def test_a_reader_that_stops_early_gives_its_connection_back(object_store: S3Store) -> None:
    received = object_store.put_stream(Sender(samples.PDF, 9 * 1024 * 1024), limit_bytes=LIMIT)
    for _ in range(80):  # more than the pool holds
        stream = object_store.open_range(received.key)
        next(stream)
        stream.close()
    assert object_store.exists(received.key)


def test_what_is_missing_is_named(object_store: S3Store) -> None:
    assert not object_store.exists("documents/none")
    with pytest.raises(ObjectMissing):
        object_store.size("documents/none")
    with pytest.raises(ObjectMissing):
        object_store.open_range("documents/none")
    object_store.delete("documents/none")


def test_create_only_leaves_what_is_there(object_store: S3Store) -> None:
    assert object_store.put_bytes("anchors/a", b"first", "text/plain", create_only=True)
    assert not object_store.put_bytes("anchors/a", b"second", "text/plain", create_only=True)
    assert object_store.read_bytes("anchors/a") == b"first"
    with pytest.raises(ChecksumMismatch):
        check_sha256(object_store, "anchors/a", hashlib.sha256(b"second").hexdigest())


@pytest.mark.parametrize("locked_at_once", [True, False])
def test_a_locked_object_cannot_be_deleted(object_store: S3Store, locked_at_once: bool) -> None:
    until = datetime.now(UTC) + timedelta(minutes=5)
    object_store.put_bytes("anchors/b", b"kept", "text/plain", locked_until=until if locked_at_once else None)
    if not locked_at_once:
        assert object_store.locked_until("anchors/b") is None
        object_store.lock("anchors/b", until)
    assert object_store.locked_until("anchors/b") == until.replace(microsecond=0)
    with pytest.raises(ObjectLocked):
        object_store.delete("anchors/b")
    with pytest.raises(ObjectLocked):
        object_store.lock("anchors/b", until - timedelta(minutes=4))
    assert object_store.read_bytes("anchors/b") == b"kept"


def test_the_lock_of_what_is_not_there_is_not_known(object_store: S3Store) -> None:
    with pytest.raises(ObjectMissing):
        object_store.locked_until("anchors/none")


def test_what_a_crash_left_in_parts_is_listed_and_forgotten(object_store: S3Store) -> None:
    upload = object_store.begin_parts("evidence/half", "text/plain")
    etag = object_store.put_part("evidence/half", upload, 1, iter([b"x"]), 1)
    assert etag
    assert [(one.key, one.upload) for one in object_store.open_uploads("evidence/")] == [("evidence/half", upload)]
    assert object_store.part_sizes("evidence/half", upload) == {1: 1}
    object_store.abort_parts("evidence/half", upload)
    object_store.abort_parts("evidence/half", upload)
    assert list(object_store.open_uploads("")) == []
    assert object_store.part_sizes("evidence/half", upload) == {}


def test_parts_become_one_object_once_and_are_proven(object_store: S3Store) -> None:
    key, upload = "evidence/parts", object_store.begin_parts("evidence/parts", "text/plain")
    pieces = [b"a" * PART_BYTES, b"never counted", b"the end"]
    sent = [
        SentPart(n, len(data), sha256(data), object_store.put_part(key, upload, n, iter([data]), len(data)))
        for n, data in enumerate(pieces, 1)
    ]
    wanted = [sent[0], sent[2]]
    with pytest.raises(StreamCut):
        object_store.put_part(key, upload, 4, cut_after(b"x"), 10)
    object_store.complete_parts(key, upload, wanted)
    object_store.complete_parts(key, upload, wanted)  # by a run that does not know of the first
    received = [(part.size, part.sha256) for part in wanted]
    assert read_back(object_store, key, received).sha256() == sha256(pieces[0] + pieces[2])
    for wrong in ([received[0]], [*received, received[0]], [received[0], (7, sha256(b"The end"))]):
        assert read_back(object_store, key, wrong).damaged
    with pytest.raises(ObjectMissing):
        object_store.complete_parts("evidence/none", "nothing", wanted)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def cut_after(data: bytes) -> Iterator[bytes]:
    yield data
    raise StreamCut


def test_a_key_that_is_taken_is_left_as_it_is(object_store: S3Store) -> None:
    object_store.put_streamed("evidence/one", iter([b"first"]), 5, "text/plain", create_only=True)
    with pytest.raises(TakenKey):
        object_store.put_streamed("evidence/one", iter([b"later"]), 5, "text/plain", create_only=True)
    assert object_store.read_bytes("evidence/one") == b"first"


def test_a_store_that_is_down_says_so_quickly() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound and not listening: refused, and nobody else takes it
        store = S3Store(f"127.0.0.1:{reserved.getsockname()[1]}", "key", "secret-secret", "vae")
        began = time.monotonic()
        with pytest.raises(StoreDown):
            store.put_stream(io.BytesIO(samples.PDF), limit_bytes=LIMIT)
        with pytest.raises(StoreDown):
            store.size("documents/a")
        assert not store.ready()
        assert time.monotonic() - began < 5
