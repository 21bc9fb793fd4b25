"""Requests: registration and openings, yearly limits, supplements, appeals, and the very day silence counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workflows.cases import ADVISOR, FULL_GIFT, NOW, an_actor, answers, asked, favourable_facts
from workflows import clocks
from workflows.facts import CLOCK_ACTOR, EarlierRequest
from workflows.machine import Allowed, Refused, decide, offers
from workflows.vocabulary import Action, Role, Step

DRAFT = favourable_facts(Step.DRAFT, Action.SUBMIT_REQUEST)
TODAY = clocks.civil_date(NOW)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CANDIDATE = an_actor(Role.CANDIDATE)


def earlier(*requests: tuple[int, bool]) -> tuple[EarlierRequest, ...]:
    """Requests of the same year as (certification, whole)."""
    return tuple(EarlierRequest(*request) for request in requests)


@pytest.mark.parametrize(
    ("whole", "before", "words"),
    [
        (True, (), None),
        (True, ((1, True),), "cette certification entière"),
        (True, ((1, False),), None),
        (True, ((2, True),), None),
        (True, ((2, True), (3, True)), None),
        (True, ((2, True), (3, True), (4, True)), "trois demandes"),
        (True, ((2, True), (2, True), (3, True)), None),
        (True, ((2, True), (3, True), (4, False)), None),
        (False, ((1, True), (2, True), (3, True), (4, True)), None),
    ],
)
def test_yearly_limits(whole: bool, before: tuple[tuple[int, bool], ...], words: str | None) -> None:
    facts = asked(DRAFT, whole=whole, earlier_requests=earlier(*before))
    answer = decide(facts, Action.SUBMIT_REQUEST, CANDIDATE, NOW, FULL_GIFT)
    assert answers(answer, words), answer


@pytest.mark.parametrize(
    ("start", "end", "opened", "words"),
    [
        (None, None, None, None),
        (TODAY, TODAY, None, None),
        (TOMORROW, None, None, "qu'à partir du 24/11/2026"),
        (None, YESTERDAY, None, "a pris fin le 22/11/2026"),
        (None, date(2022, 4, 21), YESTERDAY, "21/04/2022"),  # RNCP 28242, once its opening is over
        (None, date(2022, 4, 21), TODAY, None),
        (date(2017, 4, 21), date(2022, 4, 21), TOMORROW, None),
    ],
)
def test_a_certification_is_open_or_opened(
    start: date | None, end: date | None, opened: date | None, words: str | None
) -> None:
    facts = asked(DRAFT, registered_from=start, registered_until=end, opened_until=opened)
    answer = decide(facts, Action.SUBMIT_REQUEST, CANDIDATE, NOW, FULL_GIFT)
    assert answers(answer, words), answer


def test_what_the_form_lacks_is_said_whole() -> None:
    facts = asked(DRAFT, problems=("Indiquez la date de naissance.", "Joignez votre pièce d'identité."))
    answer = decide(facts, Action.SUBMIT_REQUEST, CANDIDATE, NOW, FULL_GIFT)
    assert isinstance(answer, Refused)
    assert "date de naissance. Joignez" in answer.reason


@pytest.mark.parametrize(
    ("acknowledged", "last_instant"),
    [
        (date(2026, 9, 23), datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)),  # winter midnight in Paris
        (date(2025, 12, 31), datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC)),
        (date(2026, 1, 29), datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)),  # the day of 23 hours
        (date(2026, 8, 25), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),  # the day of 25 hours
    ],
)
def test_silence_counts_from_the_very_second(acknowledged: date, last_instant: datetime) -> None:
    facts = asked(favourable_facts(Step.ADMISSIBILITY_REVIEW, Action.ASK_SUPPLEMENT), acknowledged_on=acknowledged)
    advisor = an_actor(Role.ADVISOR)
    refusals = (Action.DECLARE_INADMISSIBLE, Action.ASK_SUPPLEMENT)
    for now, silent in ((last_instant, False), (last_instant + timedelta(seconds=1), True)):
        assert isinstance(decide(facts, Action.ADMIT_TACITLY, CLOCK_ACTOR, now), Allowed) is silent
        given = replace(FULL_GIFT, answer_by=clocks.civil_date(now) + timedelta(days=20))
        for action in refusals:
            assert isinstance(decide(facts, action, advisor, now, given), Refused) is silent
        # [choice] admitting in so many words stays possible until the clock has done it
        assert isinstance(decide(facts, Action.DECLARE_ADMISSIBLE, advisor, now, FULL_GIFT), Allowed)


def test_without_an_acknowledgement_no_silence_ever_counts() -> None:
    facts = asked(favourable_facts(Step.ADMISSIBILITY_REVIEW), acknowledged_on=None)
    answer = decide(facts, Action.ADMIT_TACITLY, CLOCK_ACTOR, NOW + timedelta(days=3650))
    assert isinstance(answer, Refused)
    assert "ne court pas" in answer.reason
    facts = asked(facts, to_ask=(("Contrat", "illisible"),))
    asking = decide(facts, Action.ASK_SUPPLEMENT, an_actor(Role.ADVISOR), NOW, FULL_GIFT)
    assert isinstance(asking, Allowed)  # a supplement needs no acknowledgement


@pytest.mark.parametrize(
    "action",
    [Action.ACKNOWLEDGE_REQUEST, Action.DECLARE_ADMISSIBLE, Action.DECLARE_INADMISSIBLE, Action.ASK_SUPPLEMENT],
)
def test_an_appeal_is_studied_by_another_advisor(action: Action) -> None:
    facts = asked(favourable_facts(Step.ADMISSIBILITY_REVIEW, action), appealed=True, refused_by=ADVISOR)
    refuser, colleague = an_actor(Role.ADVISOR), an_actor(Role.ADVISOR, person=21)
    assert isinstance(decide(facts, action, refuser, NOW, FULL_GIFT), Refused)
    assert isinstance(decide(facts, action, colleague, NOW, FULL_GIFT), Allowed)
    shown = {offer.action: offer.refusal for offer in offers(facts, refuser, NOW)}
    assert "un autre conseiller" in (shown[action] or "")


def test_completing_asks_for_every_piece_and_a_form_still_whole() -> None:
    facts = favourable_facts(Step.ADMISSIBILITY_INCOMPLETE)
    for changes, words in (({"unanswered": ("RIB", "Diplôme")}, "RIB, Diplôme"), ({"problems": ("Datez.",)}, "Datez.")):
        answer = decide(asked(facts, **changes), Action.COMPLETE_REQUEST, CANDIDATE, NOW)
        assert isinstance(answer, Refused)
        assert words in answer.reason
