"""Decisions and votes of a jury in words: by college, never by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vae_portal.web.presentation import label, plural
from workflows import votes
from workflows.facts import BlockDecisionFacts
from workflows.vocabulary import Decided


def words(decisions: Iterable[BlockDecisionFacts]) -> list[dict[str, Any]]:
    """Each block's decision in words, with its votes by college."""
    return [
        {
            "block": d.block,
            "acquired": bool(votes.block_acquired(d)),
            "how": label("decided", d.decided.value) + _votes(d),
            "reason": d.reason,
        }
        for d in decisions
    ]


def _votes(decision: BlockDecisionFacts) -> str:
    return "" if decision.decided is Decided.CONSENSUS else f" ({counted(decision)})"


def counted(decision: BlockDecisionFacts) -> str:
    """The votes on a block by college, and whether they are tied."""
    parts = [
        f"{name} {b.in_favour} pour, {b.against} contre, {plural(b.abstained, 'abstention')}"
        for name, b in (("employeurs", decision.employers), ("salariés", decision.employees))
    ]
    tie = " ; partage, la voix du président décide" if votes.is_tie(decision) else ""
    return f"{' ; '.join(parts)}{tie}"


def in_short(decisions: Iterable[BlockDecisionFacts]) -> str:
    """« BC1 et BC3 acquis, BC2 non acquis », for the button."""
    found = list(decisions)
    granted = [d.block for d in found if votes.block_acquired(d)]
    refused = [d.block for d in found if not votes.block_acquired(d)]
    told = [f"{_listed(granted)} acquis"] if granted else []
    told += [f"{_listed(refused)} non acquis"] if refused else []
    return ", ".join(told)


def _listed(codes: list[str]) -> str:
    return codes[0] if len(codes) == 1 else ", ".join(codes[:-1]) + " et " + codes[-1]


def recorded(b: Any) -> str:
    """The votes of a decision on record."""
    tie = ", voix du président prépondérante" if b.president_decided else ""
    return (
        f"employeurs {b.employers_for} pour, {b.employers_against} contre, {b.employers_abstained} abst. ;"
        f" salariés {b.employees_for} pour, {b.employees_against} contre, {b.employees_abstained} abst.{tie}"
    )
