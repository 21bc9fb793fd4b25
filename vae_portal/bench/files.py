"""A file sent and read through the portal, against the store's own client on the same store."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median

from sqlalchemy import func, select

from vae_portal.bench.client import Client
from vae_portal.bench.figure import Figure, ratio
from vae_portal.bench.rig import PASSWORD, Rig
from vae_portal.bench.tus import STEP, Text, send
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.tables import Evidence

_ROUNDS = 3


def measure(rig: Rig) -> list[Figure]:
    """Alternates both ways; medians of bytes a second."""
    size = (32 << 20) if rig.quick else (256 << 20)
    number = rig.dossier()
    client = Client(rig.base_url)
    client.sign_in("candidat@demo.example", PASSWORD)
    send(client, number, Text(1 << 20, 999), "essai.txt")
    up, bare_up, down, bare_down = [], [], [], []
    for turn in range(_ROUNDS):
        text = Text(size, turn)
        data = text.read_all()
        bare_up.append(size / timed(lambda: _put(rig, data)))  # noqa: B023 - called at once
        up.append(size / timed(lambda: send(client, number, text, f"mesure {turn}.txt")))  # noqa: B023
        run_until_empty(rig.services)
        with rig.services.database.reading() as session:
            newest = session.scalar(select(func.max(Evidence.id)))
        bare_down.append(size / timed(lambda: _get(rig)))
        down.append(size / timed(lambda: _drain(client.download(f"/preuves/{newest}"))))  # noqa: B023
    made = {"unit": "bytes/s", "bytes": size, "rounds": _ROUNDS, "quick": rig.quick}
    return [
        replace(ratio("upload_vs_store_client", median(up), median(bare_up), "higher", **made), bar=0.8),
        replace(ratio("download_vs_store_client", median(down), median(bare_down), "higher", **made), bar=0.7),
    ]


def timed(do: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _put(rig: Rig, data: bytes) -> None:
    rig.store.client.put_object(rig.store.bucket, "bench/bare", io.BytesIO(data), len(data))


def _get(rig: Rig) -> None:
    answer = rig.store.client.get_object(rig.store.bucket, "bench/bare")
    try:
        _drain(answer.stream(STEP))
    finally:
        answer.close()
        answer.release_conn()


def _drain(chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass
