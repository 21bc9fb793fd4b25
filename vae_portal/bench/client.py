"""A plain HTTP client with a cookie, for the benches: standard library, one connection, streams both ways."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

_IDLE_SECONDS = 3


class Client:
    """Signed in once; `get` reads a whole page, `download` streams, `upload` sends a body as it is made."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=300)
        self._cookies: dict[str, str] = {}
        self._used = time.monotonic()

    def request(self, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        """One exchange; the answer must be read before the next."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if time.monotonic() - self._used > _IDLE_SECONDS:
            self._connection.close()  # the server closes it soon: another is opened
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before its end: the answer says why
            self._connection.request(method, path, body=body, headers=given)  # type: ignore[arg-type]
        answer = self._connection.getresponse()
        self._used = time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer

    def get(self, path: str) -> str:
        """A page's text; raises OSError unless 200."""
        answer = self.request("GET", path)
        text = answer.read().decode("utf-8", "replace")
        if answer.status != 200:
            raise OSError(f"GET {path}: {answer.status}")
        return text

    def sign_in(self, email: str, password: str) -> None:
        """Opens a session; raises OSError when refused."""
        token = csrf_token(self.get("/connexion"))
        form = urlencode({"email": email, "password": password, "csrf_token": token})
        answer = self.request("POST", "/connexion", form, Content_Type="application/x-www-form-urlencoded")
        answer.read()
        if answer.status != 302:
            raise OSError(f"sign-in refused: {answer.status}")

    def download(self, path: str) -> Iterator[bytes]:
        """The chunks of a file; raises OSError unless 200."""
        answer = self.request("GET", path)
        if answer.status != 200:
            raise OSError(f"GET {path}: {answer.status}")
        while chunk := answer.read(1 << 20):
            yield chunk


def csrf_token(page: str) -> str:
    """The hidden token of a page's first form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise OSError("no form in the page")
    return found.group(1)
