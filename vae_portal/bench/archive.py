"""A dossier taken away as one ZIP, against the store's own client reading the same objects one after the other."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from typing import BinaryIO, cast

from vae_portal.bench.client import Client
from vae_portal.bench.figure import Figure
from vae_portal.bench.rig import PASSWORD, Rig
from vae_portal.demonstration import contents
from vae_portal.persistence.tables import Evidence, StoredObject
from workflows.vocabulary import EvidenceState

_MIB = 1 << 20
# Mixed as a dossier is: a few long recordings, presentations, many small papers; a GiB in all.
_SIZES = (256,) * 2 + (128,) * 2 + (64,) * 2 + (32,) * 2 + (8,) * 6 + (1,) * 16


def measure(rig: Rig) -> list[Figure]:
    """Alternates both ways; medians of bytes a second, the worst first byte, and how much the web process grew."""
    sizes, rounds = ([max(1, size // 16) for size in _SIZES], 3) if rig.quick else (list(_SIZES), 3)
    number = rig.dossier()
    address = f"/ma-candidature/{number}/dossier/archive"
    clients = [_signed_in(rig) for _ in range(8)]
    for client in clients:  # each process has made one: the first also fills the Word library's caches
        _ours(client, address)
    keys = [_give(rig, number, rank, size * _MIB) for rank, size in enumerate(sizes)]
    before = rig.settle()
    ours, bare, first = [], [], []
    for client in clients[:rounds]:
        size, waited, seconds = _ours(client, address)
        ours.append(size / seconds)
        first.append(waited)
        bare.append(sum(sizes) * _MIB / _bare(rig, keys))
    grown = rig.growth_mib(before)
    raw = {"unit": "bytes/s", "bytes": sum(sizes) * _MIB, "files": len(sizes), "rounds": rounds, "quick": rig.quick}
    speed = {"ours": round(median(ours)), "bare": round(median(bare)), **raw}
    return [
        Figure("zip_vs_store_client", round(median(ours) / median(bare), 3), "higher", 0.7, speed),
        Figure("zip_first_byte_s", round(max(first), 3), "lower", 0.3, {"each": [round(one, 3) for one in first]}),
        Figure("zip_growth_mib", grown, "lower", 64, {"bytes": sum(sizes) * _MIB, "quick": rig.quick}),
    ]


def _signed_in(rig: Rig) -> Client:
    client = Client(rig.base_url)
    client.sign_in("candidat@demo.example", PASSWORD)
    return client


def _give(rig: Rig, number: str, rank: int, size: int) -> str:
    """A file of that many bytes in the dossier, put there without the portal; returns its object's key."""
    key, piece = f"evidence/bench-archive-{rank}", hashlib.sha256(str(rank).encode()).digest() * (_MIB // 32)
    digest = hashlib.sha256()
    for _ in range(size // _MIB):
        digest.update(piece)
    stream = cast(BinaryIO, _Repeated(piece, size))
    rig.store.client.put_object(rig.store.bucket, key, stream, size, part_size=16 * _MIB)
    with rig.services.database.writing() as session:
        candidacy = contents.whole(session, number)
        now = datetime.now(UTC)
        session.add(StoredObject(key=key, sha256=digest.hexdigest(), size=size, media_type="video/mp4", stored_at=now))
        session.flush()
        session.add(
            Evidence(
                candidacy_id=candidacy.id,
                object_key=key,
                name=f"enregistrement-{rank}.mp4",
                size=size,
                state=EvidenceState.NOT_SCANNED.value,
                given_by=candidacy.person_id,
                given_at=now,
            )
        )
    return key


class _Repeated(io.RawIOBase):
    """So many bytes of the same piece, over and over."""

    def __init__(self, piece: bytes, size: int) -> None:
        self._piece, self._left = piece, size

    def read(self, size: int = -1, /) -> bytes:
        """Up to so many bytes, at most a piece."""
        taken = min(self._left, len(self._piece), size if size >= 0 else self._left)
        self._left -= taken
        return self._piece[:taken]


def _ours(client: Client, address: str) -> tuple[int, float, float]:
    """Bytes of the whole ZIP, seconds to the first one, seconds in all."""
    began = time.perf_counter()
    answer = client.request("GET", address)
    size = len(answer.read(1))
    first = time.perf_counter() - began
    if answer.status != 200 or not size:
        raise OSError(f"GET {address}: {answer.status}")
    piece = bytearray(_MIB)
    while got := answer.readinto(piece):
        size += got
    return size, first, time.perf_counter() - began


def _bare(rig: Rig, keys: list[str]) -> float:
    began = time.perf_counter()
    for key in keys:
        answer = rig.store.client.get_object(rig.store.bucket, key)
        try:
            _drain(answer.stream(_MIB))
        finally:
            answer.close()
            answer.release_conn()
    return time.perf_counter() - began


def _drain(chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass
