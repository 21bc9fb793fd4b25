"""A real clamd, with one signature of our own on a marker of our own, reads what we stream to it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.antivirus import CLEAN, ping, scan
from storage.errors import ScannerDown, ScannerLimit

_CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/sbin")
_MARKER = b"portail-vae: marqueur d'essai de l'antivirus"
needs_clamd = pytest.mark.skipif(_CLAMD is None, reason="clamd is not on this machine (Debian: clamav-daemon)")


@pytest.fixture(scope="module")
def clamd() -> Iterator[dict[str, str]]:
    """A clamd of our own, on a unix socket and on a port."""
    with tempfile.TemporaryDirectory(prefix="vae-clamd-") as name:  # short: a socket's path is
        folder = Path(name)
        (folder / "own.ndb").write_text(f"Essai.Portail:0:*:{_MARKER.hex()}\n")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (folder / "clamd.conf").write_text(
            f"DatabaseDirectory {folder}\nLocalSocket {folder}/clamd.sock\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
            f"Foreground yes\nStreamMaxLength 5M\nMaxFileSize 4M\nMaxScanSize 4M\nAlertExceedsMax yes\n"
            f"LogFile {folder}/clamd.log\nTemporaryDirectory {folder}\nUser root\n"
        )
        process = subprocess.Popen(
            [str(_CLAMD), "--config-file", str(folder / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        addresses = {"unix": f"unix://{folder}/clamd.sock", "tcp": f"tcp://127.0.0.1:{port}"}
        try:
            deadline = time.monotonic() + 60
            while not all(map(ping, addresses.values())):
                assert process.poll() is None, "clamd ended"
                assert time.monotonic() < deadline, "clamd does not answer"
                time.sleep(0.1)
            yield addresses
        finally:
            process.terminate()
            process.wait(20)


@needs_clamd
@pytest.mark.parametrize("way", ["unix", "tcp"])
def test_a_clean_file_is_clean(clamd: dict[str, str], way: str) -> None:
    assert scan([b"rien", b"", b" de mauvais"], clamd[way]) == CLEAN


@needs_clamd
@pytest.mark.parametrize("way", ["unix", "tcp"])
def test_a_signature_is_found_also_across_chunks(clamd: dict[str, str], way: str) -> None:
    verdict = scan([b"x" * 100_000, _MARKER[:10], _MARKER[10:], b"y" * 2_000_000], clamd[way])
    assert verdict.infected
    assert verdict.signature == "Essai.Portail.UNOFFICIAL"


@needs_clamd
def test_more_than_the_scanner_takes_is_not_clean(clamd: dict[str, str]) -> None:
    with pytest.raises(ScannerLimit):
        scan((b"x" * 1_000_000 for _ in range(30)), clamd["unix"])


@needs_clamd
def test_what_the_scanner_did_not_look_at_to_its_end_is_neither_clean_nor_infected(clamd: dict[str, str]) -> None:
    with pytest.raises(ScannerLimit, match=r"Heuristics\.Limits\.Exceeded"):
        scan([b"x" * 4_900_000], clamd["unix"])


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.sock"])
def test_no_scanner_is_neither_clean_nor_infected(url: str) -> None:
    assert not ping(url)
    with pytest.raises(ScannerDown):
        scan([b"x"], url)


def test_a_scanner_that_hangs_up_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with socket.create_connection(server.getsockname()):
            server.accept()[0].close()
        server.close()
        with pytest.raises(ScannerDown):
            scan([b"x" * 100], url)
