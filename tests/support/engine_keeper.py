"""Holds the engines of one test run in a process of its own, so that every pytest worker shares them.

It answers one word per line ("postgres", "seaweed") with one line of JSON, starting the engine at its first mention,
and ends, engines first, when its standard input closes: when the run ends, however it ends.
"""

from __future__ import annotations

import json
import selectors
import socketserver
import sys
import tempfile
from pathlib import Path

from vae_portal.embedded.postgres import EmbeddedPostgres
from vae_portal.embedded.seaweed import EmbeddedSeaweed


class Keeper:
    """Starts each engine once and remembers its address."""

    def __init__(self, folder: Path) -> None:
        self._postgres = EmbeddedPostgres(folder, durable=False)
        self._seaweed = EmbeddedSeaweed(folder, durable=False)
        self._answers: dict[str, str] = {}

    def answer(self, word: str) -> str:
        """The address of the named engine, as JSON."""
        if word not in self._answers:
            if word == "postgres":
                self._answers[word] = json.dumps(self._postgres.start())
            else:
                address = self._seaweed.start()
                self._answers[word] = json.dumps([address.endpoint, address.access_key, address.secret_key])
        return self._answers[word]

    def stop(self) -> None:
        """Stop what was started and remove its files."""
        self._seaweed.stop()
        self._postgres.stop()
        self._seaweed.empty()
        self._postgres.empty()


def main() -> None:
    """Serve until standard input closes, one request at a time: engines must be started from the main thread."""
    with tempfile.TemporaryDirectory(prefix="vae-tests-") as folder:
        keeper = Keeper(Path(folder))

        class Request(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    reply = keeper.answer(self.rfile.readline().decode().strip())
                except Exception as fault:
                    reply = json.dumps({"fault": str(fault)})
                self.wfile.write(reply.encode() + b"\n")

        try:
            with socketserver.TCPServer(("127.0.0.1", 0), Request) as server:
                sys.stdout.write(f"{server.server_address[1]}\n")
                sys.stdout.flush()
                _serve(server)
        finally:
            keeper.stop()


def _serve(server: socketserver.TCPServer) -> None:
    with selectors.DefaultSelector() as waiting:
        waiting.register(server, selectors.EVENT_READ)
        waiting.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is server:
                    server.handle_request()
                else:
                    return


if __name__ == "__main__":
    main()
