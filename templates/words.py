"""The French of every code, read from `labels.yaml`: one wording for pages, e-mails and documents."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def _labels() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(files("templates").joinpath("labels.yaml").read_text("utf-8"))
    return found


def label(kind: str, code: str) -> str:
    """The French of a code; a code without one is a fault of the portal and raises LookupError."""
    try:
        return _labels()[kind][str(code)]
    except KeyError:
        raise LookupError(f"templates/labels.yaml names no {kind} {code!s}") from None


def told(kind: str, text: str) -> str:
    """The French of a code; a text that is none of the kind stays as it is."""
    return _labels()[kind].get(text, text)


def choices(kind: str) -> list[tuple[str, str]]:
    """Every code of a kind with its French, in the order of the file, as form fields want them."""
    return list(_labels()[kind].items())


def families() -> dict[str, frozenset[str]]:
    """The codes named under each kind."""
    return {kind: frozenset(words) for kind, words in _labels().items()}
