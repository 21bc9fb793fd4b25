"""What the page of a session shows, from rows and rules: seats, parity, agenda, what can be done and why not."""

from __future__ import annotations

from typing import Any

from vae_portal.actions import sessions as acts
from vae_portal.persistence.queries import juries, sessions
from vae_portal.persistence.queries.sessions import AgendaLine, Juror
from vae_portal.web.context import now, reading
from vae_portal.web.presentation import label
from workflows import clocks, composition
from workflows.facts import Seat, SessionFacts
from workflows.vocabulary import College, SessionState

_ENDS = {"removed": "Retirée de l'ordre du jour", "referred_back": "Renvoyée devant la commission"}


def shown(row: Any, prepares: bool) -> dict[str, Any]:
    """The part of the page's context that comes from the session itself."""
    agenda = sessions.agenda(reading(), row.id)
    live = [line for line in agenda if line.live]
    facts = juries.facts(row, (line.president_college for line in live))
    running = facts.state is not SessionState.CLOSED
    mine = juries.certifications_of(reading(), row.id)
    return {
        "state": facts.state.value,
        "colleges": colleges(facts),
        "employers": len(composition.voters_of(facts, College.EMPLOYERS)),
        "employees": len(composition.voters_of(facts, College.EMPLOYEES)),
        "present": sum(s.present for s in facts.seats),
        "faults": composition.composition_faults(facts) if running else [],
        "agenda": [agenda_row(line) for line in agenda if line.ended != "removed"],
        "live": len(live),
        "before": facts.state in acts.BEFORE_IT_OPENS,
        "full": row.capacity is not None and sum(line.ended != "removed" for line in agenda) >= row.capacity,
        "pending": sessions.pending(reading(), row.centre_id, mine) if prepares and facts.starts_at > now() else [],
        "ahead": facts.starts_at > now(),
        "opening": acts.opening_refusal(facts, now()) if facts.state in acts.BEFORE_IT_OPENS else None,
        "closing": acts.closing_refusal(facts, len(live)) if facts.state is SessionState.OPEN else None,
        "today": clocks.civil_date(now()),
        "session_day": clocks.civil_date(facts.starts_at),
    }


def colleges(facts: SessionFacts) -> list[dict[str, Any]]:
    """Seats by college as the components want them."""
    return [
        {
            "name": label("college", college.value),
            "seats": [seat_row(s) for s in facts.seats if s.college is college],
        }
        for college in College
    ]


def seat_row(seat: Seat) -> dict[str, Any]:
    """One member: who, for whom, with a vote or not, and why not."""
    told = [
        "préside" if seat.president else "préside pour ce candidat" if seat.acting_president else "",
        seat.union,
        "travail temporaire" if seat.temporary_work else "",
        "suppléant" if seat.substitute else "",
        "" if seat.qualified else "non qualifié",
    ]
    if not seat.present:
        kind, text = "bad", "absent"
    elif seat.recused:
        kind, text = "wait", "se retire"
    elif seat.withholds:
        kind, text = "wait", "s'abstient de voter"
    elif seat.votes:
        kind, text = "ok", "vote"
    else:
        kind, text = "calm", "sans voix"
    detail = ", ".join(filter(None, told))
    return {"name": seat.name, "detail": detail, "kind": kind, "text": text, "seat": seat}


def agenda_row(line: AgendaLine) -> dict[str, Any]:
    """One candidacy of the agenda and where it stands."""
    if line.live:
        kind, text = ("calm", "conformité constatée") if line.conformity_checked else ("wait", "à examiner")
    elif line.outcome:
        kind, text = "ok", label("outcome", line.outcome) + (" (rapportée)" if line.revoked else "")
    else:
        kind, text = "calm", _ENDS.get(line.ended, "Sortie de l'ordre du jour")
    return {"line": line, "kind": kind, "text": text}


def juror_words(juror: Juror) -> str:
    """Someone to seat, as the list shows them."""
    college = label("college", juror.college) if juror.college else "collège à préciser"
    return ", ".join(filter(None, (juror.name, college, juror.union or juror.employer)))
