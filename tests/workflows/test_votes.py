"""Votes on each one's own screen: whose ballots count, when a box is counted, what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.workflows.cases import NOW, OPEN_SESSION, SEATS, an_actor, answers, favourable_facts, seated
from tests.workflows.deliberation import box_result, juries
from workflows import votes
from workflows.facts import BallotFacts, BlockDecisionFacts, BoxFacts, Facts, Given, Seat, SessionFacts
from workflows.machine import decide
from workflows.vocabulary import Action, Choice, College, Decided, Role, Step

FACTS = replace(
    favourable_facts(Step.JURY_SCHEDULED, Action.PRONOUNCE),
    targeted=frozenset({"BC3"}),
    held=frozenset({"BC1", "BC2"}),
)
CHAIR, COLLEAGUE, A, B = (seat.person_id for seat in SEATS)
LETTERS = {"F": Choice.FOR, "A": Choice.AGAINST, "0": Choice.ABSTAIN}
WORDS = {Choice.FOR: "for", Choice.AGAINST: "against", Choice.ABSTAIN: "abstained"}


def a_box(cast: str, counted: frozenset[int] | None = frozenset({CHAIR, COLLEAGUE, A, B})) -> BoxFacts:
    """A vote on BC3: a letter for each of the president, the other employer and the two unions; - has not voted."""
    ballots = zip((CHAIR, COLLEAGUE, A, B), cast, strict=True)
    return BoxFacts(5, "BC3", tuple((person, LETTERS[c]) for person, c in ballots if c != "-"), counted)


def put_to_the_vote(box: BoxFacts, *seats: Seat) -> Facts:
    return seated(FACTS, *seats, boxes=(box,))


def pronounced(facts: Facts, decided: BlockDecisionFacts | None = None) -> object:
    """The president pronounces what the boxes hold."""
    assert facts.session is not None
    wanted = decided or BlockDecisionFacts("BC3", Decided.VOTE)
    given = Given(decisions=votes.from_boxes(facts.session, (wanted,)))
    return decide(facts, Action.PRONOUNCE, an_actor(Role.JURY_PRESIDENT), NOW, given)


@pytest.mark.parametrize(
    ("cast", "acquired", "tie"),
    [
        ("FFFF", True, False),
        ("AAAA", False, False),
        ("AFFF", True, False),  # the president's vote weighs as any other where there is no tie
        ("FAA0", False, False),
        ("FAFA", True, True),
        ("AFFA", False, True),
        ("0FA0", None, True),  # who presides abstained: nothing settles it
        ("F000", True, False),
        ("0000", None, True),
    ],
)
def test_what_a_counted_box_says(cast: str, acquired: bool | None, tie: bool) -> None:
    result = votes.result_of(OPEN_SESSION, a_box(cast))
    assert votes.block_acquired(result) is acquired
    assert votes.is_tie(result) is tie
    assert tie or result.president_in_favour is None, "the president's own ballot is looked at on a tie alone"
    answer = pronounced(put_to_the_vote(a_box(cast)))
    assert answers(answer, "abstenue ; abandonnez ce vote" if acquired is None else None)  # type: ignore[arg-type]


LEFT = tuple(replace(seat, recused=seat.person_id in (COLLEAGUE, B)) for seat in SEATS)
WITHHELD = tuple(replace(seat, withholds=seat.person_id in (COLLEAGUE, B)) for seat in SEATS)


@pytest.mark.parametrize("seats", [LEFT, WITHHELD])
def test_only_those_who_vote_now_are_counted(seats: tuple[Seat, ...]) -> None:
    session = replace(OPEN_SESSION, seats=seats)
    box = a_box("FAAF", counted=None)
    assert votes.count(session, box.ballots) == {
        College.EMPLOYERS: BallotFacts(in_favour=1),
        College.EMPLOYEES: BallotFacts(against=1),
    }
    assert votes.who_has_not_voted(session, a_box("F-AF", counted=None)) == ()
    assert [s.person_id for s in votes.who_has_not_voted(session, a_box("-A-F", counted=None))] == [CHAIR, A]


@pytest.mark.parametrize(
    ("box", "seats", "decided", "words"),
    [
        (a_box("FFFF", counted=None), (), None, "un vote est ouvert"),
        (a_box("FFFF"), (), BlockDecisionFacts("BC3", Decided.CONSENSUS, False), "la décision suit le vote"),
        (a_box("FFFF"), LEFT, None, "qui vote a changé"),
        (a_box("FFFF", counted=frozenset({CHAIR, A})), (), None, "qui vote a changé"),
        (a_box("FFFF"), (), None, None),
    ],
)
def test_a_block_put_to_the_vote_is_decided_by_its_box(
    box: BoxFacts, seats: tuple[Seat, ...], decided: BlockDecisionFacts | None, words: str | None
) -> None:
    assert answers(pronounced(put_to_the_vote(box, *seats), decided), words)  # type: ignore[arg-type]


def test_sums_typed_beside_a_box_are_refused() -> None:
    typed = BlockDecisionFacts("BC3", Decided.VOTE, None, BallotFacts(against=2), BallotFacts(against=2))
    facts, given = put_to_the_vote(a_box("FFFF")), Given(decisions=(typed,))
    assert answers(decide(facts, Action.PRONOUNCE, an_actor(Role.JURY_PRESIDENT), NOW, given), "sur son écran")
    assert answers(pronounced(facts, typed), None), "the box takes their place"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("box", "session", "refused"),
    [
        (a_box("F---", counted=None), OPEN_SESSION, False),
        (a_box("FFFF"), OPEN_SESSION, True),
        (a_box("0FA0"), OPEN_SESSION, False),
        (a_box("FFFF"), replace(OPEN_SESSION, seats=LEFT), False),
    ],
)
def test_a_vote_that_settles_its_block_is_not_given_up(box: BoxFacts, session: SessionFacts, refused: bool) -> None:
    assert bool(votes.giving_up_refusal(session, box)) is refused


@settings(max_examples=500, deadline=None)
@given(juries(), st.data())
def test_any_ballots_of_anyone_count_as_the_fiche_counts(seats: list[Seat], data: st.DataObject) -> None:
    people = sorted({s.person_id for s in seats} | {999})
    seats = [replace(s, withholds=data.draw(st.sampled_from((False, False, False, True)))) for s in seats]
    if len({s.person_id for s in seats}) < len(seats):
        return  # two seats of one person: no lawful jury, and no box was opened
    cast = {p: c for p in people if (c := data.draw(st.sampled_from((*Choice, *Choice, None)), label=str(p)))}
    session = replace(OPEN_SESSION, seats=tuple(seats))
    box = BoxFacts(5, "BC3", tuple(cast.items()), None)
    expected = box_result(seats, {p: WORDS[c] for p, c in cast.items()})
    event(f"{expected}")
    if votes.who_has_not_voted(session, box):
        assert expected == "waits"
    else:
        assert votes.block_acquired(votes.result_of(session, box)) is expected
        sums = votes.count(session, box.ballots).values()
        voting = [s for s in seats if s.present and not s.recused and s.votes and not s.withholds]
        assert sum(b.in_favour + b.against + b.abstained for b in sums) == len(voting)
