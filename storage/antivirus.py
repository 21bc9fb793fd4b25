"""Asks clamd about a file by streaming it (INSTREAM), so that nothing is written on a disk to be scanned."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from storage.errors import ScannerDown, ScannerLimit

_CONNECT_SECONDS = 3.0
_ANSWER_SECONDS = 120.0  # a large file is scanned after its last byte
_LARGEST_CHUNK = 1024 * 1024
_NOT_LOOKED_AT = "Heuristics.Limits.Exceeded"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner found: a signature's name, or None for a clean file."""

    signature: str | None

    @property
    def infected(self) -> bool:
        """Whether a signature matched."""
        return self.signature is not None


CLEAN = Verdict(None)


def scan(chunks: Iterable[bytes], url: str) -> Verdict:
    """Scan chunks with the clamd at tcp://host:port or unix:///path; raises ScannerDown or ScannerLimit."""
    try:
        with _connected(url) as connection:
            answer = _instream(connection, chunks)
    except OSError as fault:
        raise ScannerDown(f"L'antivirus ne répond pas ({url}).") from fault
    return _verdict(answer)


def ping(url: str) -> bool:
    """Whether clamd answers."""
    try:
        with _connected(url) as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection) == "PONG"
    except OSError:
        return False


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_CONNECT_SECONDS)
        try:
            connection.connect(unquote(parts.path))
        except OSError:
            connection.close()
            raise
    elif parts.scheme == "tcp" and parts.hostname:
        connection = socket.create_connection((parts.hostname, parts.port or 3310), timeout=_CONNECT_SECONDS)
    else:
        raise ValueError(f"neither tcp://host:port nor unix:///path: {url!r}")
    connection.settimeout(_ANSWER_SECONDS)
    return connection


def _instream(connection: socket.socket, chunks: Iterable[bytes]) -> str:
    connection.sendall(b"zINSTREAM\0")
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), _LARGEST_CHUNK):
                piece = chunk[start : start + _LARGEST_CHUNK]
                connection.sendall(len(piece).to_bytes(4, "big") + piece)
        connection.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        # Above its StreamMaxLength clamd says so and hangs up: its answer is still there to read.
        return _answer(connection)
    return _answer(connection)


def _answer(connection: socket.socket) -> str:
    data = b""
    while not data.endswith(b"\0") and len(data) < 4096:
        received = connection.recv(4096)
        if not received:
            break
        data += received
    return data.rstrip(b"\0").decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return CLEAN
    if answer.startswith(f"stream: {_NOT_LOOKED_AT}"):
        # With AlertExceedsMax clamd says so of a file it did not look at to its end: neither clean nor infected.
        raise ScannerLimit(f"Le fichier dépasse ce que l'antivirus examine ({answer.split()[1]}).")
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    if "size limit exceeded" in answer:
        raise ScannerLimit("Le fichier dépasse ce que l'antivirus accepte (StreamMaxLength de clamd).")
    raise ScannerDown(f"L'antivirus a répondu : {answer or 'rien'}")
