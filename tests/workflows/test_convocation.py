"""Reminders are sent once, the nearest alone; answers until the interview begins; offers leave the notice whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.workflows.cases import COMMISSION, NOW, PEOPLE, a_slot, an_actor, favourable_facts, offered
from workflows import convocation, offer
from workflows.clocks import civil_date
from workflows.facts import EvaluatorFacts, Given
from workflows.vocabulary import Action, ConvocationAnswer, Role, Step

HELD = date(2026, 12, 20)
TODAY = civil_date(NOW)


@pytest.mark.parametrize(
    ("booked", "left", "reminded", "owed"),
    [
        (20, 8, None, None),
        (20, 7, None, 7),
        (20, 7, 7, None),
        (20, 3, 7, None),
        (20, 2, 7, 2),
        (20, 2, 2, None),
        (20, 1, None, 2),  # both days were missed: one mail
        (20, 5, None, 7),
        (20, 0, None, 2),
        (20, -1, None, None),
        (7, 6, None, None),  # told that very day
        (8, 7, None, 7),
        (5, 2, None, 2),
        (2, 1, None, None),
    ],
)
def test_the_nearest_reminder_once(booked: int, left: int, reminded: int | None, owed: int | None) -> None:
    found = convocation.reminder_owed(HELD - timedelta(booked), HELD, HELD - timedelta(left), reminded)
    assert (found.amount if found else None) == owed


def test_an_answer_until_the_interview_begins_with_a_reason_to_decline() -> None:
    confirm, decline = ConvocationAnswer
    assert convocation.answer_refused(NOW + timedelta(seconds=1), NOW, confirm, "") is None
    assert "commencé" in str(convocation.answer_refused(NOW, NOW, confirm, ""))
    assert "pourquoi" in str(convocation.answer_refused(NOW + timedelta(days=1), NOW, decline, "  "))
    assert convocation.answer_refused(NOW + timedelta(days=1), NOW, decline, "En déplacement") is None


def test_an_absence_is_explained_until_its_last_day_unless_it_is_excused() -> None:
    assert convocation.explain_by(True, TODAY) is None
    last = convocation.explain_by(False, TODAY)
    assert last == TODAY + timedelta(days=15)
    assert convocation.explanation_refused(last, last, "Le train") is None
    assert "jusqu'au 08/12/2026" in str(convocation.explanation_refused(last, last + timedelta(days=1), "Le train"))
    assert "excusée" in str(convocation.explanation_refused(None, TODAY, "Le train"))
    assert "quelques mots" in str(convocation.explanation_refused(last, TODAY, " "))


FACTS = favourable_facts(Step.INTERVIEW_PENDING, Action.SCHEDULE_INTERVIEW)
PLANNER, CANDIDATE = an_actor(Role.PLANNER), an_actor(Role.CANDIDATE)
ANSWER_BY = TODAY + timedelta(days=7)
FIRST, SECOND = (a_slot(NOW + timedelta(days=days)) for days in (22, 23))
LINKED = (EvaluatorFacts(PEOPLE[Role.EVALUATOR], "Évaluateur 1", True, linked=True), COMMISSION[1])


@pytest.mark.parametrize(
    ("slots", "answer_by", "words"),
    [
        ((FIRST, SECOND), ANSWER_BY, ""),
        ((FIRST,), ANSWER_BY, "de 2 à 5"),
        (tuple(a_slot(NOW + timedelta(days=22 + n)) for n in range(6)), ANSWER_BY, "de 2 à 5"),
        ((FIRST, FIRST), ANSWER_BY, "diffèrent"),
        ((FIRST, a_slot(NOW + timedelta(days=21))), ANSWER_BY, "Créneau 2 : La convocation part au moins 15 jours"),
        ((FIRST, SECOND), TODAY - timedelta(days=1), "passée"),
        ((FIRST, replace(SECOND, evaluators=LINKED)), ANSWER_BY, "Créneau 2 : Évaluateur 1 a déclaré un lien"),
    ],
)
def test_what_may_be_offered(slots: tuple[object, ...], answer_by: date, words: str) -> None:
    found = offer.faults(FACTS, PLANNER, NOW, slots, answer_by)  # type: ignore[arg-type]
    assert (words in " ".join(found)) if words else found == []
    assert len(found) == bool(words)


def test_a_candidate_takes_what_is_offered_and_a_planner_anything() -> None:
    facts = replace(FACTS, offers=(offered(FIRST.starts_at),))
    late = NOW + timedelta(days=2)

    def refused(actor: object, given: Given, now: object = NOW) -> str:
        rules = (offer.slots_on_offer, offer.one_of_the_offered)
        return next((str(said) for rule in rules if (said := rule(facts, actor, now, given))), "")  # type: ignore[arg-type]

    assert refused(CANDIDATE, Given(slot=FIRST)) == ""
    assert "ne vous est plus proposé" in refused(CANDIDATE, Given(slot=SECOND))
    assert "ne vous est plus proposé" in refused(CANDIDATE, Given(slot=replace(FIRST, room_id=9)))
    assert "ne vous est plus proposé" in refused(CANDIDATE, Given(slot=replace(FIRST, evaluators=COMMISSION[:1])))
    assert "jusqu'au 24/11/2026" in refused(CANDIDATE, Given(slot=FIRST), late)
    assert refused(PLANNER, Given(slot=SECOND), late) == ""
