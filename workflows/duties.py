"""What is owed before a joint jury sits, to whom and by which day, and whether it was done in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows import clocks
from workflows.vocabulary import College, Duty


class DutyState(StrEnum):
    """How a duty stands on a day."""

    DONE = "done"
    DONE_LATE = "done_late"
    AHEAD = "ahead"
    SOON = "soon"
    LATE = "late"


DELAYS = {
    Duty.UNIONS_ASKED: clocks.UNIONS_ASKED,
    Duty.EMPLOYERS_TOLD: clocks.EMPLOYERS_TOLD,
    Duty.MEMBERS_CONVOKED: clocks.MEMBERS_CONVOKED,
    Duty.COMPOSITION_NOTIFIED: clocks.COMPOSITION_NOTIFIED,
}
TOLD_TO = {  # the colleges whose organisations are written to
    Duty.UNIONS_ASKED: (College.EMPLOYEES,),
    Duty.EMPLOYERS_TOLD: (College.EMPLOYERS,),
    Duty.COMPOSITION_NOTIFIED: tuple(College),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty towards one addressee: an organisation, a member, or None for all at once."""

    duty: Duty
    addressee: int | None
    due_on: date
    done_on: date | None
    state: DutyState


def due_on(duty: Duty, session_day: date) -> date:
    """Last day to do it: 15 days before for the unions, 8 for the employers; ours for the others [choice]."""
    return clocks.days_before(DELAYS[duty], session_day)


def state(due: date, done: date | None, today: date) -> DutyState:
    """Done or not, in time or not; what is done on its last day is done in time."""
    if done is not None:
        return DutyState.DONE if done <= due else DutyState.DONE_LATE
    if today > due:
        return DutyState.LATE
    return DutyState.SOON if today >= due - timedelta(days=clocks.DUTY_SOON.amount) else DutyState.AHEAD


def owed(
    session_day: date,
    today: date,
    organisations: Mapping[College, Iterable[int]],
    members: Iterable[int],
    done: Mapping[tuple[Duty, int | None], date],
) -> list[Owed]:
    """Every duty of a session in the order of their days; one line for all where the register names nobody [choice]."""
    found = []
    for duty in Duty:
        due = due_on(duty, session_day)
        told = [o for college in TOLD_TO.get(duty, ()) for o in organisations.get(college, ())]
        addressees: list[int | None] = [*(members if duty is Duty.MEMBERS_CONVOKED else told)]
        if not addressees or (duty, None) in done:
            addressees.append(None)
        for addressee in addressees:
            at = done.get((duty, addressee), done.get((duty, None)))
            found.append(Owed(duty, addressee, due, at, state(due, at, today)))
    return found


def late(lines: Iterable[Owed]) -> int:
    """How many are late and still to do."""
    return sum(line.state is DutyState.LATE for line in lines)
