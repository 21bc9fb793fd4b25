"""What a request for admissibility must hold (CERFA 12818*02), and what it still lacks, one sentence each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

EARLIEST = date(1900, 1, 1)
LONGEST_LINE = 200  # characters
LONGEST_TEXT = 5_000
MOST_EXPERIENCES = 30

NATURES = ("first", "renewal", "extension")
SEXES = ("woman", "man")
NATIONALITIES = ("FR", "EEA", "other")
SITUATIONS = ("employed", "self_employed", "job_seeker", "inactive")
YES_OR_NO = ("yes", "no")
STATUSES = ("employee", "self_employed", "volunteer", "union", "mandate", "internship", "public_agent")
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
    "other_certification": LONGEST_LINE,
    "short_courses": LONGEST_TEXT,
}
EXPERIENCE_FIELDS: dict[str, int] = {
    "status": LONGEST_LINE,
    "job": LONGEST_LINE,
    "organisation": LONGEST_LINE,
    "organisation_address": LONGEST_LINE,
    "started_on": LONGEST_LINE,
    "ended_on": LONGEST_LINE,
    "total_hours": LONGEST_LINE,
    "activities": LONGEST_TEXT,
}
DAYS = frozenset({"birth_date", "started_on", "ended_on"})
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
CODES: dict[str, tuple[str, ...]] = {
    "nature": NATURES,
    "sex": SEXES,
    "nationality": NATIONALITIES,
    "situation": SITUATIONS,
    "disability": YES_OR_NO,
    "status": STATUSES,
}
PIECES = ("identity", "experience_proof", "degree", "block_certificate", "supplement")
REQUIRED_PIECES = {
    "identity": "Joignez votre pièce d'identité.",
    "experience_proof": "Joignez au moins un justificatif d'expérience (attestation d'employeur, contrat...).",
}

# Blocks declared as held before are counted by the jury: each request that declares some proves them.
PROOF_OF_HELD = {"block_certificate": "Joignez l'attestation de chaque bloc que vous déclarez déjà détenir."}

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


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the request lacks: the field to go to, and the sentence to show."""

    field: str
    sentence: str


def cleaned(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the form and no other, line ends made one kind, without the lines of experience left blank."""
    lines = (_of_fields(line, EXPERIENCE_FIELDS) for line in form.get("experiences") or ())
    return {**_of_fields(form, FIELDS), "experiences": [line for line in lines if any(line.values())]}


def _of_fields(given: Mapping[str, Any], fields: Mapping[str, int]) -> dict[str, str]:
    texts = {name: str(given.get(name) or "").replace("\r\n", "\n").strip() for name in fields}
    texts |= {name: _iso(texts[name]) for name in DAYS & texts.keys()}
    return {name: "" if name in CODES and text not in CODES[name] else text for name, text in texts.items()}


def _iso(text: str) -> str:
    """A day typed as people write it, 3/5/1990, in its ISO form; anything else stays as it was typed."""
    written = _DAY.fullmatch(text)
    return f"{written[3]}-{int(written[2]):02d}-{int(written[1]):02d}" if written else text


def oversized(form: Mapping[str, Any]) -> list[Problem]:
    """What is longer than what can be kept: the form is then shown again, and nothing is kept of it."""
    found = [_too_long(name, most) for name, most in FIELDS.items() if len(form.get(name) or "") > most]
    lines = form.get("experiences") or []
    if len(lines) > MOST_EXPERIENCES:
        found.append(Problem("experiences", f"Décrivez {MOST_EXPERIENCES} expériences au plus."))
    for index, line in enumerate(lines):
        for name, most in EXPERIENCE_FIELDS.items():
            if len(line.get(name) or "") > most:
                found.append(_too_long(f"experiences-{index}-{name}", most))
    return found


def _too_long(field: str, most: int) -> Problem:
    return Problem(field, f"Écrivez {most} caractères au plus.")


def problems(form: Mapping[str, Any], pieces: set[str], today: date, declares_held: bool = False) -> list[Problem]:
    """Everything that the request still lacks or has wrong on that day, in the order of the form."""
    found = [Problem(f, sentence) for f, sentence in _REQUIRED.items() if not str(form.get(f) or "").strip()]
    birth = as_date(form.get("birth_date"))
    if form.get("birth_date") and (birth is None or not EARLIEST <= birth < today):
        found.append(Problem("birth_date", "La date de naissance n'est pas plausible."))
    experiences = form.get("experiences") or []
    if not experiences:
        found.append(Problem("experiences", "Décrivez au moins une expérience."))
    for index, line in enumerate(experiences):
        found += [Problem(f"experiences-{index}-{field}", sentence) for field, sentence in _of_line(index, line, today)]
    wanted = REQUIRED_PIECES | (PROOF_OF_HELD if declares_held else {})
    found += [Problem(f"piece-{kind}", sentence) for kind, sentence in wanted.items() if kind not in pieces]
    return found


def _of_line(index: int, line: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    label = f"Expérience {index + 1} : "
    found = [
        (field, f"{label}{sentence}.")
        for field, sentence in _REQUIRED_OF_EXPERIENCE.items()
        if not str(line.get(field) or "").strip()
    ]
    start, end = as_date(line.get("started_on")), as_date(line.get("ended_on"))
    if line.get("started_on") and (start is None or not EARLIEST <= start <= today):
        found.append(("started_on", f"{label}la date de début n'est pas plausible."))
    if line.get("ended_on") and (end is None or end < EARLIEST):
        found.append(("ended_on", f"{label}la date de fin n'est pas plausible."))
    if start and end and end < start:
        found.append(("ended_on", f"{label}la fin précède le début."))
    return found


def as_date(value: Any) -> date | None:
    """A civil date from its ISO form; None when it is none."""
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None
