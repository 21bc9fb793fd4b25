"""The portal as people run it, in processes of its own: for what only a real server shows, memory and cuts."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from vae_portal.settings import Settings

_ROOT = Path(__file__).parents[2]
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class LiveServer:
    """A running portal and one browser's cookies."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.cookies: dict[str, str] = {}

    def kill(self) -> None:
        """The whole server gone at once, as when the machine stops."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def start_again(self, settings: Settings) -> None:
        """Another server where the first was."""
        self.process = _start(settings, self.port)
        _wait(self)

    def forget_peak(self) -> None:
        """From now on the peak is counted afresh: signing in, with argon2, held more than most pages do."""
        for pid in self._processes():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def _processes(self) -> list[str]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [str(self.process.pid), *children]

    def peak_bytes(self) -> int:
        """The most memory that the server's processes have held, one by one, added up."""
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in self._processes()]
        return sum(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024 for status in statuses)  # type: ignore[index]

    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """One request: status, body, headers by lowercase name; cookies are kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {**sent, "Cookie": self.cookie()})
        answer = connection.getresponse()
        data = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, data, {name.lower(): value for name, value in answer.headers.items()}

    def cookie(self) -> str:
        """The cookies, as a browser sends them."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def token(self, path: str) -> str:
        """The token of a page's form."""
        found = _TOKEN.search(self.ask("GET", path)[1].decode())
        assert found, f"{path} has no form"
        return found[1]

    def sign_in(self, email: str, password: str) -> None:
        """Signs in as people do."""
        form = urlencode({"csrf_token": self.token("/connexion"), "email": email, "password": password})
        kind = "application/x-www-form-urlencoded"
        assert self.ask("POST", "/connexion", form.encode(), Content_Type=kind)[0] == 302

    def raw(self) -> socket.socket:
        """A connection of one's own, to send what no browser would."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


@contextmanager
def running(settings: Settings) -> Iterator[LiveServer]:
    """The portal on these settings, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = LiveServer(_start(settings, port), port)
    try:
        _wait(server)
        yield server
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)


def _start(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    named = ("database_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "s3_bucket", "secret_key")
    environment = {name.upper(): str(getattr(settings, name)) for name in named}
    environment |= {"HOST": "127.0.0.1", "PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}"}
    return subprocess.Popen(
        [sys.executable, "-m", "vae_portal.cli", "serve"],
        cwd=_ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait(server: LiveServer) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert server.process.poll() is None, "the server ended at once"
        try:
            if server.ask("GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
