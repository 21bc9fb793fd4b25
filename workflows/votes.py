"""How the votes of a joint jury count, by college; a tie is the president's (fiche 28242)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from workflows import composition
from workflows.facts import BallotFacts, BlockDecisionFacts, BoxFacts, Seat, SessionFacts
from workflows.vocabulary import Choice, College, Decided


def count(session: SessionFacts, ballots: Iterable[tuple[int, Choice]]) -> dict[College, BallotFacts]:
    """The ballots of those who are voters now, by college; a ballot of anyone else counts for nothing."""
    cast = dict(ballots)
    return {college: _sums(cast, composition.voters_of(session, college)) for college in College}


def _sums(cast: dict[int, Choice], voters: Iterable[Seat]) -> BallotFacts:
    found = Counter(cast[seat.person_id] for seat in voters if seat.person_id in cast)
    return BallotFacts(found[Choice.FOR], found[Choice.AGAINST], found[Choice.ABSTAIN])


def who_has_not_voted(session: SessionFacts, box: BoxFacts) -> tuple[Seat, ...]:
    """The voters whose ballot is missing: until there is none, the box is not counted."""
    cast = {person for person, _ in box.ballots}
    return tuple(seat for seat in composition.voters(session) if seat.person_id not in cast)


def box_on(session: SessionFacts, block: str) -> BoxFacts | None:
    """The vote on one block that was not given up, open or counted."""
    return next((box for box in session.boxes if box.block == block), None)


def from_boxes(session: SessionFacts, decisions: Iterable[BlockDecisionFacts]) -> tuple[BlockDecisionFacts, ...]:
    """The decisions, with the sums of each counted box in place of any that were typed."""
    return tuple(
        from_box(session, decision, box)
        if (box := box_on(session, decision.block)) and stands(session, box)
        else decision
        for decision in decisions
    )


def from_box(session: SessionFacts, decision: BlockDecisionFacts, box: BoxFacts) -> BlockDecisionFacts:
    """One decision with what its box holds; the president's own ballot is looked at on a tie alone."""
    if decision.decided is not Decided.VOTE:
        return decision
    sums, chair = count(session, box.ballots), composition.presiding(session)
    # A ballot left by a president who votes no more settles nothing.
    own = dict(box.ballots).get(chair.person_id) if chair and chair in composition.voters(session) else None
    told = replace(decision, employers=sums[College.EMPLOYERS], employees=sums[College.EMPLOYEES])
    in_favour = {Choice.FOR: True, Choice.AGAINST: False}.get(own) if own and is_tie(told) else None
    return replace(told, president_in_favour=in_favour)


def result_of(session: SessionFacts, box: BoxFacts) -> BlockDecisionFacts:
    """What a counted box says of its block."""
    return from_box(session, BlockDecisionFacts(box.block, Decided.VOTE), box)


def stands(session: SessionFacts, box: BoxFacts) -> bool:
    """Counted, and those who were counted are those who vote now [choice]."""
    return box.counted == frozenset(seat.person_id for seat in composition.voters(session))


def giving_up_refusal(session: SessionFacts, box: BoxFacts) -> str | None:
    """A vote that was counted settles its block: it is given up only when it leads nowhere [choice]."""
    if box.counted is None or not stands(session, box) or block_acquired(result_of(session, box)) is None:
        return None
    return f"{box.block} : ce vote est compté, et il tranche."


def faults(session: SessionFacts, decision: BlockDecisionFacts) -> list[str]:
    """What keeps the decision on one block from being pronounced: its box where there is one, or else its sums."""
    box = box_on(session, decision.block)
    return ballot_faults(session, decision) if box is None else [*_box_faults(session, decision, box)]


def _box_faults(session: SessionFacts, decision: BlockDecisionFacts, box: BoxFacts) -> Iterable[str]:
    if box.counted is None:
        yield f"{box.block} : un vote est ouvert sur ce bloc, comptez-le ou abandonnez-le."
    elif not stands(session, box):
        yield (
            f"{box.block} : qui vote a changé depuis que les voix ont été comptées,"
            " abandonnez ce vote et votez de nouveau."
        )
    elif decision.decided is not Decided.VOTE:
        yield f"{box.block} : ce bloc a été mis aux voix, la décision suit le vote."
    elif from_box(session, decision, box) != decision:
        yield f"{box.block} : les voix sont celles que chacun a données sur son écran."
    elif block_acquired(decision) is None:
        yield (
            f"{box.block} : partage des voix, et la personne qui préside s'est abstenue ;"
            " abandonnez ce vote et votez de nouveau."
        )


def ballot_faults(session: SessionFacts, decision: BlockDecisionFacts) -> list[str]:
    """What is wrong with the votes of one block: each college's votes add up to its voters."""
    if decision.decided is Decided.CONSENSUS:
        return [] if decision.acquired is not None else [f"{decision.block} : indiquez si le bloc est acquis."]
    faults = []
    ballots = {College.EMPLOYERS: decision.employers, College.EMPLOYEES: decision.employees}
    for college, ballot in ballots.items():
        name = composition.COLLEGES[college]
        cast, due = ballot.in_favour + ballot.against + ballot.abstained, len(composition.voters_of(session, college))
        if min(ballot.in_favour, ballot.against, ballot.abstained) < 0:
            faults.append(f"{decision.block} : un nombre de voix n'est jamais négatif.")
        elif cast != due:
            faults.append(f"{decision.block} : {cast} voix comptées pour {due} votants du collège des {name}.")
    chair = composition.presiding(session)
    if not faults and chair is not None and is_tie(decision) and decision.president_in_favour is not None:
        # "Celle du président" is a vote he cast: it must be among those of his college.
        own = ballots[chair.college]
        if (own.in_favour if decision.president_in_favour else own.against) == 0:
            way = "pour" if decision.president_in_favour else "contre"
            faults.append(f"{decision.block} : le président a voté {way}, son collège ne compte aucune voix {way}.")
    return faults


def block_acquired(decision: BlockDecisionFacts) -> bool | None:
    """Whether the block is granted: abstentions do not count, a tie is the president's, None if undecided [choice]."""
    if decision.decided is Decided.CONSENSUS:
        return decision.acquired
    in_favour = decision.employers.in_favour + decision.employees.in_favour
    against = decision.employers.against + decision.employees.against
    if in_favour != against:
        return in_favour > against
    return decision.president_in_favour


def ballot_of(session: SessionFacts, decision: BlockDecisionFacts, college: College) -> BallotFacts:
    """One college's votes on a block; an accord of all is every voter of the college on the same side."""
    if decision.decided is Decided.VOTE:
        return decision.employers if college is College.EMPLOYERS else decision.employees
    many = len(composition.voters_of(session, college))
    return BallotFacts(in_favour=many) if decision.acquired else BallotFacts(against=many)


def is_tie(decision: BlockDecisionFacts) -> bool:
    """As many for as against."""
    votes: tuple[BallotFacts, BallotFacts] = (decision.employers, decision.employees)
    return decision.decided is Decided.VOTE and sum(b.in_favour - b.against for b in votes) == 0
