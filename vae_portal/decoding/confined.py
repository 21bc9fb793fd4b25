"""Starts the child that opens a stranger's file, waits for it no longer than allowed, and reads what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from vae_portal.decoding.limits import Limits

log = structlog.get_logger(__name__)

ANSWER, BEGUN = "answer.json", "begun"
_LARGEST_ANSWER = 1024 * 1024
_AT_ONCE = threading.BoundedSemaphore(2)  # children of one process: each may use a whole core and much memory
_ROOT = Path(__file__).resolve().parents[2]
# `-I` ignores PYTHONPATH and the current folder: the child is told where its own code is, and nothing else.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from vae_portal.decoding.child import main; main(sys.argv[2:])"


class Refused(Exception):
    """The file cannot be taken: a French sentence that says what to do."""


class ChildDied(Exception):
    """The child ended without an answer, on this file: killed by a limit, or broken by what it read."""


class ChildNotStarted(Exception):
    """The child did not get as far as the file: the machine is at fault, trying again is right."""


def run(task: str, source: Path, folder: Path, limits: Limits, **options: Any) -> dict[str, Any]:
    """What the child found; it writes in `folder` only. Raises Refused, ChildDied or ChildNotStarted."""
    died = _start(task, source, folder, limits, options)
    with suppress(OSError, ValueError):
        answer = json.loads((folder / ANSWER).read_bytes()[:_LARGEST_ANSWER])
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        if not died:
            return dict(answer["found"])
    how = died or "no answer"
    if not (folder / BEGUN).exists():
        log.error("child_not_started", task=task, how=how)
        raise ChildNotStarted(how)
    log.warning("child_died", task=task, how=how)
    raise ChildDied(how)


def _start(task: str, source: Path, folder: Path, limits: Limits, options: dict[str, Any]) -> str:
    """Run the child to its end; how it died, or nothing when it ended well."""
    asked = json.dumps({"task": task, "source": str(source), "limits": asdict(limits), "options": options})
    command = [sys.executable, "-I", "-c", _START, str(_ROOT), str(os.getpid()), asked]
    environment = {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}
    with _AT_ONCE, (folder / "errors.txt").open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 -- our own interpreter, and no shell
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        ended = _ended(child.pid, limits.wall_seconds)
        # Before it is reaped, so that its number is still its own: whatever it started goes with it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        code = child.wait()
    if not ended:
        return f"more than {limits.wall_seconds} s"
    return f"exit {code}" if code else ""


def _ended(pid: int, seconds: int) -> bool:
    deadline = time.monotonic() + seconds
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
