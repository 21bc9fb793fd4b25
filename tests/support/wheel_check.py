"""Builds the wheel and runs it from another folder, in a clean environment: what is shipped is what works.

Called by `make wheel-check`. Downloads nothing: it is built with the tools of this environment, and runs on its
dependencies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("vae_portal", "workflows", "storage", "templates")
_SECONDS = 58  # for everything together
_BEGAN = time.monotonic()

# What people see, what makes the tables and what a page loads; bytes left by a run and hidden files are not shipped.
SHIPPED = {".py", ".html", ".txt", ".docx", ".yaml", ".css", ".js", ".svg", ".mako", ".woff2", ".map", ".md"}
MUST_HOLD = (
    "templates/pages/_layout.html",
    "templates/emails/layout.txt",
    "templates/labels.yaml",
    "vae_portal/data/rncp-28242.yaml",
    "vae_portal/web/static/theme.css",
    "vae_portal/persistence/migrations/env.py",
    "vae_portal/persistence/migrations/versions/0001_tables.py",
)
_LOOK = """
import sys
from importlib.resources import files
from jinja2 import Environment, PackageLoader

import storage, templates, workflows
import vae_portal.app
from vae_portal.documents.kinds import KINDS

home = sys.argv[1]
for package in (storage, templates, workflows, vae_portal):
    assert package.__file__.startswith(home), f"{package.__name__} comes from {package.__file__}"
for part in ("pages", "emails"):
    loader = PackageLoader("templates", part)
    for name in loader.list_templates():
        Environment(autoescape=True).parse(loader.get_source(None, name)[0])
layout = Environment(autoescape=True, loader=PackageLoader("templates", "emails")).get_template("layout.txt")
assert layout.module is not None
for kind in KINDS.values():
    place = files("templates") / "documents" / kind.code / "template.docx"
    assert place.read_bytes()[:2] == b"PK", kind.code
from vae_portal.mail.render import render
told = render("already_registered", {"link": "https://portail.example/connexion", "person_name": "Éva Exemple"})
assert "https://portail.example/connexion" in told.text
"""


class Fault(Exception):
    """What is wrong with the wheel, in a sentence."""


def main() -> int:
    """Check the wheel; 0 when it is as it should be, 1 with a sentence when it is not."""
    try:
        with tempfile.TemporaryDirectory(prefix="vae wheel ") as place:
            wheel = build(Path(place))
            files = check_content(wheel)
            check_run(wheel, Path(place))
    except Fault as fault:
        sys.stderr.write(f"wheel-check: {fault}\n")
        return 1
    sys.stdout.write(f"wheel-check: {wheel.name} holds {files} files and runs on its own.\n")
    return 0


def build(place: Path) -> Path:
    """The wheel, built from the checkout."""
    _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(ROOT)], cwd=place)
    wheels = list(place.glob("*.whl"))
    if len(wheels) != 1:
        raise Fault(f"one wheel was to be built, there are {len(wheels)}.")
    return wheels[0]


def check_content(wheel: Path) -> int:
    """Raise Fault unless every file of the four packages is in the wheel, and nothing else; the number of files."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    strangers = sorted(name for name in names if name.partition("/")[0] not in PACKAGES)
    if strangers:
        raise Fault(f"it holds what is no part of the portal: {', '.join(strangers[:5])}.")
    missing = sorted((_sources() | set(MUST_HOLD)) - names)
    if missing:
        raise Fault(f"it lacks {len(missing)} file(s): {', '.join(missing[:8])}.")
    if not any(name.endswith("/template.docx") for name in names):
        raise Fault("it holds no Word template.")
    return len(names)


def check_run(wheel: Path, place: Path) -> None:
    """Raise Fault unless the installed wheel answers from a folder that is not the checkout."""
    python, packages = install(wheel, place / "environment")
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    rules = json.loads(_run([python, "-m", "vae_portal.cli", "rules", "--format", "json"], cwd=elsewhere))
    if rules != json.loads(_run([sys.executable, "-m", "vae_portal.cli", "rules", "--format", "json"], cwd=ROOT)):
        raise Fault("its rules are not those of the checkout.")
    _run([python, "-c", _LOOK, str(packages)], cwd=elsewhere)


def install(wheel: Path, home: Path) -> tuple[str, Path]:
    """A clean environment with the wheel; its interpreter, and the folder where its packages are."""
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    where = _run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd=home)
    packages = Path(where.strip())
    options = ["--quiet", "--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    _run([sys.executable, "-m", "pip", "--python", str(python), "install", *options, str(wheel)], cwd=home)
    # A folder added by a .pth has its own .pth files left alone: the checkout's is not followed.
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "borrowed.pth").write_text("".join(f"{folder}\n" for folder in sorted(borrowed)), "utf-8")
    return str(python), packages


def _sources() -> set[str]:
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.suffix in SHIPPED and not any(part.startswith((".", "__pycache__")) for part in path.parts[-3:])
    }


def _run(command: Sequence[str], *, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    try:
        left = max(0.1, _BEGAN + _SECONDS - time.monotonic())
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=left)
    except subprocess.TimeoutExpired:
        raise Fault(f"{_SECONDS} s were not enough; it was at « {' '.join(command[1:4])[:80]} ».") from None
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-6:]
        raise Fault(f"« {' '.join(command[1:4])[:80]} » failed (code {done.returncode}):\n" + "\n".join(last))
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
