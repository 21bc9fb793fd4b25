"""Shows the rules to people and machines: data, a page for a centre's lawyer, a diagram; all derived from the table."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from workflows.clocks import DELAYS
from workflows.readings import READINGS
from workflows.regimes import Matter, Regime, article, binds
from workflows.steps import STEPS
from workflows.vocabulary import Role, Step
from workflows.who_may_do_what import RIGHTS, SECTIONS, TABLE, Letter, Rule

PAGE, DIAGRAM = "who-may-do-what.md", "states.mmd"
_ENDS = tuple(step for step in Step if not any(step in rule.steps for rule in TABLE))


def as_data() -> dict[str, Any]:
    """The rules as plain values with the codes of the domain; an action that stays has no `to`."""
    return {
        "steps": [step.value for step in Step],
        "roles": [role.value for role in Role],
        "actions": [_action(rule) for rule in TABLE],
        "rights": [
            {"right": right.value, "roles": _values(row.by), "steps": _values(row.steps)}
            for right, row in RIGHTS.items()
        ],
    }


def _action(rule: Rule) -> dict[str, Any]:
    return {
        "action": rule.action.value,
        "roles": _values(rule.by),
        "from": _values(rule.steps),
        "to": _values(rule.to),
        "stays": not rule.to,
        "condition": condition(rule),
        "letters": [{"kind": letter.kind, "when": letter.when} for letter in rule.letters],
        "mails": [{"template": mail.template, "to": mail.to.value} for mail in rule.mails],
    }


def _values(codes: Iterable[Any]) -> list[str]:
    return [code.value for code in codes]


def condition(rule: Rule) -> str:
    """What the guards of a rule ask for, from the first line of each docstring."""
    return "; ".join(_sentence(guard) for guard in rule.ready + rule.needs)


def _sentence(guard: Callable[..., Any]) -> str:
    return (guard.__doc__ or guard.__name__).strip().splitlines()[0].rstrip(".")


def as_json() -> str:
    """The rules as data, in JSON."""
    return json.dumps(as_data(), ensure_ascii=False, indent=2) + "\n"


def as_mermaid() -> str:
    """The steps and what leads from one to another, as a state diagram."""
    arrows: dict[tuple[Step, Step], list[str]] = {}
    for rule in TABLE:
        for start in rule.steps:
            for end in rule.to:
                arrows.setdefault((start, end), []).append(rule.action.value)
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(Step)).value}"]
    lines += [f"    {start.value} --> {end.value}: {', '.join(names)}" for (start, end), names in arrows.items()]
    lines += [f"    {end.value} --> [*]" for end in _ENDS]
    return "\n".join(lines) + "\n"


def as_markdown() -> str:
    """A page for a centre's lawyer: actions by phase, rights, legal delays, readings, steps and the diagram."""
    parts = [
        "# Who may do what",
        "Written by `make docs` from `workflows/`: change the rules there, never this page. `[choice]` marks a reading"
        " of ours; its alternative is in the section on readings.",
        *(part for phase, rules in SECTIONS.items() for part in (f"## {phase}", _actions_table(rules))),
        "## Rights that move no candidacy",
        _table(
            ("right", "who", "at which steps"),
            ((f"`{right}`", _list(row.by), _list(row.steps) or "any") for right, row in RIGHTS.items()),
        ),
        "## Delays",
        _table(
            ("delay", "how long", "what it bounds", "source"),
            ((f"`{d.name}`", f"{d.amount} {d.unit}", d.meaning, d.source) for d in DELAYS),
        ),
        "## Readings chosen where the text leaves room",
        _table(
            ("reading", "rule", "what we chose", "alternative", "source"),
            ((r.name, f"`{r.rule}`", r.chosen, r.alternative, r.source) for r in READINGS),
        ),
        "## Regimes",
        _table(
            ("matter", *(f"`{regime}`" for regime in Regime)),
            ((f"`{matter}`", *(_article(regime, matter) for regime in Regime)) for matter in Matter),
        ),
        "## Steps",
        _steps_table(),
        f"```mermaid\n{as_mermaid()}```",
    ]
    return "\n\n".join(parts) + "\n"


def _actions_table(rules: tuple[Rule, ...]) -> str:
    return _table(
        ("action", "by", "from", "to", "allowed only when", "what leaves the house"),
        (
            (
                f"`{rule.action}`",
                _list(rule.by),
                _list(rule.steps),
                _list(rule.to) or "(stays)",
                "<br>".join(_sentence(guard) for guard in rule.ready + rule.needs) or "always",
                _leaving(rule),
            )
            for rule in rules
        ),
    )


def _steps_table() -> str:
    return _table(
        ("step", "phase", "who has the ball", "which delay runs"),
        (
            (
                f"`{step}`",
                f"`{row.phase}`",
                f"`{row.ball}`" if row.ball else "nobody",
                f"`{row.clock.delay.name}`, {row.clock.delay.source}" if row.clock else "none",
            )
            for step, row in STEPS.items()
        ),
    )


def _article(regime: Regime, matter: Matter) -> str:
    return article(regime, matter) if binds(regime, matter) else "binds nobody"


def _leaving(rule: Rule) -> str:
    letters = [f"document `{letter.kind}`{_when(letter)}{_amendable(letter)}" for letter in rule.letters]
    return "<br>".join(letters + [f"mail `{mail.template}` to {mail.to}" for mail in rule.mails]) or "nothing"


def _amendable(letter: Letter) -> str:
    return ", its text read and amendable before" if letter.amendable else ""


def _when(letter: Letter) -> str:
    return f" when `{letter.when}`" if letter.when else ""


def _list(codes: Iterable[Any]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


FORMATS: dict[str, Callable[[], str]] = {"markdown": as_markdown, "json": as_json, "mermaid": as_mermaid}


def main(format: str, write_to: str | None) -> int:  # noqa: A002 - the name of the option
    """Prints the rules in one format, or writes the page and the diagram into a folder; 2 for an unknown format."""
    if write_to is not None:
        folder = Path(write_to)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_text(as_markdown(), encoding="utf-8")
        (folder / DIAGRAM).write_text(as_mermaid(), encoding="utf-8")
        return 0
    if format not in FORMATS:
        sys.stderr.write(f"Format inconnu : {format}. Choisissez parmi {', '.join(FORMATS)}.\n")
        return 2
    sys.stdout.write(FORMATS[format]())
    return 0
