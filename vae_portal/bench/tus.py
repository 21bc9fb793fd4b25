"""A program that sends files by tus, for the benches: one connection each, bodies made as they are sent."""

from __future__ import annotations

import base64
import hashlib
import http.client
import random
from collections.abc import Iterator

from vae_portal.bench.client import Client

STEP = 1 << 20
_SPOKEN = {"Tus_Resumable": "1.0.0"}


class Text:
    """A plain text of `size` bytes that no store can fold and no type check refuses, the same at each reading."""

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.start = random.Random(seed).randbytes(16).hex().encode()  # noqa: S311 -- figures, not secrets
        lines = (hashlib.sha256(f"{seed} {n}".encode()).hexdigest() for n in range(STEP // 65 + 1))
        self._block = "\n".join(lines).encode()[:STEP]

    def __iter__(self) -> Iterator[bytes]:
        left, block = self.size, self.start + self._block[len(self.start) :]
        while left:
            yield block[:left]
            left -= len(block[:left])
            block = self._block

    def read_all(self) -> bytes:
        """The whole, for the client that wants it in memory."""
        return b"".join(self)


def send(client: Client, number: str, text: Text, name: str) -> None:
    """A file created and sent in one request each; raises OSError when it is not taken whole."""
    encoded = base64.b64encode(name.encode()).decode()
    answer = client.request(
        "POST",
        f"/ma-candidature/{number}/dossier/envois",
        Upload_Length=str(text.size),
        Upload_Metadata=f"filename {encoded}",
        **_SPOKEN,
    )
    told = answer.read().decode("utf-8", "replace")
    if answer.status != 201:
        raise OSError(f"creation refused: {answer.status} {told}")
    answer = client.request(
        "PATCH",
        str(answer.headers["Location"]),
        iter(text),
        Upload_Offset="0",
        Content_Type="application/offset+octet-stream",
        Content_Length=str(text.size),
        **_SPOKEN,
    )
    told = answer.read().decode("utf-8", "replace")
    if answer.status != 204 or answer.headers["Upload-Offset"] != str(text.size):
        raise OSError(f"upload refused: {answer.status} {told}")


def force(client: Client, method: str, path: str, size: int, **headers: str) -> tuple[int, int]:
    """Sends a body to whoever may not want it; the status (0: cut without one) and how many bytes went."""
    went = 0

    def body() -> Iterator[bytes]:
        nonlocal went
        chunk = bytes(STEP)
        while went < size:
            yield chunk[: size - went]
            went += min(STEP, size - went)

    try:
        answer = client.request(method, path, body(), Content_Length=str(size), **headers)
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0, went
    return answer.status, went
