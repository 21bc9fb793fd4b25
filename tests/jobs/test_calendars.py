"""An evaluator's calendar: which hours are kept, what is refused, and which addresses the portal never reads."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.actions import calendars as actions
from vae_portal.actions.calendars import CalendarUnreadable, address, read
from vae_portal.errors import InputRefused
from vae_portal.jobs import calendars, fetching
from vae_portal.persistence.tables import Availability, Calendar, JournalRow
from workflows.clocks import PARIS
from workflows.vocabulary import CalendarMeans, Role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "jeton-tres-secret"


def ics(*events: str) -> bytes:
    """A calendar of these events, whose lines are given without their frame."""
    framed = "".join(f"BEGIN:VEVENT\nUID:{rank}\n{lines}\nEND:VEVENT\n" for rank, lines in enumerate(events))
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//essai//FR\n{framed}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


def shown(periods: list[tuple[datetime, datetime]]) -> list[str]:
    """As clocks in Paris show them."""
    return [" ".join(f"{moment.astimezone(PARIS):%d/%m %H:%M}" for moment in period) for period in periods]


@pytest.mark.parametrize(
    ("events", "means", "expected"),
    [
        (["DTSTART;VALUE=DATE:20260310"], "busy", ["10/03 00:00 11/03 00:00"]),
        (["DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260312"], "busy", ["10/03 00:00 12/03 00:00"]),
        (["DTSTART:20260310T090000Z\nDURATION:PT90M"], "busy", ["10/03 10:00 10/03 11:30"]),
        (["DTSTART:20260310T090000\nDTEND:20260310T100000"], "busy", ["10/03 09:00 10/03 10:00"]),  # Paris
        (
            ["DTSTART;TZID=America/New_York:20260310T090000\nDTEND;TZID=America/New_York:20260310T100000"],
            "busy",
            ["10/03 14:00 10/03 15:00"],
        ),
        (["DTSTART:20260310T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT"], "busy", []),
        (["DTSTART:20260310T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT"], "free", ["10/03 10:00 10/03 11:00"]),
        (["DTSTART:20260310T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED"], "busy", []),
        (  # every week, across the change of clocks, one left out and one added
            [
                "DTSTART;TZID=Europe/Paris:20260323T090000\nDTEND;TZID=Europe/Paris:20260323T100000\n"
                "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Paris:20260406T090000\n"
                "RDATE;TZID=Europe/Paris:20260408T090000"
            ],
            "busy",
            ["23/03 09:00 23/03 10:00", "30/03 09:00 30/03 10:00", "08/04 09:00 08/04 10:00"],
        ),
        (  # two that touch are one; what is over is left out
            ["DTSTART:20260310T090000Z\nDURATION:PT1H", "DTSTART:20260310T100000Z\nDURATION:PT1H"],
            "busy",
            ["10/03 10:00 10/03 12:00"],
        ),
        (["DTSTART:20260228T090000Z\nDURATION:PT1H", "DTSTART:20270401T090000Z\nDURATION:PT1H"], "busy", []),
        ([], "busy", []),
    ],
)
def test_hours_that_are_kept(events: list[str], means: str, expected: list[str]) -> None:
    assert shown(read(ics(*events), CalendarMeans(means), NOW)) == expected


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "pas un agenda au format iCalendar"),
        (b"Bonjour", "pas un agenda au format iCalendar"),
        (b"\x00\xff" * 500, "pas un agenda au format iCalendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "pas un agenda au format iCalendar"),
        (ics("DTSTART:20260310T090000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY"), "plus de 5000 évènements"),
        (ics("DTSTART:20260310T090000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;INTERVAL=2"), "trop compliqué à lire"),
    ],
    ids=["empty", "text", "bytes", "vcard", "many", "endless"],
)
def test_hostile_calendars_get_a_sentence(content: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "compliqué" in sentence:
        monkeypatch.setattr(actions, "_LIMITS", replace(actions._LIMITS, cpu_seconds=2))
    with pytest.raises(CalendarUnreadable, match=sentence):
        read(content, CalendarMeans.BUSY, NOW)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (" webcal://agenda.example/a?cle=b#c ", "https://agenda.example/a?cle=b"),
        ("https://agenda.example:8443/a", "https://agenda.example:8443/a"),
        ("http://agenda.example/a", None),
        ("ftp://agenda.example/a", None),
        ("https:///a", None),
        ("https://nom:mot@agenda.example/", None),
        ("https://agenda.example:port/", None),
        ("https://agenda.example/a b", None),
        ("https://agenda.example/\x01", None),
    ],
)
def test_addresses(typed: str, asked: str | None) -> None:
    if asked is None:
        with pytest.raises(InputRefused):
            address(typed)
    else:
        assert address(typed) == asked


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


# A real server over TLS


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


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    yield made
    made.http.shutdown()
    made.http.server_close()


EVENT = "DTSTART:20260310T090000Z\nDURATION:PT1H\nSUMMARY:Rendez-vous chez le notaire"


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


# What is kept


@pytest.fixture
def client(app: Flask, world: World) -> PageClient:
    return PageClient(app, world.services.database.engine)


def rows(world: World) -> list[Availability]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(Availability).order_by(Availability.id)))


def test_an_address_is_read_again_and_what_was_read_outlives_a_failure(
    world: World, server: Server, client: PageClient
) -> None:
    services = replace(
        world.services, settings=replace(world.services.settings, calendar_private_hosts="localhost, autre.example")
    )
    evaluator = world.cast.people["evaluateur1"]
    actor = world.cast.actor("evaluateur1", Role.EVALUATOR)
    world.clock.move_to(NOW)
    server.answers[f"/{SECRET}"] = (200, {}, ics(EVENT))
    url = f"{server.url.replace('https', 'webcal')}/{SECRET}"
    actions.add_address(services, actor, evaluator, CalendarMeans.BUSY, "Travail", url)
    with services.database.reading() as session:
        key = session.scalars(select(Calendar.id)).one()
    calendars.read_calendar(services, key)
    (kept,) = rows(world)
    assert (kept.free, kept.note, kept.source) == (False, "", "calendar")
    assert calendars.read_again(services) == 0
    world.clock.move_to(NOW + timedelta(hours=5))
    assert calendars.read_again(services) == 1
    server.answers[f"/{SECRET}"] = (500, {}, b"")
    calendars.read_calendar(services, key)
    assert [row.id for row in rows(world)] == [kept.id]
    client.sign_in(world.email("evaluateur1"), PASSWORD)
    page = client.get("/mes-disponibilites")
    assert "Le serveur de cet agenda a répondu par une erreur (500). Ce qui avait été lu reste." in page.text
    assert "lu à localhost" in page.text
    assert SECRET not in str(page.soup)
    server.answers[f"/{SECRET}"] = (200, {}, ics())
    calendars.read_calendar(services, key)
    assert rows(world) == []
    with services.database.reading() as session:
        told = session.execute(text("SELECT details::text FROM journal")).scalars().all()
        jobs = session.execute(text("SELECT args::text FROM procrastinate_jobs")).scalars().all()
    assert not [one for one in [*told, *jobs] if SECRET in one or "notaire" in one]


def test_a_file_is_read_and_refused_and_taken_back(world: World, client: PageClient, tmp_path: Path) -> None:
    world.clock.move_to(NOW)
    client.sign_in(world.email("evaluateur1"), PASSWORD)
    form = client.get("/mes-disponibilites").form("Lire ce fichier")

    def send(content: bytes, means: str = "free") -> tuple[int, str]:
        source = tmp_path / "agenda.ics"
        source.write_bytes(content)
        with source.open("rb") as opened:
            data = {"means": means, "file": (opened, "agenda.ics")}
            answer = client.http.post(form.action, data=data, content_type="multipart/form-data")
        return answer.status_code, answer.get_data(as_text=True)

    assert send(ics(EVENT))[0] == 302
    (kept,) = rows(world)
    assert kept.free
    for content, sentence in ((b"rien", "au format iCalendar"), (b"x" * (2 * 1024 * 1024 + 1), "trop gros")):
        status, page = send(content)
        assert status == 422
        assert sentence in page
    page = client.get("/mes-disponibilites", query={"du": "2026-03-09"})
    assert "disponible de 10 h à 11 h" in page.text
    client.follow(page.submit("Retirer"))
    assert rows(world) == []
    with world.services.database.reading() as session:
        events = session.scalars(select(JournalRow.event).where(JournalRow.event.like("calendar%"))).all()
    assert events == ["calendar_added", "calendar_removed"]


def test_five_calendars_and_no_more(world: World) -> None:
    actor, person = world.cast.actor("evaluateur1", Role.EVALUATOR), world.cast.people["evaluateur1"]
    for rank in range(actions.MOST_CALENDARS):
        actions.add_address(world.services, actor, person, CalendarMeans.BUSY, "A", f"https://agenda.example/{rank}")
    with pytest.raises(InputRefused, match="déjà 5 agendas"):
        actions.add_address(world.services, actor, person, CalendarMeans.BUSY, "A", "https://agenda.example/6")
