"""What the child takes away from itself before it touches a stranger's file; nothing gives it back."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from dataclasses import dataclass

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_LARGEST_FILE = 512 * 1024 * 1024  # bytes, of any file that the child writes
_OPEN_FILES = 256

# The kernel's numbers: architecture as seccomp names it, socket, io_uring_setup, execve, execveat.
_NUMBERS = {
    "x86_64": (0xC000003E, 41, 425, (59, 322)),
    "aarch64": (0xC00000B7, 198, 425, (221, 281)),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # refuse: EPERM
_UNIX_SOCKET, _OTHER_ABI = 1, 0x40000000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use."""

    cpu_seconds: int = 60
    wall_seconds: int = 180  # of the clock on the wall: a busy machine must not refuse an honest file
    memory_bytes: int = 2 * 1024**3  # of addresses, not of memory in use
    programs: bool = False  # may it start programs, which talk to each other by local sockets


def apply(limits: Limits, parent: int) -> bool:
    """Take it all away; whether the kernel also refuses network and programs. Ends when the parent is gone."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        return False
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    return _refuse_calls(limits.programs)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the one that started it ends, however it ends."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _refuse_calls(programs: bool) -> bool:
    """Let the kernel answer EPERM to sockets, io_uring and, without `programs`, to execve."""
    if platform.machine() not in _NUMBERS:
        return False
    code = b"".join(struct.pack("=HBBI", *line) for line in _program(programs))
    lines = ctypes.create_string_buffer(code, len(code))
    described = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(lines)))
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, described, 0, 0) == 0)


def _program(programs: bool) -> list[tuple[int, int, int, int]]:
    architecture, socket, io_uring, execs = _NUMBERS[platform.machine()]
    lines = [
        (_LOAD, 0, 0, 4),  # the architecture: another has other numbers
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0),  # the call's number
        (_AT_LEAST, 0, 1, _OTHER_ABI),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for number in (io_uring, *(() if programs else (socket, *execs))):
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    if programs:  # sockets between its own parts, none that leaves the machine
        lines += [(_EQUAL, 0, 3, socket), (_LOAD, 0, 0, 16), (_EQUAL, 1, 0, _UNIX_SOCKET), (_RETURN, 0, 0, _REFUSE)]
    return [*lines, (_RETURN, 0, 0, _ALLOW)]
