"""The rules touch nothing: no foreign import, no clock of their own, no model left behind."""

from __future__ import annotations

import ast
import gc
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflows
from tests.workflows.cases import NOW, an_actor, favourable
from workflows.machine import Allowed, decide
from workflows.vocabulary import Action
from workflows.who_may_do_what import TABLE

FOLDER = Path(workflows.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
CLOCK_READINGS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
WORLD = {"os", "socket", "subprocess", "random", "secrets", "time", "urllib", "http", "sqlite3", "threading", "asyncio"}
TALKERS = {"render.py"}  # prints and writes what is derived from the rules; decides nothing


def imported(tree: ast.Module) -> Iterator[str]:
    """First name of each module imported, anywhere in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_only_the_standard_library_and_transitions(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    foreign = {"transitions"} if path.name == "machine.py" else set()
    names = set(imported(tree))
    assert names - sys.stdlib_module_names - {"workflows"} - foreign == set()
    assert not names & WORLD
    assert path.name in TALKERS or not names & {"pathlib", "io", "sys", "json"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_rule_reads_a_clock_or_opens_a_file(path: Path) -> None:
    calls = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    attributes = {c.attr for c in calls if isinstance(c, ast.Attribute)}
    names = {c.id for c in calls if isinstance(c, ast.Name)}
    assert not attributes & CLOCK_READINGS
    assert not names & {"open", "print", "input", "exec", "eval", "__import__"}


def a_round_of_decisions() -> int:
    """Every action once, each allowed."""
    for rule in TABLE:
        case = favourable(rule.steps[0], rule.action)
        assert isinstance(decide(case.facts, rule.action, an_actor(rule.by[0]), NOW, case.given), Allowed)
    return len(TABLE)


def test_a_thousand_decisions_leave_nothing_behind() -> None:
    a_round_of_decisions()
    gc.collect()
    before, done = len(gc.get_objects()), 0
    while done < 1000:
        done += a_round_of_decisions()
    gc.collect()
    assert len(gc.get_objects()) - before < 100  # a model kept per decision would leave thousands


def test_how_long_a_decision_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, never asserted: a figure depends on the machine."""
    started, done = time.perf_counter(), 0
    while done < 500:
        done += a_round_of_decisions()
    with capsys.disabled():
        sys.stdout.write(f"\na decision takes {(time.perf_counter() - started) / done * 1000:.2f} ms\n")


@pytest.mark.parametrize("action", Action)
def test_the_same_question_has_the_same_answer(action: Action) -> None:
    rule = next(rule for rule in TABLE if rule.action is action)
    case = favourable(rule.steps[-1], action)
    asked = [decide(case.facts, action, an_actor(rule.by[-1]), NOW, case.given) for _ in range(2)]
    assert asked[0] == asked[1]
    assert case == favourable(rule.steps[-1], action)
