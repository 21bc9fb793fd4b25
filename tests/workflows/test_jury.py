"""The joint jury: each sentence on its composition, its votes, its outcomes and its sessions, one row each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflows.cases import (
    EVERY,
    NOW,
    OPEN_SESSION,
    PRESIDENT,
    SEATS,
    SESSION_TO_COME,
    a_seat,
    an_actor,
    answers,
    asked,
    favourable_facts,
    seated,
    unanimous,
)
from tests.workflows.deliberation import (
    EMPLOYEES,
    EMPLOYERS,
    chair_of,
)
from workflows.composition import composition_faults, may_preside
from workflows.facts import Actor, BallotFacts, BlockDecisionFacts, Given, Seat, SessionFacts
from workflows.machine import Allowed, Refused, decide
from workflows.outcome import blocks_of_next_round
from workflows.vocabulary import Action, College, Decided, Ground, Role, SessionState, Step

CHAIR, COLLEAGUE, A, B = SEATS
FACTS = favourable_facts(Step.JURY_SCHEDULED, Action.PRONOUNCE)
BOTH = frozenset(College)
SIX = tuple(a_seat(n, EMPLOYERS, votes=False) for n in range(900, 904))  # with the two of SEATS


@pytest.mark.parametrize(
    ("seats", "words"),
    [
        (SEATS, []),
        ((*SEATS, a_seat(90, EMPLOYEES, "Union A", votes=False)), []),
        ((*SEATS, *SIX[:3]), []),
        ((*SEATS, *SIX), ["au maximum cinq membres"]),
        ((*SEATS, *SIX[:3], a_seat(91, EMPLOYERS, votes=False, temporary_work=True)), []),
        ((*SEATS, *(a_seat(n, EMPLOYERS, votes=False, temporary_work=True) for n in (91, 92))), ["travail temporaire"]),
        ((*SEATS, a_seat(90, EMPLOYEES, "Union A", temporary_work=True)), ["Union A en a 2", "parité"]),
        ((CHAIR, COLLEAGUE, A, replace(B, union=" union  a ")), ["Un seul représentant par organisation"]),
        (
            (*SEATS, *(a_seat(n, EMPLOYEES, "Union A", votes=False, temporary_work=True) for n in (91, 92))),
            ["travail temporaire siège par organisation syndicale : Union A en a 2"],
        ),
        ((*SEATS, *(a_seat(n, EMPLOYEES, f"Union {n}", votes=False, temporary_work=True) for n in (91, 92))), []),
        ((CHAIR, COLLEAGUE, A, replace(B, union=" ")), ["au nom d'une organisation syndicale"]),
        ((CHAIR, COLLEAGUE, A, replace(B, qualified=False)), ["Ne sont pas qualifiés", "Membre 53"]),
        ((CHAIR, COLLEAGUE, A, replace(B, person_id=CHAIR.person_id)), ["deux sièges"]),
        ((CHAIR, COLLEAGUE, A), ["2 employeurs votants et 1 salarié votant", "1 votant de trop chez les employeurs"]),
        ((CHAIR, A, B), ["1 employeur votant et 2 salariés votants", "1 votant de trop chez les salariés"]),
        ((CHAIR, A), []),
        ((CHAIR,), ["Aucun représentant des salariés"]),
        ((A, B), ["Aucun représentant des employeurs", "Désignez un président"]),
        ((), ["Aucun représentant des employeurs", "Aucun représentant des salariés", "Désignez un président"]),
        ((CHAIR, replace(COLLEAGUE, president=True), A, B), ["un seul"]),
        ((replace(CHAIR, president=False), COLLEAGUE, replace(A, president=True), B), ["collège des employeurs"]),
        ((replace(CHAIR, votes=False), COLLEAGUE, A), ["siège avec voix"]),
        ((replace(CHAIR, recused=True), COLLEAGUE, A), ["nommez un président suppléant"]),
        ((replace(CHAIR, present=False), COLLEAGUE, A), ["nommez un président suppléant"]),
        ((replace(CHAIR, recused=True), replace(COLLEAGUE, acting_president=True), A), []),
        ((replace(CHAIR, recused=True), replace(COLLEAGUE, acting_president=True), A, B), ["parité"]),
        ((replace(CHAIR, recused=True), COLLEAGUE, replace(A, acting_president=True)), ["du même collège"]),
        (
            (
                replace(CHAIR, recused=True),
                replace(COLLEAGUE, acting_president=True),
                a_seat(92, EMPLOYERS, acting_president=True, votes=False),
                A,
            ),
            ["un seul président suppléant"],
        ),
    ],
)
def test_each_sentence_on_the_composition(seats: tuple[Seat, ...], words: list[str]) -> None:
    said = " ".join(composition_faults(replace(OPEN_SESSION, seats=seats)))
    assert bool(said) == bool(words), said
    assert [word for word in words if word not in said] == []
    answer = decide(seated(FACTS, *seats), Action.PRONOUNCE, chair_actor(list(seats)), NOW, all_acquired())
    assert not words or not seats or isinstance(answer, Refused)


def chair_actor(seats: list[Seat]) -> Actor:
    """Whoever presides, or the person who would."""
    chair = chair_of(seats)
    return an_actor(Role.JURY_PRESIDENT, person=chair.person_id if chair else PRESIDENT)


def all_acquired() -> Given:
    """Every block by consensus."""
    return Given(decisions=unanimous(BC1=True, BC2=True, BC3=True))


def test_an_employees_president_where_the_version_says_either_college() -> None:
    seats = (replace(CHAIR, president=False), COLLEAGUE, replace(A, president=True), B)
    assert composition_faults(replace(OPEN_SESSION, seats=seats, president_colleges=BOTH)) == []


def test_nobody_sits_on_their_own_candidacy() -> None:
    own = replace(FACTS, candidate_id=B.person_id)
    assert answers(decide(own, Action.PRONOUNCE, chair_actor(list(SEATS)), NOW, all_acquired()), "sur lui")
    left = seated(own, CHAIR, replace(COLLEAGUE, votes=False), A, replace(B, recused=True))
    assert answers(decide(left, Action.PRONOUNCE, chair_actor(list(SEATS)), NOW, all_acquired()), None)


# (employers for, against, abstained), (employees ...), the president's vote, what follows: from the words of the fiche
VOTES = [
    ((2, 0, 0), (2, 0, 0), None, True),
    ((0, 2, 0), (0, 2, 0), None, False),
    ((2, 0, 0), (1, 1, 0), None, True),
    ((1, 1, 0), (0, 2, 0), True, False),  # no tie: the president's vote weighs as any other
    ((2, 0, 0), (0, 2, 0), True, True),
    ((1, 1, 0), (1, 1, 0), False, False),
    ((1, 1, 0), (1, 1, 0), None, "au président, qui doit"),
    ((1, 0, 1), (0, 0, 2), None, True),  # abstentions count neither way
    ((0, 1, 1), (1, 0, 1), None, "au président, qui doit"),  # a president who abstains leaves a tie undecided
    ((0, 0, 2), (0, 0, 2), None, "au président, qui doit"),
    ((0, 0, 2), (0, 0, 2), True, "ne compte aucune voix pour"),
    ((2, 0, 0), (0, 2, 0), False, "ne compte aucune voix contre"),
    ((2, 0, 0), (1, 0, 0), None, "1 voix comptées pour 2 votants du collège des salariés"),
    ((3, 0, 0), (2, 0, 0), None, "3 voix comptées pour 2 votants du collège des employeurs"),
    ((3, -1, 0), (2, 0, 0), None, "jamais négatif"),
]


@pytest.mark.parametrize(("employers", "employees", "president", "expected"), VOTES)
def test_votes(
    employers: tuple[int, int, int], employees: tuple[int, int, int], president: bool | None, expected: bool | str
) -> None:
    decision = BlockDecisionFacts(
        "BC3", Decided.VOTE, None, BallotFacts(*employers), BallotFacts(*employees), president_in_favour=president
    )
    facts = replace(FACTS, targeted=frozenset({"BC3"}), held=frozenset({"BC1", "BC2"}))
    answer = decide(facts, Action.PRONOUNCE, an_actor(Role.JURY_PRESIDENT), NOW, Given(decisions=(decision,)))
    if isinstance(expected, str):
        assert answers(answer, expected), answer
    else:
        assert isinstance(answer, Allowed), answer
        assert answer.step is (Step.CERTIFIED if expected else Step.PARTIALLY_VALIDATED)


@pytest.mark.parametrize(
    ("targeted", "held", "granted", "end"),
    [
        (EVERY, "", "BC1 BC2 BC3", Step.CERTIFIED),
        (EVERY, "", "BC1 BC2", Step.PARTIALLY_VALIDATED),
        (EVERY, "", "", Step.NOT_VALIDATED),
        ({"BC3"}, "BC1 BC2", "BC3", Step.CERTIFIED),  # named blocks that complete the set
        ({"BC3"}, "BC1 BC2", "", Step.PARTIALLY_VALIDATED),  # a round that adds nothing to what is held
        ({"BC3"}, "", "", Step.NOT_VALIDATED),
        ({"BC3"}, "", "BC3", Step.PARTIALLY_VALIDATED),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_outcomes(targeted: set[str], held: str, granted: str, end: Step, whole: bool) -> None:
    facts = replace(asked(FACTS, whole=whole), targeted=frozenset(targeted), held=frozenset(held.split()))
    given = Given(decisions=unanimous(**{block: block in granted for block in sorted(targeted)}))
    answer = decide(facts, Action.PRONOUNCE, an_actor(Role.JURY_PRESIDENT), NOW, given)
    assert isinstance(answer, Allowed)
    assert answer.step is end


BC1_TO_3 = unanimous(BC1=True, BC2=True, BC3=True)


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        ((), "chaque bloc visé"),
        (BC1_TO_3[:2], "chaque bloc visé"),
        ((*BC1_TO_3, BC1_TO_3[0]), "une fois"),
        (unanimous(BC1=True, BC2=True, BC9=True), "BC1, BC2, BC3"),
        ((*BC1_TO_3[:2], BlockDecisionFacts("BC3", Decided.CONSENSUS)), "BC3 : indiquez si le bloc est acquis"),
        ((*BC1_TO_3[:2], replace(BC1_TO_3[2], proposed=False)), "BC3 : la décision s'écarte"),
        ((*BC1_TO_3[:2], replace(BC1_TO_3[2], proposed=False, reason="Preuve vue en séance")), None),
        ((*BC1_TO_3[:2], replace(BC1_TO_3[2], proposed=True)), None),
    ],
)
def test_blocks_are_decided_once_each_and_with_reasons(
    decisions: tuple[BlockDecisionFacts, ...], words: str | None
) -> None:
    answer = decide(FACTS, Action.PRONOUNCE, an_actor(Role.JURY_PRESIDENT), NOW, Given(decisions=decisions))
    assert answers(answer, words), answer


@pytest.mark.parametrize(
    ("session", "enrols"),
    [
        (SESSION_TO_COME, None),
        (replace(SESSION_TO_COME, starts_at=NOW), "déjà commencé"),
        (replace(SESSION_TO_COME, state=SessionState.CLOSED), "close"),
        (None, "Choisissez une session"),
    ],
)
def test_enrolling_takes_a_session_to_come(session: SessionFacts | None, enrols: str | None) -> None:
    facts = favourable_facts(Step.JURY_PENDING)
    answer = decide(facts, Action.ENROL_IN_JURY, an_actor(Role.JURY_SECRETARY), NOW, Given(session=session))
    assert answers(answer, enrols)


@pytest.mark.parametrize(
    ("seats", "removed"), [(SEATS, "peut statuer"), (SEATS[:3], None), ((*SEATS[:3], replace(B, person_id=10)), None)]
)
def test_off_the_agenda_once_begun_only_where_the_jury_cannot_pronounce(
    seats: tuple[Seat, ...], removed: str | None
) -> None:
    secretary = an_actor(Role.JURY_SECRETARY)
    assert answers(decide(seated(FACTS, *seats), Action.REMOVE_FROM_JURY, secretary, NOW), removed)
    early = seated(FACTS, *seats, starts_at=NOW + timedelta(seconds=1))
    assert answers(decide(early, Action.REMOVE_FROM_JURY, secretary, NOW), None)


@pytest.mark.parametrize(
    ("state", "seconds", "words"),
    [
        (SessionState.OPEN, 0, None),
        (SessionState.OPEN, 1, "n'a pas commencé"),
        (SessionState.PREPARATION, 0, "n'est pas ouverte"),
        (SessionState.CLOSED, 0, "n'est pas ouverte"),
    ],
)
def test_a_jury_pronounces_in_an_open_session_that_has_begun(
    state: SessionState, seconds: int, words: str | None
) -> None:
    facts = seated(FACTS, state=state, starts_at=NOW + timedelta(seconds=seconds))
    assert answers(decide(facts, Action.PRONOUNCE, an_actor(Role.JURY_PRESIDENT), NOW, all_acquired()), words)


def test_whoever_pronounced_revokes_and_nobody_else() -> None:
    """Also once they left, and not whoever presides since."""
    seats = (replace(COLLEAGUE, present=False, acting_president=True), CHAIR, A)
    by_the_acting_one = {"state": SessionState.CLOSED, "pronounced_by": COLLEAGUE.person_id}
    facts = seated(favourable_facts(Step.CERTIFIED), *seats, **by_the_acting_one)
    reason = Given(reason="Erreur de droit", ground=Ground.ERROR_OF_LAW)
    for person, words in ((CHAIR.person_id, "Seul le président"), (COLLEAGUE.person_id, None)):
        actor = an_actor(Role.JURY_PRESIDENT, person=person)
        assert answers(decide(facts, Action.REVOKE_DECISION, actor, NOW, reason), words)


def test_the_next_round_is_on_what_is_missing() -> None:
    named = replace(asked(FACTS, whole=False), targeted=frozenset({"BC1", "BC2"}))
    for facts, held, missing in (
        (FACTS, {"BC1"}, {"BC2", "BC3"}),
        (named, {"BC1"}, {"BC2"}),
        (named, {"BC1", "BC2"}, {"BC3"}),
        (FACTS, set(), EVERY),
    ):
        assert blocks_of_next_round(facts, frozenset(held)) == missing


@pytest.mark.parametrize(
    ("versions", "colleges"),
    [
        ((), {College.EMPLOYERS}),
        (("employers",), {College.EMPLOYERS}),
        (("either", "employers"), {College.EMPLOYERS}),
        (("either", "either"), set(College)),
    ],
)
def test_either_college_presides_where_every_version_says_so(versions: tuple[str, ...], colleges: set[College]) -> None:
    assert may_preside(versions) == colleges
