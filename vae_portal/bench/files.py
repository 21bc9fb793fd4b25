"""A file sent and read through the portal, against the store's own client on the same store."""

from __future__ import annotations

import hashlib
import io
import random
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from vae_portal.bench.client import Client, csrf_token
from vae_portal.bench.figure import Figure, ratio
from vae_portal.bench.rig import PASSWORD, Rig
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from workflows.vocabulary import Step

_BOUNDARY = "figures-0123456789"
_CHUNK = 1 << 20


def measure(rig: Rig) -> list[Figure]:
    """Alternates both ways; medians of bytes a second, and how much the web process grew meanwhile."""
    size, rounds = (16 << 20, 3) if rig.quick else (256 << 20, 3)
    story = Story(rig.services, rig.cast, StoryClock(datetime.now(UTC))).to(Step.DOSSIER_PREPARATION)
    client = Client(rig.base_url)
    client.sign_in("candidat@demo.example", PASSWORD)
    before = rig.memory_kib("VmRSS")
    up, bare_up, down, bare_down = [], [], [], []
    for turn in range(rounds):
        data = _text_of(size, turn)
        page = client.get(f"/ma-candidature/{story.number}/dossier")
        up.append(size / _timed(lambda: _send(client, page, data)))  # noqa: B023 - called at once
        bare_up.append(size / _timed(lambda: _put(rig, data)))  # noqa: B023
        newest = max(map(int, re.findall(r"/preuves/(\d+)", client.get(f"/ma-candidature/{story.number}/dossier"))))
        down.append(size / _timed(lambda: _drain(client.download(f"/preuves/{newest}"))))  # noqa: B023
        bare_down.append(size / _timed(lambda: _get(rig)))
    peak = rig.memory_kib("VmHWM")
    unit = {"unit": "bytes/s", "bytes": size, "rounds": rounds}
    return [
        ratio("upload_vs_store_client", median(up), median(bare_up), "higher", **unit),
        ratio("download_vs_store_client", median(down), median(bare_down), "higher", **unit),
        Figure("web_peak_memory_mib", round(peak / 1024, 1), "lower", raw={"before_kib": before, "peak_kib": peak}),
        Figure("web_growth_while_sending_mib", round((peak - before) / 1024, 1), "lower", raw={"bytes": size}),
    ]


def _timed(do) -> float:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _text_of(size: int, seed: int) -> bytes:
    """Bytes that no store can fold: a plain text, since every file's type is checked."""
    line = hashlib.sha256(str(seed).encode()).hexdigest()
    block = "\n".join(hashlib.sha256(f"{line}{i}".encode()).hexdigest() for i in range(1 << 14)).encode()
    whole = block * (size // len(block) + 1)
    return random.Random(seed).randbytes(8).hex().encode() + whole[: size - 16]  # noqa: S311 - figures, not secrets


def _send(client: Client, page: str, data: bytes) -> None:
    found = re.search(r'action="([^"]*/fichiers[^"]*)"', page)
    if found is None:
        raise OSError("the dossier page has no upload form")
    action = found.group(1).replace("&amp;", "&")
    head = _field("csrf_token", csrf_token(page)) + _file_head("mesure.txt")
    tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
    answer = client.request(
        "POST",
        action,
        _body(head, data, tail),
        Content_Type=f"multipart/form-data; boundary={_BOUNDARY}",
        Content_Length=str(len(head) + len(data) + len(tail)),
    )
    answer.read()
    if answer.status != 302:
        raise OSError(f"upload refused: {answer.status}")


def _body(head: bytes, data: bytes, tail: bytes) -> Iterator[bytes]:
    yield head
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
    yield tail


def _field(name: str, value: str) -> bytes:
    return f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _file_head(name: str) -> bytes:
    disposition = f'Content-Disposition: form-data; name="files"; filename="{name}"'
    return f"--{_BOUNDARY}\r\n{disposition}\r\nContent-Type: text/plain\r\n\r\n".encode()


def _put(rig: Rig, data: bytes) -> None:
    rig.store.client.put_object(rig.store.bucket, "bench/bare", io.BytesIO(data), len(data))


def _get(rig: Rig) -> None:
    answer = rig.store.client.get_object(rig.store.bucket, "bench/bare")
    try:
        _drain(answer.stream(_CHUNK))
    finally:
        answer.close()
        answer.release_conn()


def _drain(chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass
