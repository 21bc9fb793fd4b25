"""Calendars at an address: which machines are asked, what is refused of their answers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from tests.jobs.calendar_server import EVENT, Server, ics
from vae_portal.actions.calendars import CalendarUnreadable
from vae_portal.jobs import fetching


@pytest.mark.parametrize(
    ("one", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - refused
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("agenda", False),
    ],
)
def test_only_public_machines_are_read(one: str, public: bool) -> None:
    assert fetching.is_public(one) is public


def test_what_is_at_an_address_is_read_without_credentials(server: Server) -> None:
    server.answers["/a?cle=b"] = (200, {}, ics(EVENT))
    server.answers["/moved"] = (302, {"Location": "/a?cle=b"}, b"")
    assert fetching.fetch(f"{server.url}/moved", {"localhost"}) == ics(EVENT)
    for _, headers in server.asked:
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((404, {}, b""), "ne donne plus cet agenda"),
        ((500, {}, b""), "répondu par une erreur"),
        ((302, {"Location": "http://localhost/a"}, b""), "renvoie ailleurs que sur une page https"),
        ((302, {"Location": "/a"}, b""), "renvoie trop de fois"),
        ((302, {"Location": "https://127.0.0.1:1/a"}, b""), "pas une adresse publique"),  # checked again on the way
        ((200, {"Content-Encoding": "gzip"}, b"x"), "une forme qui n'a pas été demandée"),
        ((200, {}, b"x" * (2 * 1024 * 1024 + 1)), "2 Mo au plus"),
    ],
)
def test_answers_that_are_refused(server: Server, answer: tuple[int, dict[str, str], bytes], sentence: str) -> None:
    server.answers["/a"] = answer
    with pytest.raises(CalendarUnreadable, match=sentence):
        fetching.fetch(f"{server.url}/a", {"localhost"})


def test_this_machine_is_not_read_unless_it_is_vouched_for(server: Server) -> None:
    with pytest.raises(CalendarUnreadable, match="pas une adresse publique"):
        fetching.fetch(f"{server.url}/a")
    assert server.asked == []


def test_a_server_that_cannot_prove_its_name_is_not_read(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/a"] = (200, {}, ics(EVENT))
    by_number = server.url.replace("localhost", "127.0.0.1")
    with pytest.raises(CalendarUnreadable, match="TLS"):
        fetching.fetch(f"{by_number}/a", {"127.0.0.1"})
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(CalendarUnreadable, match="TLS"):
        fetching.fetch(f"{server.url}/a", {"localhost"})


def test_a_server_that_never_ends_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.5)
    server.answers["/a"] = (200, {"Content-Length": "999999"}, b"x")  # says more than it sends
    slow = threading.Event()
    plain = server.http.RequestHandlerClass.do_GET  # type: ignore[attr-defined]

    def drip(handler: BaseHTTPRequestHandler) -> None:
        plain(handler)
        slow.wait(20)

    server.http.RequestHandlerClass.do_GET = drip  # type: ignore[attr-defined]
    begun = datetime.now(UTC)
    with pytest.raises(CalendarUnreadable, match="ne répond pas"):
        fetching.fetch(f"{server.url}/a", {"localhost"})
    assert datetime.now(UTC) - begun < timedelta(seconds=8)
    slow.set()
