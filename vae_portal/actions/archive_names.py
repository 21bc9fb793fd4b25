"""Where each file of a dossier goes in its ZIP: a folder for each block and capability, and never two names alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from storage.names import safe_filename

UNLINKED = "Sans lien"
MESSAGES = "Messages"
CONFIDENTIAL = "CONFIDENTIEL - "
_LONGEST_TITLE = 40  # characters: the whole path must fit where people unpack it
_LONGEST_NAME = 110
_LONGEST_EXTENSION = 13


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the certification: its code, its title, the codes of its capabilities in order."""

    code: str
    title: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A file of a manifest, its path in the ZIP, and the capabilities that it shows, the first of which places it."""

    path: str
    file: dict[str, Any]
    shows: tuple[str, ...]


def arrange(manifest: dict[str, Any], blocks: Sequence[Block], left_out: Collection[int] = ()) -> list[Placed]:
    """Every file but those left out, each once, in the order of its path; the same manifest gives the same paths."""
    folders = {code: f"{_folder(block)}/{_component(code, 20)}" for block in blocks for code in block.capabilities}
    order = list(folders)
    shown: dict[int, set[str]] = {}
    for situation in manifest["situations"]:
        for key in situation["files"]:
            shown.setdefault(key, set()).update(situation["capabilities"])
    taken: set[str] = set()
    placed = []
    for file in manifest["files"]:
        if file["id"] in left_out:
            continue
        codes = tuple(code for code in order if code in shown.get(file["id"], ()))
        folder = folders[codes[0]] if codes else UNLINKED
        placed.append(Placed(_unlike(folder, _name(file), taken), file, codes))
    ranks = {folder: rank for rank, folder in enumerate(dict.fromkeys([*folders.values(), UNLINKED]))}
    return sorted(placed, key=lambda p: (ranks[p.path.rpartition("/")[0]], p.path))


def beside(folder: str, files: Sequence[dict[str, Any]]) -> list[Placed]:
    """Files of no capability, all in one folder."""
    taken: set[str] = set()
    return [Placed(_unlike(folder, _name(file), taken), file, ()) for file in files]


def _folder(block: Block) -> str:
    title = _component(block.title, _LONGEST_TITLE)
    return f"{_component(block.code, 20)} {title}".strip()


def _component(text: str, longest: int) -> str:
    """One name of a path, cut at a word where there is one."""
    safe = safe_filename(text.replace("/", "-").replace("\\", "-"))
    if len(safe) > longest:
        safe = safe[:longest].rpartition(" ")[0] or safe[:longest]
    return safe.strip(". ") or "_"


def _name(file: dict[str, Any]) -> str:
    stem, extension = _split(safe_filename(file["name"]))
    prefix = CONFIDENTIAL if file.get("confidential") else ""
    return f"{prefix}{stem[:_LONGEST_NAME].rstrip('. ') or 'fichier'}{extension}"


def _unlike(folder: str, name: str, taken: set[str]) -> str:
    """A path that no other takes, upper and lower case being the same for many systems."""
    stem, extension = _split(name)
    path, rank = f"{folder}/{name}", 1
    while path.casefold() in taken:
        rank += 1
        path = f"{folder}/{stem} ({rank}){extension}"
    taken.add(path.casefold())
    return path


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if stem and len(extension) < _LONGEST_EXTENSION else (name, "")
