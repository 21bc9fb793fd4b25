"""What the page of a session shows of what is owed before it: each duty, by when, to whom, how it stands."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from vae_portal.persistence.queries import duties as queries
from vae_portal.persistence.queries.duties import DutyLine
from vae_portal.web.context import now, reading
from vae_portal.web.places import document_page
from workflows import clocks, duties
from workflows.duties import DutyState
from workflows.vocabulary import College, Duty

_WORST = (DutyState.LATE, DutyState.SOON, DutyState.AHEAD, DutyState.DONE_LATE, DutyState.DONE)


def shown(row: Any, prepares: bool) -> dict[str, Any]:
    """The part of the page's context about duties, partners and certifications; staff of the jury alone see duties."""
    certifications = queries.certifications(reading(), row.id)
    seats = {"seats_by_id": {seat.person_id: seat for seat in row.seats}}
    if not prepares:
        return {"certifications": certifications, "duties": [], "late_duties": 0, "organisations": {}, **seats}
    register = queries.partners(reading(), row.centre_id)
    lines = queries.of_session(reading(), row, register, clocks.civil_date(now()))
    called = {line.owed.addressee for line in lines if line.owed.duty is Duty.MEMBERS_CONVOKED and line.owed.done_on}
    return {
        "certifications": certifications,
        "duties": [_group(duty, list(found)) for duty, found in groupby(lines, key=lambda line: line.owed.duty)],
        "late_duties": duties.late(line.owed for line in lines),
        "organisations": {
            college.value: [p.name for p in register if p.college == college.value and p.retired_at is None]
            for college in College
        },
        **seats,
        "to_convoke": [seat.person.full_name for seat in row.seats if seat.person_id not in called],
    }


def _group(duty: Duty, lines: list[DutyLine]) -> dict[str, Any]:
    worst = min((line.owed.state for line in lines), key=_WORST.index)
    return {
        "code": duty.value,
        "state": worst.value,
        "due_on": lines[0].owed.due_on,
        "done": sum(line.owed.done_on is not None for line in lines),
        "sends": duty is not Duty.MEMBERS_CONVOKED,
        "lines": [
            {
                "key": line.owed.addressee or 0,
                "name": line.name or "Toutes les organisations",
                "email": line.email,
                "state": line.owed.state.value,
                "done_on": line.owed.done_on,
                "how": line.how,
                "letter": document_page(line.document.number) if line.document and line.document.object_key else "",
            }
            for line in lines
        ],
    }
