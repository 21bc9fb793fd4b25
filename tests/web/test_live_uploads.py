"""Uploads to a real server: memory, a connection that is cut, a store that does not answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from storage.keys import INCOMING
from tests.support.builders import PASSWORD, World
from tests.support.database import application
from tests.support.dossier import Dossier
from tests.support.live import LiveServer, running
from vae_portal.actions.services import Services

MEBIBYTE = 1024 * 1024


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    return Dossier(app, services, world)


@pytest.fixture
def live(dossier: Dossier) -> Iterator[LiveServer]:
    with running(dossier.services.settings) as server:
        server.sign_in(dossier.world.email("candidat"), PASSWORD)
        yield server


def head_and_tail(name: str) -> tuple[bytes, bytes]:
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    return head + b"%PDF-1.7\n", b"\r\n--b--\r\n"


@pytest.mark.slow
def test_a_large_upload_grows_the_server_by_little(dossier: Dossier, live: LiveServer) -> None:
    def sent(mebibytes: int) -> int:
        head, tail = head_and_tail(f"{mebibytes}.pdf")
        block = bytes(range(256)) * 4096
        length = len(head) + mebibytes * MEBIBYTE + len(tail)
        token = live.token(dossier.address)
        body = (head, *(block for _ in range(mebibytes)), tail)
        address = f"{dossier.address}/fichiers?csrf_token={token}"
        kind = "multipart/form-data; boundary=b"
        return live.ask("POST", address, iter(body), Content_Type=kind, Content_Length=str(length))[0]

    for _ in range(4):
        assert sent(1) == 302  # both workers warm
    live.forget_peak()
    before = live.peak_bytes()
    assert sent(200) == 302
    grown = live.peak_bytes() - before
    assert dossier.files()[-1].name == "200.pdf"
    assert grown < 100 * MEBIBYTE, f"{grown / MEBIBYTE:.0f} MiB more for a file of 200 MiB"


def test_a_cut_connection_leaves_nothing_half_done(dossier: Dossier, live: LiveServer) -> None:
    whole, _ = head_and_tail("entier.pdf")
    head, _ = head_and_tail("coupe.pdf")
    body = whole + b"\r\n" + head + bytes(12 * MEBIBYTE)
    token = live.token(dossier.address)
    request = (
        f"POST {dossier.address}/fichiers?csrf_token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {live.cookie()}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {500 * MEBIBYTE}\r\n\r\n"
    ).encode()
    connection = live.raw()
    connection.sendall(request + body)
    connection.close()
    end = time.monotonic() + 30
    while time.monotonic() < end and (not dossier.files() or list(dossier.services.store.list(INCOMING))):
        time.sleep(0.2)
    assert [f.name for f in dossier.files()] == ["entier.pdf"]
    assert list(dossier.services.store.list(INCOMING)) == []
    assert live.ask("GET", dossier.address)[0] == 200


def test_the_store_down_is_said_and_nothing_is_recorded(services: Services, world: World) -> None:
    dossier = Dossier(application(services), services, world)
    nowhere = replace(services.settings, s3_endpoint="127.0.0.1:1")
    with running(nowhere) as server:
        server.sign_in(world.email("candidat"), PASSWORD)
        head, tail = head_and_tail("a.pdf")
        address = f"{dossier.address}/fichiers?csrf_token={server.token(dossier.address)}"
        status, page, _ = server.ask("POST", address, head + tail, Content_Type="multipart/form-data; boundary=b")
    assert status == 503
    assert "stockage des fichiers ne répond pas" in page.decode()
    assert dossier.files() == []


def test_a_refused_sending_is_told_that_its_connection_ends_and_a_broken_chunk_is_no_fault(
    dossier: Dossier, live: LiveServer
) -> None:
    asked = f"POST {dossier.address}/envois HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {live.cookie()}\r\n"
    announced = (
        "Content-Type: application/offset+octet-stream\r\nTus-Resumable: 1.0.0\r\n"
        "Upload-Length: 9\r\nUpload-Metadata: filename YQ==\r\n"
    )
    for headers, body, status in (
        ("Content-Length: 900000\r\n", b"x" * 1000, b"412"),
        (f"{announced}Transfer-Encoding: chunked\r\n", b"zz\r\n", b"201"),
    ):
        with live.raw() as connection:
            connection.sendall(f"{asked}{headers}\r\n".encode() + body)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.split()[1] == status
        if status == b"412":
            assert b"\r\nConnection: close\r\n" in answer
