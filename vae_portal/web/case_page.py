"""The words of a candidacy's page: its five phases with their dates, what is due when, answers, blocks, decisions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from vae_portal.actions.answers import by_section, held_blocks, line_rows, period
from vae_portal.web.presentation import due_sentence, jury_note, label, long_day, phases, short_day, urgency
from workflows import clocks
from workflows.facts import Facts
from workflows.request_form import Section
from workflows.steps import Due
from workflows.vocabulary import Step


def due(found: Due | None, today: date) -> dict[str, str] | None:
    """The delay that runs at this step, in a sentence, and how near its end is; None where none does."""
    return {"text": due_sentence("due", found, today), "kind": urgency(found.on, today)} if found else None


def phase_bar(candidacy: Any, facts: Facts, decisions: list[Any], found: Due | None) -> list[dict[str, str]]:
    """The five phases, with the dates done and the dates due."""
    notes = {
        "admissibility": _admissibility(candidacy, facts),
        "dossier": _dossier(candidacy, facts, found),
        "interview": "Après vérification du dossier",
        "jury": jury_note(facts.regime, candidacy.deposited_on),
        "result": "",
    }
    if facts.interview:
        notes["interview"] = f"Le {short_day(facts.interview.slot.starts_at)}"
    if facts.session:
        notes["jury"] = f"Séance du {short_day(facts.session.starts_at)}"
    in_force = next((d for d in decisions if d.revoked_at is None and d.round == candidacy.round), None)
    if in_force:
        notes["result"] = f"Prononcé le {short_day(in_force.pronounced_at)}"
    if facts.step is Step.WITHDRAWN:
        notes["result"] = f"Abandon le {short_day(candidacy.stepped_at)}"
    return phases(facts.step, notes)


def _admissibility(candidacy: Any, facts: Facts) -> str:
    if facts.request.notified_on:
        return f"Recevable le {short_day(facts.request.notified_on)}"
    if facts.step is Step.INADMISSIBLE:
        return f"Non recevable le {short_day(candidacy.stepped_at)}"
    if facts.request.acknowledged_on:
        return f"Réponse avant le {short_day(clocks.answer_due(facts.request.acknowledged_on))}"
    return f"Demande envoyée le {short_day(candidacy.submitted_on)}" if candidacy.submitted_on else ""


def _dossier(candidacy: Any, facts: Facts, found: Due | None) -> str:
    if candidacy.deposited_on:
        return f"Déposé le {short_day(candidacy.deposited_on)}"
    if facts.step is Step.LAPSED:
        return "Recevabilité caduque"
    if found and found.delay is clocks.LAPSE:
        return f"Valable jusqu'au {short_day(found.on)}"
    return "En cours" if facts.step is Step.DOSSIER_PREPARATION else "Après la recevabilité"


# The request


def sections(candidacy: Any, held: Collection[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the candidate answered, section by section, under its labels."""
    form = candidacy.as_sent
    told = [(label("section", section), rows) for section, rows in by_section(form, candidacy.person.email)]
    return [*told, (label("section", Section.HELD_BLOCKS), held_blocks(form, held))] if held else told


def experiences(form: dict[str, Any]) -> list[dict[str, Any]]:
    """The experience lines: title, period, what is said of each, and activities."""
    return [
        {
            "title": str(line.get("job") or "Emploi non indiqué"),
            "detail": period(line),
            "rows": line_rows(line),
            "activities": str(line.get("activities") or ""),
        }
        for line in form.get("experiences") or []
    ]


# The dossier and what the jury decided


def blocks(facts: Facts, granted: frozenset[str]) -> list[dict[str, str]]:
    """Every block of the certification: held before, acquired in this round, targeted, or neither."""
    rows = []
    for block in facts.blocks:
        kind, text = "calm", "visé" if block.code in facts.targeted else "non visé"
        if block.code in facts.held or block.code in granted:
            kind, text = "ok", "acquis" if block.code in granted else "déjà acquis"
        rows.append({"code": block.code, "title": block.title, "kind": kind, "text": text})
    return rows


def granted(candidacy: Any, decisions: list[Any], codes: dict[int, tuple[str, str]]) -> frozenset[str]:
    """Codes of the blocks acquired by the decision in force of this round."""
    return frozenset(
        codes[block.block_id][0]
        for row in decisions
        if row.revoked_at is None and row.round == candidacy.round
        for block in row.blocks
        if block.acquired
    )


def verdicts(facts: Facts, titles: dict[str, str]) -> list[dict[str, Any]]:
    """What the commission assessed, by targeted block, for those who may read it."""
    known = {v.capability: v for v in facts.interview.verdicts} if facts.interview else {}
    return [
        {
            "code": block.code,
            "title": block.title,
            "capabilities": [
                {
                    "code": code,
                    "title": titles[code],
                    "kind": ("ok" if known[code].acquired else "bad") if code in known else "calm",
                    "text": ("acquise" if known[code].acquired else "non acquise") if code in known else "pas encore",
                    "detail": known[code].reason if code in known else "",
                }
                for code in block.capabilities
            ],
        }
        for block in facts.blocks
        if block.code in facts.targeted and known
    ]


def decided(decisions: list[Any], codes: dict[int, tuple[str, str]]) -> list[dict[str, Any]]:
    """Each decision in words, block by block; `codes` gives code and title of a block by its id."""
    return [
        {
            "outcome": label("outcome", row.outcome),
            "when": long_day(row.pronounced_at),
            "round": row.round,
            "revoked": f"Rapportée le {short_day(row.revoked_at)} : {row.revoked_reason}" if row.revoked_at else "",
            "blocks": [
                {
                    "code": codes[block.block_id][0],
                    "title": codes[block.block_id][1],
                    "kind": "ok" if block.acquired else "bad",
                    "text": "acquis" if block.acquired else "non acquis",
                    "detail": block.reason,
                }
                for block in sorted(row.blocks, key=lambda b: codes[b.block_id][0])
            ],
        }
        for row in decisions
    ]
