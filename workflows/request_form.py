"""What a request for admissibility must hold (CERFA 12818*02), and what it still lacks, one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

EARLIEST = date(1900, 1, 1)
LONGEST_LINE = 200  # characters
LONGEST_TEXT = 5_000

NATIONALITIES = ("FR", "EEA", "other")
STATUSES = ("employee", "self_employed", "volunteer", "union", "mandate", "internship", "public_agent")
PIECES = ("identity", "experience_proof", "degree", "block_certificate", "supplement")
REQUIRED_PIECES = {
    "identity": "Joignez votre pièce d'identité.",
    "experience_proof": "Joignez au moins un justificatif d'expérience (attestation d'employeur, contrat et bulletins...).",
}

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


def problems(form: Mapping[str, Any], pieces: set[str], today: date) -> list[Problem]:
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
    found += [Problem(f"piece-{kind}", sentence) for kind, sentence in REQUIRED_PIECES.items() if kind not in pieces]
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
