"""Alone, then together: when grids are seen, where they differ, and that a difference is never passed over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.cases import COMMISSION, NOW, an_actor, apart, favourable_facts, heard, with_commission
from workflows import assessment as rules
from workflows.assessment import Agreement
from workflows.facts import EvaluatorFacts, Given, InterviewFacts, OwnFacts, VerdictFacts
from workflows.machine import NOTHING
from workflows.vocabulary import Action, OwnVerdict, Role, Step

YES, NO, UNDECIDED = OwnVerdict.ACQUIRED, OwnVerdict.NOT_ACQUIRED, OwnVerdict.UNDECIDED
ONE, TWO = COMMISSION
EVALUATION = favourable_facts(Step.EVALUATION, Action.ASSESS)


def interview(
    *evaluators: EvaluatorFacts, shared: tuple[int, ...], **noted: tuple[OwnVerdict | None, ...]
) -> InterviewFacts:
    """An interview whose evaluators noted these verdicts, in the order of the commission; None: nothing."""
    facts = with_commission(EVALUATION, *evaluators)
    own = tuple(
        OwnFacts(e.person_id, code, verdict)
        for code, verdicts in noted.items()
        for e, verdict in zip(evaluators, verdicts, strict=True)
        if verdict is not None
    )
    found = heard(facts, shared=frozenset(shared), own=own).interview
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (YES, YES, Agreement.AGREED),
        (NO, NO, Agreement.AGREED),
        (YES, NO, Agreement.DIFFERENT),
        (YES, UNDECIDED, Agreement.OPEN),
        (YES, None, Agreement.OPEN),
        (UNDECIDED, UNDECIDED, Agreement.OPEN),
        (None, None, Agreement.OPEN),
    ],
)
def test_how_two_grids_compare(first: OwnVerdict | None, second: OwnVerdict | None, expected: Agreement) -> None:
    assert rules.agreement(interview(ONE, TWO, shared=(40, 41), C1=(first, second)), "C1") is expected


def test_a_grid_that_was_not_shown_counts_for_nothing() -> None:
    assert rules.agreement(interview(ONE, TWO, shared=(40,), C1=(YES, NO)), "C1") is Agreement.OPEN


def test_the_grid_of_someone_who_left_after_showing_it_still_differs() -> None:
    left = replace(TWO, present=False)
    assert rules.agreement(interview(ONE, left, shared=(40, 41), C1=(YES, NO)), "C1") is Agreement.DIFFERENT
    assert rules.agreement(interview(ONE, left, shared=(40,), C1=(YES, NO)), "C1") is Agreement.AGREED


@pytest.mark.parametrize(
    ("second", "shared", "expected"),
    [
        (TWO, (40, 41), True),
        (TWO, (40,), False),
        (TWO, (), False),
        (replace(TWO, present=False), (40,), True),
    ],
)
def test_together_once_all_who_are_there_have_shown(
    second: EvaluatorFacts, shared: tuple[int, ...], expected: bool
) -> None:
    assert rules.together(interview(ONE, second, shared=shared)) is expected


def test_a_grid_is_taken_back_until_the_others_see_it() -> None:
    me = an_actor(Role.EVALUATOR)
    for shared, words in (((), "n'est pas mise en commun"), ((40,), None), ((40, 41), "ne se reprend plus")):
        facts = heard(EVALUATION, shared=frozenset(shared))
        refusal = rules.others_have_not_seen(facts, me, NOW, NOTHING)
        assert (words is None and refusal is None) or (words or "?") in (refusal or ""), shared
        assert (rules.still_alone(facts, me, NOW, NOTHING) is None) is (40 not in shared)


def test_a_difference_must_be_told_whatever_the_commission_settles_on() -> None:
    facts, me = apart(EVALUATION), an_actor(Role.EVALUATOR)
    assert rules.differing(facts) == ("C2",)
    for verdict in (VerdictFacts("C2", True), VerdictFacts("C2", False, "Rien de montré", " ")):
        assert "C2" in (rules.disagreement_told(facts, me, NOW, Given(verdicts=(verdict,))) or "")
    told = VerdictFacts("C2", True, observations="La pièce 3 le montre.")
    assert rules.disagreement_told(facts, me, NOW, Given(verdicts=(VerdictFacts("C1", True), told))) is None
