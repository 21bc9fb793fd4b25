"""Whatever ends the portal, no process of it stays."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from vae_portal.embedded.postgres import EmbeddedPostgres
from vae_portal.embedded.processes import EngineFailed
from vae_portal.embedded.supervisor import hold, require_free_port

_ROOT = Path(__file__).parents[2]
needs_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child of its parent's end"
)

# A supervisor with children that would sleep for an hour; each writes its number where the test reads it.
_TINY = """
import os, sys
from pathlib import Path
from vae_portal.embedded.supervisor import Command, supervise
folder = Path(sys.argv[1])
def part(name, script):
    pid = folder / f"{name}.pid"
    return Command(f"La partie {name}", ["sh", "-c", f"echo $$ > '{pid}.new'; mv '{pid}.new' '{pid}'; {script}"],
        log=folder / f"{name}.log", folder=folder, environment=lambda: dict(os.environ), is_ready=pid.exists)
deaf = "trap '' TERM; sleep 3600 & wait; wait"
parts = [part("un", "exec sleep 3600"), part("deux", deaf if "deaf" in sys.argv else "exec sleep 3600")]
if "crash" in sys.argv:
    parts.append(part("trois", "sleep 0.5; exit 7"))
if "broken" in sys.argv:
    parts.append(part("quatre", "exit 9"))
sys.exit(supervise(parts, lambda: print("ready", flush=True)))
"""

_ENGINES = """
import sys
from pathlib import Path
from vae_portal.embedded.postgres import EmbeddedPostgres
from vae_portal.embedded.seaweed import EmbeddedSeaweed
from vae_portal.embedded.supervisor import supervise
folder = Path(sys.argv[1])
parts = [EmbeddedPostgres(folder), EmbeddedSeaweed(folder)]
def ready():
    for part in parts:
        (folder / f"{part.log.stem}.pid").write_text(str(part._process.pid))
    print("ready", flush=True)
sys.exit(supervise(parts, ready))
"""


def _begin(script: str, folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder), *words],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _wait_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    assert process.stdout.readline() == "ready\n"


def _pids(folder: Path) -> list[int]:
    return [int(path.read_text()) for path in folder.glob("*.pid")]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _all_gone(pids: list[int], seconds: float) -> bool:
    return _within(seconds, lambda: not any(map(_is_alive, pids)))


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@needs_linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_every_part(tmp_path: Path, number: signal.Signals) -> None:
    process = _begin(_TINY, tmp_path)
    _wait_ready(process)
    pids = _pids(tmp_path)
    assert len(pids) == 2
    process.send_signal(number)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")
    assert _all_gone(pids, 0)


@needs_linux
def test_one_part_that_crashes_is_named_and_the_others_stop(tmp_path: Path) -> None:
    process = _begin(_TINY, tmp_path, "crash")
    _wait_ready(process)
    pids = _pids(tmp_path)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert said.startswith("La partie trois ne tourne plus, sans qu'on l'ait demandé (code 7)")
    assert _all_gone(pids, 0)


@needs_linux
def test_one_part_that_does_not_start_is_named_and_the_others_stop(tmp_path: Path) -> None:
    process = _begin(_TINY, tmp_path, "broken")
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert re.match(r"La partie quatre (ne tourne plus|n'a pas démarré)", said)
    assert _all_gone(_pids(tmp_path), 0)


@needs_linux
def test_a_part_deaf_to_signals_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = _begin(
        _TINY.replace(
            "import Command, supervise",
            "import Command, supervise\nimport vae_portal.embedded.supervisor as it\nit._STOP_SECONDS = 1.0",
        ),
        tmp_path,
        "deaf",
    )
    _wait_ready(process)
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0
    assert _all_gone(_pids(tmp_path), 0)


@needs_linux
def test_a_supervisor_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    process = _begin(_TINY, tmp_path)
    _wait_ready(process)
    pids = _pids(tmp_path)
    process.kill()
    process.communicate()
    assert _all_gone(pids, 5)


@needs_linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_real_engines_go_with_their_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    process = _begin(_ENGINES, tmp_path)
    _wait_ready(process)
    pids = _pids(tmp_path)
    assert len(pids) == 2
    children = [int(word) for pid in pids for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert children  # PostgreSQL's own
    process.send_signal(number)
    process.communicate(timeout=60)
    assert _all_gone([*pids, *children], 20)
    EmbeddedPostgres(tmp_path).empty()


@needs_linux
def test_real_engines_are_stopped_when_one_of_them_is_killed(tmp_path: Path) -> None:
    process = _begin(_ENGINES, tmp_path)
    _wait_ready(process)
    pids = _pids(tmp_path)
    os.kill(int((tmp_path / "seaweed.pid").read_text()), signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.startswith("Le stockage des fichiers ne tourne plus")
    assert _all_gone(pids, 0)
    EmbeddedPostgres(tmp_path).empty()


def test_a_taken_port_is_said_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(EngineFailed, match=f"Le port {port} est déjà pris .* make demo PORT={port + 10}"):
            require_free_port(port)
    with pytest.raises(EngineFailed, match="n'est pas un port"):
        require_free_port(99_999)


def test_two_portals_never_share_a_folder(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(EngineFailed, match="déjà du dossier"), hold(tmp_path):
        pass
    with hold(tmp_path):
        pass
