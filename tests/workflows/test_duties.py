"""What is owed before a jury, by which day, and how it stands: a table."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.duties import DutyState, due_on, late, owed, state
from workflows.vocabulary import College, Duty

SITS = date(2026, 3, 18)
TODAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("duty", "day"),
    [
        (Duty.UNIONS_ASKED, date(2026, 3, 3)),  # accord: fifteen days before
        (Duty.EMPLOYERS_TOLD, date(2026, 3, 10)),  # accord: eight days before
        (Duty.MEMBERS_CONVOKED, date(2026, 3, 11)),
        (Duty.COMPOSITION_NOTIFIED, date(2026, 3, 13)),
    ],
)
def test_the_last_day_of_each(duty: Duty, day: date) -> None:
    assert due_on(duty, SITS) == day


@pytest.mark.parametrize(
    ("done", "today", "expected"),
    [
        (None, date(2026, 2, 23), DutyState.AHEAD),
        (None, date(2026, 2, 24), DutyState.SOON),  # seven days before its last day
        (None, date(2026, 3, 3), DutyState.SOON),  # on its last day it is not late yet
        (None, date(2026, 3, 4), DutyState.LATE),
        (None, date(2026, 4, 1), DutyState.LATE),  # the session is over, and it was never done
        (date(2026, 3, 3), date(2026, 3, 20), DutyState.DONE),
        (date(2026, 3, 4), date(2026, 3, 20), DutyState.DONE_LATE),
    ],
)
def test_how_it_stands(done: date | None, today: date, expected: DutyState) -> None:
    assert state(date(2026, 3, 3), done, today) is expected


def told(lines: list, duty: Duty) -> dict:
    """How each addressee of one duty stands."""
    return {line.addressee: line.state for line in lines if line.duty is duty}


def test_each_organisation_and_each_member_has_a_line() -> None:
    register = {College.EMPLOYEES: (1, 2), College.EMPLOYERS: (3,)}
    done = {(Duty.UNIONS_ASKED, 1): date(2026, 3, 2), (Duty.MEMBERS_CONVOKED, 50): TODAY}
    lines = owed(SITS, TODAY, register, (50, 51), done)
    assert told(lines, Duty.UNIONS_ASKED) == {1: DutyState.DONE, 2: DutyState.LATE}
    assert told(lines, Duty.EMPLOYERS_TOLD) == {3: DutyState.SOON}
    assert told(lines, Duty.MEMBERS_CONVOKED) == {50: DutyState.DONE, 51: DutyState.SOON}
    assert set(told(lines, Duty.COMPOSITION_NOTIFIED)) == {1, 2, 3}
    assert late(lines) == 1


def test_a_register_that_names_nobody_lets_nothing_be_forgotten() -> None:
    lines = owed(SITS, TODAY, {}, (), {})
    assert [line.addressee for line in lines] == [None] * 4
    assert told(lines, Duty.UNIONS_ASKED) == {None: DutyState.LATE}
    noted = owed(SITS, TODAY, {College.EMPLOYEES: (1,)}, (), {(Duty.UNIONS_ASKED, None): date(2026, 3, 1)})
    assert told(noted, Duty.UNIONS_ASKED) == {1: DutyState.DONE, None: DutyState.DONE}
