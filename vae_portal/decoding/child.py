"""The child's own beginning: limits first, then one task on one file, then its answer. Started by confined.py."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vae_portal.decoding import calendars, office, opening, pictures
from vae_portal.decoding.confined import ANSWER, BEGUN, Refused
from vae_portal.decoding.limits import Limits, apply

_TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "open": opening.open_file,
    "pages": pictures.pages,
    "picture": pictures.picture,
    "convert": office.convert,
    "periods": calendars.periods,
}


def main(arguments: list[str]) -> None:
    """Do what the parent asked (its pid, then JSON); the current folder is the only one to write in."""
    asked = json.loads(arguments[1])
    confined = apply(Limits(**asked["limits"]), int(arguments[0]))
    folder = Path.cwd()
    (folder / BEGUN).touch()
    answer: dict[str, Any]
    try:
        found = _TASKS[asked["task"]](Path(asked["source"]), folder, **asked["options"])
        answer = {"found": {**found, "confined": confined}}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    partial = folder / f"{ANSWER}.partial"
    partial.write_text(json.dumps(answer), "utf-8")
    partial.rename(folder / ANSWER)
    os._exit(0)  # no decoder's own ending, which may fail on what it has read
