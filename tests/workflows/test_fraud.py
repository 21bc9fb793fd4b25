"""A fraud is found after both sides are heard: the rules, a row each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workflows.fraud import CaseFacts, answer_refused, conclusion_refused, established, heard_refused, opening_refused
from workflows.vocabulary import FraudEnd

TODAY = date(2026, 3, 2)
CASE = CaseFacts(1, date(2026, 3, 17))
ENDED = replace(CASE, ended=FraudEnd.NOT_ESTABLISHED)


@pytest.mark.parametrize(
    ("running", "text", "answer_by", "fields"),
    [
        (None, "Une attestation fausse", date(2026, 3, 17), set()),
        (ENDED, "Une attestation fausse", date(2026, 3, 17), set()),
        (CASE, "Une attestation fausse", date(2026, 3, 17), {""}),
        (None, "  ", date(2026, 3, 17), {"grievances"}),
        (None, "Une attestation fausse", date(2026, 3, 16), {"answer_by"}),
    ],
)
def test_a_case_opens_with_facts_and_fifteen_days(
    running: CaseFacts | None, text: str, answer_by: date, fields: set[str]
) -> None:
    assert set(opening_refused(running, text, answer_by, TODAY)) == fields


@pytest.mark.parametrize(
    ("case", "conclusion", "today", "words"),
    [
        (CASE, "faux", date(2026, 3, 17), "attendez"),
        (CASE, "faux", date(2026, 3, 18), None),
        (replace(CASE, answered=True), "faux", TODAY, None),
        (replace(CASE, answered=True, hearing_asked=True), "faux", TODAY, "entendue"),
        (replace(CASE, answered=True, hearing_asked=True, heard_on=TODAY), "faux", TODAY, None),
        (replace(CASE, answered=True), " ", TODAY, "motifs"),
        (ENDED, "faux", TODAY, "déjà terminée"),
    ],
)
def test_nothing_is_concluded_before_both_sides_are_heard(
    case: CaseFacts, conclusion: str, today: date, words: str | None
) -> None:
    refusal = conclusion_refused(case, conclusion, today)
    assert (refusal is None) if words is None else words in (refusal or "")


def test_an_answer_counts_until_the_conclusion_and_a_hearing_is_noted_once_held() -> None:
    assert answer_refused(CASE, "Je réponds") is None
    assert "Écrivez" in (answer_refused(CASE, " ") or "")
    assert "terminée" in (answer_refused(ENDED, "Je réponds") or "")
    assert heard_refused(CASE, TODAY, TODAY) is None
    assert "passé" in (heard_refused(CASE, date(2026, 3, 3), TODAY) or "")


def test_only_an_established_fraud_withdraws() -> None:
    assert not established(None)
    assert not established(CASE)
    assert not established(ENDED)
    assert established(replace(CASE, ended=FraudEnd.ESTABLISHED))
