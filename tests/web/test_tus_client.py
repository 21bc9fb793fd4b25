"""An unmodified tus client, signed in by its cookie alone, against a running portal: whole, cut anywhere, go on."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests.support.builders import PASSWORD, World
from tests.support.dossier import Dossier
from tests.support.live import LiveServer, running
from vae_portal.actions.services import Services
from vae_portal.jobs.worker import run_until_empty

MEBIBYTE = 1024 * 1024


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    return Dossier(app, services, world)


@pytest.fixture
def live(dossier: Dossier) -> Iterator[LiveServer]:
    with running(dossier.services.settings) as server:
        server.sign_in(dossier.world.email("candidat"), PASSWORD)
        yield server


def cut(live: LiveServer, address: str, offset: int, data: bytes, announced: int) -> None:
    """A PATCH whose connection breaks after some bytes."""
    lines = (
        f"PATCH {address} HTTP/1.1",
        f"Host: 127.0.0.1:{live.port}",
        f"Cookie: {live.cookie()}",
        "Tus-Resumable: 1.0.0",
        "Content-Type: application/offset+octet-stream",
        f"Upload-Offset: {offset}",
        f"Content-Length: {announced}",
    )
    head = "".join(f"{line}\r\n" for line in (*lines, ""))
    # The server may have gone on meanwhile with what came before the last cut, and refuse this offset at once.
    with live.raw() as connection, suppress(OSError):
        connection.sendall(head.encode() + data)


@pytest.mark.slow
def test_a_client_as_it_comes_uploads_is_cut_and_goes_on(dossier: Dossier, live: LiveServer, tmp_path: Path) -> None:
    def uploader(name: str, data: bytes, **options: Any) -> Any:
        (tmp_path / name).write_bytes(data)
        return client.uploader(
            str(tmp_path / name), metadata={"filename": name, "filetype": "application/pdf"}, **options
        )

    origin = f"http://127.0.0.1:{live.port}"
    client = TusClient(f"{origin}{dossier.address}/envois", headers={"Cookie": live.cookie()})
    whole, pieces, broken = (random.Random(n).randbytes(n * MEBIBYTE // 2).hex().encode() for n in (12, 9, 16))
    uploader("entier.txt", whole).upload()
    uploader("morceaux.txt", pieces, chunk_size=2 * MEBIBYTE + 1, upload_checksum=True).upload()
    first = uploader("coupe.txt", broken, chunk_size=3 * MEBIBYTE)
    first.upload(stop_at=3 * MEBIBYTE)
    for place in (100, 4 * MEBIBYTE, 9 * MEBIBYTE):
        offset = first.get_offset()
        cut(live, first.url.removeprefix(origin), offset, broken[offset : offset + place], len(broken) - offset)
    again = uploader("coupe.txt", broken, url=first.url, retries=5, retry_delay=1)
    assert again.offset >= 3 * MEBIBYTE
    again.upload()
    run_until_empty(dossier.services)
    kept = {f.name: f.sha256 for f in dossier.files()}
    assert kept == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in (("entier.txt", whole), ("morceaux.txt", pieces), ("coupe.txt", broken))
    }
    stranger = TusClient(f"{origin}{dossier.address}/envois").uploader(str(tmp_path / "entier.txt"))
    with pytest.raises(TusCommunicationError, match="401"):
        stranger.upload()
