"""A proposed référentiel as a form shows it, every value a text, and the data it makes once nothing is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from vae_portal.actions.rncp_export import FIRST_YEAR, LAST_YEAR
from workflows.composition import EITHER_COLLEGE
from workflows.vocabulary import College

# Label and longest of each line of text.
LINES = {
    "rncp": ("Numéro RNCP", 20),
    "code": ("Code de la certification", 40),
    "title": ("Intitulé", 500),
    "version": ("Nom de cette version", 200),
}
DAYS = {"registered_from": "Enregistrée à partir du", "registered_until": "Enregistrée jusqu'au"}
CHOICES = {"open_to_vae": ("yes", "no"), "president_college": (College.EMPLOYERS.value, EITHER_COLLEGE)}
BLOCK_TEXTS = ("code", "title", "capabilities", "read")
MOST_BLOCKS = 200
_CAPABILITY = re.compile(r"^(\S{1,20})\s*:\s+(\S.*)$")
_CRITERION = re.compile(r"^[-–—]\s+(\S.*)$")  # of the capability above
_LONGEST_CRITERION = 500
MONTHS = ("block_validity_months", "capability_validity_months")
_LONGEST_CODE, _LONGEST_BLOCK, _LONGEST_CAPABILITY, _MOST_MONTHS = 20, 500, 1000, 600


def content_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of data read from a file."""
    return {
        **{name: str(data.get(name) or "") for name in LINES},
        **{name: data[name].isoformat() if data.get(name) else "" for name in DAYS},
        "open_to_vae": "yes" if data["open_to_vae"] else "no",
        "president_college": data.get("president_college") or College.EMPLOYERS.value,
        **{name: str(data.get(name) or "") for name in MONTHS},
        "regimes": [
            {
                "regime": period.regime.value,
                "since": period.since.isoformat(),
                "until": period.until.isoformat() if period.until else None,
            }
            for period in data.get("regimes") or []
        ],
        "blocks": [
            {
                "code": block["code"],
                "title": block["title"],
                "capabilities": "\n".join(line for c in block["capabilities"] for line in _lines(c)),
                "read": "",
            }
            for block in data["blocks"]
        ],
    }


def sent(form: Mapping[str, str]) -> dict[str, Any]:
    """What a form sent, as it is; a block without any text is left out."""
    content: dict[str, Any] = {
        name: " ".join(form.get(name, "").split()) for name in (*LINES, *DAYS, *CHOICES, *MONTHS)
    }
    blocks = [
        {name: form.get(f"block-{rank}-{name}", "").replace("\r\n", "\n").strip() for name in BLOCK_TEXTS}
        for rank in range(1, MOST_BLOCKS + 1)
    ]
    content["blocks"] = [b for b in blocks if b["code"] or b["title"] or b["capabilities"]]
    return content


def faults(content: Mapping[str, Any]) -> dict[str, str]:
    """What is still wrong, one sentence a field; nothing when a version can be made of it."""
    found = _line_faults(content) | _day_faults(content)
    for name in MONTHS:
        months = content[name]
        if months and not (months.isascii() and months.isdecimal() and 0 < int(months[:9]) <= _MOST_MONTHS):
            found[name] = f"Indiquez un nombre de mois entre 1 et {_MOST_MONTHS}, ou laissez vide."
    for name, codes in CHOICES.items():
        if content[name] not in codes:
            found[name] = "Choisissez l'une des deux réponses."
    if not content["blocks"]:
        found["add"] = "Ajoutez au moins un bloc de compétences."
    return found | _block_faults(content["blocks"])


def data_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the version, from a content without faults."""
    return {
        **{name: content[name] for name in LINES},
        **{name: date.fromisoformat(content[name]) if content[name] else None for name in DAYS},
        "open_to_vae": content["open_to_vae"] == "yes",
        "president_college": content["president_college"],
        **{name: int(content[name]) if content[name] else None for name in MONTHS},
        "regimes": [
            {
                "regime": line["regime"],
                "since": date.fromisoformat(line["since"]),
                "until": date.fromisoformat(line["until"]) if line["until"] else None,
            }
            for line in content.get("regimes") or []
        ],
        "blocks": [
            {
                "code": block["code"],
                "title": " ".join(block["title"].split()),
                "capabilities": _capabilities(block),
            }
            for block in content["blocks"]
        ],
    }


def _line_faults(content: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, (label, most) in LINES.items():
        if not content[name] and name != "code":
            found[name] = f"{label} : remplissez ce champ."
        elif len(content[name]) > most:
            found[name] = f"{label} : écrivez {most} caractères au plus."
    if content["rncp"] and not re.fullmatch(r"\d{1,6}", content["rncp"]):
        found["rncp"] = "Écrivez le numéro seul, en chiffres, comme 28242."
    return found


def _day_faults(content: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    days: dict[str, date] = {}
    for name, label in DAYS.items():
        if not content[name]:
            continue
        try:
            days[name] = date.fromisoformat(content[name])
        except ValueError:
            found[name] = f"{label} : indiquez une date, jour, mois et année."
            continue
        if not FIRST_YEAR <= days[name].year <= LAST_YEAR:
            found[name] = f"{label} : indiquez une date entre {FIRST_YEAR} et {LAST_YEAR}."
    start, end = days.get("registered_from"), days.get("registered_until")
    if not found and start and end and end < start:
        found["registered_until"] = "L'enregistrement finit avant de commencer : vérifiez les deux dates."
    return found


def _block_faults(blocks: list[dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    codes, taken = set[str](), set[str]()
    for rank, block in enumerate(blocks, 1):
        field = f"block-{rank}"
        if not block["code"] or len(block["code"]) > _LONGEST_CODE:
            found[f"{field}-code"] = f"Bloc {rank} : donnez un code de {_LONGEST_CODE} caractères au plus."
        elif block["code"] in codes:
            found[f"{field}-code"] = f"Bloc {rank} : le code {block['code']} est déjà celui d'un autre bloc."
        codes.add(block["code"])
        if not block["title"] or len(block["title"]) > _LONGEST_BLOCK:
            found[f"{field}-title"] = f"Bloc {rank} : donnez un intitulé de {_LONGEST_BLOCK} caractères au plus."
        if wrong := _capability_fault(block, taken):
            found[f"{field}-capabilities"] = f"Bloc {rank}, {wrong}"
        if block["read"] != "yes":
            found[f"{field}-read"] = f"Bloc {rank} : relisez ses capacités, puis cochez la case."
    return found


def _capability_fault(block: Mapping[str, str], taken: set[str]) -> str:
    """What is wrong with the first wrong line; nothing when each has a code of its own and a title."""
    lines = [line.strip() for line in block["capabilities"].splitlines() if line.strip()]
    if not lines:
        return "écrivez au moins une capacité."
    for rank, line in enumerate(lines, 1):
        if rank > 1 and (criterion := _CRITERION.match(line)):
            if len(criterion[1]) > _LONGEST_CRITERION:
                return f"ligne {rank} : un critère de {_LONGEST_CRITERION} caractères au plus."
            continue
        found = _CAPABILITY.match(line)
        if not found:
            return f"ligne {rank} : commencez par un code et deux-points, comme « C4 : Garantir la cohérence »."
        if found[1] in taken:
            return f"ligne {rank} : le code {found[1]} est déjà donné à une autre capacité."
        if len(found[2]) > _LONGEST_CAPABILITY:
            return f"ligne {rank} : {len(found[2])} caractères, {_LONGEST_CAPABILITY} au plus. Coupez-la en deux."
        taken.add(found[1])
    return ""


def _lines(capability: Mapping[str, Any]) -> list[str]:
    """A capability as the form shows it: its line, then one line for each criterion."""
    criteria = [f"- {' '.join(text.split())}" for text in capability.get("criteria", ())]
    return [f"{capability['code']} : {' '.join(capability['title'].split())}", *criteria]


def _capabilities(block: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, block["capabilities"].splitlines())):
        if found and (criterion := _CRITERION.match(line)):
            found[-1].setdefault("criteria", []).append(criterion[1])
        elif named := _CAPABILITY.match(line):
            found.append({"code": named[1], "title": named[2]})
    return found
