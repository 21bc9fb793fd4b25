"""Starts and stops child processes so that none outlives the portal, however the portal ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from vae_portal.errors import PortalError

_CHILD = Path(__file__).with_name("child.py")


class EngineFailed(PortalError):
    """A part of the embedded portal does not start or stopped by itself; the text says which and where its log is."""


def start_child(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    folder: Path,
    user: str | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in its own session, its output appended to `log`; call it from the main thread.

    On Linux it gets `death_signal` when this process ends, even killed.
    """
    wrapper = [sys.executable, "-I", "-S", str(_CHILD), str(int(death_signal)), str(os.getpid()), user or "-"]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 -- commands are ours
            [*wrapper, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            # Ctrl-C goes to the supervisor alone, which stops the parts in order.
            start_new_session=True,
        )


def run_to_end(process: subprocess.Popen[bytes]) -> int:
    """Wait for a child to end by itself, and take it along when interrupted; its exit code."""
    try:
        return process.wait()
    except BaseException:
        stop_child(process, seconds=5)
        raise


def stop_child(
    process: subprocess.Popen[bytes] | None, *, seconds: float, first: signal.Signals = signal.SIGTERM
) -> None:
    """Ask a child of ours to stop, and kill it and its own children when it has not within `seconds`."""
    if process is None:
        return
    if process.poll() is None:
        process.send_signal(first)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    # The child leads its own session and group: whoever of it is still there goes too.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(
    is_ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path, seconds: float
) -> None:
    """Wait for a part to answer; raises EngineFailed when it ends first or takes more than `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        code = process.poll()
        if code is not None:
            raise EngineFailed(f"{name} n'a pas démarré (code {code}). Son journal : {log}\n{tail(log)}")
        if time.monotonic() > deadline:
            raise EngineFailed(f"{name} ne répond pas après {seconds:.0f} s. Son journal : {log}\n{tail(log)}")
        time.sleep(0.05)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for a message."""
    with suppress(OSError):
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
    return ""


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether this machine lets us listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def plain_environment(folder: Path) -> dict[str, str]:
    """An environment for engines: nothing of this process's settings or secrets goes to them."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
