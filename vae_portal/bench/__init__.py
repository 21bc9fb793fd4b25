"""Measures, in one run and side by side, what the portal costs beside the barest way to do the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from vae_portal.bench import (
    archive,
    booking,
    crowd,
    decisions,
    desk,
    files,
    minutes,
    pages,
    plans,
    results,
    rncp,
    sessions,
)
from vae_portal.bench.figure import Figure
from vae_portal.bench.rig import Rig
from vae_portal.errors import InputRefused

BENCHES: dict[str, Callable[[Rig], list[Figure]]] = {
    "decision": decisions.measure,
    "worklist": pages.measure,
    "desk": desk.measure,
    "files": files.measure,
    "crowd": crowd.measure,
    "archive": archive.measure,
    "rncp": rncp.measure,
    "plan": plans.measure,
    "booking": booking.measure,
    "session": sessions.measure,
    "results": results.measure,
    "minutes": minutes.measure,
}


def run(names: list[str], form: str, quick: bool) -> int:
    """Runs the named benches (all when none is named) on engines of their own and prints their figures."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        raise InputRefused(f"Mesures inconnues : {', '.join(unknown)}. Il y a : {', '.join(BENCHES)}.")
    figures: list[Figure] = []
    with Rig.started(quick) as rig:
        for name in names or list(BENCHES):
            figures += BENCHES[name](rig)
    if form == "json":
        sys.stdout.write(json.dumps([figure.as_data() for figure in figures], ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(figure.as_line() for figure in figures) + "\n")
    return 0
