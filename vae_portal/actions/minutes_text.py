"""The one text of a session's minutes: what is shown before closing, then kept, signed by its hash, and sealed.

Votes are in it by college and never by name. Why a member leaves for a candidate is not: that is theirs [choice].
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from templates.words import label
from vae_portal.persistence import journal
from vae_portal.persistence.queries import minutes_rows
from vae_portal.persistence.queries.minutes_rows import Deliberated
from vae_portal.persistence.tables import Block, BlockDecision, Centre, JurySeat, JurySession, MinutesDeed
from workflows.vocabulary import College, ConformityPoint, Decided

FORMAT = 1
Text = dict[str, Any]


def text_of(session: Session, row: JurySession) -> Text:
    """Everything that the minutes say, as plain values; `row` holds its seats with their people."""
    found = minutes_rows.read(session, row.id)
    seats = _by_college(row.seats)
    return {
        "format": FORMAT,
        "deed": "minutes",
        "centre": centre_of(session, row.centre_id),
        "session": {
            "number": row.minutes_number,
            "starts_at": row.starts_at.isoformat(),
            "place": row.place or None,
            "video_link": row.video_link or None,
        },
        "certifications": found.certifications,
        "convened_at": row.convened_at.isoformat() if row.convened_at else None,
        "opened_at": (row.opened_at or row.starts_at).isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "president_name": next((s.person.full_name for s in seats if s.president), ""),
        "members": [_member(seat) for seat in seats],
        "absences": [
            {"full_name": s.person.full_name, "college": _college(s), "reason": s.absence_reason or None}
            for s in seats
            if not s.present
        ],
        "recusals": _recusals(found),
        "candidates": _candidates(row, found),
        "withdrawn": _withdrawn(found),
        "incidents": [line.strip() for line in row.incidents.splitlines() if line.strip()],
        "signatories": _signatories(seats, found),
    }


def canonical(text: Text) -> str:
    """The text as it is kept, signed and sealed: canonical JSON."""
    return journal.canonical(text).decode()


def hash_of(text: Text) -> str:
    """What is signed: SHA-256, in hexadecimal, of the canonical text."""
    return hashlib.sha256(journal.canonical(text)).hexdigest()


def read(deed: MinutesDeed) -> Text:
    """The text of a deed, from the deed alone: whatever it speaks of became since."""
    text: Text = json.loads(deed.content)
    return text


def names(deed: MinutesDeed, person_id: int | None) -> bool:
    """Whether a deed names somebody among those who sign it."""
    return any(line["id"] == person_id for line in read(deed)["signatories"])


def centre_of(session: Session, centre_id: int) -> Text:
    """The centre as documents name it."""
    centre = session.get_one(Centre, centre_id)
    return {"name": centre.name, "address": centre.address, "phone": centre.phone or None, "email": centre.email}


# Who


def _by_college(seats: Iterable[JurySeat]) -> list[JurySeat]:
    order = list(College)
    return sorted(seats, key=lambda s: (order.index(College(s.college)), not s.president, s.substitute, s.id))


def _college(seat: JurySeat) -> str:
    return label("college", seat.college).lower()


def organisation(seat: JurySeat) -> str:
    """For whom a member sits: their union, or the employers' body, else their employer."""
    return seat.union_name or seat.employers_body or seat.person.employer


def _member(seat: JurySeat) -> Text:
    told = [
        "suppléant" if seat.substitute else "titulaire",
        "travail temporaire" if seat.temporary_work else "",
        "" if seat.qualified else "non qualifié",
    ]
    return {
        "id": seat.person_id,
        "full_name": seat.person.full_name,
        "college": _college(seat),
        "organisation": organisation(seat) or None,
        "seat": ", ".join(filter(None, told)),
        "qualification": seat.qualification or None,
        "president": seat.president,
        "votes": seat.votes and seat.present,
        "present": seat.present,
    }


def _signatories(seats: list[JurySeat], found: Deliberated) -> list[Text]:
    """Who was there at the closing, or sat for a decision before they left: these sign, and nobody else."""
    sat = {line["person"] for rows in found.decisions.values() for row in rows for line in row.sat}
    return [
        {"id": s.person_id, "full_name": s.person.full_name, "college": _college(s), "president": s.president}
        for s in seats
        if s.present or s.person_id in sat
    ]


def _recusals(found: Deliberated) -> list[Text]:
    last = {e.candidacy_id: e for e in found.enrolments if e.ended != "removed"}
    return [
        {
            "full_name": found.names[row.person_id],
            "candidate": _name(enrolment),
            "withholds": row.withholds,
            "acting_president": found.names.get(enrolment.acting_president_id),
        }
        for row in found.recusals
        if (enrolment := last.get(row.candidacy_id)) is not None
    ]


def _name(enrolment: Row[Any]) -> str:
    return f"{enrolment.given_names} {enrolment.family_name}"


# Candidates


def _withdrawn(found: Deliberated) -> list[Text]:
    """Who was on the agenda and was taken off it without an answer."""
    heard = {e.candidacy_id for e in found.enrolments if e.ended != "removed"}
    gone = {e.candidacy_id: e for e in found.enrolments if e.candidacy_id not in heard}
    return [{"number": e.number, "full_name": _name(e), "reason": e.ended_reason or None} for e in gone.values()]


def _candidates(row: JurySession, found: Deliberated) -> list[Text]:
    """Each candidacy once, in the order of the agenda, however often it was put on it."""
    heard: dict[int, list[Row[Any]]] = {}
    for enrolment in found.enrolments:
        if enrolment.ended != "removed":
            heard.setdefault(enrolment.candidacy_id, []).append(enrolment)
    usual = _usual(row)
    return [_candidate(rows, found, found.decisions.get(key, []), usual) for key, rows in heard.items()]


def _candidate(
    enrolments: list[Row[Any]], found: Deliberated, decisions: list[Row[Any]], usual: set[tuple[int, bool, bool]]
) -> Text:
    last = enrolments[-1]
    standing = next((d for d in reversed(decisions) if d.revoked_at is None), None)
    blocks = found.blocks.get(standing.id, []) if standing else []
    reasons = [f"{block.code} : {decided.reason}" for block, decided in blocks if decided.reason]
    referred = [e.ended_reason for e in enrolments if e.ended == "referred_back"]
    outcome = label("outcome", standing.outcome) if standing else _without_decision(last, decisions)
    return {
        "number": last.number,
        "full_name": _name(last),
        "certification": f"{last.title} ({last.code}, RNCP {last.rncp})",
        "checks": [_check(check, found) for e in enrolments for check in _in_order(found.checks.get(e.id, []))],
        "outcome": outcome,
        "decided_at": standing.pronounced_at.isoformat() if standing else None,
        "pronounced_by": found.names[standing.pronounced_by] if standing else None,
        "sat": _sat(standing, usual),
        "blocks": [_block(block, decided) for block, decided in blocks],
        "reason": "\n".join(reasons) or None,
        "referred": [f"Renvoi devant la commission : {reason or 'sans motif noté'}" for reason in referred],
        "revoked": [_revoked(d, found) for d in decisions if d.revoked_at is not None],
    }


def _without_decision(last: Row[Any], decisions: list[Row[Any]]) -> str:
    if last.ended == "referred_back":
        return "Renvoi devant la commission"
    if last.live:
        return "À examiner"
    return "Décision rapportée, sans nouvelle décision" if decisions else "Sans décision"


def _in_order(checks: list[Row[Any]]) -> list[Row[Any]]:
    order = list(ConformityPoint)
    return sorted(checks, key=lambda check: order.index(ConformityPoint(check.point)))


def _check(check: Row[Any], found: Deliberated) -> Text:
    by = found.names.get(check.checked_by)
    return {"point": label("conformity_point", check.point), "by": by, "at": check.checked_at.isoformat()}


def _usual(row: JurySession) -> set[tuple[int, bool, bool]]:
    """Who sits, votes and presides in the session as a whole, to be compared with each decision."""
    return {(s.person_id, s.votes, s.president) for s in row.seats if s.present}


def _sat(decision: Row[Any] | None, usual: set[tuple[int, bool, bool]]) -> list[str]:
    """Who sat for this decision, where that is not who sits in the session; nothing where it is."""
    lines = decision.sat if decision else []
    if not lines or {(line["person"], line["votes"], line["chair"]) for line in lines} == usual:
        return []
    order = [college.value for college in College]
    return [
        ", ".join(
            filter(
                None,
                (
                    line["name"],
                    label("college", line["college"]).lower(),
                    line.get("union") or "",
                    "préside" if line["chair"] else "",
                    "" if line["votes"] else "sans voix",
                ),
            )
        )
        for line in sorted(lines, key=lambda line: (order.index(line["college"]), not line["chair"], line["person"]))
    ]


def _block(block: Block, decided: BlockDecision) -> Text:
    """A block with its votes by college, as they were recorded when it was decided."""
    shown: Text = {
        "code": block.code,
        "title": block.title,
        "acquired": decided.acquired,
        "consensus": decided.decided == Decided.CONSENSUS,
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


def _revoked(decision: Row[Any], found: Deliberated) -> Text:
    """A decision of this session that was revoked: what it was, why it fell, by whom, when."""
    told = [
        f"{block.code} {'acquis' if decided.acquired else 'non acquis'}"
        for block, decided in found.blocks.get(decision.id, [])
    ]
    return {
        "decided_at": decision.pronounced_at.isoformat(),
        "outcome": ", ".join([label("outcome", decision.outcome), *told]),
        "revoked_at": decision.revoked_at.isoformat(),
        "by": found.names.get(decision.revoked_by),
        "reason": decision.revoked_reason,
    }
