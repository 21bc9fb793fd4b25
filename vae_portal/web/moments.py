"""Days and hours as people type them, in Paris, and the instants they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from wtforms import DateField, TimeField

from workflows.clocks import PARIS


class Day(DateField):
    """A civil day; what cannot be read gets the sentence given."""

    data: date | None  # type: ignore[assignment]

    def __init__(self, label: str, sentence: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.sentence = sentence

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the day, or raises the sentence; a year that no calendar of ours holds is no day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as fault:
            raise ValueError(self.sentence) from fault
        if self.data is not None and not 2000 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(self.sentence)


class Hour(TimeField):
    """An hour of the day; what cannot be read gets the sentence given."""

    data: time | None  # type: ignore[assignment]

    def __init__(self, label: str, sentence: str, **options: Any) -> None:
        super().__init__(label, format=["%H:%M", "%H:%M:%S"], **options)
        self.sentence = sentence

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the hour, or raises the sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError as fault:
            raise ValueError(self.sentence) from fault


def instant(day: date, hour: time) -> datetime | None:
    """The instant of a Parisian day and hour; None for one that the clocks jump over in spring."""
    local = datetime.combine(day, hour.replace(tzinfo=None))
    moment = local.replace(tzinfo=PARIS).astimezone(UTC)
    return moment if moment.astimezone(PARIS).replace(tzinfo=None) == local else None


NO_SUCH_HOUR = "Cette heure n'existe pas ce jour-là : les horloges passent de 2 h à 3 h. Choisissez une autre heure."


def monday_of(raw: str | None, today: date) -> date:
    """The Monday of the week that an address names, of this one when it names none."""
    try:
        day = date.fromisoformat(raw or "")
    except ValueError:
        day = today
    day = day if 2000 <= day.year <= 2100 else today
    return day - timedelta(days=day.weekday())
