"""Whether two names are those of one organisation: what proposes a link between an evaluator and a candidate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# What follows or precedes the name of a company without telling it from another [choice].
LEGAL_FORMS = frozenset(
    [
        "sa",
        "sas",
        "sasu",
        "sarl",
        "eurl",
        "snc",
        "scop",
        "scic",
        "sca",
        "scs",
        "sci",
        "selarl",
        "gie",
        "ei",
        "eirl",
        "association",
        "societe",
        "ste",
        "ets",
        "etablissements",
    ]
)
_SPELT = re.compile(r"\b(?:\w\.){2,}\w?|\b(?:\w ){2,}\w\b")  # S.A.R.L., S A S


def plain(name: str) -> str:
    """A name without case, accents, punctuation and legal form; nothing is left of a name that is only spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    bare = _SPELT.sub(lambda found: re.sub(r"[. ]", "", found.group()) + " ", bare.replace("&", " et "))
    words = re.findall(r"[^\W_]+", bare)
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


def in_common(theirs: Iterable[str], candidates: Iterable[str]) -> str:
    """The first organisation that an evaluator works or worked for and that the candidate names too; else nothing.

    Two spellings of one name are one organisation; a group and its branch are two [choice].
    """
    known = {plain(name) for name in candidates} - {""}
    return next((name.strip() for name in theirs if plain(name) in known), "")
