"""The process that searches: a problem on one line in, how far it is line by line out, the plan on the last.

A line that says `stop`, or the end of its input, ends the search with what was found.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import asdict

from vae_portal.solving.problem import Problem
from vae_portal.solving.propose import Search

STOP = "stop"
_NICE = 10  # the pages come first


def main() -> None:
    """Searches, and tells."""
    os.nice(_NICE)
    problem, search = Problem.from_json(sys.stdin.readline()), Search()
    threading.Thread(target=_listen, args=(search,), daemon=True).start()
    plan = search.propose(problem, lambda placed, least: _tell({"placed": placed, "least_left_out": least}))
    _tell({"plan": asdict(plan)})


def _listen(search: Search) -> None:
    for line in sys.stdin:
        if line.strip() == STOP:
            break
    search.stop()


def _tell(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
