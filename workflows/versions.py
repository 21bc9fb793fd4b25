"""Two versions of a référentiel side by side: blocks and capabilities matched by code, then by the nearest text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

NEAR = 0.6  # of 1, how alike two texts of different codes are to be taken for one [choice]


@dataclass(frozen=True, slots=True)
class Item:
    """A capability, or a block with its capabilities."""

    code: str
    title: str
    inside: tuple[Item, ...] = ()


class Difference(StrEnum):
    """What became of a block or a capability."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing before and after; one of them is None when it was added or removed."""

    before: Item | None
    after: Item | None
    inside: tuple[Pair, ...] = ()

    @property
    def difference(self) -> Difference:
        """What became of it, what it holds apart."""
        if self.before is None or self.after is None:
            return Difference.REMOVED if self.after is None else Difference.ADDED
        same = (self.before.code, self.before.title) == (self.after.code, self.after.title)
        return Difference.SAME if same else Difference.CHANGED


def compared(before: Sequence[Item], after: Sequence[Item]) -> tuple[Pair, ...]:
    """Every item once, in the order of the later version, those removed after the one they followed."""
    matched = _matched(before, after)
    pairs = [Pair(matched.get(item), item, _inside(matched.get(item), item)) for item in after]
    kept = set(matched.values())
    for place, item in enumerate(before):
        if item in kept:
            continue
        earlier = set(before[:place])
        follows = [rank for rank, pair in enumerate(pairs) if pair.before in earlier]
        pairs.insert(follows[-1] + 1 if follows else 0, Pair(item, None, _inside(item, None)))
    return tuple(pairs)


def words(before: str, after: str) -> list[tuple[Difference, str]]:
    """The later text, word by word, with what was taken out and put in: (same, added or removed, words)."""
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    found = []
    for code, start, end, from_, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code == "equal":
            found.append((Difference.SAME, "".join(new[from_:to])))
            continue
        if start < end:
            found.append((Difference.REMOVED, "".join(old[start:end])))
        if from_ < to:
            found.append((Difference.ADDED, "".join(new[from_:to])))
    return found


def _inside(before: Item | None, after: Item | None) -> tuple[Pair, ...]:
    return compared(before.inside if before else (), after.inside if after else ())


def _matched(before: Sequence[Item], after: Sequence[Item]) -> dict[Item, Item]:
    """What each later item was: of the same code, BC1 being BC01 too; then of the nearest text, the nearest first."""
    found: dict[Item, Item] = {}
    for same in (lambda code: code, lambda code: re.sub(r"0+(?=\d)", "", code).casefold()):
        codes = {same(item.code): item for item in before if item not in found.values()}
        for item in after:
            if item not in found and same(item.code) in codes:
                found[item] = codes.pop(same(item.code))
    left = [(rank, item) for rank, item in enumerate(before) if item not in found.values()]
    near = [
        (ratio, new_rank, old_rank)
        for new_rank, new in enumerate(after)
        for old_rank, old in left
        if new not in found and (ratio := _alike(old, new)) >= NEAR
    ]
    taken: set[int] = set()
    for _, new_rank, old_rank in sorted(near, key=lambda one: (-one[0], one[1], one[2])):
        if after[new_rank] not in found and old_rank not in taken:
            found[after[new_rank]] = before[old_rank]
            taken.add(old_rank)
    return found


def _alike(old: Item, new: Item) -> float:
    return SequenceMatcher(None, old.title.casefold(), new.title.casefold(), autojunk=False).ratio()
