"""The fields of a request for admissibility (CERFA 12818*02) by section, and what can be kept of what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

EARLIEST = date(1900, 1, 1)
LONGEST_LINE = 200  # characters
LONGEST_TEXT = 5_000
MOST_EXPERIENCES = 30

MOST_BLOCKS = 60  # of those declared as held already


class Section(StrEnum):
    """A part of the request, filled in and kept on its own."""

    PURPOSE = "purpose"  # what is asked for
    CIVIL_STATUS = "civil_status"
    CONTACT = "contact"  # how to reach the person, and their situation
    TRAINING = "training"
    HELD_BLOCKS = "held_blocks"  # blocks of the certification obtained before
    EXPERIENCES = "experiences"


NATURES = ("first", "renewal", "extension")
SEXES = ("woman", "man")
NATIONALITIES = ("FR", "EEA", "other")
SITUATIONS = ("employed", "self_employed", "job_seeker", "inactive")
YES_OR_NO = ("yes", "no")
STATUSES = (
    "employee",
    "self_employed",
    "public_agent",
    "volunteer",
    "union",
    "mandate",
    "internship",
    "training",
)
PROFESSIONAL_FAMILIES = tuple("ABCDEFGHJKLMNPQRSTUVWX")  # the 22 domains of the FAP nomenclature (DARES, 2009)
# Every field by its longest text; a field whose answers are known holds one of CODES or nothing.
FIELDS: dict[str, int] = {
    "nature": LONGEST_LINE,
    "birth_name": LONGEST_LINE,
    "usual_name": LONGEST_LINE,
    "given_names": LONGEST_LINE,
    "sex": LONGEST_LINE,
    "birth_date": LONGEST_LINE,
    "birth_town": LONGEST_LINE,
    "birth_department": LONGEST_LINE,
    "birth_country": LONGEST_LINE,
    "nationality": LONGEST_LINE,
    "address": LONGEST_TEXT,
    "phone": LONGEST_LINE,
    "situation": LONGEST_LINE,
    "disability": LONGEST_LINE,
    "last_class": LONGEST_LINE,
    "highest_degree": LONGEST_LINE,
    "degree_abroad": LONGEST_LINE,
    "comparability": LONGEST_LINE,
    "other_certification": LONGEST_LINE,
    "short_courses": LONGEST_TEXT,
}
EXPERIENCE_FIELDS: dict[str, int] = {
    "status": LONGEST_LINE,
    "job": LONGEST_LINE,
    "organisation": LONGEST_LINE,
    "organisation_address": LONGEST_LINE,
    "family": LONGEST_LINE,
    "certification": LONGEST_LINE,
    "started_on": LONGEST_LINE,
    "ended_on": LONGEST_LINE,
    "working_time": LONGEST_LINE,
    "total_hours": LONGEST_LINE,
    "activities": LONGEST_TEXT,
}
HELD_FIELDS: dict[str, int] = {"source": LONGEST_LINE, "obtained_on": LONGEST_LINE}
# What each section keeps: names of FIELDS, or the lists beside them.
SECTIONS: dict[Section, tuple[str, ...]] = {
    Section.PURPOSE: ("nature",),
    Section.CIVIL_STATUS: (
        "birth_name",
        "usual_name",
        "given_names",
        "sex",
        "birth_date",
        "birth_town",
        "birth_department",
        "birth_country",
        "nationality",
    ),
    Section.CONTACT: ("address", "phone", "situation", "disability"),
    Section.TRAINING: (
        "last_class",
        "highest_degree",
        "degree_abroad",
        "comparability",
        "other_certification",
        "short_courses",
    ),
    Section.HELD_BLOCKS: ("held",),
    Section.EXPERIENCES: ("experiences",),
}
DAYS = frozenset({"birth_date", "started_on", "ended_on", "obtained_on"})
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
CODES: dict[str, tuple[str, ...]] = {
    "nature": NATURES,
    "sex": SEXES,
    "nationality": NATIONALITIES,
    "situation": SITUATIONS,
    "disability": YES_OR_NO,
    "degree_abroad": YES_OR_NO,
    "comparability": YES_OR_NO,
    "status": STATUSES,
    "family": PROFESSIONAL_FAMILIES,
}
_LINE_ID = re.compile(r"[a-z0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the request lacks: the field to go to, and the sentence to show."""

    field: str
    sentence: str


def cleaned(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the form and no other, line ends made one kind, without the lines of experience left blank.

    A line keeps its identifier, to which its pieces are tied; one without any comes back with an empty one.
    """
    lines = ((_line_id(line), _of_fields(line, EXPERIENCE_FIELDS)) for line in form.get("experiences") or ())
    held = {code: _of_fields(told, HELD_FIELDS) for code, told in (form.get("held") or {}).items()}
    return {
        **_of_fields(form, FIELDS),
        "held": {code: told for code, told in held.items() if any(told.values())},
        "experiences": [{"id": key, **line} for key, line in lines if any(line.values())],
    }


def part(form: Mapping[str, Any], section: Section) -> dict[str, Any]:
    """What one section keeps of a form, cleaned."""
    whole = cleaned(form)
    return {name: whole[name] for name in SECTIONS[section]}


def _line_id(line: Mapping[str, Any]) -> str:
    given = str(line.get("id") or "")
    return given if _LINE_ID.fullmatch(given) else ""


def _of_fields(given: Mapping[str, Any], fields: Mapping[str, int]) -> dict[str, str]:
    texts = {name: str(given.get(name) or "").replace("\r\n", "\n").strip() for name in fields}
    texts |= {name: _iso(texts[name]) for name in DAYS & texts.keys()}
    return {name: "" if name in CODES and text not in CODES[name] else text for name, text in texts.items()}


def _iso(text: str) -> str:
    """A day typed as people write it, 3/5/1990, in its ISO form; anything else stays as it was typed."""
    written = _DAY.fullmatch(text)
    return f"{written[3]}-{int(written[2]):02d}-{int(written[1]):02d}" if written else text


def oversized(form: Mapping[str, Any]) -> list[Problem]:
    """What is longer than what can be kept: the section is then shown again, and nothing is kept of it."""
    found = _too_long(form, FIELDS, "")
    lines = form.get("experiences") or []
    if len(lines) > MOST_EXPERIENCES:
        found.append(Problem("experiences", f"Décrivez {MOST_EXPERIENCES} expériences au plus."))
    for index, line in enumerate(lines):
        found += _too_long(line, EXPERIENCE_FIELDS, f"experiences-{index}-")
    held = form.get("held") or {}
    if len(held) > MOST_BLOCKS:
        found.append(Problem("held", f"Déclarez {MOST_BLOCKS} blocs au plus."))
    for code, told in held.items():
        found += _too_long(told, HELD_FIELDS, f"held-{code}-")
    return found


def _too_long(texts: Mapping[str, Any], fields: Mapping[str, int], where: str) -> list[Problem]:
    return [
        Problem(f"{where}{name}", f"Écrivez {most} caractères au plus.")
        for name, most in fields.items()
        if len(texts.get(name) or "") > most
    ]


def as_date(value: Any) -> date | None:
    """A civil date from its ISO form; None when it is none."""
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None
