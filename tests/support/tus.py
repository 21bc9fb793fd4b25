"""A candidate's program that sends files by tus, as raw requests."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from tests.support.dossier import Dossier

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


def metadata(**values: str) -> str:
    """As a header says it."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def dashed(headers: dict[str, str]) -> dict[str, str]:
    """Names of headers from names of arguments."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def checksum(algorithm: str, data: bytes) -> str:
    """As a header says it."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"
