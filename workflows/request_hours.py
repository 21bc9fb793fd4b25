"""Hours declared in a request, and where two experiences overlap: shown to everyone, never a ground for refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from workflows.request_form import as_date

MOST_HOURS = 400_000  # some forty-five years day and night: above, it is a mistake of typing
_NUMBER = re.compile(r"(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,7})(?:,\d{1,2})?(?:\s*(?:h|heures?))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two experiences, by their rank from one, that both ran from a day to another."""

    one: int
    other: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hours:
    """What a request declares: hours by experience (None: not stated), in all, and overlaps, in the order of lines."""

    by_line: tuple[int | None, ...]
    total: int
    overlaps: tuple[Overlap, ...]


def hours(form: Mapping[str, Any], today: date) -> Hours:
    """Hours as declared, overlaps counted once for each line: no minimum is required (law 2022-1598)."""
    lines = form.get("experiences") or []
    declared = tuple(hours_of(line) for line in lines)
    periods = [(rank, *found) for rank, line in enumerate(lines, 1) if (found := _period(line, today))]
    overlaps = tuple(
        Overlap(one, other, max(start, begin), min(end, stop))
        for (one, start, end), (other, begin, stop) in combinations(periods, 2)
        if max(start, begin) <= min(end, stop)
    )
    return Hours(declared, sum(filter(None, declared)), overlaps)


def hours_of(line: Mapping[str, Any]) -> int | None:
    """The whole hours of a line as people write them, "1 600 h"; None when there are none or it is no number."""
    found = _NUMBER.fullmatch(str(line.get("total_hours") or "").strip())
    if found is None:
        return None
    number = int(re.sub(r"\D", "", found[1]))
    return number if number <= MOST_HOURS else None


def _period(line: Mapping[str, Any], today: date) -> tuple[date, date] | None:
    """The days of a line, the first and last included; one without an end lasts until today."""
    start = as_date(line.get("started_on"))
    end = as_date(line.get("ended_on")) if line.get("ended_on") else today
    return (start, end) if start and end and start <= end else None
