"""What enrolling, pronouncing, referring back and revoking change for one candidacy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from vae_portal.actions import awards
from vae_portal.actions.act import Act
from vae_portal.persistence.queries import fraud, hearings, juries
from vae_portal.persistence.tables import BlockDecision, CandidacyBlock, Decision, Enrolment, VoteBox
from workflows import clocks, composition, outcome, votes
from workflows.facts import BlockDecisionFacts, Seat, SessionFacts
from workflows.vocabulary import Action, College, Ground


def enrol(act: Act) -> None:
    """On the agenda of a session."""
    if act.given.session is None:
        raise ValueError("the rules let nothing through without a session")
    act.session.add(
        Enrolment(session_id=act.given.session.session_id, candidacy_id=act.candidacy.id, enrolled_at=act.now)
    )
    act.details["session"] = act.given.session.session_id
    act.mail["session_on"] = clocks.civil_date(act.given.session.starts_at)


def remove(act: Act) -> None:
    """Off the agenda."""
    _end_enrolment(act, "removed")


def refer_back(act: Act) -> None:
    """The evaluation is to be done again: the interview ends, and stays on record."""
    _end_enrolment(act, "referred_back", act.given.reason)
    _end_interview(act, "referred_back", act.given.reason)


def pronounce(act: Act) -> None:
    """Records the decision, block by block, with the votes by college; the database checks the jury again."""
    session = act.facts.session
    if session is None:
        raise ValueError("the rules let nothing through without a session")
    reached = outcome.outcome(act.facts, act.given.decisions)
    decision = Decision(
        candidacy_id=act.candidacy.id,
        session_id=session.session_id,
        round=act.candidacy.round,
        outcome=reached.value,
        pronounced_at=act.now,
        pronounced_by=act.person_id,
        sat=[_seated(seat, seat is composition.presiding(session)) for seat in composition.sitting(session)],
    )
    act.session.add(decision)
    act.session.flush()
    for block in act.given.decisions:
        _record_block(act, session, decision, block)
    act.candidacy.decided_on = act.today
    _end_enrolment(act, "pronounced")
    act.details.update(decision=decision.id, session=session.session_id, outcome=reached.value)


def _seated(seat: Seat, chair: bool) -> dict[str, Any]:
    """Who sat when it was pronounced: people come and go during a session."""
    return {
        "person": seat.person_id,
        "name": seat.name,
        "college": seat.college.value,
        "union": seat.union,
        "votes": seat.votes and not seat.withholds,
        "chair": chair,
    }


def _record_block(act: Act, session: SessionFacts, decision: Decision, block: BlockDecisionFacts) -> None:
    block_id, acquired = act.block_ids()[block.block], bool(votes.block_acquired(block))
    box = votes.box_on(session, block.block)
    employers, employees = (votes.ballot_of(session, block, college) for college in College)
    act.session.add(
        BlockDecision(
            decision_id=decision.id,
            block_id=block_id,
            acquired=acquired,
            decided=block.decided.value,
            employers_for=employers.in_favour,
            employers_against=employers.against,
            employers_abstained=employers.abstained,
            employees_for=employees.in_favour,
            employees_against=employees.against,
            employees_abstained=employees.abstained,
            president_decided=votes.is_tie(block),
            reason=block.reason.strip(),
            box_id=box.box_id if box else None,
        )
    )
    if acquired:
        act.session.execute(
            update(CandidacyBlock)
            .where(CandidacyBlock.candidacy_id == act.candidacy.id, CandidacyBlock.block_id == block_id)
            .values(acquired_by=decision.id)
        )


def revoke(act: Act) -> None:
    """The decision is revoked, with its reason; it stays on record and a session pronounces anew."""
    decision = juries.decision_in_force(act.session, act.candidacy)
    if decision is None:
        raise ValueError("the rules let nothing through without a decision in force")
    case = fraud.about(act.session, decision.id) if act.given.ground is Ground.FRAUD else None
    decision.revoked_at = act.now
    decision.revoked_by = act.person_id
    decision.revoked_ground = act.given.ground.value if act.given.ground else ""
    decision.revoked_reason = act.given.reason.strip()
    decision.fraud_case_id = case.id if case else None
    act.session.execute(
        update(CandidacyBlock).where(CandidacyBlock.acquired_by == decision.id).values(acquired_by=None)
    )
    awards.withdraw(act, decision)
    act.candidacy.decided_on = None
    act.details.update(decision=decision.id, ground=decision.revoked_ground)


def resume(act: Act) -> None:
    """A new round on the missing blocks only; what was acquired and everything deposited stays as it was."""
    decision = juries.decision_in_force(act.session, act.candidacy)
    granted = {b.block_id for b in decision.blocks if b.acquired} if decision else set()
    codes = {identifier: code for code, identifier in act.block_ids().items()}
    held = act.facts.held | {codes[b] for b in granted}
    missing = outcome.blocks_of_next_round(act.facts, held)
    _end_interview(act, "done")
    act.candidacy.round += 1
    act.candidacy.deposited_on = None
    act.candidacy.decided_on = None
    act.candidacy.candidate_stepped_on = act.today
    present = {row.block_id: row for row in act.session.query(CandidacyBlock).filter_by(candidacy_id=act.candidacy.id)}
    for code, block_id in act.block_ids().items():
        row = present.get(block_id)
        if row is None:
            row = CandidacyBlock(candidacy_id=act.candidacy.id, block_id=block_id, targeted=False, declared_held=False)
            act.session.add(row)
        row.targeted = code in missing
    act.details["targeted"] = sorted(missing)


def _end_enrolment(act: Act, how: str, reason: str = "") -> None:
    enrolment = juries.enrolment_of(act.session, act.candidacy.id)
    if enrolment is not None:
        enrolment.live = False
        enrolment.ended = how
        enrolment.ended_reason = reason.strip()
        still_open = (VoteBox.enrolment_id == enrolment.id) & VoteBox.ended_at.is_(None)
        act.session.execute(update(VoteBox).where(still_open).values(ended_at=act.now, given_up=True))


def _end_interview(act: Act, how: str, reason: str = "") -> None:
    interview = hearings.in_force(act.session, act.candidacy.id)
    if interview is not None:
        interview.live = False
        interview.ended = how
        interview.ended_reason = reason.strip()


CHANGES: dict[Action, Callable[[Act], None]] = {
    Action.ENROL_IN_JURY: enrol,
    Action.REMOVE_FROM_JURY: remove,
    Action.REFER_BACK: refer_back,
    Action.PRONOUNCE: pronounce,
    Action.REVOKE_DECISION: revoke,
    Action.RESUME: resume,
}
