"""How codes, dates, sizes and form fields look in French: what pages call, and nothing that decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from wtforms import widgets

from templates.words import choices as choices
from templates.words import label as label
from workflows import clocks
from workflows.regimes import Matter, Regime, binds
from workflows.steps import STEPS, Due, jury_due
from workflows.vocabulary import Phase, Step
from workflows.who_may_do_what import RESULTS

_TIED = "\N{NO-BREAK SPACE}"


# Steps


def phases(step: str, notes: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """The five phases as the phase bar wants them; notes are sentences by phase code."""
    order = list(Phase)
    # At a result nothing is left to come: every phase shows as done.
    reached = len(order) if step in RESULTS else order.index(STEPS[Step(step)].phase)
    states = ["done" if rank < reached else "now" if rank == reached else "todo" for rank in range(len(order))]
    return [
        {"name": label("phase", phase), "state": state, "note": (notes or {}).get(phase, "")}
        for phase, state in zip(order, states, strict=True)
    ]


def ball(step: str) -> str:
    """Who is to act at a step, in words; empty for nobody."""
    role = STEPS[Step(step)].ball
    return label("ball", role) if role else ""


def due_sentence(kind: str, due: Due, today: date) -> str:
    """What is due, in the words of a kind of labels, with the day and how far it is."""
    return label(kind, due.delay.name).format(before=before(due.on, today), until=until(due.on, today))


def jury_note(regime: Regime, deposited_on: date | None) -> str:
    """Until when the jury must meet, for the phase bar; under a regime that sets no day, one to go by."""
    bound = jury_due(regime, deposited_on) if deposited_on else None
    if bound or deposited_on is None:
        law = binds(regime, Matter.JURY)
        return f"Avant le {short_day(bound)}" if bound else "Au plus tard 3 mois après le dépôt" if law else ""
    return f"Vers le {short_day(clocks.jury_due(deposited_on))}, à titre indicatif"


def urgency(day: date, today: date) -> str:
    """The kind of tag that goes with a day to come: bad once past, wait when near, else calm."""
    left = (day - today).days
    return "bad" if left < 0 else "wait" if left <= clocks.SOON_DAYS else "calm"


# Dates: civil dates are of Paris, instants come in UTC


def civil(moment: date | datetime) -> date:
    """The civil date in Paris of an instant; a date stays as it is."""
    return in_paris(moment).date() if isinstance(moment, datetime) else moment


def in_paris(instant: datetime) -> datetime:
    """The instant on Parisian clocks; an instant without a time zone raises ValueError."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be shown")
    return instant.astimezone(clocks.PARIS)


def long_day(moment: date | datetime) -> str:
    """'mardi 3 mars 2026'."""
    return f"{format_date(civil(moment), 'EEEE', locale='fr')} {short_day(moment)}"


def short_day(moment: date | datetime) -> str:
    """'3 mars 2026', and '1er mars 2026'."""
    day = civil(moment)
    return f"{'1er' if day.day == 1 else day.day} {format_date(day, 'MMMM y', locale='fr')}"


def month(moment: date | datetime) -> str:
    """'mars 2026'."""
    return format_date(civil(moment), "MMMM y", locale="fr")


def hour(instant: datetime) -> str:
    """'14 h 30', and '14 h' on the hour."""
    local = in_paris(instant)
    minutes = f"{_TIED}{local:%M}" if local.minute else ""
    return f"{local.hour}{_TIED}h{minutes}"


def day_and_hour(instant: datetime) -> str:
    """'mardi 3 mars 2026 à 14 h 30'."""
    return f"{long_day(instant)} à {hour(instant)}"


def distance(moment: date | datetime, today: date) -> str:
    """'aujourd'hui', 'demain', 'dans 12 jours', 'dans 5 mois', 'il y a 3 jours'."""
    days = (civil(moment) - today).days
    near = {-1: "hier", 0: "aujourd'hui", 1: "demain"}
    if days in near:
        return near[days]
    return f"dans {_span(days)}" if days > 0 else f"il y a {_span(-days)}"


def before(due: date | datetime, today: date) -> str:
    """'avant le mardi 3 mars 2026, dans 12 jours', or by how much it is late."""
    return f"avant le {long_day(due)}, {_left(due, today)}"


def until(due: date | datetime, today: date) -> str:
    """'jusqu'au mardi 3 mars 2026, dans 12 jours', or by how much it is late."""
    return f"jusqu'au {long_day(due)}, {_left(due, today)}"


def _left(due: date | datetime, today: date) -> str:
    late = (today - civil(due)).days
    return f"dépassé de {_span(late)}" if late > 0 else distance(due, today)


def _span(days: int) -> str:
    if days <= 60:
        return plural(days, "jour")
    months = round(days / 30.44)
    return f"{months} mois" if months < 24 else plural(months // 12, "an")


# Numbers and files


def plural(number: int, singular: str, several: str | None = None) -> str:
    """'1 preuve', '3 preuves'; French counts zero as singular."""
    word = singular if abs(number) < 2 else several or f"{singular}s"
    return f"{number}{_TIED}{word}"


def octets(size: int) -> str:
    """'2,4 Mo': decimal units, at most one decimal."""
    if size < 1000:
        return f"{size}{_TIED}octet{'s' if size > 1 else ''}"
    units = ("Ko", "Mo", "Go", "To")
    power = next((rank for rank in range(1, len(units)) if size < 999.5 * 1000**rank), len(units))
    value = size / 1000**power
    shown = format_decimal(value, format="0.#" if value < 10 else "0", locale="fr")
    return f"{shown}{_TIED}{units[power - 1]}"


_ICONS = {
    "file-earmark-pdf": ("pdf",),
    "file-earmark-word": ("doc", "docx", "odt", "rtf"),
    "file-earmark-excel": ("xls", "xlsx", "ods", "csv"),
    "file-earmark-slides": ("ppt", "pptx", "odp"),
    "file-earmark-image": ("jpg", "jpeg", "png", "gif", "webp", "heic", "tif", "tiff"),
    "file-earmark-music": ("mp3", "m4a", "wav", "ogg", "opus"),
    "file-earmark-play": ("mp4", "mov", "webm", "avi", "mkv"),
    "file-earmark-text": ("txt", "md"),
}


def file_icon(name: str) -> str:
    """The icon that goes with a file's name."""
    extension = name.rpartition(".")[2].lower()
    return next((icon for icon, known in _ICONS.items() if extension in known), "file-earmark")


# Forms


def field_kind(field: Any) -> str:
    """How the field macro shows a field: hidden, choices, tick, select, text, file, submit or input."""
    by_widget = (
        (widgets.HiddenInput, "hidden"),
        (widgets.CheckboxInput, "tick"),
        (widgets.Select, "select"),
        (widgets.TextArea, "text"),
        (widgets.FileInput, "file"),
        (widgets.SubmitInput, "submit"),
    )
    if getattr(field, "option_widget", None) and not isinstance(field.widget, widgets.Select):
        return "choices"
    return next((kind for widget, kind in by_widget if isinstance(field.widget, widget)), "input")


def described(field: Any, hint: str | None, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that tie a field to its hint and its error for those who do not see the page."""
    told = [f"{field.id}-aide"] if hint else []
    told += [f"{field.id}-erreur"] if field.errors else []
    tied: dict[str, Any] = dict(attributes)
    if told:
        tied["aria-describedby"] = " ".join(told)
    if field.errors:
        tied["aria-invalid"] = "true"
    return tied


def error_list(source: Any) -> list[dict[str, str]]:
    """What the error summary shows: a form's errors, a mapping of field id to sentence, or sentences."""
    if hasattr(source, "form_errors"):
        general = [{"text": str(error), "target": ""} for error in source.form_errors]
        return general + [error for field in source for error in _errors_of(field)]
    if isinstance(source, Mapping):
        return [{"text": text, "target": name} for name, told in source.items() for text in _sentences(told)]
    return [error if isinstance(error, dict) else {"text": str(error), "target": ""} for error in source]


def _errors_of(field: Any) -> Iterator[dict[str, str]]:
    inner = getattr(field, "entries", None) or (field.form if hasattr(field, "form") else None)
    for child in inner or ():
        yield from _errors_of(child)
    target = f"{field.id}-0" if field_kind(field) == "choices" else field.id
    for told in () if isinstance(field.errors, Mapping) else field.errors:
        if isinstance(told, str) or not inner:
            yield {"text": str(told), "target": target}


def _sentences(told: str | Iterable[str]) -> Iterable[str]:
    return [told] if isinstance(told, str) else told


def register(app: Flask) -> None:
    """Give the pages their filters and functions."""
    app.jinja_env.filters.update(
        label=lambda code, kind: label(kind, code),
        explain=lambda code: label("explain", code),
        ball=ball,
        long_day=long_day,
        short_day=short_day,
        month=month,
        hour=hour,
        day_and_hour=day_and_hour,
        distance=distance,
        before=before,
        until=until,
        plural=plural,
        octets=octets,
        file_icon=file_icon,
    )
    app.jinja_env.globals.update(field_kind=field_kind, described=described, error_list=error_list)
