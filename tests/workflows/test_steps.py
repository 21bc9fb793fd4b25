"""Where each step stands: everything is said of every step, and says the same as the table and its guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.cases import an_actor, favourable_facts
from workflows import admissibility, clocks
from workflows.facts import Facts, Given
from workflows.regimes import Regime
from workflows.steps import RESTING, STEPS, Day, due
from workflows.vocabulary import Phase, Role, Step
from workflows.who_may_do_what import RESULTS, TABLE

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
A_DAY = date(2026, 12, 31)
EVERY = dict.fromkeys(Day, A_DAY) | {Day.STEPPED: None, Day.TOLD: None}
# The specification, transcribed.
LAST_DAY = {
    **dict.fromkeys(["admissibility_review"], date(2027, 2, 28)),
    **dict.fromkeys(["dossier_preparation"], date(2027, 6, 30)),
    **dict.fromkeys(
        ["dossier_review", "interview_pending", "interview_scheduled", "evaluation", "jury_pending", "jury_scheduled"],
        date(2027, 3, 31),
    ),
    **dict.fromkeys(["certified", "partially_validated", "not_validated"], date(2027, 1, 15)),
}


def test_every_step_stands_somewhere_and_phases_follow_each_other() -> None:
    assert list(STEPS) == list(Step)
    assert [p for p in Phase if any(s.phase is p for s in STEPS.values())] == list(Phase)


FRANCE = Regime.FRANCE_VAE


@pytest.mark.parametrize("step", Step, ids=str)
def test_whoever_has_the_ball_has_something_to_do(step: Step) -> None:
    ball = STEPS[step].ball
    assert ball is None or any(step in rule.steps and ball in rule.by for rule in TABLE)


def test_a_candidacy_rests_where_nothing_need_follow() -> None:
    assert {*RESULTS, "inadmissible", "withdrawn", "lapsed"} <= set(RESTING)
    assert {step for step, row in STEPS.items() if row.ball is None} <= set(RESTING)
    assert not {step for step, row in STEPS.items() if row.ball in (Role.ADVISOR, Role.PLANNER)} & set(RESTING)


@pytest.mark.parametrize("step", Step, ids=str)
def test_the_delay_that_runs_is_that_of_the_specification(step: Step) -> None:
    found = due(step, EVERY, FRANCE)
    assert (found.on if found else None) == LAST_DAY.get(step)
    assert due(step, {}, FRANCE) is None


def test_a_delay_stops_on_the_day_of_what_it_waited_for() -> None:
    told = EVERY | {Day.TOLD: A_DAY}
    assert due(Step.CERTIFIED, told, FRANCE) is None
    earlier = EVERY | {Day.STEPPED: A_DAY - timedelta(days=1)}
    assert due(Step.DOSSIER_PREPARATION, earlier, FRANCE) is not None
    assert due(Step.DOSSIER_PREPARATION, earlier | {Day.STEPPED: A_DAY}, FRANCE) is None


@given(DAYS, st.none() | DAYS, DAYS)
def test_a_lapse_may_be_recorded_when_its_delay_is_past(notified: date, stepped: date | None, today: date) -> None:
    facts = _asked(notified, stepped)
    noon = datetime.combine(today, time(12), clocks.PARIS)
    refusal = admissibility.no_step_for_six_months(facts, an_actor(Role.ADMINISTRATOR), noon, Given())
    found = due(Step.DOSSIER_PREPARATION, {Day.NOTIFIED: notified, Day.STEPPED: stepped}, FRANCE)
    assert (refusal is None) == (found is not None and found.on < today)


def _asked(notified: date, stepped: date | None) -> Facts:
    facts = favourable_facts(Step.DOSSIER_PREPARATION)
    return replace(facts, request=replace(facts.request, notified_on=notified, stepped_on=stepped))
