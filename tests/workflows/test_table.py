"""Every step x role x action against the table of the specification, transcribed here as plain data."""

from __future__ import annotations

import pytest

from tests.workflows.cases import NOW, an_actor, favourable, unanimous
from workflows.facts import Given
from workflows.machine import Allowed, Refused, decide, offers
from workflows.vocabulary import Action, Role, Step
from workflows.who_may_do_what import TABLE

STEPS = [
    "draft",
    "admissibility_review",
    "admissibility_incomplete",
    "inadmissible",
    "dossier_preparation",
    "dossier_review",
    "dossier_incomplete",
    "interview_pending",
    "interview_scheduled",
    "evaluation",
    "jury_pending",
    "jury_scheduled",
    "certified",
    "partially_validated",
    "not_validated",
    "withdrawn",
    "lapsed",
]
ROLES = [
    "candidate",
    "advisor",
    "planner",
    "evaluator",
    "jury_member",
    "jury_secretary",
    "administrator",
    "auditor",
    "jury_president",
    "clock",
]

# action: (by, from, to); "=" where the step stays; all is acquired in the gift, hence `certified` for pronounce.
TRANSCRIPTION = {
    "submit_request": ("candidate", "draft", "admissibility_review"),
    "acknowledge_request": ("advisor", "admissibility_review", "="),
    "ask_supplement": ("advisor", "admissibility_review", "admissibility_incomplete"),
    "complete_request": ("candidate", "admissibility_incomplete", "admissibility_review"),
    "declare_admissible": ("advisor", "admissibility_review", "dossier_preparation"),
    "declare_inadmissible": ("advisor", "admissibility_review", "inadmissible"),
    "admit_tacitly": ("clock", "admissibility_review", "dossier_preparation"),
    "appeal": ("candidate", "inadmissible", "admissibility_review"),
    "deposit_dossier": ("candidate", "dossier_preparation dossier_incomplete", "dossier_review"),
    "return_dossier": ("advisor", "dossier_review", "dossier_incomplete"),
    "accept_dossier": ("advisor", "dossier_review", "interview_pending"),
    "record_lapse": ("administrator", "dossier_preparation", "lapsed"),
    "reinstate": ("administrator", "lapsed", "dossier_preparation"),
    "schedule_interview": ("candidate planner", "interview_pending", "interview_scheduled"),
    "move_interview": ("planner", "interview_scheduled", "="),
    "cancel_interview": ("planner evaluator", "interview_scheduled evaluation", "interview_pending"),
    "record_absence": ("planner evaluator", "interview_scheduled", "interview_pending"),
    "open_evaluation": ("evaluator", "interview_scheduled", "evaluation"),
    "assess": ("evaluator", "evaluation", "="),
    "close_evaluation": ("evaluator", "evaluation", "jury_pending"),
    "enrol_in_jury": ("jury_secretary", "jury_pending", "jury_scheduled"),
    "remove_from_jury": ("jury_secretary", "jury_scheduled", "jury_pending"),
    "refer_back": ("jury_member jury_president", "jury_scheduled", "interview_pending"),
    "pronounce": ("jury_president", "jury_scheduled", "certified"),
    "release_result": ("clock", "certified partially_validated not_validated", "="),
    "revoke_decision": ("jury_president", "certified partially_validated not_validated", "jury_pending"),
    "resume": ("candidate", "partially_validated not_validated", "dossier_preparation"),
    "withdraw": (
        "candidate",
        "draft admissibility_review admissibility_incomplete inadmissible dossier_preparation dossier_review"
        " dossier_incomplete interview_pending interview_scheduled evaluation jury_pending",
        "withdrawn",
    ),
}

# Within a row, a role that a rule keeps away at one of its steps.
NARROWED = {("cancel_interview", "evaluation", "evaluator")}  # once it has begun, a planner alone


def test_the_words_are_those_of_the_specification() -> None:
    assert [str(s) for s in Step] == STEPS
    assert [str(r) for r in Role] == ROLES
    assert [str(a) for a in Action] == list(TRANSCRIPTION) == [str(rule.action) for rule in TABLE]
    assert len(STEPS) * len(ROLES) * len(TRANSCRIPTION) == 17 * 10 * 28


@pytest.mark.parametrize("action", TRANSCRIPTION)
def test_every_step_and_role(action: str) -> None:
    by, starts, end = TRANSCRIPTION[action]
    wrong = []
    for step in STEPS:
        for role in ROLES:
            case = favourable(Step(step), Action(action))
            answer = decide(case.facts, Action(action), an_actor(Role(role)), NOW, case.given)
            if (action, step, role) in NARROWED:
                right = isinstance(answer, Refused) and a_french_sentence(answer.reason)
            elif role in by.split() and step in starts.split():
                expected = step if end == "=" else end
                right = isinstance(answer, Allowed) and answer.step == expected
            else:
                right = isinstance(answer, Refused) and answer.hidden and a_french_sentence(answer.reason)
            if not right:
                wrong.append((step, role, answer))
    assert not wrong


def a_french_sentence(reason: str) -> bool:
    """Starts with a capital, ends with a full stop, and is in French."""
    words = set(reason.lower().split())
    return reason[:1].isupper() and reason.endswith(".") and bool(words & {"de", "la", "le", "cette", "pour", "votre"})


@pytest.mark.parametrize(
    ("blocks", "end"),
    [
        ({"BC1": True, "BC2": True, "BC3": True}, "certified"),
        ({"BC1": True, "BC2": False, "BC3": True}, "partially_validated"),
        ({"BC1": False, "BC2": False, "BC3": False}, "not_validated"),
    ],
)
def test_the_three_ends_of_pronounce_and_their_letters(blocks: dict[str, bool], end: str) -> None:
    case = favourable(Step.JURY_SCHEDULED, Action.PRONOUNCE)
    given = Given(decisions=unanimous(**blocks))
    answer = decide(case.facts, Action.PRONOUNCE, an_actor(Role.JURY_PRESIDENT), NOW, given)
    assert isinstance(answer, Allowed)
    assert answer.step == end
    letters = {"certified": ["result_all", "certificate"], "partially_validated": ["result_some"]}
    assert list(answer.letters()) == []  # nothing leaves before the president releases the session
    told = favourable(answer.step, Action.RELEASE_RESULT)
    left = decide(told.facts, Action.RELEASE_RESULT, an_actor(Role.CLOCK), NOW, told.given)
    assert isinstance(left, Allowed)
    assert list(left.letters()) == [*letters.get(end, ["result_none"]), "block_certificate"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", ROLES)
def test_offers_are_what_the_transcription_lists(step: str, role: str) -> None:
    """Nothing given yet: what the rules ask to be given does not disable a button."""
    listed = [a for a, (by, starts, _) in TRANSCRIPTION.items() if role in by.split() and step in starts.split()]
    for action in Action:
        case = favourable(Step(step), action)
        shown = {offer.action: offer.refusal for offer in offers(case.facts, an_actor(Role(role)), NOW)}
        assert list(shown) == [a for a in listed if a not in ("admit_tacitly", "release_result")]
        assert shown.get(action) is None or (str(action), step, role) in NARROWED


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.CLOCK])
def test_nobody_acts_beyond_their_centre_nor_on_their_own_candidacy(role: Role) -> None:
    elsewhere = an_actor(role, centre=2)
    own = an_actor(role, person=10)
    for action in Action:
        for step in Step:
            case = favourable(step, action)
            if role is not Role.CANDIDATE:
                assert isinstance(decide(case.facts, action, elsewhere, NOW, case.given), Refused)
                assert isinstance(decide(case.facts, action, own, NOW, case.given), Refused)
