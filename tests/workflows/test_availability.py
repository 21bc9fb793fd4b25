"""When someone is free: weeks, holidays, clocks that change, what was said once; checked minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.availability import Once, Said, Weekly, Window, common, free, joined, less
from workflows.clocks import PARIS

DAY = (time(9), time(18))
NIGHT_TOO = (time(0), time(23, 59))
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
MORNINGS = Weekly(True, 0, time(9), time(12), date(2026, 1, 1))


def paris(day: date, begins: str, ends: str) -> Window:
    """Between two hours of Paris."""
    at = [datetime.combine(day, time.fromisoformat(hour), PARIS).astimezone(UTC) for hour in (begins, ends)]
    return Window(*at)


@pytest.mark.parametrize(
    ("said", "first", "last", "hours", "holidays", "expected"),
    [
        ([], MONDAY, MONDAY, DAY, (), []),  # who said nothing is not free
        ([MORNINGS], MONDAY, MONDAY, DAY, (), [("2026-11-23", "09:00", "12:00")]),
        ([MORNINGS], MONDAY, date(2026, 11, 29), DAY, (), [("2026-11-23", "09:00", "12:00")]),
        (
            [MORNINGS],
            MONDAY,
            date(2026, 11, 30),
            DAY,
            (),
            [("2026-11-23", "09:00", "12:00"), ("2026-11-30", "09:00", "12:00")],
        ),
        ([MORNINGS], MONDAY, MONDAY, (time(10), time(18)), (), [("2026-11-23", "10:00", "12:00")]),
        ([MORNINGS], MONDAY, MONDAY, DAY, (MONDAY,), []),
        (  # said once of several days, of those that are no holiday
            [Once(True, Window(paris(MONDAY, "00:00", "01:00").starts_at, paris(TUESDAY, "16:00", "17:00").ends_at))],
            MONDAY,
            TUESDAY,
            DAY,
            (MONDAY,),
            [("2026-11-24", "09:00", "17:00")],
        ),
        (  # not free is stronger, whichever was said first
            [Once(False, paris(MONDAY, "10:00", "10:30")), MORNINGS, Once(True, paris(MONDAY, "10:00", "11:00"))],
            MONDAY,
            MONDAY,
            DAY,
            (),
            [("2026-11-23", "09:00", "10:00"), ("2026-11-23", "10:30", "12:00")],
        ),
        (
            [MORNINGS, Weekly(False, 0, time(11), time(20), date(2026, 1, 1))],
            MONDAY,
            MONDAY,
            DAY,
            (),
            [("2026-11-23", "09:00", "11:00")],
        ),
        ([Weekly(True, 0, time(9), time(12), MONDAY)], MONDAY, MONDAY, DAY, (), [("2026-11-23", "09:00", "12:00")]),
        ([Weekly(True, 0, time(9), time(12), date(2026, 11, 24))], MONDAY, MONDAY, DAY, (), []),
        (
            [Weekly(True, 0, time(9), time(12), date(2026, 1, 1), MONDAY)],
            MONDAY,
            MONDAY + timedelta(days=7),
            DAY,
            (),
            [("2026-11-23", "09:00", "12:00")],
        ),
        (  # touching windows are one
            [MORNINGS, Weekly(True, 0, time(12), time(14), date(2026, 1, 1))],
            MONDAY,
            MONDAY,
            DAY,
            (),
            [("2026-11-23", "09:00", "14:00")],
        ),
    ],
)
def test_free(said, first, last, hours, holidays, expected) -> None:  # type: ignore[no-untyped-def]
    found = free(said, first, last, hours, holidays)
    assert found == tuple(paris(date.fromisoformat(day), *between) for day, *between in expected)


@pytest.mark.parametrize(
    ("sunday", "begins", "ends", "hours_long"),
    [
        (date(2026, 3, 29), time(1), time(4), 2),  # two o'clock is three o'clock
        (date(2026, 10, 25), time(1), time(4), 4),  # two o'clock comes twice
        (date(2026, 3, 29), time(9), time(12), 3),
        (date(2026, 3, 29), time(2, 30), time(3), None),  # hours that do not exist
    ],
)
def test_hours_are_those_of_paris_when_clocks_change(
    sunday: date, begins: time, ends: time, hours_long: int | None
) -> None:
    found = free([Weekly(True, 6, begins, ends, date(2026, 1, 1))], sunday, sunday, NIGHT_TOO)
    assert sum((w.ends_at - w.starts_at for w in found), timedelta()) == timedelta(hours=hours_long or 0)
    for window in found:
        assert window.starts_at.astimezone(PARIS).time() == begins


def test_what_was_said_once_meets_a_day_that_has_25_hours() -> None:
    sunday = date(2026, 10, 25)
    second_two = Window(datetime(2026, 10, 25, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    said = [Weekly(True, 6, time(1), time(4), date(2026, 1, 1)), Once(False, second_two)]
    (before, after) = free(said, sunday, sunday, NIGHT_TOO)
    assert (before.ends_at, after.starts_at) == (second_two.starts_at, second_two.ends_at)


BASE = datetime(2026, 3, 28, 0, 0, tzinfo=UTC)  # clocks change on the second day
windows = st.tuples(st.integers(0, 300), st.integers(1, 60)).map(
    lambda pair: Window(BASE + timedelta(minutes=10 * pair[0]), BASE + timedelta(minutes=10 * (pair[0] + pair[1])))
)
hours = st.tuples(st.integers(0, 47), st.integers(0, 47)).filter(lambda pair: pair[0] != pair[1]).map(sorted)


def minutes(some: tuple[Window, ...] | list[Window]) -> set[datetime]:
    """Every tenth minute within."""
    found = set()
    for window in some:
        step = window.starts_at
        while step < window.ends_at:
            found.add(step)
            step += timedelta(minutes=10)
    return found


@given(st.lists(windows, max_size=6), st.lists(windows, max_size=6))
def test_windows_are_sets_of_minutes(ones: list[Window], others: list[Window]) -> None:
    assert minutes(joined(ones)) == minutes(ones)
    assert minutes(less(ones, others)) == minutes(ones) - minutes(others)
    assert minutes(common(ones, others)) == minutes(ones) & minutes(others)
    for made in (joined(ones), common(ones, others)):
        assert all(a.ends_at < b.starts_at for a, b in pairwise(made))


weeklies = st.builds(
    lambda is_free, weekday, pair: Weekly(
        is_free,
        weekday,
        time(pair[0] // 2, 30 * (pair[0] % 2)),
        time(pair[1] // 2, 30 * (pair[1] % 2)),
        date(2026, 1, 1),
    ),
    st.booleans(),
    st.integers(0, 6),
    hours,
)
onces = st.builds(Once, st.booleans(), windows)


@given(
    st.lists(st.one_of(weeklies, onces), max_size=8), st.sets(st.sampled_from([date(2026, 3, 29), date(2026, 3, 30)]))
)
def test_free_is_what_each_minute_says(said: list[Said], holidays: set[date]) -> None:
    first, last = date(2026, 3, 28), date(2026, 3, 30)
    found = minutes(free(said, first, last, (time(0), time(23, 30)), holidays))
    step, expected = datetime(2026, 3, 27, 23, 0, tzinfo=UTC), set()
    while step < datetime(2026, 3, 30, 22, 0, tzinfo=UTC):
        if _says(said, step, True) and not _says(said, step, False):
            local = step.astimezone(PARIS)
            if local.time() < time(23, 30) and local.date() not in holidays:
                expected.add(step)
        step += timedelta(minutes=10)
    assert found == expected


def _says(said: list[Said], instant: datetime, is_free: bool) -> bool:
    local = instant.astimezone(PARIS)
    for one in said:
        if one.free is not is_free:
            continue
        if isinstance(one, Once):
            if one.window.starts_at <= instant < one.window.ends_at:
                return True
        elif local.weekday() == one.weekday and _between(one, local):
            return True
    return False


def _between(one: Weekly, local: datetime) -> bool:
    """By instants, as an hour that the clocks jump over is the one that they show next."""
    begins, ends = (datetime.combine(local.date(), hour, PARIS).astimezone(UTC) for hour in (one.begins, one.ends))
    return begins <= local.astimezone(UTC) < ends
