"""A clock that a story moves: what is told of the past is done in the past."""

from __future__ import annotations

from datetime import datetime, timedelta


class StoryClock:
    """Callable like the real clock; goes where it is told."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def at(self, instant: datetime) -> None:
        """Moves to an instant."""
        self.now = instant

    def wait(self, **delta: float) -> None:
        """Moves on, by days, hours or minutes."""
        self.now += timedelta(**delta)
