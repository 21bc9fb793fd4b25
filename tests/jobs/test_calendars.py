"""What is read of a calendar, and kept of it: hours, never what they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.jobs.calendar_server import EVENT, NOW, SECRET, Server, ics
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.actions import calendars as actions
from vae_portal.actions.calendars import CalendarUnreadable, address, read
from vae_portal.errors import InputRefused
from vae_portal.jobs import calendars
from vae_portal.persistence.tables import Availability, Calendar, JournalRow
from workflows.clocks import PARIS
from workflows.vocabulary import CalendarMeans, Role


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
