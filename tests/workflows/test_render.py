"""What is published of the rules is what the rules are: the page, the diagram, the data and the named readings."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from workflows import render
from workflows.clocks import DELAYS
from workflows.readings import READINGS, Reading
from workflows.vocabulary import Action, Right, Step
from workflows.who_may_do_what import RULES, TABLE

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", [render.PAGE, render.DIAGRAM])
def test_the_published_page_and_diagram_are_true(name: str, tmp_path: Path) -> None:
    assert render.main("markdown", str(tmp_path)) == 0
    written = (tmp_path / name).read_text(encoding="utf-8")
    assert (DOCS / name).read_text(encoding="utf-8") == written, "les règles ont changé : lancez `make docs`"


def test_the_page_shows_everything() -> None:
    page = render.as_markdown()
    for code in (*Action, *Right, *Step, *(delay.name for delay in DELAYS), *(reading.rule for reading in READINGS)):
        assert f"`{code}`" in page or f" {code}" in page
    assert render.as_mermaid() in page
    assert page.count("| `") >= len(TABLE) + len(Right) + len(DELAYS)


def test_the_data_is_the_table() -> None:
    data = json.loads(render.as_json())
    assert data["steps"] == [str(step) for step in Step]
    assert [action["action"] for action in data["actions"]] == [str(action) for action in Action]
    for action in data["actions"]:
        rule = RULES[Action(action["action"])]
        assert (action["roles"], action["from"], action["to"]) == (list(rule.by), list(rule.steps), list(rule.to))
        assert action["stays"] == (action["to"] == [])
        assert action["condition"].count("; ") >= len(rule.ready + rule.needs) - 1
        assert [mail["template"] for mail in action["mails"]] == [mail.template for mail in rule.mails]
        assert [letter["kind"] for letter in action["letters"]] == [letter.kind for letter in rule.letters]
    assert [action["action"] for action in data["actions"] if action["stays"]] == [
        "acknowledge_request",
        "move_interview",
        "assess",
        "release_result",
    ]
    assert {right["right"] for right in data["rights"]} == {str(right) for right in Right}


def test_every_arrow_of_the_diagram_is_a_row_of_the_table_and_back() -> None:
    drawn = set()
    for line in render.as_mermaid().splitlines():
        if ": " in line:
            arrow, names = line.strip().split(": ")
            start, end = arrow.split(" --> ")
            drawn |= {(start, name, end) for name in names.split(", ")}
    assert drawn == {(str(s), str(rule.action), str(e)) for rule in TABLE for s in rule.steps for e in rule.to}


def test_every_guard_says_what_it_asks_in_one_sentence() -> None:
    for rule in TABLE:
        for guard in rule.ready + rule.needs:
            assert guard.__doc__, guard
            assert guard.__doc__.strip().count("\n") == 0, guard
            assert guard.__doc__.endswith("."), guard


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_each_reading_names_a_rule_that_says_it_is_a_choice(reading: Reading) -> None:
    module, name = reading.rule.split(".")
    rule = getattr(importlib.import_module(f"workflows.{module}"), name)
    assert "[choice" in (rule.__doc__ or "")
    assert reading.chosen
    assert reading.alternative
    assert reading.source


def test_each_rule_that_says_it_is_a_choice_has_its_reading() -> None:
    named = {reading.rule for reading in READINGS}
    for rule in TABLE:
        for guard in rule.ready + rule.needs:
            if "[choice" in (guard.__doc__ or ""):
                assert f"{guard.__module__.removeprefix('workflows.')}.{guard.__name__}" in named


def test_the_command_prints_each_format_and_refuses_another(capsys: pytest.CaptureFixture[str]) -> None:
    for name, made in render.FORMATS.items():
        assert render.main(name, None) == 0
        assert capsys.readouterr().out == made()
    assert render.main("pdf", None) == 2
    assert "Format inconnu" in capsys.readouterr().err
