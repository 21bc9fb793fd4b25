"""How dates, times and sizes read in French: one wording for pages, e-mails and documents."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

PARIS = ZoneInfo("Europe/Paris")
# A number and its unit stay on one line.
_NBSP = "\N{NO-BREAK SPACE}"


def date_fr(value: date | datetime | str | None) -> str:
    """« mardi 3 mars 2026 » in Paris, from a date, an instant or ISO text; "" for none; else ValueError."""
    if value is None or value == "":
        return ""
    day = _civil_day(value)
    words = format_date(day, "EEEE d MMMM y", locale="fr")
    return words.replace(f" {day.day} ", " 1er ", 1) if day.day == 1 else words


def jour(value: date | datetime | str | None) -> str:
    """« 3 mars 2026 », otherwise as `date_fr`: for a birth date or the head of a letter."""
    return date_fr(value).partition(" ")[2]


def heure(value: datetime | str | None) -> str:
    """« 14 h 30 » in Paris, from an aware instant or ISO text; "" for none; else ValueError."""
    if value is None or value == "":
        return ""
    instant = _instant(value)
    return f"{instant.hour}{_NBSP}h{_NBSP}{instant.minute:02d}" if instant.minute else f"{instant.hour}{_NBSP}h"


def octets(value: int | None) -> str:
    """« 2,4 Mo » (no-break space) from a number of bytes, in powers of 1000; "" for nothing."""
    if value is None:
        return ""
    size = float(value)
    for unit in ("o", "ko", "Mo", "Go"):
        # 999,96 ko would round to « 1 000 ko »: the next unit reads better.
        if size < 999.95 or unit == "Go":
            shown = format_decimal(size, "#,##0" if unit == "o" else "#,##0.#", locale="fr")
            return f"{shown}{_NBSP}{unit}"
        size /= 1000
    raise AssertionError("unreachable: the last unit always answers")


def _civil_day(value: date | datetime | str) -> date:
    if isinstance(value, str) and len(value) == len("2026-03-03"):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _instant(value).date()


def _instant(value: datetime | str) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        # Guessing a zone would print a wrong hour twice a year.
        raise ValueError(f"un instant avec son fuseau est attendu : {value!r}")
    return instant.astimezone(PARIS)
