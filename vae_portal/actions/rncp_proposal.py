"""Turns a fiche of the RNCP into a référentiel to be read again and confirmed by a person before it is imported."""

from __future__ import annotations

import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from vae_portal.actions.rncp_export import ExportedBlock, ExportedFiche, find, number_of
from vae_portal.errors import InputRefused

_BULLET = re.compile(r"^\s*(?:[-–—•·▪►➢*o]\s+|[-–—•·▪►➢]|\d{1,2}\s*[.)]\s+)")
_CODE = re.compile(r"^\s*(C\s?\d{1,2}(?:\.\d{1,2})*)\s*[.:)\-–—]*\s+", re.IGNORECASE)
# Damaged, cut, under a password or packed in a way that Python does not know.
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_LONGEST_TITLE = 1000  # of a capability: what `referential import` takes


def run(path: Path, number: str) -> int:
    """The command line: writes the proposal to standard output; InputRefused in a sentence."""
    with _opened(path) as stream:
        sys.stdout.write(as_yaml(find(stream, number_of(number))))
    return 0


def as_yaml(fiche: ExportedFiche) -> str:
    """The référentiel that `referential import` reads, with what is to be confirmed said above it."""
    data, doubts = proposed(fiche)
    head = "".join(f"# {' '.join(line.split())}\n" for line in doubts)
    return head + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def proposed(fiche: ExportedFiche) -> tuple[dict[str, Any], list[str]]:
    """The référentiel as data, which may still be wrong, and what is to be confirmed, in sentences."""
    taken: set[str] = set()
    doubts = [*fiche.doubts]
    data: dict[str, Any] = {
        "rncp": fiche.number,
        "code": fiche.short,
        "title": fiche.title,
        "version": f"Enregistrement du {fiche.from_day:%d/%m/%Y}" if fiche.from_day else "Export du RNCP",
        "registered_from": fiche.from_day,
        "registered_until": fiche.until_day,
        "open_to_vae": fiche.open_to_vae,
        "blocks": [_block(rank, block, fiche, taken, doubts) for rank, block in enumerate(fiche.blocks, 1)],
    }
    if not fiche.blocks:
        doubts.append("La fiche n'a aucun bloc.")
    if fiche.successors:
        doubts.append(f"La certification est remplacée par : {', '.join(fiche.successors)}.")
    return data, ["À relire avant l'import : les capacités sont découpées d'un texte libre.", *doubts]


def split(text: str) -> list[tuple[str, str]]:
    """The capabilities in a free text, each with the code it bears or "": one a line, or one a bullet or semicolon."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = re.split(r"\s*(?:;|•|▪|➢)\s*|\s+[-–—]\s+(?=[A-ZÉÈÀÂÎÔÇ])", lines[0])
    found = []
    for line in lines:
        bare = _BULLET.sub("", line).strip()
        code = _CODE.match(bare)
        title = (bare[code.end() :] if code else bare).strip().rstrip(";,").strip()
        if title and not (title.endswith(":") and len(lines) > 1):  # a heading announces, it shows nothing
            found.append((re.sub(r"\s", "", code[1]).upper() if code else "", title.rstrip(".")))
    return found


def _block(rank: int, block: ExportedBlock, fiche: ExportedFiche, taken: set[str], doubts: list[str]) -> dict[str, Any]:
    code = re.sub(rf"^(?:RNCP)?{fiche.number}", "", block.code.upper()).strip() or ""
    if not code or f"bloc {code}" in taken:
        doubts.append(f"Bloc {rank} : code {'donné deux fois' if code else 'absent'} dans la fiche, à confirmer.")
        code = next(c for c in (f"BC{n:02d}" for n in range(rank, rank + 1000)) if f"bloc {c}" not in taken)
    taken.add(f"bloc {code}")
    capabilities = []
    for own, title in split(block.competences):
        name = own if own and own not in taken else _next(taken)
        taken.add(name)
        if len(title) > _LONGEST_TITLE:
            doubts.append(f"Bloc {code}, {name} : plus de {_LONGEST_TITLE} caractères, à couper.")
        capabilities.append({"code": name, "title": title})
    if not capabilities:
        doubts.append(f"Bloc {code} : la fiche ne donne aucune compétence.")
    return {"code": code, "title": block.title, "capabilities": capabilities}


def _next(taken: set[str]) -> str:
    return next(name for name in (f"C{n}" for n in range(1, 10_000)) if name not in taken)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file, unpacked(file, path.name) as stream:
            yield stream
    except OSError as fault:
        raise InputRefused(f"Le fichier {path.name} ne peut pas être lu.") from fault


@contextmanager
def unpacked(file: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """The XML itself, or the only one of the ZIP it comes in; raises InputRefused for a ZIP that cannot be read."""
    try:
        if not zipfile.is_zipfile(file):
            file.seek(0)
            yield file
            return
        with zipfile.ZipFile(file) as archive:
            inside = [entry for entry in archive.namelist() if entry.lower().endswith(".xml")]
            if len(inside) != 1:
                raise InputRefused(f"{name} contient {len(inside)} fichiers XML : on en attend un seul.")
            with archive.open(inside[0]) as stream:
                yield stream  # type: ignore[misc]
    except _BAD_ZIP as fault:
        raise InputRefused(f"Le fichier {name} ne peut pas être lu.") from fault
