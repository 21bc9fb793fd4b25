"""What the child has taken away from itself is refused by the kernel, not by good manners."""

from __future__ import annotations

import subprocess
import sys

import pytest

_BEGIN = "import os; from vae_portal.decoding.limits import Limits, apply; "
_TRIED = {
    "network": "import socket; socket.socket()",
    "local sockets": "import socket; socket.socket(socket.AF_UNIX)",
    "programs": "os.execv('/bin/true', ['true'])",
    "memory": "bytearray(3 * 1024**3)",
}


def _child(tried: str, programs: bool = False) -> subprocess.CompletedProcess[str]:
    limits = f"assert apply(Limits(programs={programs}), os.getppid())\n"
    return subprocess.run([sys.executable, "-c", _BEGIN + limits + tried], capture_output=True, text=True, check=False)


pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limits are those of Linux")


@pytest.mark.parametrize("tried", _TRIED)
def test_what_the_child_may_not_do(tried: str) -> None:
    ended = _child(_TRIED[tried])
    assert ended.returncode == 1
    assert "PermissionError" in ended.stderr or "MemoryError" in ended.stderr, ended.stderr


def test_libreoffice_speaks_to_itself_and_to_nobody_else() -> None:
    assert _child("import socket; socket.socket(socket.AF_UNIX)", programs=True).returncode == 0
    assert "PermissionError" in _child("import socket; socket.socket()", programs=True).stderr
    assert "PermissionError" in _child("import socket; socket.socket(socket.AF_INET6)", programs=True).stderr


def test_a_child_without_its_parent_ends() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"{_BEGIN} apply(Limits(), 1); print('here')"], capture_output=True, check=False
    )
    assert ended.stdout == b""
    assert ended.returncode == 1
