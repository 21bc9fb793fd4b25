"""What changed between two states of a dossier: two deposits, or a deposit and the dossier as it stands.

Each state is a manifest, sealed or only looked at, as plain data: {"files": [{"id", "name", "sha256", "confidential"}],
"situations": [{"id", the TEXTS, "capabilities": [code], "files": [id], "pointers": [{"file", "capability", "shows",
"place"}]}]}. What a state does not name counts as empty, so that the oldest manifests can be compared too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Manifest = Mapping[str, Any]

# Every text of a situation, in the order in which it is read.
TEXTS = ("title", "period", "organisation", "context", "role", "done", "with_whom", "means", "results", "learnt")


class Change(StrEnum):
    """What became of a situation or a file since the earlier state."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


class Mark(StrEnum):
    """What is no longer the same about a file."""

    RENAMED = "renamed"
    CONTENT = "content"
    CONFIDENTIAL = "confidential"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class SituationChange:
    """A situation that is new, removed, or says or shows something else; texts by code, files by id."""

    change: Change
    rank: int  # its place in the later state, in the earlier one when it was removed
    title: str
    texts: tuple[str, ...] = ()
    capabilities_added: tuple[str, ...] = ()
    capabilities_removed: tuple[str, ...] = ()
    files_added: tuple[int, ...] = ()
    files_removed: tuple[int, ...] = ()
    pointed: tuple[str, ...] = ()  # capabilities whose pointers changed
    capabilities_kept: tuple[str, ...] = ()  # those it showed and still shows

    def touches(self, capability: str) -> bool:
        """Whether its cell of the coverage differs: a file that came or went counts for all it shows or showed."""
        named = (*self.capabilities_added, *self.capabilities_removed, *self.pointed)
        moved = bool(self.files_added or self.files_removed)
        return capability in named or (moved and capability in self.capabilities_kept)


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that came, went, or was marked otherwise."""

    change: Change
    id: int
    name: str
    marks: tuple[Mark, ...] = ()
    was: str = ""  # its name before, where it changed


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs, in the order of the later state, what was removed last; false when nothing does."""

    situations: tuple[SituationChange, ...] = ()
    files: tuple[FileChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.situations or self.files)

    def at(self, rank: int) -> SituationChange | None:
        """What changed of the situation at that place of the later state."""
        return next((s for s in self.situations if s.rank == rank and s.change is not Change.REMOVED), None)


def differences(before: Manifest, after: Manifest) -> Differences:
    """What the later state adds, changes and removes."""
    return Differences(tuple(_situations(before, after)), tuple(_files(before, after)))


def changed_texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts of a situation that differ between two of its states, spaces around them aside."""
    return tuple(name for name in TEXTS if _text(before, name) != _text(after, name))


def _situations(before: Manifest, after: Manifest) -> list[SituationChange]:
    earlier, later = before["situations"], after["situations"]
    partners = _paired(earlier, later)
    found = []
    for rank, situation in enumerate(later, 1):
        old = partners.get(rank - 1)
        found.append(_new(rank, situation) if old is None else _compared(rank, earlier[old], situation))
    gone = [index for index in range(len(earlier)) if index not in partners.values()]
    removed = [SituationChange(Change.REMOVED, index + 1, _text(earlier[index], "title")) for index in gone]
    return [change for change in found if change is not None] + removed


def _paired(earlier: Sequence[Manifest], later: Sequence[Manifest]) -> dict[int, int]:
    """Places of the later state with the place of the same situation before: by id, by title where one has none."""
    pairs: dict[int, int] = {}
    for place, situation in enumerate(later):
        left = [index for index in range(len(earlier)) if index not in pairs.values()]
        same = [index for index in left if _same(earlier[index], situation)]
        if same:
            pairs[place] = same[0]
    return pairs


def _same(one: Manifest, other: Manifest) -> bool:
    if "id" in one and "id" in other:
        return bool(one["id"] == other["id"])
    return _text(one, "title") == _text(other, "title")


def _new(rank: int, situation: Manifest) -> SituationChange:
    return SituationChange(
        Change.NEW,
        rank,
        _text(situation, "title"),
        capabilities_added=tuple(situation["capabilities"]),
        files_added=tuple(situation["files"]),
    )


def _compared(rank: int, old: Manifest, new: Manifest) -> SituationChange | None:
    gained, lost = _gained(old["capabilities"], new["capabilities"]), _gained(new["capabilities"], old["capabilities"])
    came, left = _gained(old["files"], new["files"]), _gained(new["files"], old["files"])
    was, now = _pointers(old), _pointers(new)
    pointed = tuple(code for code in new["capabilities"] if code not in gained and was.get(code) != now.get(code))
    texts = changed_texts(old, new)
    if not (texts or gained or lost or came or left or pointed):
        return None
    kept = tuple(code for code in new["capabilities"] if code not in gained)
    return SituationChange(Change.CHANGED, rank, _text(new, "title"), texts, gained, lost, came, left, pointed, kept)


def _gained(old: Sequence[Any], new: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(item for item in new if item not in old)


def _pointers(situation: Manifest) -> dict[str, set[tuple[int, str, str]]]:
    told: dict[str, set[tuple[int, str, str]]] = {}
    for pointer in situation.get("pointers", ()):
        told.setdefault(pointer["capability"], set()).add((pointer["file"], pointer["shows"], pointer["place"]))
    return told


def _files(before: Manifest, after: Manifest) -> list[FileChange]:
    old, new = ({file["id"]: file for file in state["files"]} for state in (before, after))
    found = []
    for key, file in new.items():
        if key not in old:
            found.append(FileChange(Change.NEW, key, file["name"]))
        elif marks := _marks(old[key], file):
            was = old[key]["name"] if Mark.RENAMED in marks else ""
            found.append(FileChange(Change.CHANGED, key, file["name"], marks, was))
    return found + [FileChange(Change.REMOVED, key, file["name"]) for key, file in old.items() if key not in new]


def _marks(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Mark, ...]:
    secret = bool(new.get("confidential", False))
    found = {
        Mark.RENAMED: old["name"] != new["name"],
        Mark.CONTENT: old["sha256"] != new["sha256"],
        Mark.CONFIDENTIAL if secret else Mark.OPEN: bool(old.get("confidential", False)) != secret,
    }
    return tuple(mark for mark, differs in found.items() if differs)


def _text(situation: Mapping[str, Any], name: str) -> str:
    return str(situation.get(name, "")).strip()
