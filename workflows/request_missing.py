"""What the form of a request still lacks or has wrong, one sentence each; its pieces are in `request_pieces`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from workflows.request_form import EARLIEST, SECTIONS, Problem, Section, as_date
from workflows.request_hours import hours_of

_REQUIRED = {
    "birth_name": "Indiquez le nom de naissance.",
    "given_names": "Indiquez les prénoms, dans l'ordre de l'état civil.",
    "birth_date": "Indiquez la date de naissance.",
    "birth_town": "Indiquez la commune de naissance.",
    "nationality": "Indiquez la nationalité.",
    "address": "Indiquez l'adresse postale.",
    "phone": "Indiquez un numéro de téléphone.",
}
_REQUIRED_OF_EXPERIENCE = {
    "job": "indiquez l'emploi ou la fonction",
    "organisation": "indiquez l'organisation",
    "started_on": "indiquez la date de début",
    "activities": "décrivez les activités en rapport avec la certification",
}

NO_TARGET = Problem("whole", "Choisissez la certification entière ou au moins un bloc.")


def problems(form: Mapping[str, Any], today: date, held: Collection[str] = ()) -> list[Problem]:
    """Everything that the form still lacks or has wrong on that day, in its order; `held`: blocks declared as held."""
    found = [Problem(f, sentence) for f, sentence in _REQUIRED.items() if not _text(form, f)]
    birth = as_date(form.get("birth_date"))
    if _text(form, "birth_date") and (birth is None or not EARLIEST <= birth < today):
        found.append(Problem("birth_date", "La date de naissance n'est pas plausible."))
    for code in sorted(held):
        found += _of_held(code, (form.get("held") or {}).get(code) or {}, today)
    experiences = form.get("experiences") or []
    if not experiences:
        found.append(Problem("experiences", "Décrivez au moins une expérience."))
    for index, line in enumerate(experiences):
        found += [Problem(f"experiences-{index}-{field}", sentence) for field, sentence in _of_line(index, line, today)]
    return found


def wrong(found: Collection[Problem], form: Mapping[str, Any]) -> list[Problem]:
    """Of these problems, those of a field that was answered: it says something that cannot be."""
    return [p for p in found if _answered(p.field, form)]


def section_of(field: str) -> Section | None:
    """The section to which a field belongs; None for what is chosen elsewhere, a piece for instance."""
    if field in ("whole", "blocks"):
        return Section.PURPOSE
    name = field.partition("-")[0]
    return next((section for section, names in SECTIONS.items() if name in names), None)


def _of_held(code: str, told: Mapping[str, Any], today: date) -> list[Problem]:
    found = []
    if not _text(told, "source"):
        sentence = f"Bloc {code} : indiquez par qui il vous a été délivré."
        found.append(Problem(f"held-{code}-source", sentence))
    day = as_date(told.get("obtained_on"))
    if not _text(told, "obtained_on"):
        found.append(Problem(f"held-{code}-obtained_on", f"Bloc {code} : indiquez quand vous l'avez obtenu."))
    elif day is None or not EARLIEST <= day <= today:
        found.append(Problem(f"held-{code}-obtained_on", f"Bloc {code} : la date d'obtention n'est pas plausible."))
    return found


def _of_line(index: int, line: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    label = f"Expérience {index + 1} : "
    found = [
        (field, f"{label}{sentence}.") for field, sentence in _REQUIRED_OF_EXPERIENCE.items() if not _text(line, field)
    ]
    start, end = as_date(line.get("started_on")), as_date(line.get("ended_on"))
    if _text(line, "started_on") and (start is None or not EARLIEST <= start <= today):
        found.append(("started_on", f"{label}la date de début n'est pas plausible."))
    if _text(line, "ended_on") and (end is None or end < EARLIEST):
        found.append(("ended_on", f"{label}la date de fin n'est pas plausible."))
    elif end and end > today:
        found.append(("ended_on", f"{label}la fin est dans l'avenir ; laissez vide si cela dure encore."))
    elif start and end and end < start:
        found.append(("ended_on", f"{label}la fin précède le début."))
    if _text(line, "total_hours") and hours_of(line) is None:
        found.append(("total_hours", f"{label}indiquez le nombre d'heures en chiffres, par exemple 1600."))
    return found


def _answered(field: str, form: Mapping[str, Any]) -> bool:
    name, _, rest = field.partition("-")
    if name == "experiences" and rest:
        index, _, inner = rest.partition("-")
        return bool(_text(form["experiences"][int(index)], inner))
    if name == "held" and rest:
        code, _, inner = rest.rpartition("-")
        return bool(_text((form.get("held") or {}).get(code) or {}, inner))
    return bool(_text(form, field))


def _text(told: Mapping[str, Any], name: str) -> str:
    return str(told.get(name) or "").strip()
