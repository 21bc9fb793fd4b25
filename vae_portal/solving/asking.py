"""Asks the process that searches for a plan, follows it, and stops it when told to."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from vae_portal.solving.problem import Plan, Problem, Sitting

STOP = "stop\n"
_GRACE = 30  # seconds beyond the search's own time, before it is ended


class SearchFailed(Exception):
    """The process ended without a plan."""


def ask(problem: Problem, told: Callable[[int, int], None], stopped: Callable[[], bool]) -> Plan:
    """The plan found; `told` hears how many are placed and the least that can be left out, `stopped` is asked about
    twice a second. Raises SearchFailed.
    """
    command = [sys.executable, "-m", "vae_portal.solving"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        watch = _Watch(process, stopped, problem.seconds + _GRACE)
        try:
            plan = _followed(process, problem, told)
        except (OSError, ValueError) as fault:
            raise SearchFailed(type(fault).__name__) from fault
        finally:
            watch.end()
    if plan is None:
        raise SearchFailed(f"ended with {process.returncode}")
    return plan


def _followed(process: subprocess.Popen[str], problem: Problem, told: Callable[[int, int], None]) -> Plan | None:
    if process.stdin is None or process.stdout is None:
        raise ValueError("both are pipes")
    process.stdin.write(problem.as_json() + "\n")
    process.stdin.flush()
    for line in process.stdout:
        said = json.loads(line)
        if "plan" in said:
            return _plan(said["plan"])
        told(said["placed"], said["least_left_out"])
    return None


def _plan(raw: dict[str, Any]) -> Plan:
    sittings = tuple(
        Sitting(s["starts_at"], s["room"], s["candidacy"], tuple(s["evaluators"])) for s in raw["sittings"]
    )
    left_out = {int(candidacy): tuple(codes) for candidacy, codes in raw["left_out"].items()}
    return Plan(sittings, left_out, raw["least_left_out"], raw["least_late"], raw["seconds"])


class _Watch:
    """Asks twice a second whether to stop; ends a process that outlives its time."""

    def __init__(self, process: subprocess.Popen[str], stopped: Callable[[], bool], seconds: float) -> None:
        self._process, self._stopped, self._left = process, stopped, seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """No more to watch; the process is not left behind."""
        self._over.set()
        self._thread.join()
        if self._process.poll() is None:
            self._process.kill()

    def _run(self) -> None:
        asked = False
        while not self._over.wait(0.5):
            self._left -= 0.5
            if not asked and self._stopped() and self._process.stdin is not None:
                asked = True
                self._process.stdin.write(STOP)
                self._process.stdin.flush()
            if self._left <= 0:
                self._process.kill()
                return
