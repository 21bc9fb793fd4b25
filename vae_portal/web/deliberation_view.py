"""What the jury's page on one candidate shows: what the commission proposes, who sits, earlier decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from vae_portal.persistence.queries import commissions, deliberations, deposits, hearings, juries, sessions
from vae_portal.persistence.queries.commissions import VerdictView
from vae_portal.web import conformity_view, deliberation_words, grid_view
from vae_portal.web.context import now, reading
from vae_portal.web.presentation import label, short_day
from vae_portal.web.session_view import colleges
from workflows import assessment, composition
from workflows.facts import Block, BlockDecisionFacts, Facts, SessionFacts, VerdictFacts
from workflows.vocabulary import College, Decided


def with_proposals(
    decisions: Iterable[BlockDecisionFacts], blocks: Iterable[Block], verdicts: Iterable[VerdictFacts]
) -> tuple[BlockDecisionFacts, ...]:
    """The decisions with what the commission proposed: a block is proposed when all its capabilities are acquired."""
    acquired = {v.capability: v.acquired for v in verdicts}
    proposed = {b.code: all(acquired.get(c, False) for c in b.capabilities) for b in blocks}
    return tuple(replace(d, proposed=proposed.get(d.block)) for d in decisions)


def shown(candidacy: Any, facts: Facts, session: SessionFacts, row: Any) -> dict[str, Any]:
    """The part of the page's context that comes from the candidacy and its jury."""
    interview = hearings.in_force(reading(), candidacy.id)
    verdicts = commissions.verdicts(reading(), interview.id) if interview else {}
    history = sessions.decisions(reading(), candidacy.id)
    decision = next((d for d in history if d.round == candidacy.round and d.revoked_at is None), None)
    reasons = sessions.recusals(reading(), session.session_id, candidacy.id)
    declared = hearings.declared(reading(), candidacy.id)
    titles = {b.id: b.code for b in candidacy.version.blocks}
    names = deliberations.who_pronounced(reading(), candidacy.id) if history else {}
    enrolment = juries.enrolment_of(reading(), candidacy.id)
    checked = deliberations.conformity(reading(), enrolment.id) if enrolment else []
    open_question = facts.step == "jury_scheduled"
    return {
        "interview": interview,
        "signatures": [s for s in commissions.signatures(reading(), interview) if s.stands] if interview else [],
        "blocks": [_block(b, facts, verdicts) for b in candidacy.version.blocks],
        "colleges": colleges(session),
        "employers": len(composition.voters_of(session, College.EMPLOYERS)),
        "employees": len(composition.voters_of(session, College.EMPLOYEES)),
        "faults": composition.composition_faults(session) if open_question else [],
        "left": [_left(s, reasons, declared) for s in session.seats if s.recused],
        "staying": [s for s in session.seats if s.present and not s.recused],
        "substitutes": _substitutes(session),
        "acting": next((s for s in session.seats if s.acting_president), None),
        "points": conformity_view.shown(facts, interview, deposits.numbered(reading(), candidacy.id), checked),
        "decision": _decision(decision, titles, names) if decision else None,
        "earlier": [_decision(d, titles, names) for d in history if d is not decision],
        "neighbours": deliberations.neighbours(reading(), session.session_id, candidacy.id),
        "withheld": [s for s in composition.sitting(session) if s.withholds],
        "remedy": composition.parity_remedy(session) if open_question else None,
        "broken": len(composition.voters_of(session, College.EMPLOYERS))
        != len(composition.voters_of(session, College.EMPLOYEES)),
        "mine": declared,
        "open_question": open_question,
        "session_open": session.state == "open",
        "begun": session.starts_at <= now(),
        "seen": row.revision,
    }


def _block(block: Any, facts: Facts, verdicts: dict[int, VerdictView]) -> dict[str, Any]:
    rows, apart = [], assessment.differing(facts)
    for capability in block.capabilities:
        verdict = verdicts.get(capability.id)
        kind, text = "calm", "non évaluée"
        if verdict is not None:
            kind, text = ("ok", "acquise") if verdict.acquired else ("bad", "non acquise")
        detail = grid_view.detail(verdict, capability.criteria, capability.code in apart)
        rows.append({"code": capability.code, "title": capability.title, "kind": kind, "text": text, "detail": detail})
    return {
        "id": block.id,
        "code": block.code,
        "title": block.title,
        "targeted": block.code in facts.targeted,
        "held": block.code in facts.held,
        "proposed": all(row["kind"] == "ok" for row in rows),
        "capabilities": rows,
    }


def _left(seat: Any, reasons: dict[int, str], declared: dict[int, Any]) -> dict[str, Any]:
    own = declared.get(seat.person_id)
    nature = own.nature if own is not None and own.linked else ""
    return {"seat": seat, "linked": bool(nature), "reason": reasons.get(seat.person_id) or nature}


def _substitutes(session: SessionFacts) -> list[Any]:
    """Who may preside for this candidate once the president is not there: of the same college, with a vote."""
    chair = next((s for s in session.seats if s.president), None)
    if chair is None or (chair.present and not chair.recused):
        return []
    return [s for s in composition.voters(session) if s.college is chair.college and not s.president]


def _decision(decision: Any, titles: dict[int, str], names: dict[int, str]) -> dict[str, Any]:
    """A decision as it was pronounced: by college, never by name."""
    blocks = [
        {
            "code": titles[b.block_id],
            "acquired": b.acquired,
            "how": label("decided", b.decided),
            "votes": deliberation_words.recorded(b) if b.decided == Decided.VOTE.value else "",
            "reason": b.reason,
        }
        for b in sorted(decision.blocks, key=lambda b: b.block_id)
    ]
    return {
        "outcome": decision.outcome,
        "on": short_day(decision.pronounced_at),
        "round": decision.round,
        "by": names.get(decision.pronounced_by, ""),
        "revoked": decision.revoked_reason,
        "revoked_on": short_day(decision.revoked_at) if decision.revoked_at else "",
        "revoked_by": names.get(decision.revoked_by, ""),
        "ground": label("ground", decision.revoked_ground) if decision.revoked_ground else "",
        "blocks": blocks,
    }
