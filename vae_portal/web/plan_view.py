"""What the page of a plan shows: its sittings by day, who is left out and why, how good it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.persistence.queries import dues, planning, plans
from vae_portal.persistence.queries.free_time import window
from vae_portal.web.presentation import label
from workflows import clocks
from workflows.vocabulary import PlanState

_NEWS = timedelta(days=7)  # how long the page tells of the last plan that was booked
_WORKING = (PlanState.ASKED, PlanState.SEARCHING, PlanState.ACCEPTING)


@dataclass(frozen=True, slots=True)
class MeansShown:
    """What one sitting can be made of: rooms and evaluators by id, and why some cannot sit."""

    rooms: dict[int, Any]
    people: dict[int, str]
    barred: frozenset[int]
    qualified: frozenset[int]


def before(session: Session, centre_id: int, now: datetime) -> dict[str, Any]:
    """Before any plan: how many wait, and what became of the last one while that is news."""
    last = plans.last_booked(session, centre_id, now - _NEWS)
    return {
        "working": False,
        "days": [],
        "left_out": [],
        "waiting": len(planning.waiting(session, centre_id)),
        "booked": last and {"many": len(last.sittings), "at": last.closed_at, "first": _first_day(last)},
    }


def sitting_of(session: Session, plan: Any, candidacy_id: int) -> dict[str, Any] | None:
    """Where one sitting stands in the plan; None when it is not there."""
    found = next((sitting for sitting in plan.sittings if sitting.candidacy_id == candidacy_id), None)
    if found is None:
        return None
    people, at = plans.names(session, plan.centre_id), window(found.during)
    room = plans.rooms(session, plan.centre_id)[found.room_id].name
    return {"starts_at": at.starts_at, "room": room, "evaluators": [people.get(key, "") for key in found.evaluators]}


def _first_day(plan: Any) -> date:
    return min(clocks.civil_date(window(sitting.during).starts_at) for sitting in plan.sittings)


def shown(session: Session, plan: Any, centre_id: int, today: date) -> dict[str, Any]:
    """The plan in the words of the page."""
    people, rooms = plans.names(session, centre_id), plans.rooms(session, centre_id)
    ids = [row.candidacy_id for row in (*plan.sittings, *plan.left_out)]
    known = plans.candidacies(session, ids)
    against = plans.against(session, plan, today) if plan.state == PlanState.PROPOSED else {}
    days: dict[date, list[dict[str, Any]]] = {}
    for sitting in sorted(plan.sittings, key=lambda s: (s.during.lower, s.candidacy_id)):
        candidacy, at = known[sitting.candidacy_id], window(sitting.during)
        day = clocks.civil_date(at.starts_at)
        due = dues.jury_due(candidacy.regime, candidacy.deposited_on)
        days.setdefault(day, []).append(
            {
                "id": sitting.candidacy_id,
                "number": candidacy.number,
                "candidate": candidacy.person.full_name,
                "starts_at": at.starts_at,
                "ends_at": at.ends_at,
                "room": rooms[sitting.room_id].name,
                "evaluators": [people.get(person, "") for person in sitting.evaluators],
                "locked": sitting.locked,
                "against": list(dict.fromkeys(against.get(sitting.candidacy_id, []))),
                "due": due,
                "late": due is not None and day > due,
            }
        )
    left_out = [_left_out(row, known[row.candidacy_id]) for row in plan.left_out]
    return {
        "working": plan.state in _WORKING,
        "days": sorted(days.items()),
        "left_out": sorted(left_out, key=lambda one: (one["due"] or date.max, one["number"])),
        "loads": _loads(plan, people),
        "waiting": len(planning.waiting(session, centre_id)) if plan.state in _WORKING else 0,
    }


def means_for(session: Session, plan: Any, today: date, candidacy_id: int) -> MeansShown:
    """What a sitting of one candidacy can be made of."""
    means = plans.everything(session, plan.centre_id, plan.first_day, plan.last_day, today).means
    people, rooms = plans.names(session, plan.centre_id), plans.rooms(session, plan.centre_id)
    certification = means.certification.get(candidacy_id)
    return MeansShown(
        rooms={key: rooms[key] for key in sorted(means.rooms, key=lambda key: rooms[key].name)},
        people={key: people[key] for key in sorted(means.free, key=lambda key: people[key])},
        barred=means.barred.get(candidacy_id, frozenset()),
        qualified=frozenset(key for key, known in means.qualified.items() if certification in known),
    )


def _left_out(row: Any, candidacy: Any) -> dict[str, Any]:
    return {
        "id": row.candidacy_id,
        "number": candidacy.number,
        "candidate": candidacy.person.full_name,
        "reasons": [label("obstacle", code) for code in row.reasons],
        "due": dues.jury_due(candidacy.regime, candidacy.deposited_on),
    }


def _loads(plan: Any, people: dict[int, str]) -> list[tuple[str, int, int]]:
    """For each evaluator of the plan: name, sittings, days."""
    found: dict[int, list[date]] = {}
    for sitting in plan.sittings:
        for person in sitting.evaluators:
            found.setdefault(person, []).append(clocks.civil_date(window(sitting.during).starts_at))
    rows = [(people.get(person, ""), len(days), len(set(days))) for person, days in found.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))
