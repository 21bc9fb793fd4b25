"""Commissions and interviews: who may sit, when, and what closes an evaluation (D6412-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.workflows.cases import (
    ADVISOR,
    CANDIDATE,
    COMMISSION,
    FULL_GIFT,
    NOW,
    a_slot,
    an_actor,
    answers,
    asked,
    favourable_facts,
    heard,
    with_commission,
)
from workflows.facts import Actor, EvaluatorFacts, Given, VerdictFacts
from workflows.machine import Allowed, Refused, decide
from workflows.vocabulary import Action, Role, Step

ONE, TWO = COMMISSION
THREE = EvaluatorFacts(42, "Évaluateur 3", qualified=True)
PENDING = favourable_facts(Step.INTERVIEW_PENDING)
EVALUATION = favourable_facts(Step.EVALUATION)


@pytest.mark.parametrize(
    ("commission", "words"),
    [
        ((ONE, TWO), None),
        ((ONE, TWO, THREE), None),
        ((), "au moins deux évaluateurs"),
        ((ONE,), "au moins deux évaluateurs"),
        ((ONE, ONE), "au moins deux évaluateurs"),
        ((TWO, replace(THREE, qualified=False)), "qualifié"),
        ((ONE, replace(TWO, linked=True)), "Évaluateur 2 a déclaré un lien"),
        ((ONE, replace(TWO, person_id=ADVISOR)), "a suivi ce candidat comme conseiller"),
        ((ONE, replace(TWO, person_id=21)), "a suivi ce candidat comme conseiller"),
        ((ONE, replace(TWO, person_id=22)), "a suivi ce candidat comme conseiller"),  # one act is enough
        ((ONE, replace(TWO, presumed="Fonderie")), "Évaluateur 2 et ce candidat ont une organisation en commun"),
        ((ONE, replace(TWO, presumed="Fonderie", linked=True)), "Évaluateur 2 a déclaré un lien"),
        ((ONE, replace(TWO, person_id=CANDIDATE)), "pour lui-même"),
    ],
)
def test_commissions(commission: tuple[EvaluatorFacts, ...], words: str | None) -> None:
    facts = asked(PENDING, appealed=True, refused_by=21)  # an advisor who refused, before the one who admitted
    facts = replace(facts, handled=frozenset({22}))
    given = Given(slot=replace(a_slot(NOW + timedelta(days=30)), evaluators=commission))
    answer = decide(facts, Action.SCHEDULE_INTERVIEW, an_actor(Role.PLANNER), NOW, given)
    assert answers(answer, words), answer


@pytest.mark.parametrize(
    ("starts_at", "minutes", "place", "video", "notice", "words"),
    [
        (datetime(2026, 12, 8, 8, 0, tzinfo=UTC), 60, "Salle 1", "", 15, None),  # fifteen days after 23 November
        (datetime(2026, 12, 7, 23, 0, tzinfo=UTC), 60, "Salle 1", "", 15, None),  # already the 8th in Paris
        (datetime(2026, 12, 7, 22, 59, tzinfo=UTC), 60, "Salle 1", "", 15, "au moins 15 jours"),
        (datetime(2026, 11, 30, 8, 0, tzinfo=UTC), 60, "", "https://visio.example/1", 7, None),
        (datetime(2026, 11, 29, 8, 0, tzinfo=UTC), 60, "Salle 1", "", 7, "à partir du 30/11/2026"),
        (datetime(2026, 12, 8, 8, 0, tzinfo=UTC), 60, " ", "", 15, "un lieu ou un lien"),
        (datetime(2026, 12, 8, 8, 0, tzinfo=UTC), 0, "Salle 1", "", 15, "finir après"),
        (NOW + timedelta(minutes=1), 60, "Salle 1", "", 0, None),
        (NOW, 60, "Salle 1", "", 0, "passé"),
    ],
)
def test_slots(starts_at: datetime, minutes: int, place: str, video: str, notice: int, words: str | None) -> None:
    slot = replace(a_slot(starts_at), ends_at=starts_at + timedelta(minutes=minutes), place=place, video_link=video)
    facts = replace(PENDING, notice_days=notice)
    answer = decide(facts, Action.SCHEDULE_INTERVIEW, an_actor(Role.PLANNER), NOW, Given(slot=slot))
    assert answers(answer, words), answer


def test_without_a_slot_nothing_is_planned() -> None:
    answer = decide(PENDING, Action.SCHEDULE_INTERVIEW, an_actor(Role.PLANNER), NOW, Given())
    assert isinstance(answer, Refused)
    assert "Choisissez un créneau" in answer.reason


@pytest.mark.parametrize("action", [Action.OPEN_EVALUATION, Action.RECORD_ABSENCE])
def test_nothing_before_the_slot_starts(action: Action) -> None:
    facts = favourable_facts(Step.INTERVIEW_SCHEDULED)
    for starts_at, started in ((NOW, True), (NOW + timedelta(seconds=1), False)):
        answer = decide(heard(facts, slot=a_slot(starts_at)), action, an_actor(Role.EVALUATOR), NOW, FULL_GIFT)
        assert isinstance(answer, Allowed) is started


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (ONE, None),
        (replace(ONE, linked=True), "Vous avez déclaré un lien"),
        (replace(ONE, present=False), "noté absent"),
        (replace(ONE, person_id=99), "Seuls les évaluateurs"),
    ],
)
def test_an_evaluator_assesses_in_their_own_commission_only(own: EvaluatorFacts, words: str | None) -> None:
    facts = with_commission(EVALUATION, own, TWO, THREE)
    answer = decide(facts, Action.ASSESS, an_actor(Role.EVALUATOR), NOW, FULL_GIFT)
    assert answers(answer, words), answer


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((VerdictFacts("C1", True),), None),
        ((VerdictFacts("C1", False, "Pas de preuve"),), None),
        ((), "au moins une capacité"),
        ((VerdictFacts("C9", True),), "C9"),
        ((VerdictFacts("C7", True),), "C7"),  # of a block that is not targeted
        ((VerdictFacts("C1", False, " "), VerdictFacts("C2", False)), "C1, C2"),
        ((VerdictFacts("C1", True), VerdictFacts("C1", False, "Non")), "une seule fois : C1"),
    ],
)
def test_verdicts(verdicts: tuple[VerdictFacts, ...], words: str | None) -> None:
    facts = replace(EVALUATION, targeted=frozenset({"BC1"}))
    answer = decide(facts, Action.ASSESS, an_actor(Role.EVALUATOR), NOW, Given(verdicts=verdicts))
    assert answers(answer, words), answer


@pytest.mark.parametrize(
    ("commission", "text", "signatures", "words"),
    [
        ((ONE, TWO), "a", ((40, "a"), (41, "a")), None),
        ((ONE, TWO), "a", ((40, "a"),), "Évaluateur 2"),
        ((ONE, TWO), "a", ((40, "a"), (41, "b")), "Évaluateur 2"),
        ((ONE, TWO), "a", ((40, "b"), (40, "a"), (41, "a")), None),  # signed again after a change
        ((ONE, TWO), "", ((40, ""), (41, "")), "Évaluateur 1, Évaluateur 2"),
        ((ONE, TWO, replace(THREE, present=False)), "a", ((40, "a"), (41, "a")), None),
        ((ONE, replace(TWO, present=False)), "a", ((40, "a"),), "au moins deux évaluateurs"),
        ((replace(THREE, present=False), replace(ONE, qualified=False), TWO), "a", ((40, "a"), (41, "a")), "qualifié"),
    ],
)
def test_closing_takes_the_signature_of_all_who_were_there(
    commission: tuple[EvaluatorFacts, ...], text: str, signatures: tuple[tuple[int, str], ...], words: str | None
) -> None:
    facts = heard(with_commission(EVALUATION, *commission), text_hash=text, signatures=signatures)
    answer = decide(facts, Action.CLOSE_EVALUATION, an_actor(Role.EVALUATOR), NOW)
    assert answers(answer, words), answer


def test_a_planner_records_an_absence_anywhere_and_says_whether_excused() -> None:
    facts = favourable_facts(Step.INTERVIEW_SCHEDULED)
    for excused, allowed in ((True, True), (False, True), (None, False)):
        answer = decide(facts, Action.RECORD_ABSENCE, an_actor(Role.PLANNER), NOW, Given(excused=excused))
        assert isinstance(answer, Allowed) is allowed


@pytest.mark.parametrize(
    ("role", "commission", "words"),
    [
        (Role.PLANNER, (ONE, TWO), "va à son terme"),
        (Role.PLANNER, (ONE, replace(TWO, linked=True)), None),
        (Role.PLANNER, (ONE, replace(TWO, present=False)), None),
        (Role.PLANNER, (replace(ONE, qualified=False), TWO), None),
        (Role.PLANNER, (ONE, replace(TWO, presumed="Fonderie")), None),
        (Role.PLANNER, (ONE, TWO, replace(THREE, linked=True, present=False)), "va à son terme"),
        (Role.EVALUATOR, (replace(ONE, linked=True), TWO), "seule la coordination"),
    ],
)
def test_an_evaluation_that_is_open_is_cancelled_by_a_planner_once_those_present_may_not_sit(
    role: Role, commission: tuple[EvaluatorFacts, ...], words: str | None
) -> None:
    facts = with_commission(EVALUATION, *commission)
    answer = decide(facts, Action.CANCEL_INTERVIEW, an_actor(role), NOW, Given(reason="Commission à recomposer"))
    assert answers(answer, words), answer


@pytest.mark.parametrize(
    ("actor", "linked", "words"),
    [
        (an_actor(Role.PLANNER), (), None),
        (an_actor(Role.EVALUATOR), (ONE.person_id,), None),
        (an_actor(Role.EVALUATOR), (), "Déclarez un lien"),
        (an_actor(Role.EVALUATOR), (TWO.person_id,), "Déclarez un lien"),  # another one's link
        (an_actor(Role.EVALUATOR, person=99), (ONE.person_id,), "Déclarez un lien"),
    ],
)
def test_an_evaluator_cancels_by_declaring_a_link_only(
    actor: Actor, linked: tuple[int, ...], words: str | None
) -> None:
    commission = (replace(e, linked=e.person_id in linked) for e in COMMISSION)
    facts = with_commission(favourable_facts(Step.INTERVIEW_SCHEDULED), *commission)
    answer = decide(facts, Action.CANCEL_INTERVIEW, actor, NOW, Given(reason="Commission à recomposer"))
    assert answers(answer, words), answer
