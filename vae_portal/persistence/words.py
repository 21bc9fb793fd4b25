"""The words by which a candidacy is found: without accents, capitals or punctuation, kept and asked in one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# An address and a candidacy's number are one word each: their domain and their year are everybody's.
_WORD = re.compile(r"[\w.+-]+@[\w.-]*|\d{4}-\d+|[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})  # which NFKD leaves as they are
_LONGEST = 60
_MOST_ASKED = 6
LONGEST_SORTED = 200


def words(*texts: str) -> list[str]:
    """The words of these texts in their order, a word as often as it occurs."""
    plain = unicodedata.normalize("NFKD", " ".join(texts))
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold().translate(_LIGATURES)
    return [word[:_LONGEST] for word in _WORD.findall(bare)]


def of_candidacy(
    number: str, given_names: str, family_name: str, email: str, others: Iterable[str]
) -> tuple[str, list[str]]:
    """By what a candidacy is sorted among names, and every word it is found by."""
    rank = number.rpartition("-")[2]  # people also say a number without its year, with or without the zeros
    said = words(given_names, family_name, email, email.replace("@", " "), *others)
    found = {number, rank, rank.lstrip("0"), *said}
    return " ".join(words(family_name, given_names))[:LONGEST_SORTED], sorted(found - {""})


def question(text: str) -> list[str]:
    """What was typed in a search box, each word as `tsquery` has it: it begins one that is kept."""
    return [f"'{word}':*" for word in dict.fromkeys(words(text)[:_MOST_ASKED])]
