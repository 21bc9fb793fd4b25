"""Any jury and any votes, against a second writing of the fiche."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tests.workflows.cases import EVERY, NOW, OPEN_SESSION, PRESIDENT, an_actor, favourable_facts, seated
from tests.workflows.deliberation import (
    ABSTAINED,
    AGAINST,
    EMPLOYEES,
    EMPLOYERS,
    FOR,
    carried,
    chair_of,
    juries,
    lawful,
)
from workflows.composition import composition_faults, parity_remedy, sitting, voters_of
from workflows.facts import Actor, BallotFacts, BlockDecisionFacts, Facts, Given, Seat
from workflows.machine import Allowed, decide
from workflows.vocabulary import Action, College, Decided, Role, Step
from workflows.votes import ballot_faults

FACTS = favourable_facts(Step.JURY_SCHEDULED, Action.PRONOUNCE)
BOTH = frozenset(College)


def the_chair(seats: list[Seat]) -> Actor:
    """Whoever presides, or the person who would."""
    chair = chair_of(seats)
    return an_actor(Role.JURY_PRESIDENT, person=chair.person_id if chair else PRESIDENT)


@settings(max_examples=1000, deadline=None)
@given(juries(), st.sampled_from((frozenset({EMPLOYERS}), BOTH)))
def test_any_composition_is_judged_as_the_fiche_judges_it(seats: list[Seat], colleges: frozenset[College]) -> None:
    session = replace(OPEN_SESSION, seats=tuple(seats), president_colleges=colleges)
    event(f"lawful: {lawful(seats, colleges)}")
    assert (composition_faults(session) == []) == lawful(seats, colleges)


@settings(max_examples=400, deadline=None)
@given(juries(), st.data())
def test_any_votes_of_any_jury_lead_where_the_fiche_says(seats: list[Seat], data: st.DataObject) -> None:
    held = data.draw(st.sets(st.sampled_from(sorted(EVERY)), max_size=2))
    targeted = data.draw(st.sets(st.sampled_from(sorted(EVERY - held)), min_size=1))
    chair, decisions, results = chair_of(seats), [], {}
    for block in sorted(targeted):
        decision, results[block] = a_vote(data, block, seats, chair)
        decisions.append(decision)
    facts = seated(replace(FACTS, targeted=frozenset(targeted), held=frozenset(held)), *seats)
    answer = decide(facts, Action.PRONOUNCE, the_chair(seats), NOW, Given(decisions=tuple(decisions)))
    pronounced = lawful(seats, frozenset({EMPLOYERS})) and None not in results.values()
    event(f"pronounced: {pronounced}")
    assert isinstance(answer, Allowed) == pronounced
    if isinstance(answer, Allowed):
        assert answer.step == expected_end(facts, held | {block for block, yes in results.items() if yes})


@settings(max_examples=1000, deadline=None)
@given(juries())
def test_the_remedy_puts_parity_right_and_never_silences_who_presides(seats: list[Seat]) -> None:
    assume(len({s.person_id for s in seats}) == len(seats) and sum(s.president for s in seats) == 1)
    session = replace(OPEN_SESSION, seats=tuple(seats))
    remedy = parity_remedy(session)
    voting = {c: len(voters_of(session, c)) for c in College}
    if remedy is None:
        could_vote = {c: any(s.college is c and s.votes for s in sitting(session)) for c in College}
        assert min(voting.values()) == 0 or not all(could_vote.values())
        return
    again, silent = ([id(s) for s in chosen] for chosen in (remedy.vote_again, remedy.abstain))
    assert chair_of(seats) is None or id(chair_of(seats)) not in silent
    after = [replace(s, withholds=(s.withholds and id(s) not in again) or id(s) in silent) for s in seats]
    mended = replace(OPEN_SESSION, seats=tuple(after))
    employers, employees = (len(voters_of(mended, c)) for c in College)
    assert employers == employees > 0
    event(f"mended: {voting[EMPLOYERS] != voting[EMPLOYEES]}")


def a_vote(
    data: st.DataObject, block: str, seats: list[Seat], chair: Seat | None
) -> tuple[BlockDecisionFacts, bool | None]:
    """Each voter votes; the rules are told the sums by college, the expectation is made from the single votes."""
    voters = [s for s in seats if s.present and not s.recused and s.votes and not s.withholds]
    cast = [data.draw(st.sampled_from((FOR, AGAINST, ABSTAINED))) for _ in voters]
    own = next((vote for seat, vote in zip(voters, cast, strict=True) if seat is chair), ABSTAINED)
    sums = {
        college: Counter(v for s, v in zip(voters, cast, strict=True) if s.college is college) for college in College
    }
    ballots = [BallotFacts(sums[c][FOR], sums[c][AGAINST], sums[c][ABSTAINED]) for c in (EMPLOYERS, EMPLOYEES)]
    told = {FOR: True, AGAINST: False, ABSTAINED: None}[own]
    return BlockDecisionFacts(block, Decided.VOTE, None, *ballots, president_in_favour=told), carried(cast, own)


def expected_end(facts: Facts, held: set[str]) -> Step:
    """All blocks, some or none."""
    if len(held) == len(facts.blocks):
        return Step.CERTIFIED
    return Step.PARTIALLY_VALIDATED if held else Step.NOT_VALIDATED


@given(st.tuples(*[st.integers(-1, 4)] * 6), st.sampled_from((True, False, None)))
def test_ballots_that_do_not_add_up_are_never_counted(sums: tuple[int, ...], president: bool | None) -> None:
    employers, employees = BallotFacts(*sums[:3]), BallotFacts(*sums[3:])
    decision = BlockDecisionFacts("BC1", Decided.VOTE, None, employers, employees, president_in_favour=president)
    adds_up = min(sums) >= 0 and sum(sums[:3]) == 2 == sum(sums[3:])
    assert adds_up or ballot_faults(OPEN_SESSION, decision)
