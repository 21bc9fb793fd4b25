"""Becomes a program that dies with who started it: run as a script, before the program takes its place.

Usage: child.py DEATH_SIGNAL PARENT_PID USER_OR_DASH PROGRAM [ARGUMENT ...]. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def become(death_signal: int, parent: int, user: str, command: list[str]) -> None:
    """Drop to `user` ("-": stay), ask for `death_signal` at the parent's end, and turn into `command`."""
    if user != "-":
        import pwd  # absent on Windows, where nobody drops rights either

        account = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform.startswith("linux"):
        # After the change of user, which clears it.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died between its fork and the line above
            sys.exit(1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 -- the whole point, and no shell reads it


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
