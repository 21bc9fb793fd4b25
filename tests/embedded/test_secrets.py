"""Nothing has a default password: secrets are drawn once, kept private, and the demonstration's can be chosen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vae_portal.embedded.processes import EngineFailed
from vae_portal.embedded.secrets import load_or_draw


def test_secrets_are_drawn_once_and_kept_private(tmp_path: Path) -> None:
    drawn = load_or_draw(tmp_path, {})
    assert load_or_draw(tmp_path, {}) == drawn
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d{4}", drawn.demo_password)
    assert len(drawn.secret_key) >= 32


def test_two_demonstrations_have_other_secrets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert load_or_draw(tmp_path / "a", {}).secret_key != load_or_draw(tmp_path / "b", {}).secret_key


def test_a_chosen_password_wins_and_is_not_kept(tmp_path: Path) -> None:
    drawn = load_or_draw(tmp_path, {}).demo_password
    assert load_or_draw(tmp_path, {"VAE_DEMO_PASSWORD": "choisi"}).demo_password == "choisi"
    assert load_or_draw(tmp_path, {}).demo_password == drawn


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(EngineFailed, match="abîmé"):
        load_or_draw(tmp_path, {})
