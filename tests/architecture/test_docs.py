"""What is written for people about running and changing the portal is what the code does."""

from __future__ import annotations

import ast
import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from vae_portal.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
OPERATING = ROOT / "docs" / "operating.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + [OPERATING, *DECISIONS]
# Taken of a running portal for each release, so that they may follow the text.
PICTURES = ("docs/pictures/candidat.png", "docs/pictures/jury.png")
# Standard variables that the portal's processes pass on or compute, and nobody sets for it.
NOT_SETTINGS = {"PATH"}


def documented() -> dict[str, str]:
    """Of each variable in the tables of the operating page, its default as it is written."""
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| ([^|]*) \|", OPERATING.read_text("utf-8"), re.M)
    return {name: default.strip().strip("`") for name, default in rows}


def as_written(default: object) -> str:
    """A default as the page writes it."""
    if default is MISSING:
        return "required"
    if isinstance(default, bool):
        return "1" if default else "0"
    return str(default) or "empty"


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_on_the_operating_page_with_its_default(field) -> None:  # type: ignore[no-untyped-def]
    assert documented().get(field.name.upper()) == as_written(field.default)


def test_every_variable_that_a_command_reads_is_on_the_operating_page() -> None:
    assert read_from_the_environment() - NOT_SETTINGS <= set(documented())


def test_no_variable_is_documented_that_nothing_reads() -> None:
    known = {field.name.upper() for field in fields(Settings)} | read_from_the_environment()
    assert set(documented()) - known == set()


def read_from_the_environment() -> set[str]:
    """Names that any module looks up in the environment, written there or in a constant of the module."""
    found = set()
    for path in (ROOT / "vae_portal").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                of, keys = ast.unparse(node.func.value), node.args[:1]
            elif isinstance(node, ast.Subscript):
                of, keys = ast.unparse(node.value), [node.slice]
            else:
                continue
            if of in ("os.environ", "environment"):
                values = (getattr(key, "value", constants.get(getattr(key, "id", ""))) for key in keys)
                found |= {value for value in values if isinstance(value, str) and value.isupper()}
    return found


def test_compose_gives_only_settings_that_exist() -> None:
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    block = compose.split("x-settings:", 1)[1].split("\nservices:", 1)[0]
    given = set(re.findall(r"^  ([A-Z0-9_]+):", block, re.M))
    assert given
    assert given <= {field.name.upper() for field in fields(Settings)}
    required = {field.name.upper() for field in fields(Settings) if field.default is MISSING}
    assert required <= given


def test_every_variable_of_compose_is_in_the_example_without_a_secret() -> None:
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    example = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.M))
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", compose)) == set(example)
    secret = {name for name in example if re.search(r"PASSWORD|SECRET|ACCESS_KEY", name)}
    assert len(secret) == 5
    assert {example[name] for name in secret} == {""}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_points_at_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)}
    local = {target for target in targets if target and "://" not in target}
    missing = {
        target
        for target in local
        if not (page.parent / target).exists()
        and (page.parent / target).resolve() not in {ROOT / picture for picture in PICTURES}
    }
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_by_a_page_are_there(page: Path) -> None:
    folders = "workflows|storage|templates|vae_portal|tests|docs|deploy|requirements"
    named = re.findall(rf"`((?:{folders})/[\w./-]+\.(?:py|md|yaml|txt|docx|css|conf|sh))`", page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_question_choice_reason_and_cost(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.match(r"# \d{4}\. \S", text)
    assert text[2:6] == page.name[:4]
    assert re.findall(r"^## (.+)$", text, re.M) == ["Question", "Choice", "Why", "What it costs"]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert DECISIONS
