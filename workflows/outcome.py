"""Where a decision leads: certified, some blocks held, none; and what the next round asks for."""

from __future__ import annotations

from workflows import votes
from workflows.facts import BlockDecisionFacts, Facts, Given
from workflows.vocabulary import Step


def outcome(facts: Facts, decisions: tuple[BlockDecisionFacts, ...]) -> Step:
    """Certified once every block is held, whenever and however asked for; none held: not validated [choice]."""
    held = facts.held | {d.block for d in decisions if votes.block_acquired(d)}
    every = {block.code for block in facts.blocks}
    if every and held >= every:
        return Step.CERTIFIED
    return Step.PARTIALLY_VALIDATED if held else Step.NOT_VALIDATED


def blocks_of_next_round(facts: Facts, held: frozenset[str]) -> frozenset[str]:
    """Missing blocks among those asked for; once all of these are held, the rest of the certification [choice]."""
    every = frozenset(block.code for block in facts.blocks)
    asked = every if facts.request.whole else facts.targeted
    return (asked - held) or (every - held)


def decided_outcome(facts: Facts, given: Given) -> Step:
    """Where a pronounced decision leads."""
    return outcome(facts, given.decisions)
