"""Who may follow a candidacy, whether they take it or are handed it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.cases import ADVISOR, CANDIDATE, FIRST_EVALUATOR, SOMEONE, favourable_facts
from workflows import following
from workflows.facts import Facts
from workflows.steps import STEPS
from workflows.vocabulary import Step


def appealed(by: int) -> Facts:
    facts = favourable_facts(Step.ADMISSIBILITY_REVIEW)
    return replace(facts, request=replace(facts.request, appealed=True, refused_by=by))


@pytest.mark.parametrize("step", Step)
def test_what_nothing_is_expected_of_is_followed_by_nobody(step: Step) -> None:
    refused = following.why_not(favourable_facts(step), ADVISOR)
    assert (refused is None) == (STEPS[step].ball is not None), refused


@pytest.mark.parametrize(
    ("facts", "person", "told", "said"),
    [
        (favourable_facts(Step.ADMISSIBILITY_REVIEW), CANDIDATE, "est la vôtre", "Sacha est le candidat"),
        (appealed(ADVISOR), ADVISOR, "Vous avez pris la décision", "Sacha a pris la décision"),
        (favourable_facts(Step.INTERVIEW_SCHEDULED), FIRST_EVALUATOR, "Vous siégez", "Sacha siège"),
    ],
)
def test_each_refusal_is_a_sentence_to_the_person_or_about_them(
    facts: Facts, person: int, told: str, said: str
) -> None:
    assert told in (following.why_not(facts, person) or "")
    assert said in (following.why_not(facts, person, "Sacha") or "")


def test_whoever_refused_follows_until_there_is_an_appeal() -> None:
    facts = appealed(ADVISOR)
    assert following.why_not(replace(facts, request=replace(facts.request, appealed=False)), ADVISOR) is None
    assert following.why_not(facts, SOMEONE) is None
