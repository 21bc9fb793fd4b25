"""Runs in the confined child: when a calendar's events are, and nothing of what they say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events

from vae_portal.decoding.confined import Refused
from workflows.availability import Window, joined
from workflows.clocks import PARIS

_NO_CALENDAR = "Ce n'est pas un agenda au format iCalendar (.ics)."
_BROKEN = "Un évènement de cet agenda est illisible : exportez-le à nouveau, ou notez vos heures à la main."


def periods(source: Path, folder: Path, first: str, last: str, opaque_only: bool, most: int) -> dict[str, Any]:
    """Seconds at which events begin and end between two days, last left out; those that touch are one.

    Cancelled events are no events; with `opaque_only`, neither are those that take no time (TRANSP:TRANSPARENT).
    """
    try:
        found = icalendar.Calendar.from_ical(source.read_bytes(), multiple=True)
    except Exception as fault:  # whatever a parser makes of a stranger's bytes
        raise Refused(_NO_CALENDAR) from fault
    if not found or any(one.name != "VCALENDAR" for one in found):
        raise Refused(_NO_CALENDAR)
    within = Window(*(_instant(date.fromisoformat(day)) for day in (first, last)))
    windows: list[Window] = []
    try:
        for calendar in found:
            windows += _windows(calendar, within, opaque_only)  # type: ignore[arg-type]
    except Exception as fault:
        raise Refused(_BROKEN) from fault
    made = joined(windows)
    if len(made) > most:
        raise Refused(f"Cet agenda a plus de {most} évènements dans l'année à venir : donnez-en un plus court.")
    return {"periods": [[int(w.starts_at.timestamp()), int(w.ends_at.timestamp())] for w in made]}


def _windows(calendar: icalendar.Calendar, within: Window, opaque_only: bool) -> Iterator[Window]:
    query = recurring_ical_events.of(calendar, components=["VEVENT"])
    for event in query.between(within.starts_at, within.ends_at):
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if opaque_only and str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
            continue
        starts_at, ends_at = max(_instant(event.start), within.starts_at), min(_instant(event.end), within.ends_at)
        if starts_at < ends_at:
            yield Window(starts_at, ends_at)


def _instant(moment: date | datetime) -> datetime:
    """A whole day begins at midnight in Paris; an hour without a zone is one of Paris."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    return (moment if moment.tzinfo else moment.replace(tzinfo=PARIS)).astimezone(UTC)
