"""What the minutes of a session say: who sat, who left for whom, decisions with votes by college, incidents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from templates.words import label
from vae_portal.persistence.queries import sessions
from vae_portal.persistence.tables import (
    Block,
    BlockDecision,
    Candidacy,
    Centre,
    CertificationVersion,
    Decision,
    Enrolment,
    JurySeat,
    JurySession,
)
from workflows.vocabulary import College


def context(session: Session, row: JurySession) -> dict[str, Any]:
    """The content of the minutes, fixed at the closing; `row` holds its seats with their people."""
    centre = session.get_one(Centre, row.centre_id)
    return {
        "centre": {
            "name": centre.name,
            "address": centre.address,
            "phone": centre.phone or None,
            "email": centre.email,
        },
        "session": {"number": row.minutes_number, "starts_at": row.starts_at.isoformat(), "place": row.place},
        "opened_at": (row.opened_at or row.starts_at).isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "president_name": next((s.person.full_name for s in row.seats if s.president), ""),
        "members": [_member(seat) for seat in _by_college(row.seats)],
        "absences": [
            {"full_name": s.person.full_name, "college": label("college", s.college).lower()}
            for s in _by_college(row.seats)
            if not s.present
        ],
        "recusals": [
            {"full_name": r.member, "candidate": r.candidate, "acting_president": r.acting_president or None}
            for r in sessions.all_recusals(session, row.id)
        ],
        "candidates": _candidates(session, row),
        "incidents": [line.strip() for line in row.incidents.splitlines() if line.strip()],
    }


def _by_college(seats: Iterable[JurySeat]) -> list[JurySeat]:
    order = list(College)
    return sorted(seats, key=lambda s: (order.index(College(s.college)), not s.president, s.id))


def _member(seat: JurySeat) -> dict[str, Any]:
    organisation = seat.union_name or seat.person.employer
    if seat.temporary_work:
        organisation = f"{organisation} (travail temporaire)".strip()
    return {
        "full_name": seat.person.full_name,
        "college": label("college", seat.college).lower(),
        "organisation": organisation or None,
        "president": seat.president,
        "votes": seat.votes,
        "present": seat.present,
    }


def _candidates(session: Session, row: JurySession) -> list[dict[str, Any]]:
    decisions = {
        d.candidacy_id: d
        for d in session.scalars(
            select(Decision).where(Decision.session_id == row.id).options(selectinload(Decision.blocks))
        )
    }
    found = session.execute(
        select(Enrolment, Candidacy)
        .join(Candidacy, Candidacy.id == Enrolment.candidacy_id)
        .where(Enrolment.session_id == row.id, Enrolment.ended.in_(("pronounced", "referred_back")))
        .options(
            joinedload(Candidacy.person),
            joinedload(Candidacy.version).joinedload(CertificationVersion.certification),
            joinedload(Candidacy.version).selectinload(CertificationVersion.blocks),
        )
        .order_by(Enrolment.id)
    )
    return [_candidate(enrolment, candidacy, decisions.get(candidacy.id)) for enrolment, candidacy in found.unique()]


def _candidate(enrolment: Enrolment, candidacy: Candidacy, decision: Decision | None) -> dict[str, Any]:
    certification = candidacy.version.certification
    shown: dict[str, Any] = {
        "number": candidacy.number,
        "full_name": candidacy.person.full_name,
        "certification": f"{certification.title} ({certification.code}, RNCP {certification.rncp})",
        "blocks": [],
    }
    if decision is None or enrolment.ended == "referred_back":
        return {**shown, "outcome": "Renvoi devant la commission", "reason": enrolment.ended_reason or None}
    decided = {b.block_id: b for b in decision.blocks}
    reasons = [f"{b.code} : {decided[b.id].reason}" for b in candidacy.version.blocks if _says(decided.get(b.id))]
    if decision.revoked_at is not None:
        reasons.append(f"Décision rapportée en séance : {decision.revoked_reason}")
    blocks = [_block(b, decided[b.id]) for b in candidacy.version.blocks if b.id in decided]
    return {
        **shown,
        "outcome": label("step", decision.outcome),
        "reason": "\n".join(reasons) or None,
        "blocks": blocks,
    }


def _says(decision: BlockDecision | None) -> bool:
    return decision is not None and bool(decision.reason)


def _block(block: Block, decided: BlockDecision) -> dict[str, Any]:
    """A block with its votes by college, as they were recorded when it was decided."""
    shown: dict[str, Any] = {
        "code": block.code,
        "title": block.title,
        "acquired": decided.acquired,
        "casting_vote": decided.president_decided,
    }
    for college in College:
        name = college.value
        shown[name] = {
            "in_favour": getattr(decided, f"{name}_for"),
            "against": getattr(decided, f"{name}_against"),
            "abstained": getattr(decided, f"{name}_abstained"),
        }
    return shown
