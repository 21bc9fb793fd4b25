"""How the votes of a joint jury count, by college; a tie is the president's (fiche 28242)."""

from __future__ import annotations

from workflows import composition
from workflows.facts import BallotFacts, BlockDecisionFacts, SessionFacts
from workflows.vocabulary import College, Decided


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
