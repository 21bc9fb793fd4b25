"""What differs between both regimes, transcribed: articles named, delays that bind, alerts owed, regime of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from tests.workflows.cases import an_actor, favourable_facts
from workflows import admissibility, clocks
from workflows.alerts import ALERTS
from workflows.facts import EarlierRequest, Given
from workflows.regimes import LAW, Matter, Period, Regime, binds, in_force, overlapping
from workflows.steps import Day, clock_of, due, jury_due
from workflows.vocabulary import Role, Step

FRANCE, TRANSITIONAL = Regime.FRANCE_VAE, Regime.TRANSITIONAL
A_DAY = date(2026, 1, 15)
NOON = datetime.combine(date(2027, 1, 15), time(12), clocks.PARIS)


@pytest.mark.parametrize(
    ("matter", "france", "transitional"),
    [
        (Matter.LIMITS, "R6412-3", "R335-7"),
        (Matter.ANSWER, "R6412-4", "R335-7"),
        (Matter.LAPSE, "R6412-4", None),
        (Matter.JURY, "R6412-5", None),
        (Matter.NOTIFY, "R6412-7", None),
    ],
)
def test_the_article_of_each_matter(matter: Matter, france: str, transitional: str | None) -> None:
    assert LAW[FRANCE][matter].article == france
    assert binds(TRANSITIONAL, matter) == (transitional is not None)
    assert not transitional or LAW[TRANSITIONAL][matter].article == transitional


@pytest.mark.parametrize(
    ("step", "france", "transitional"),
    [
        (Step.ADMISSIBILITY_REVIEW, (clocks.ANSWER, date(2026, 3, 15)), (clocks.ANSWER, date(2026, 3, 15))),
        (Step.DOSSIER_PREPARATION, (clocks.LAPSE, date(2026, 7, 31)), None),
        (Step.DOSSIER_REVIEW, (clocks.JURY, date(2026, 4, 30)), None),
        (Step.JURY_PENDING, (clocks.JURY, date(2026, 4, 30)), None),
        (Step.CERTIFIED, (clocks.NOTIFY, date(2026, 1, 30)), None),
        (Step.DRAFT, None, None),
    ],
)
def test_the_delay_that_runs_at_a_step(step: Step, france: object, transitional: object) -> None:
    days = {day: A_DAY for day in Day if day not in (Day.STEPPED, Day.TOLD)}
    for regime, expected in ((FRANCE, france), (TRANSITIONAL, transitional)):
        found = due(step, days, regime)
        assert ((found.delay, found.on) if found else None) == expected


def test_nothing_that_binds_nobody_is_alerted() -> None:
    alerted = {alert.clock.delay for alert in ALERTS}
    running = {clock.delay for step in Step if (clock := clock_of(step, TRANSITIONAL))}
    assert alerted & running == running == {clocks.ANSWER}
    assert (jury_due(FRANCE, A_DAY), jury_due(TRANSITIONAL, A_DAY)) == (date(2026, 4, 30), None)


@pytest.mark.parametrize(("regime", "article"), [(FRANCE, "R6412-3"), (TRANSITIONAL, "R335-7")])
def test_the_same_rule_refuses_on_the_article_of_the_regime(regime: Regime, article: str) -> None:
    facts = replace(favourable_facts(Step.DRAFT), regime=regime)
    again = EarlierRequest(facts.request.certification_id, whole=True)
    facts = replace(facts, request=replace(facts.request, whole=True, earlier_requests=(again,)))
    refusal = admissibility.yearly_limits(facts, an_actor(Role.CANDIDATE), NOON, Given())
    assert f"article {article}" in (refusal or "")


def test_nothing_lapses_under_the_transitional_regime() -> None:
    facts = favourable_facts(Step.DOSSIER_PREPARATION)
    facts = replace(facts, request=replace(facts.request, notified_on=A_DAY, stepped_on=None))
    administrator = an_actor(Role.ADMINISTRATOR)
    assert admissibility.no_step_for_six_months(facts, administrator, NOON, Given()) is None
    transitional = replace(facts, regime=TRANSITIONAL)
    assert "régime transitoire" in (
        admissibility.no_step_for_six_months(transitional, administrator, NOON, Given()) or ""
    )


PERIODS = (Period(TRANSITIONAL, date(2024, 1, 1), date(2024, 12, 31)), Period(FRANCE, date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("day", "regime"),
    [
        (date(2023, 12, 31), FRANCE),  # nothing stated
        (date(2024, 1, 1), TRANSITIONAL),
        (date(2024, 12, 31), TRANSITIONAL),
        (date(2025, 6, 1), FRANCE),  # between two
        (date(2030, 1, 1), FRANCE),
    ],
)
def test_the_regime_of_a_day(day: date, regime: Regime) -> None:
    assert in_force(PERIODS, day) is regime


def test_two_regimes_never_share_a_day() -> None:
    assert not overlapping(reversed(PERIODS))
    assert overlapping([*PERIODS, Period(FRANCE, date(2024, 12, 31), date(2025, 1, 1))])
    assert overlapping([Period(FRANCE, date(2024, 1, 1)), Period(TRANSITIONAL, date(2030, 1, 1))])
