"""The folder of templates, the list of documents and its README say the same thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from templates.documents import build
from vae_portal.documents import kinds

HERE = Path(build.__file__).parent


def test_every_document_has_a_template_and_every_template_a_document() -> None:
    assert {path.parent.name for path in HERE.glob("*/template.docx")} == set(kinds.KINDS) == set(build.ORIGINALS)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_building_again_gives_the_same_bytes(kind: str) -> None:
    assert build.original(kind) == build.original(kind)


def test_the_readme_lists_the_fields_there_are() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    assert build.readme_with_fields(readme) == readme


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=kinds.KINDS)
def test_file_names_are_safe(kind: kinds.Kind) -> None:
    assert kind.file_name("DOC-2026-00042") == kind.file_pattern.replace("{number}", "DOC-2026-00042")
    for number in ("../../etc/passwd", 'é"\r\nX: 1', "", "con:", "a" * 500, "{number}"):
        assert re.fullmatch(r"[a-z-]+-[A-Za-z0-9_-]{1,80}\.docx", kind.file_name(number))
