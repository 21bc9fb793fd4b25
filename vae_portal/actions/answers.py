"""What a request says, in French: for the pages that show it and the letter that sums it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from templates import french, words
from workflows.request_form import CODES, DAYS, as_date


def said(name: str, value: Any) -> str:
    """One answer: the word of a code, a day as people write it, any other text as it was typed."""
    text = str(value or "").replace("\r\n", "\n").strip()
    day = as_date(text) if name in DAYS else None
    if day is not None:
        return french.jour(day)
    return words.told(name, text) if name in CODES else text


def period(line: Mapping[str, Any]) -> str:
    """From when to when a line of experience goes."""
    start, end = said("started_on", line.get("started_on")), said("ended_on", line.get("ended_on"))
    return " à ".join(filter(None, (start, end or "ce jour")))
