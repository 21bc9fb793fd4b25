"""An evaluator's calendar, from a file or an address: only hours are kept, all of them replaced at each reading."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from storage.port import Readable
from vae_portal.actions.availabilities import evaluator
from vae_portal.actions.services import Services
from vae_portal.decoding import confined
from vae_portal.decoding.confined import ChildDied, Refused
from vae_portal.decoding.limits import Limits
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence import journal, queue
from vae_portal.persistence.tables import Availability, Calendar, Person
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import AvailabilitySource, CalendarMeans

MOST_BYTES = 2 * 1024 * 1024
MOST_PERIODS = 5000
MOST_CALENDARS = 5  # of one evaluator
AHEAD = timedelta(days=366)
_LIMITS = Limits(cpu_seconds=8, wall_seconds=30, memory_bytes=1024**3)
_TOO_LONG = "Cet agenda est trop gros : 2 Mo au plus. Exportez une période plus courte."
_DIED = "Cet agenda est trop compliqué à lire : exportez une période plus courte, ou notez vos heures à la main."

Period = tuple[datetime, datetime]


class CalendarUnreadable(InputRefused):
    """The calendar cannot be read; the text says why, and never its address."""


def add_file(
    services: Services, actor: Actor, person_id: int, means: CalendarMeans, name: str, stream: Readable
) -> int:
    """Reads a file .ics; returns how many periods were kept. Raises NotVisible, InputRefused."""
    with services.database.writing() as session:
        evaluator(session, actor, person_id)  # nobody else makes the portal read anything
    content = bounded(stream.read)
    periods = read(content, means, services.clock())
    with services.database.writing() as session:
        person = evaluator(session, actor, person_id)
        calendar = _added(session, services, actor, person, name or "Fichier", means, None)
        _replace(session, calendar, periods, services.clock())
    return len(periods)


def add_address(services: Services, actor: Actor, person_id: int, means: CalendarMeans, name: str, url: str) -> None:
    """Keeps an address, which a job reads at once and then every few hours; raises NotVisible, InputRefused."""
    whole = address(url)
    with services.database.writing() as session:
        person = evaluator(session, actor, person_id)
        calendar = _added(session, services, actor, person, name, means, whole)
        queue.defer(session, queue.READ_CALENDAR, calendar_id=calendar.id)


def remove(services: Services, actor: Actor, person_id: int, calendar_id: int) -> None:
    """Forgets a calendar, its address and what was read of it; raises NotVisible."""
    with services.database.writing() as session:
        person = evaluator(session, actor, person_id)
        calendar = session.get(Calendar, calendar_id)
        if calendar is None or calendar.person_id != person.id:
            raise NotVisible("Cet agenda n'existe plus.")
        session.execute(delete(Calendar).where(Calendar.id == calendar.id))
        _note(services, session, actor, person, "calendar_removed", calendar.id)


def keep(services: Services, calendar_id: int, periods: Sequence[Period]) -> None:
    """Replaces what was read of a calendar; nothing when it was removed meanwhile."""
    with services.database.writing() as session:
        calendar = session.get(Calendar, calendar_id, with_for_update=True)
        if calendar is not None:
            _replace(session, calendar, periods, services.clock())


def keep_failure(services: Services, calendar_id: int, sentence: str) -> None:
    """Notes why a calendar could not be read; what was read before stays."""
    with services.database.writing() as session:
        calendar = session.get(Calendar, calendar_id, with_for_update=True)
        if calendar is not None:
            calendar.failure = sentence[:500]


def address(raw: str) -> str:
    """The address as it is asked for: https, with a host, without a name or a password; raises InputRefused."""
    text = raw.strip()
    for scheme in ("webcal://", "webcals://"):
        if text.lower().startswith(scheme):
            text = "https://" + text[len(scheme) :]
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme != "https" or not host or not text.isprintable() or " " in text or port == 0:
        raise _refused("Copiez l'adresse entière : elle commence par https:// ou webcal://.")
    if parts.username is not None or parts.password is not None:
        raise _refused("Cette adresse contient un nom ou un mot de passe : donnez le lien privé de l'agenda.")
    return parts._replace(fragment="").geturl()


def bounded(read_some: object) -> bytes:
    """Everything that is read, up to the limit; raises CalendarUnreadable beyond."""
    content = bytearray()
    while more := read_some(64 * 1024):  # type: ignore[operator]
        content += more
        if len(content) > MOST_BYTES:
            raise CalendarUnreadable(_TOO_LONG)
    return bytes(content)


def read(content: bytes, means: CalendarMeans, now: datetime) -> list[Period]:
    """When the events of a calendar are, from today for twelve months; raises CalendarUnreadable."""
    first = clocks.civil_date(now)
    with tempfile.TemporaryDirectory(prefix="vae-agenda-") as room:
        source = Path(room) / "agenda.ics"
        source.write_bytes(content)
        try:
            found = confined.run(
                "periods",
                source,
                Path(room),
                _LIMITS,
                first=first.isoformat(),
                last=(first + AHEAD).isoformat(),
                opaque_only=means is CalendarMeans.BUSY,  # one that says when people are free may well take no time
                most=MOST_PERIODS,
            )
        except Refused as refusal:
            raise CalendarUnreadable(str(refusal)) from refusal
        except ChildDied as fault:
            raise CalendarUnreadable(_DIED) from fault
    return [(datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC)) for a, b in found["periods"]]


def _added(
    session: Session,
    services: Services,
    actor: Actor,
    person: Person,
    name: str,
    means: CalendarMeans,
    url: str | None,
) -> Calendar:
    kept = session.scalar(select(func.count()).where(Calendar.person_id == person.id)) or 0
    if kept >= MOST_CALENDARS:
        raise InputRefused(f"Il y a déjà {MOST_CALENDARS} agendas : retirez-en un d'abord.")
    calendar = Calendar(
        person_id=person.id,
        name=name[:200],
        url=url,
        means=means.value,
        added_by=actor.person_id,
        added_at=services.clock(),
    )
    session.add(calendar)
    session.flush()
    _note(services, session, actor, person, "calendar_added", calendar.id)
    return calendar


def _replace(session: Session, calendar: Calendar, periods: Sequence[Period], now: datetime) -> None:
    session.execute(delete(Availability).where(Availability.calendar_id == calendar.id))
    rows = [
        {
            "person_id": calendar.person_id,
            "free": calendar.means == CalendarMeans.FREE.value,
            "source": AvailabilitySource.CALENDAR.value,
            "calendar_id": calendar.id,
            "during": Range(*period, bounds="[)"),
            "recorded_at": now,
        }
        for period in periods
    ]
    if rows:
        session.execute(insert(Availability), rows)
    calendar.read_at, calendar.failure = now, ""


def _note(services: Services, session: Session, actor: Actor, person: Person, event: str, calendar_id: int) -> None:
    details = {"person": person.id, "calendar": calendar_id}
    chain = journal.centre_chain(person.centre_id)
    journal.record(session, chain, event, actor.person_id, services.clock(), details)


def _refused(sentence: str) -> InputRefused:
    return InputRefused(sentence, {"url": sentence})
