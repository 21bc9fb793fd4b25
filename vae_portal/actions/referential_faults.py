"""What is wrong with a référentiel written in YAML, each fault in a sentence that names its place."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from vae_portal.actions.rncp_export import FIRST_YEAR, LAST_YEAR
from workflows.composition import EITHER_COLLEGE
from workflows.vocabulary import College

_BLOCK_LONGEST = {"code": 20, "title": 500}
_CAPABILITY_LONGEST = {"code": 20, "title": 1000}
_CRITERION_LONGEST = 500
_MOST_CRITERIA = 30
_COLLEGES = (College.EMPLOYERS.value, EITHER_COLLEGE)
_MOST_MONTHS = 600
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")  # what no database of text holds


def text_faults(data: dict[str, Any], longest: dict[str, int], where: str) -> list[str]:
    """Texts that are none, too long, or that no database holds."""
    faults = []
    for key, most in longest.items():
        value = data.get(key)
        if value is None:
            continue
        if not isinstance(value, str):
            faults.append(f"« {where}{key} » doit être un texte, entre guillemets au besoin.")
        elif len(value) > most:
            faults.append(f"« {where}{key} » dépasse {most} caractères.")
        elif _UNWRITABLE.search(value):
            faults.append(f"« {where}{key} » contient un caractère interdit.")
    return faults


def value_faults(data: dict[str, Any]) -> list[str]:
    """Dates, durations and choices that cannot be."""
    faults = []
    dates = [data.get("registered_from"), data.get("registered_until")]
    for key, value in zip(("registered_from", "registered_until"), dates, strict=True):
        if value is not None and type(value) is not date:
            faults.append(f"« {key} » doit être une date, comme 2017-04-21.")
        elif value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            faults.append(f"« {key} » doit être une date entre {FIRST_YEAR} et {LAST_YEAR}.")
    known = [value for value in dates if type(value) is date]
    if len(known) == len(dates) and known[0] > known[1]:
        faults.append("L'enregistrement finit avant de commencer.")
    if data.get("open_to_vae") is not None and type(data["open_to_vae"]) is not bool:
        faults.append("« open_to_vae » doit être true ou false.")
    if data.get("president_college", "employers") not in _COLLEGES:
        faults.append("« president_college » doit être employers ou either.")
    for key in ("block_validity_months", "capability_validity_months"):
        months = data.get(key)
        if months is not None and (type(months) is not int or not 0 < months <= _MOST_MONTHS):
            faults.append(f"« {key} » doit être un nombre de mois entre 1 et {_MOST_MONTHS}, ou vide.")
    return faults


def block_faults(blocks: Any) -> list[str]:
    """Blocks and capabilities that lack something, say too much, or stand twice."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["« blocks » doit être une liste de blocs, chacun avec code, title et capabilities."]
    faults, capabilities = [], []
    for rank, block in enumerate(blocks, 1):
        where = f"bloc {rank} : "
        faults += _item_faults(block, ("code", "title", "capabilities"), _BLOCK_LONGEST, where)
        listed = block.get("capabilities") or []
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            faults.append(f"« {where}capabilities » doit être une liste de capacités, chacune avec code et title.")
            continue
        for item in listed:
            faults += _item_faults(
                _without(item, "criteria"), ("code", "title"), _CAPABILITY_LONGEST, f"{where}capacité : "
            )
            faults += _criteria_faults(item.get("criteria", []), where)
        capabilities += listed
    return [*faults, *_doubled(blocks, "bloc"), *_doubled(capabilities, "capacité")]


def _without(item: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != key}


def _criteria_faults(criteria: Any, where: str) -> list[str]:
    """Criteria are optional: a list of texts, in the order in which evaluators read them."""
    sound = isinstance(criteria, list) and all(
        isinstance(text, str) and text.strip() and len(text) <= _CRITERION_LONGEST and not _UNWRITABLE.search(text)
        for text in criteria
    )
    if sound and len(criteria) <= _MOST_CRITERIA:
        return []
    return [
        f"« {where}criteria » doit être une liste d'au plus {_MOST_CRITERIA} textes,"
        f" chacun de {_CRITERION_LONGEST} caractères au plus."
    ]


def _item_faults(item: dict[str, Any], keys: tuple[str, ...], longest: dict[str, int], where: str) -> list[str]:
    faults = [f"Clé inconnue : « {where}{key} »." for key in item if key not in keys]
    faults += [f"Il manque « {where}{key} »." for key in keys if not item.get(key)]
    return faults + text_faults(item, longest, where)


def _doubled(items: list[dict[str, Any]], what: str) -> list[str]:
    codes = [str(item.get("code")) for item in items if item.get("code")]
    return [
        f"Le code de {what} « {code} » est donné deux fois." for code in dict.fromkeys(codes) if codes.count(code) > 1
    ]
