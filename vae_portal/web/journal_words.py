"""What a row of the journal tells, in French: codes in words, dates as people read them, hashes by their start."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from vae_portal.documents.kinds import KINDS
from vae_portal.web.presentation import day_and_hour, label, short_day

_SHA256 = re.compile(r"[0-9a-f]{64}")
# Which of the labels the codes of a detail are.
_CODES = {
    "answer": "convocation_answer",
    "from": "step",
    "to": "step",
    "college": "college",
    "outcome": "outcome",
    "fraud_end": "fraud_end",
    "duty": "duty",
    "ground": "ground",
    "points": "conformity_point",
    "overridden": "against",
    "mails": "message_mails",
    "state": "evidence_state",
    "roles": "role",
    "verdict": "piece_verdict",
}


def event(code: str) -> str:
    """The French of an event; the code itself for one that no page names."""
    return _named("done", code) or _named("event", code) or code


def details(found: dict[str, Any]) -> str:
    """Names and values on one line, in the order of the names; what is empty is left out."""
    told = {_named("detail", key) or key: _value(key, value) for key, value in found.items() if value not in (None, "")}
    return ", ".join(f"{name}{' ' if name.endswith('n°') else ' : '}{value}" for name, value in sorted(told.items()))


def _named(kind: str, code: str) -> str:
    try:
        return label(kind, code)
    except LookupError:
        return ""


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list | tuple):
        return " ".join(_value(key, item) for item in value) or "aucun"
    text = str(value)
    if _SHA256.fullmatch(text):
        return f"{text[:12]}…"
    if key == "kind" and text in KINDS:
        return KINDS[text].title
    return (_named(_CODES[key], text) if key in _CODES else _moment(text)) or text


def _moment(text: str) -> str:
    """A day or an instant in words; nothing for any other text."""
    try:
        return short_day(date.fromisoformat(text)) if len(text) == 10 else day_and_hour(datetime.fromisoformat(text))
    except (ValueError, TypeError):
        return ""
