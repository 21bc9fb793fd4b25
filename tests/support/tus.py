"""A candidate's program that sends files by tus, as raw requests."""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
from typing import Any

from tests.support.dossier import Dossier
from tests.support.live import LiveServer

BYTES = "application/offset+octet-stream"
VERSION = {"Tus-Resumable": "1.0.0"}


class Sender:
    """Speaks tus to the application under the candidate's session."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.http = dossier.client.http
        self.endpoint = f"{dossier.address}/envois"

    def create(self, size: int, name: str = "preuve.pdf", data: bytes | None = None, **headers: str) -> Any:
        """The answer to a creation."""
        sent = {"Upload-Length": str(size), "Upload-Metadata": metadata(filename=name), **VERSION, **dashed(headers)}
        kind = {"content_type": BYTES, "data": data} if data is not None else {}
        return self.http.post(self.endpoint, headers=sent, **kind)

    def begun(self, size: int, name: str = "preuve.pdf") -> str:
        """The address of a fresh upload."""
        answer = self.create(size, name)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return str(answer.headers["Location"])

    def patch(self, address: str, offset: int, data: Any, **headers: str) -> Any:
        """The answer to some bytes."""
        stream = {"data": data} if isinstance(data, bytes) else {"input_stream": data}
        given = {"Upload-Offset": str(offset), **VERSION, **dashed(headers)}
        return self.http.patch(address, headers=given, content_type=BYTES, **stream)

    def head(self, address: str) -> Any:
        """Where it stands."""
        return self.http.head(address, headers=VERSION)

    def offset(self, address: str) -> int:
        """How many bytes are kept."""
        return int(self.head(address).headers["Upload-Offset"])


class Stubborn:
    """One file sent to a running server by whoever does not give up: cut or unanswered, it asks and goes on."""

    def __init__(self, live: LiveServer, endpoint: str, data: bytes, name: str, step: int = 3 * 1024 * 1024) -> None:
        self.live = live
        self.endpoint = endpoint
        self.data = data
        self.name = name
        self.step = step
        self.address = ""
        self.offset = 0
        self.faults: list[str] = []

    def run(self, seconds: float = 240) -> None:
        """Sends it all; AssertionError when that takes too long, or when an acknowledged byte is asked again."""
        end = time.monotonic() + seconds
        while self.offset < len(self.data):
            assert time.monotonic() < end, f"{self.name}: {self.offset} of {len(self.data)}, {self.faults[-3:]}"
            try:
                self._go_on()
            except (OSError, http.client.HTTPException) as fault:
                self.faults.append(type(fault).__name__)
                time.sleep(0.3)

    def _go_on(self) -> None:
        if not self.address:
            named = metadata(filename=self.name)
            length = str(len(self.data))
            status, told, headers = self.live.ask(
                "POST", self.endpoint, Upload_Length=length, Upload_Metadata=named, Tus_Resumable="1.0.0"
            )
            self._expect(201, status, told)
            self.address = headers["location"]
        status, told, headers = self.live.ask("HEAD", self.address, Tus_Resumable="1.0.0")
        self._expect(200, status, told)
        standing = int(headers["upload-offset"])
        assert standing >= self.offset, f"{self.name}: {self.offset} were acknowledged, {standing} are there"
        self.offset = standing
        given = {"Upload_Offset": str(standing), "Content_Type": BYTES, "Tus_Resumable": "1.0.0"}
        status, told, headers = self.live.ask(
            "PATCH", self.address, self.data[standing : standing + self.step], **given
        )
        self._expect(204, status, told)
        self.offset = int(headers["upload-offset"])

    def _expect(self, wanted: int, status: int, told: bytes) -> None:
        if status != wanted:
            raise OSError(f"{status} {told.decode('utf-8', 'replace')[:200]}")


def metadata(**values: str) -> str:
    """As a header says it."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def dashed(headers: dict[str, str]) -> dict[str, str]:
    """Names of headers from names of arguments."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def checksum(algorithm: str, data: bytes) -> str:
    """As a header says it."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"
