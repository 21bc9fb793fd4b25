"""Dates, times and sizes as a French reader expects them, in Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from templates.french import date_fr, heure, jour, octets


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (date(2026, 3, 3), "mardi 3 mars 2026"),
        ("2026-03-03", "mardi 3 mars 2026"),
        ("2026-03-01", "dimanche 1er mars 2026"),
        ("2026-12-31T23:30:00+00:00", "vendredi 1er janvier 2027"),
        (datetime(2026, 8, 31, 22, 0, tzinfo=UTC), "mardi 1er septembre 2026"),
        ("", ""),
        (None, ""),
    ],
)
def test_days(given: date | str | None, said: str) -> None:
    assert date_fr(given) == said
    assert jour(given) == said.partition(" ")[2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2026-03-03T13:30:00Z", "14 h 30"),
        ("2026-07-03T13:05:00+00:00", "15 h 05"),
        (datetime(2026, 3, 3, 8, 0, tzinfo=UTC), "9 h"),
        (None, ""),
    ],
)
def test_hours(given: datetime | str | None, said: str) -> None:
    assert heure(given).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize("given", ["2026-03-03T13:30:00", "demain", datetime(2026, 3, 3)])
def test_an_instant_without_its_zone_is_refused(given: datetime | str) -> None:
    with pytest.raises(ValueError):
        heure(given)
    with pytest.raises(ValueError):
        date_fr(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [(0, "0 o"), (999, "999 o"), (1000, "1 ko"), (2_412_345, "2,4 Mo"), (999_960, "1 Mo"), (5_368_709_120, "5,4 Go")],
)
def test_sizes(given: int, said: str) -> None:
    assert octets(given).replace("\N{NO-BREAK SPACE}", " ") == said
