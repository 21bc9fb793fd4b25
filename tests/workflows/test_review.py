"""What is judged is what is asked for; each block has its view; identity is verified once, on a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.workflows.cases import FULL_GIFT, NOW, an_actor, answers, asked, favourable_facts
from workflows import clocks
from workflows.facts import BlockOpinion, Facts
from workflows.machine import Refused, decide
from workflows.review import identity_can_be_verified, verdict_sound
from workflows.vocabulary import Action, PieceVerdict, Role, Step

ADVISOR = an_actor(Role.ADVISOR)
TODAY = clocks.civil_date(NOW)
TO_ASK = (("Contrat", "illisible"), ("RIB", "absent"))


@pytest.mark.parametrize(
    ("verdict", "reason", "sound"),
    [
        (PieceVerdict.ACCEPTED, "", True),
        (PieceVerdict.ACCEPTED, "lisible", True),
        (PieceVerdict.TO_REPLACE, " ", False),
        (PieceVerdict.TO_REPLACE, "illisible", True),
        (PieceVerdict.MISSING, "", False),
        (PieceVerdict.MISSING, "non joint", True),
    ],
)
def test_whatever_the_candidate_must_do_again_says_why(verdict: PieceVerdict, reason: str, sound: bool) -> None:
    assert (verdict_sound(verdict, reason) is None) is sound


def test_a_request_with_pieces_to_ask_for_is_not_complete() -> None:
    facts = favourable_facts(Step.ADMISSIBILITY_REVIEW, Action.ACKNOWLEDGE_REQUEST)
    refused = decide(asked(facts, to_ask=TO_ASK), Action.ACKNOWLEDGE_REQUEST, ADVISOR, NOW)
    assert isinstance(refused, Refused)
    assert "Contrat, RIB" in refused.reason


@pytest.mark.parametrize(
    ("answer_by", "words"),
    [
        (None, "pour quand"),
        (TODAY, "pour quand"),
        (TODAY + timedelta(days=1), None),
        (clocks.same_day_months_later(TODAY, 6), None),
        (clocks.same_day_months_later(TODAY, 6) + timedelta(days=1), "au plus tard"),
    ],
)
def test_a_supplement_names_a_day_ahead_and_not_too_far(answer_by: date | None, words: str | None) -> None:
    facts = favourable_facts(Step.ADMISSIBILITY_REVIEW, Action.ASK_SUPPLEMENT)
    given = replace(FULL_GIFT, answer_by=answer_by)
    assert answers(decide(facts, Action.ASK_SUPPLEMENT, ADVISOR, NOW, given), words)


@pytest.mark.parametrize(
    ("blocks", "targeted", "words"),
    [
        (("BC1", "BC2", "BC3"), {"BC1", "BC2", "BC3"}, None),
        (("BC1", "BC3"), {"BC1", "BC2", "BC3"}, "pour : BC2"),
        (("BC2",), {"BC2"}, None),
        (("BC1",), {"BC2"}, "pour : BC2"),
    ],
)
def test_each_block_asked_for_has_its_gaps_stated(
    blocks: tuple[str, ...], targeted: set[str], words: str | None
) -> None:
    facts: Facts = replace(favourable_facts(Step.ADMISSIBILITY_REVIEW), targeted=frozenset(targeted))
    given = replace(FULL_GIFT, opinions=tuple(BlockOpinion(block, "aucun") for block in blocks))
    assert answers(decide(facts, Action.DECLARE_ADMISSIBLE, ADVISOR, NOW, given), words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"identity_given": True}, None),
        ({"identity_given": False}, "demandez-la"),
        ({"identity_given": False, "identity_verified_on": date(2026, 11, 2)}, "déjà été vérifiée le 02/11/2026"),
        ({"identity_given": True, "identity_verified_on": date(2026, 11, 2)}, None),  # another one was given since
    ],
)
def test_identity_is_verified_on_a_document(changes: dict[str, object], words: str | None) -> None:
    said = identity_can_be_verified(asked(favourable_facts(Step.ADMISSIBILITY_REVIEW), **changes))
    assert (said is None) is (words is None)
    assert words is None or words in (said or "")
