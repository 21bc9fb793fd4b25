"""Runs the parts of the portal together: started in order, stopped in reverse, none left behind."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Protocol

from vae_portal.embedded.processes import (
    EngineFailed,
    port_is_free,
    run_to_end,
    start_child,
    stop_child,
    tail,
    wait_until,
)

_STOP_SECONDS = 15.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Part(Protocol):
    """Something that runs beside the others."""

    @property
    def name(self) -> str:
        """What to call it in a French sentence, with its article and a capital."""
        ...

    @property
    def log(self) -> Path:
        """Where its output goes."""
        ...

    def start(self) -> object:
        """Start and wait until it is of use; raises EngineFailed."""
        ...

    def poll(self) -> int | None:
        """Its exit code if it has ended by itself, else None."""
        ...

    def stop(self) -> None:
        """Stop within a bounded time; nothing to do when it is not running."""
        ...


class Command:
    """A part that is a program; its environment is asked for at the start, when the parts before it have an address."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        folder: Path,
        environment: Callable[[], Mapping[str, str]],
        is_ready: Callable[[], bool] = lambda: True,
        start_seconds: float = 60,
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._folder = folder
        self._environment = environment
        self._is_ready = is_ready
        self._start_seconds = start_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it is ready; raises EngineFailed."""
        self._process = self._begin()
        wait_until(self._is_ready, self._process, self.name, self.log, self._start_seconds)

    def poll(self) -> int | None:
        """Its exit code if it has ended by itself, else None."""
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        """Ask it to stop, and kill it fifteen seconds later."""
        stop_child(self._process, seconds=_STOP_SECONDS)
        self._process = None

    def _begin(self) -> subprocess.Popen[bytes]:
        return start_child(self._command, log=self.log, environment=self._environment(), folder=self._folder)


class Step(Command):
    """A program that must end well before the next part starts."""

    def start(self) -> None:
        """Run it to its end; raises EngineFailed when it fails."""
        code = run_to_end(self._begin())
        if code != 0:
            raise EngineFailed(f"{self.name} a échoué (code {code}). Son journal : {self.log}\n{tail(self.log)}")


class _StopAskedError(BaseException):
    """A signal asks us to stop; no `except Exception` on the way may keep it."""


def supervise(parts: Sequence[Part], when_ready: Callable[[], None] = lambda: None) -> int:
    """Start the parts, wait, stop them all; 0 when asked to stop, 1 when a part fails. From the main thread only."""
    started: list[Part] = []
    # `nohup` ignores SIGHUP before us, and means it.
    heeded = [one for one in _SIGNALS if one != signal.SIGHUP or signal.getsignal(one) != signal.SIG_IGN]
    former = {number: signal.signal(number, _ask_to_stop) for number in heeded}
    try:
        for part in parts:
            started.append(part)
            part.start()
        when_ready()
        return _watch(started)
    except _StopAskedError:
        return 0
    except EngineFailed as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    finally:
        # From here a second Ctrl-C would only leave parts behind: every stop below is bounded anyway.
        for number in heeded:
            signal.signal(number, signal.SIG_IGN)
        for part in reversed(started):
            part.stop()
        for number, handler in former.items():
            signal.signal(number, handler)


def _watch(parts: Sequence[Part]) -> int:
    while True:
        for part in parts:
            code = part.poll()
            if code is not None:
                sys.stderr.write(
                    f"{part.name} ne tourne plus, sans qu'on l'ait demandé (code {code}) : tout est arrêté. "
                    f"Son journal : {part.log}\n"
                )
                return 1
        time.sleep(0.2)


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    raise _StopAskedError


@contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Keep a data folder to ourselves; raises EngineFailed when another portal uses it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise EngineFailed(
                f"Une démonstration se sert déjà du dossier {data_dir}. Arrêtez-la (Ctrl-C dans sa fenêtre), "
                "ou donnez un autre dossier : make demo VAE_DATA_DIR=var/autre"
            ) from taken
        yield


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Raise EngineFailed with the way out when another program listens on the port."""
    if not 1 <= port <= 65535:
        raise EngineFailed(f"{port} n'est pas un port : choisissez-en un entre 1024 et 65535, par exemple PORT=8010")
    if not port_is_free(port, host):
        raise EngineFailed(
            f"Le port {port} est déjà pris par un autre programme. Choisissez-en un autre : make demo PORT={port + 10}"
        )
