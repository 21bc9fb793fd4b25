"""Employers are asked by the candidate alone, three at a time; a link lives thirty days; an opinion is sent whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflows.cases import NOW, an_actor, favourable_facts
from workflows import opinion
from workflows.clocks import civil_date, midnight
from workflows.machine import may
from workflows.opinion import Asked, Question
from workflows.vocabulary import OpinionLevel, Right, Role, Step

OPEN = Question("chef@atelier.example", NOW, opinion.open_until(civil_date(NOW)))
ME = "moi@essai.example"


def other(rank: int, **more: bool) -> Question:
    return replace(OPEN, email=f"chef{rank}@atelier.example", **more)


@pytest.mark.parametrize(
    ("question", "days", "standing"),
    [
        (OPEN, 0, Asked.SENT),
        (replace(OPEN, opened=True), 0, Asked.OPENED),
        (replace(OPEN, opened=True), 40, Asked.EXPIRED),
        (replace(OPEN, answered=True), 40, Asked.ANSWERED),
        (replace(OPEN, opened=True, taken_back=True), 0, Asked.TAKEN_BACK),
    ],
)
def test_where_a_question_stands(question: Question, days: int, standing: Asked) -> None:
    assert opinion.stands(question, NOW + timedelta(days=days)) is standing


def test_the_link_lives_to_the_end_of_its_thirtieth_day() -> None:
    last = civil_date(NOW) + timedelta(days=30)
    assert opinion.open_until(civil_date(NOW)) == midnight(last + timedelta(days=1))
    facts = favourable_facts(Step.INTERVIEW_PENDING)
    assert opinion.link_lives(OPEN, facts, OPEN.expires_at - timedelta(seconds=1))
    assert not opinion.link_lives(OPEN, facts, OPEN.expires_at)


@pytest.mark.parametrize(
    ("asked", "email", "word"),
    [
        ([], "neuf@atelier.example", None),
        ([], ME.upper(), "propre adresse"),
        ([OPEN], "Chef@atelier.example", "déjà sollicitée"),
        ([replace(OPEN, taken_back=True)], "chef@atelier.example", None),
        ([other(1), other(2)], "neuf@atelier.example", None),
        ([other(1), other(2), other(3)], "neuf@atelier.example", "attendent déjà"),
        ([other(1), other(2), other(3, answered=True)], "neuf@atelier.example", None),
        ([other(n, taken_back=True) for n in range(10)], "neuf@atelier.example", "10 demandes"),
    ],
)
def test_who_may_be_asked(asked: list[Question], email: str, word: str | None) -> None:
    refusal = opinion.asking_refused(asked, email, ME, NOW)
    assert (refusal is None) if word is None else (word in str(refusal))


def test_one_new_link_a_day_and_none_once_answered_or_taken_back() -> None:
    tomorrow, late = NOW + timedelta(days=1), NOW + timedelta(days=40)
    assert "aujourd'hui" in str(opinion.asking_again_refused(OPEN, [OPEN], NOW))
    assert opinion.asking_again_refused(OPEN, [OPEN, other(1), other(2)], tomorrow) is None
    assert "déjà donné" in str(opinion.asking_again_refused(replace(OPEN, answered=True), [], tomorrow))
    assert "retirée" in str(opinion.asking_again_refused(replace(OPEN, taken_back=True), [], tomorrow))
    running = [replace(other(n), expires_at=late + timedelta(days=1)) for n in range(3)]
    assert "attendent déjà" in str(opinion.asking_again_refused(OPEN, [OPEN, *running], late))


ASKS = {
    Step.DOSSIER_REVIEW,
    Step.DOSSIER_INCOMPLETE,
    Step.INTERVIEW_PENDING,
    Step.INTERVIEW_SCHEDULED,
    Step.EVALUATION,
}


@pytest.mark.parametrize("step", Step)
def test_from_the_deposit_to_the_evaluation_by_the_candidate_alone(step: Step) -> None:
    facts = favourable_facts(step)
    asking = {role for role in Role if may(Right.ASK_EMPLOYER, an_actor(role), facts)}
    assert asking == ({Role.CANDIDATE} if step in ASKS else set())
    reading = {role for role in Role if may(Right.READ_OPINION, an_actor(role), facts)}
    assert reading == {Role.CANDIDATE, Role.EVALUATOR, Role.JURY_MEMBER, Role.AUDITOR}
    assert opinion.link_lives(OPEN, facts, NOW) is (step in ASKS)
    assert opinion.link_lives(replace(OPEN, answered=True), facts, NOW)
    assert not opinion.link_lives(replace(OPEN, taken_back=True), facts, NOW)


def test_an_opinion_is_sent_whole_signed_and_sworn() -> None:
    levels = {"C1": OpinionLevel.NOT_SEEN, "C2": None}
    assert set(opinion.missing(levels, " ", sworn=False)) == {"C2", "written_by", "sworn"}
    assert opinion.missing({"C1": OpinionLevel.NOT_SEEN}, "Dominique Inventé, cheffe d'atelier", sworn=True) == {}
