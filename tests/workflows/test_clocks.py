"""Legal delays on the days where calendars bite: ends of months, leap years, clock changes, midnights in Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import clocks

DAYS = st.dates(min_value=date(1896, 1, 1), max_value=date(2400, 12, 31))


def leap(year: int) -> bool:
    """The Gregorian rule, written again."""
    return year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)


def month_length(year: int, month: int) -> int:
    """Thirty days hath September, written again."""
    if month == 2:
        return 29 if leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def walked(day: date, months: int) -> tuple[int, int]:
    """Year and month so many months later, one at a time."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return year, month


@pytest.mark.parametrize(
    ("acknowledged", "due"),
    [
        (date(2025, 12, 31), date(2026, 2, 28)),
        (date(2023, 12, 31), date(2024, 2, 29)),
        (date(2027, 12, 30), date(2028, 2, 29)),
        (date(2027, 12, 29), date(2028, 2, 29)),
        (date(2027, 12, 28), date(2028, 2, 28)),
        (date(1899, 12, 31), date(1900, 2, 28)),
        (date(1999, 12, 31), date(2000, 2, 29)),
        (date(2024, 2, 29), date(2024, 4, 29)),
        (date(2026, 4, 30), date(2026, 6, 30)),
        (date(2026, 7, 31), date(2026, 9, 30)),
        (date(2026, 8, 31), date(2026, 10, 31)),
        (date(2026, 11, 23), date(2027, 1, 23)),
    ],
)
def test_two_months_end_on_the_same_number_or_the_last_day(acknowledged: date, due: date) -> None:
    assert clocks.answer_due(acknowledged) == due
    assert clocks.silence_counts_from(acknowledged) == due + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "lapse", "jury"),
    [
        (date(2026, 3, 1), date(2026, 9, 30), date(2026, 6, 30)),
        (date(2026, 3, 31), date(2026, 9, 30), date(2026, 6, 30)),
        (date(2023, 8, 31), date(2024, 2, 29), date(2023, 11, 30)),
        (date(2026, 8, 1), date(2027, 2, 28), date(2026, 11, 30)),
        (date(2027, 11, 30), date(2028, 5, 31), date(2028, 2, 29)),
        (date(2026, 6, 30), date(2026, 12, 31), date(2026, 9, 30)),
        (date(2026, 12, 31), date(2027, 6, 30), date(2027, 3, 31)),
    ],
)
def test_sixth_and_third_months_run_to_their_end(day: date, lapse: date, jury: date) -> None:
    assert clocks.lapse_due(day) == lapse
    assert clocks.jury_due(day) == jury


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, 59, tzinfo=UTC), date(2026, 1, 31)),  # winter: UTC+1
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 7, 13, 21, 59, 59, tzinfo=UTC), date(2026, 7, 13)),  # summer: UTC+2
        (datetime(2026, 7, 13, 22, 0, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # last Sunday of March begins in winter time
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),  # and ends in summer time, 23 hours later
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),  # last Sunday of October begins in summer time
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),  # and ends 25 hours later
    ],
)
def test_the_civil_day_is_that_of_paris(instant: datetime, day: date) -> None:
    assert clocks.civil_date(instant) == day


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_days_of_a_change_of_clock_are_not_24_hours(day: date, hours: int) -> None:
    end = clocks.midnight(day + timedelta(days=1)).astimezone(UTC)
    assert end - clocks.midnight(day).astimezone(UTC) == timedelta(hours=hours)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        clocks.civil_date(datetime(2026, 1, 1, 12, 0))


def test_delays_in_days() -> None:
    assert clocks.notification_due(date(2026, 2, 14)) == date(2026, 3, 1)
    assert clocks.earliest_interview(date(2026, 12, 20), 15) == date(2027, 1, 4)
    figures = [(d.amount, d.unit) for d in clocks.DELAYS]
    assert figures == [
        (2, "months"),
        (15, "days"),
        (5, "days"),
        (30, "days"),
        (6, "months"),
        (6, "calendar months"),
        (1, "days"),
        (3, "calendar months"),
        (30, "days"),
        (10, "days"),
        (15, "days"),
        (15, "days"),
        (7, "days"),
        (2, "days"),
        (7, "days"),
        (15, "days"),
        (30, "days"),
        (15, "days"),
        (15, "days"),
        (8, "days"),  # employers told
        (7, "days"),  # members convoked
        (5, "days"),  # composition notified
        (7, "days"),  # shown as near
    ]


@given(DAYS, st.integers(min_value=0, max_value=60))
def test_months_added_agree_with_months_walked(day: date, months: int) -> None:
    year, month = walked(day, months)
    length = month_length(year, month)
    assert clocks.same_day_months_later(day, months) == date(year, month, min(day.day, length))
    assert clocks.end_of_month_after(day, months) == date(year, month, length)


@given(DAYS, DAYS)
def test_a_later_start_never_ends_sooner(one: date, other: date) -> None:
    first, second = sorted((one, other))
    for delay in (clocks.answer_due, clocks.silence_counts_from, clocks.lapse_due, clocks.jury_due):
        assert delay(first) <= delay(second)


@given(DAYS)
def test_midnight_opens_its_own_day(day: date) -> None:
    opening = clocks.midnight(day).astimezone(UTC)
    assert clocks.civil_date(opening) == day
    assert clocks.civil_date(opening - timedelta(microseconds=1)) == day - timedelta(days=1)
