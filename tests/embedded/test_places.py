"""As root, PostgreSQL's programs and data are put where its user can reach them, and only then."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import psycopg
import pytest

from vae_portal.embedded import places
from vae_portal.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")


def test_programs_of_a_closed_checkout_are_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = places._installed().parent
    closed = tmp_path / "un portail fermé"
    closed.mkdir(mode=0o700)
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, closed / folder.name, symlinks=True)
    monkeypatch.setattr(sys, "path", [str(closed), *sys.path])
    assert places._installed().is_relative_to(closed)
    programs = places.programs("nobody")
    engine = EmbeddedPostgres(closed / "data", durable=False)
    try:
        assert not programs.is_relative_to(closed)
        assert places.programs("nobody") == programs
        psycopg.connect(engine.start()).close()
        assert not (closed / "data" / "postgres").exists()
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        engine.stop()
        engine.empty()
        shutil.rmtree(programs.parents[2])
