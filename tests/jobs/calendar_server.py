"""A real calendar server over TLS, and calendars for it to serve."""

from __future__ import annotations

import ssl
import subprocess
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "jeton-tres-secret"


def ics(*events: str) -> bytes:
    """A calendar of these events, whose lines are given without their frame."""
    framed = "".join(f"BEGIN:VEVENT\nUID:{rank}\n{lines}\nEND:VEVENT\n" for rank, lines in enumerate(events))
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//essai//FR\n{framed}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


class Server:
    """What it answers by path, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        subprocess.run([*request, "-keyout", str(key), "-out", str(self.certificate)], check=True, capture_output=True)
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, dict(self.headers)))
                status, headers, body = server.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"https://localhost:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


EVENT = "DTSTART:20260310T090000Z\nDURATION:PT1H\nSUMMARY:Rendez-vous chez le notaire"
