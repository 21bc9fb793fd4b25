"""When someone is free: what comes back every week and what was said once; what is not free is stronger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from workflows.clocks import PARIS, civil_date


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From one instant up to another, left out."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, other: Window) -> bool:
        """Whether the other lies wholly within."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def meets(self, other: Window) -> bool:
        """Whether both have an instant in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Weekly:
    """Free, or not, between two hours of Paris on a day of every week; 0 is Monday, both days included."""

    free: bool
    weekday: int
    begins: time
    ends: time
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Once:
    """Free, or not, one time."""

    free: bool
    window: Window


Said = Weekly | Once


def free(
    said: Iterable[Said], first: date, last: date, hours: tuple[time, time], holidays: Collection[date] = ()
) -> tuple[Window, ...]:
    """When someone is free from one day to another, both included, while the centre is open; in order, apart.

    Who has said nothing is not free [choice].
    """
    said = list(said)
    weekly = [w for w in said if isinstance(w, Weekly)]
    once = [o for o in said if isinstance(o, Once)]
    days = [first + timedelta(days=rank) for rank in range((last - first).days + 1)]
    yes = [o.window for o in once if o.free] + _each_week(weekly, days, True)
    no = [o.window for o in once if not o.free] + _each_week(weekly, days, False)
    return common(less(joined(yes), no), open_hours(first, last, hours, holidays))


def open_hours(
    first: date, last: date, hours: tuple[time, time], holidays: Collection[date] = ()
) -> tuple[Window, ...]:
    """When the centre is open: its hours of each day that is no public holiday [choice].

    For people and rooms alike: what is said once is often said of several days, and nobody means the holiday among
    them. A planner who does mean it books by hand, told that it is one.
    """
    days = [first + timedelta(days=rank) for rank in range((last - first).days + 1)]
    return tuple(Window(at(day, hours[0]), at(day, hours[1])) for day in days if day not in holidays)


def rested(booked: Iterable[Window], pause: timedelta) -> tuple[Window, ...]:
    """What someone is called to, with the break that is owed to them before and after."""
    return tuple(Window(one.starts_at - pause, one.ends_at + pause) for one in booked)


def sat(booked: Iterable[Window]) -> Counter[date]:
    """How many times someone sits already, by civil day: what the most a day is counted from."""
    return Counter(civil_date(one.starts_at) for one in booked)


def joined(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same instants as windows in order that neither meet nor touch."""
    made: list[Window] = []
    for window in sorted(windows):
        if made and window.starts_at <= made[-1].ends_at:
            made[-1] = Window(made[-1].starts_at, max(made[-1].ends_at, window.ends_at))
        else:
            made.append(window)
    return tuple(made)


def less(windows: Iterable[Window], taken: Iterable[Window]) -> tuple[Window, ...]:
    """What is left of windows when others are taken out."""
    left = list(windows)
    for gone in joined(taken):
        left = [part for window in left for part in _without(window, gone)]
    return tuple(left)


def common(windows: Iterable[Window], others: Iterable[Window]) -> tuple[Window, ...]:
    """What lies in both."""
    mine, theirs, both = list(joined(windows)), list(joined(others)), []
    while mine and theirs:
        if mine[-1].meets(theirs[-1]):
            begins = max(mine[-1].starts_at, theirs[-1].starts_at)
            both.append(Window(begins, min(mine[-1].ends_at, theirs[-1].ends_at)))
        # The one that begins last has met everything that it can.
        (mine if mine[-1].starts_at >= theirs[-1].starts_at else theirs).pop()
    return joined(both)


def _without(window: Window, gone: Window) -> list[Window]:
    if not window.meets(gone):
        return [window]
    parts = (Window(window.starts_at, gone.starts_at), Window(gone.ends_at, window.ends_at))
    return [part for part in parts if part.starts_at < part.ends_at]


def _each_week(weekly: Iterable[Weekly], days: Iterable[date], free: bool) -> list[Window]:
    days = list(days)
    made = [
        Window(at(day, said.begins), at(day, said.ends))
        for said in weekly
        if said.free is free
        for day in days
        if day.weekday() == said.weekday and said.since <= day and (said.until is None or day <= said.until)
    ]
    # Where clocks jump, hours that do not exist leave a window with nothing in it.
    return [window for window in made if window.starts_at < window.ends_at]


def at(day: date, hour: time) -> datetime:
    """The instant of an hour of Paris, in UTC: two instants of one zone would be compared by what clocks show."""
    return datetime.combine(day, hour, PARIS).astimezone(UTC)
