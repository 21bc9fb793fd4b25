"""What a request says, in French: for the pages that show it and the letter that sums it up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from templates import french, words
from workflows.request_form import CODES, DAYS, EXPERIENCE_FIELDS, FIELDS, SECTIONS, Section, as_date
from workflows.request_hours import Overlap, hours

NO_MINIMUM = (
    "Aucune durée minimale d'expérience n'est exigée depuis la loi n° 2022-1598 du 21 décembre 2022 : "
    "les heures sont données pour information et ne peuvent motiver un refus."
)
_IN_TITLE = ("job", "activities", "started_on", "ended_on")  # of a line: shown otherwise than as a row


@dataclass(frozen=True, slots=True)
class HoursTold:
    """Hours of a request in words: by line (empty where not stated), in all, overlaps, and what they are not for."""

    by_line: tuple[str, ...]
    total: str
    overlaps: tuple[str, ...]
    note: str = NO_MINIMUM


def said(name: str, value: Any) -> str:
    """One answer: the word of a code, a day as people write it, any other text as it was typed."""
    text = str(value or "").replace("\r\n", "\n").strip()
    day = as_date(text) if name in DAYS else None
    if day is not None:
        return french.jour(day)
    return words.told(name, text) if name in CODES else text


def period(line: Mapping[str, Any]) -> str:
    """From when to when a line of experience goes."""
    start, end = said("started_on", line.get("started_on")), said("ended_on", line.get("ended_on"))
    return " à ".join(filter(None, (start, end or "ce jour")))


def by_section(form: Mapping[str, Any], email: str) -> list[tuple[Section, list[tuple[str, str]]]]:
    """The answers of each section under their labels, empty ones too; blocks and experiences are told apart."""
    found = []
    for section, names in SECTIONS.items():
        rows = [(words.label("answer", name), said(name, form.get(name))) for name in names if name in FIELDS]
        if section is Section.CONTACT:
            rows.insert(2, ("Adresse électronique", email))
        if rows:
            found.append((section, rows))
    return found


def held_blocks(form: Mapping[str, Any], codes: Collection[str]) -> list[tuple[str, str]]:
    """Each block declared as held already, with where and when it was obtained."""
    told = form.get("held") or {}
    return [(f"Bloc {code}", _obtained(told.get(code) or {})) for code in sorted(codes)]


def _obtained(told: Mapping[str, Any]) -> str:
    source, day = said("source", told.get("source")), said("obtained_on", told.get("obtained_on"))
    return ", ".join(filter(None, (source, f"obtenu le {day}" if day else ""))) or "origine non précisée"


def line_rows(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a line of experience says beside its title, its period and its activities; what is empty is left out."""
    return [
        (words.label("experience", name), text)
        for name in EXPERIENCE_FIELDS
        if name not in _IN_TITLE and (text := said(name, line.get(name)))
    ]


def piece_title(form: Mapping[str, Any], kind: str, about: str) -> str:
    """What a piece is, and which experience or block it is about."""
    title = words.label("piece", kind)
    what, _, name = about.partition(":")
    if what == "block":
        return f"{title}, bloc {name}"
    ranks = {line.get("id"): rank for rank, line in enumerate(form.get("experiences") or [], 1)}
    return f"{title}, expérience {ranks[name]}" if what == "experience" and name in ranks else title


def hours_told(form: Mapping[str, Any], today: date) -> HoursTold:
    """The hours that a request declares, and the experiences that overlap."""
    found = hours(form, today)
    return HoursTold(
        by_line=tuple("" if count is None else _hours(count) for count in found.by_line),
        total=_hours(found.total),
        overlaps=tuple(_overlap(one) for one in found.overlaps),
    )


def _hours(count: int) -> str:
    return f"{format_decimal(count, locale='fr')} heure{'s' if count > 1 else ''}"


def _overlap(one: Overlap) -> str:
    first, last = _month(one.first), _month(one.last)
    when = f"en {first}" if first == last else f"{_from(first)} à {last}"
    return f"Les expériences {one.one} et {one.other} se recouvrent {when}."


def _from(month: str) -> str:
    return f"d'{month}" if month[0] in "ao" else f"de {month}"  # août, avril, octobre


def _month(day: date) -> str:
    return str(format_date(day, "MMMM y", locale="fr"))
