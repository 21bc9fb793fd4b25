"""One row for each rule that each action calls: exactly that rule fails, and says why in words a person can act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workflows import cases
from tests.workflows.cases import (
    COMMISSION,
    EMPLOYER,
    NOW,
    OPEN_SESSION,
    SEATS,
    SESSION_TO_COME,
    a_situation,
    a_slot,
    an_actor,
    answers,
    asked,
    favourable,
    heard,
    seated,
    unanimous,
    with_commission,
)
from workflows import outcome
from workflows.facts import Actor, EarlierRequest, Facts, Given, Objection, RequestFacts, VerdictFacts
from workflows.machine import Refused, decide
from workflows.vocabulary import Action, ConformityPoint, EvidenceState, Ground, Role, SessionState, Step
from workflows.who_may_do_what import RULES, TABLE

Change = Callable[[Facts], Facts]
LONG_SILENCE = date(2026, 9, 22)  # two months end on 22 November, the day before NOW
SILENT = (replace(COMMISSION[0], undeclared=True), COMMISSION[1])
A_LINKED_COMMISSION = (COMMISSION[0], replace(COMMISSION[1], linked=True))
OBJECTIONS = (
    Objection("holiday", "jour férié : Noël"),
    Objection("no_break", "n'aurait pas de pause", "M. Essai", 7),
)
ALL_BUT_SIGNED = frozenset(ConformityPoint) - {ConformityPoint.RECORD_SIGNED}
PRESIDENT_RECUSED = (  # parity holds, the other employer presides
    replace(SEATS[0], recused=True),
    replace(SEATS[1], acting_president=True),
    SEATS[2],
    replace(SEATS[3], votes=False),
)


@dataclass(frozen=True)
class Row:
    """What is changed to make one rule of one action fail, and the words expected in the refusal."""

    action: str
    rule: str
    words: str
    facts: Change = lambda facts: facts
    given: dict[str, object] | None = None
    actor: Actor | None = None
    now: datetime = NOW


def no_interview(facts: Facts) -> Facts:
    """Nothing is planned any more."""
    return replace(facts, interview=None)


def later_slot(facts: Facts) -> Facts:
    """The interview has not started."""
    return heard(facts, slot=a_slot(NOW + timedelta(minutes=1)))


def refused_by_the_advisor(facts: Facts) -> Facts:
    """On appeal against this advisor's own refusal."""
    return asked(facts, appealed=True, refused_by=cases.ADVISOR)


STRANGER = an_actor(Role.EVALUATOR, person=99)
THE_CANDIDATE = an_actor(Role.CANDIDATE)
NO_REASON: dict[str, object] = {"reason": "  "}

ROWS = (
    Row("submit_request", "request_complete", "Choisissez", lambda f: replace(f, targeted=frozenset())),
    Row("submit_request", "certification_open", "22/11/2026", lambda f: asked(f, registered_until=date(2026, 11, 22))),
    Row(
        "submit_request",
        "yearly_limits",
        "1er janvier",
        lambda f: asked(f, earlier_requests=(EarlierRequest(1, True),)),
    ),
    Row("submit_request", "sworn", "déclaration sur l'honneur", given={"sworn": False}),
    Row("acknowledge_request", "not_yet_acknowledged", "01/11", lambda f: asked(f, acknowledged_on=date(2026, 11, 1))),
    Row("acknowledge_request", "another_advisor", "un autre conseiller", refused_by_the_advisor),
    Row("acknowledge_request", "nothing_to_ask", "Contrat", lambda f: asked(f, to_ask=(("Contrat", "illisible"),))),
    Row("ask_supplement", "within_two_months", "22/11/2026", lambda f: asked(f, acknowledged_on=LONG_SILENCE)),
    Row("ask_supplement", "another_advisor", "un autre conseiller", refused_by_the_advisor),
    Row("ask_supplement", "pieces_to_ask", "l'étude des pièces", lambda f: asked(f, to_ask=())),
    Row("ask_supplement", "answer_by_ahead", "pour quand", given={"answer_by": None}),
    Row("complete_request", "every_piece_answered", "RIB", lambda f: asked(f, unanswered=("RIB",))),
    Row("declare_admissible", "acknowledged", "Accusez", lambda f: asked(f, acknowledged_on=None)),
    Row("declare_admissible", "another_advisor", "un autre conseiller", refused_by_the_advisor),
    Row("declare_admissible", "opinion_on_each_block", "BC1, BC2, BC3", given={"opinions": ()}),
    Row("declare_inadmissible", "acknowledged", "Accusez", lambda f: asked(f, acknowledged_on=None)),
    Row("declare_inadmissible", "within_two_months", "silence", lambda f: asked(f, acknowledged_on=LONG_SILENCE)),
    Row("declare_inadmissible", "another_advisor", "un autre conseiller", refused_by_the_advisor),
    Row("declare_inadmissible", "reason_given", "raison", given=NO_REASON),
    Row("admit_tacitly", "silence_kept", "23/11/2026", lambda f: asked(f, acknowledged_on=date(2026, 9, 23))),
    Row("appeal", "first_appeal", "déjà", lambda f: asked(f, appealed=True)),
    Row("appeal", "reason_given", "raison", given=NO_REASON),
    Row(
        "deposit_dossier",
        "covered",
        "une situation pour C8",
        lambda f: replace(f, dossier=replace(f.dossier, situations=(a_situation("Audit", *cases.CAPABILITIES[:-1]),))),
    ),
    Row(
        "deposit_dossier",
        "no_file_in_doubt",
        "Plan.pdf",
        lambda f: replace(
            f,
            dossier=replace(
                f.dossier, situations=(*f.dossier.situations, a_situation("Plan", state=EvidenceState.INFECTED))
            ),
        ),
    ),
    Row("deposit_dossier", "sworn", "déclaration sur l'honneur", given={"sworn": False}),
    Row("return_dossier", "remarks_given", "pourquoi", given={"named": (("C1", ""),)}),
    Row("record_lapse", "no_step_for_six_months", "02/05/2026", lambda f: asked(f, stepped_on=date(2026, 5, 2))),
    Row("reinstate", "reason_given", "raison", given=NO_REASON),
    Row("schedule_interview", "slots_on_offer", "Aucun", lambda f: replace(f, offers=()), actor=THE_CANDIDATE),
    Row(
        "schedule_interview",
        "one_of_the_offered",
        "plus proposé",
        given={"slot": a_slot(NOW + timedelta(days=17))},
        actor=THE_CANDIDATE,
    ),
    Row(
        "schedule_interview",
        "commission_valid",
        "lien",
        given={"slot": replace(a_slot(NOW + timedelta(days=16)), evaluators=A_LINKED_COMMISSION)},
    ),
    Row("schedule_interview", "slot_fits", "08/12/2026", given={"slot": a_slot(NOW + timedelta(days=14))}),
    Row("schedule_interview", "nothing_against", "Jour férié : Noël.", given={"against": OBJECTIONS}),
    Row(
        "move_interview",
        "nothing_against",
        "M. Essai n'aurait pas de pause.",
        given={"against": OBJECTIONS, "anyway": frozenset({"holiday", "no_break:8"})},
    ),
    Row(
        "move_interview",
        "commission_valid",
        "deux évaluateurs",
        given={"slot": replace(a_slot(NOW + timedelta(days=16)), evaluators=COMMISSION[:1])},
    ),
    Row("move_interview", "slot_fits", "lieu", given={"slot": replace(a_slot(NOW + timedelta(days=16)), place=" ")}),
    Row("move_interview", "reason_given", "raison", given=NO_REASON),
    Row(
        "cancel_interview",
        "planner_or_linked",
        "Déclarez un lien",
        lambda f: with_commission(f, *COMMISSION),
        actor=an_actor(Role.EVALUATOR),
    ),
    Row(
        "cancel_interview",
        "lawful_goes_on",
        "va à son terme",
        lambda f: replace(with_commission(f, *COMMISSION), step=Step.EVALUATION),
        actor=an_actor(Role.PLANNER),
    ),
    Row("cancel_interview", "reason_given", "raison", given=NO_REASON),
    Row("record_absence", "commission_of_an_evaluator", "cette commission", actor=STRANGER),
    Row("record_absence", "slot_started", "Attendez", later_slot),
    Row("record_absence", "excused_or_not", "excusée", given={"excused": None}),
    Row("open_evaluation", "of_that_commission", "cette commission", actor=STRANGER),
    Row("open_evaluation", "slot_started", "23/11/2026 à 11 h 01", later_slot),
    Row("open_evaluation", "commission_still_valid", "lien", lambda f: with_commission(f, *A_LINKED_COMMISSION)),
    Row("open_evaluation", "each_declared", "Évaluateur 1", lambda f: with_commission(f, *SILENT)),
    Row("assess", "of_that_commission", "cette commission", actor=STRANGER),
    Row("assess", "each_has_shown", "Évaluateur 2", lambda f: heard(f, shared=frozenset({40}))),
    Row("assess", "disagreement_told", "C2", cases.apart),
    Row("assess", "verdicts_sound", "pourquoi", given={"verdicts": (VerdictFacts("C1", acquired=False),)}),
    Row("close_evaluation", "of_that_commission", "cette commission", actor=STRANGER),
    Row("close_evaluation", "commission_still_valid", "lien", lambda f: with_commission(f, *A_LINKED_COMMISSION)),
    Row("close_evaluation", "each_declared", "Évaluateur 1", lambda f: with_commission(f, *SILENT)),
    Row("close_evaluation", "every_capability_assessed", "C8", lambda f: heard(f, verdicts=cases.VERDICTS[:-1])),
    Row("close_evaluation", "every_modality_told", "C1, C2", lambda f: heard(f, modality="")),
    Row("close_evaluation", "every_disagreement_told", "C2", cases.apart),
    Row(
        "close_evaluation",
        "same_text_signed",
        "Évaluateur 2",
        lambda f: heard(f, signatures=((40, "text"), (41, "old"))),
    ),
    Row("enrol_in_jury", "session_ahead", "déjà commencé", given={"session": OPEN_SESSION}),
    Row(
        "enrol_in_jury",
        "room_left",
        "complète (2)",
        given={"session": replace(SESSION_TO_COME, capacity=2, enrolled=2)},
    ),
    Row(
        "enrol_in_jury",
        "of_its_certifications",
        "pas sur cette certification",
        given={"session": replace(SESSION_TO_COME, certifications=frozenset({99}))},
    ),
    Row("remove_from_jury", "session_not_closed", "close", lambda f: seated(f, state=SessionState.CLOSED)),
    Row("remove_from_jury", "yet_to_sit", "peut statuer", lambda f: seated(f, starts_at=NOW)),
    Row("refer_back", "sits_in_session", "membres présents", actor=an_actor(Role.JURY_MEMBER, person=99)),
    Row("refer_back", "session_valid", "parité", lambda f: seated(f, *SEATS[:3])),
    Row("refer_back", "reason_given", "raison", given=NO_REASON),
    Row("pronounce", "presides", "Seul le président", lambda f: seated(f, *PRESIDENT_RECUSED)),
    Row("pronounce", "session_valid", "pas ouverte", lambda f: seated(f, state=SessionState.PREPARATION)),
    Row("pronounce", "conformity_checked", "le texte signé", lambda f: seated(f, conformity=ALL_BUT_SIGNED)),
    Row("pronounce", "blocks_decided", "BC1, BC2, BC3", given={"decisions": unanimous(BC1=True, BC2=True)}),
    Row("release_result", "result_to_tell", "pas encore", lambda f: seated(f, released=False)),
    Row(
        "revoke_decision",
        "presided",
        "retirer",
        lambda f: seated(f, pronounced_by=EMPLOYER),
    ),
    Row("revoke_decision", "ground_given", "fondement", given={"ground": Ground.FRAUD}),
    Row("revoke_decision", "reason_given", "raison", given=NO_REASON),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.action}-{row.rule}")
def test_exactly_that_rule_refuses(row: Row) -> None:
    action = Action(row.action)
    rule = RULES[action]
    case = favourable(rule.steps[0], action)
    facts, given = row.facts(case.facts), replace(case.given, **(row.given or {}))  # type: ignore[arg-type]
    actor = row.actor or an_actor(rule.by[-1])
    refusing = [g.__name__ for g in rule.ready + rule.needs if g(facts, actor, row.now, given) is not None]
    assert refusing == [row.rule]
    answer = decide(facts, action, actor, row.now, given)
    assert isinstance(answer, Refused)
    assert not answer.hidden
    assert row.words in answer.reason
    assert answer.reason.endswith(".")


def test_every_rule_of_every_action_has_its_row() -> None:
    called = {(str(rule.action), guard.__name__) for rule in TABLE for guard in rule.ready + rule.needs}
    rows = [(row.action, row.rule) for row in ROWS]
    assert set(rows) == called
    assert len(rows) == len(called)


def test_a_lapse_needs_a_known_notice_and_its_delay_run_out() -> None:
    case = favourable(RULES[Action.RECORD_LAPSE].steps[0], Action.RECORD_LAPSE)
    admin = an_actor(Role.ADMINISTRATOR)
    last_day = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)  # 23:59 in Paris, six months after March
    for facts, now, words in (
        (asked(case.facts, notified_on=None), NOW, "n'est pas connue"),
        (case.facts, last_day, "30/09/2026"),
        (case.facts, last_day + timedelta(minutes=1), None),
        (asked(case.facts, stepped_on=date(2026, 3, 9)), NOW, None),  # a step before the notice keeps nothing
        (asked(case.facts, stepped_on=date(2026, 3, 10)), NOW, "10/03/2026"),
        (asked(case.facts, stepped_on=date(2026, 10, 20)), NOW, "20/10/2026"),  # late, yet before any lapse [choice]
    ):
        assert answers(decide(facts, Action.RECORD_LAPSE, admin, now), words), (facts.request, now)


def test_what_was_read_and_overridden_stops_nothing_and_the_law_still_does() -> None:
    case, planner = favourable(Step.INTERVIEW_PENDING, Action.SCHEDULE_INTERVIEW), an_actor(Role.PLANNER)
    told = replace(case.given, against=OBJECTIONS, anyway=frozenset({"holiday", "no_break:7"}))
    assert answers(decide(case.facts, Action.SCHEDULE_INTERVIEW, planner, NOW, told), None)
    alone = replace(told, slot=replace(a_slot(NOW + timedelta(days=16)), evaluators=COMMISSION[:1]))
    assert answers(decide(case.facts, Action.SCHEDULE_INTERVIEW, planner, NOW, alone), "deux évaluateurs")


def test_no_rule_breaks_on_a_candidacy_of_which_nothing_is_known() -> None:
    bare = Facts(1, cases.CENTRE, cases.CANDIDATE, Step.DRAFT, (), frozenset(), frozenset(), RequestFacts(1))
    guards = {guard for rule in TABLE for guard in rule.ready + rule.needs}
    answered = {guard.__name__: guard(bare, an_actor(Role.EVALUATOR), NOW, Given()) for guard in guards}
    assert {name for name, refusal in answered.items() if refusal is None} == {
        "certification_open",
        "yearly_limits",
        "not_yet_acknowledged",
        "another_advisor",
        "nothing_to_ask",
        "opinion_on_each_block",
        "within_two_months",
        "first_appeal",
        "no_file_in_doubt",
        "each_declared",
        "lawful_goes_on",
        "every_capability_assessed",
        "nothing_against",
        "one_of_the_offered",
        "slots_on_offer",
        "room_left",
        "of_its_certifications",
        "yet_to_sit",
        "disagreement_told",
        "every_modality_told",
        "every_disagreement_told",
    }
    assert outcome.outcome(bare, ()) is Step.NOT_VALIDATED
