"""What is due for a candidacy, from its row: `workflows.steps` says which delay runs where, in Python and in SQL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, case, cast, exists, func, literal, null, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from vae_portal.persistence.tables import Candidacy, Decision, Document
from workflows import steps
from workflows.clocks import Delay
from workflows.regimes import Regime
from workflows.steps import Clock, Day, Due, clock_of
from workflows.vocabulary import Step

COLUMNS = {
    Day.ACKNOWLEDGED: Candidacy.acknowledged_on,
    Day.NOTIFIED: Candidacy.notified_on,
    Day.STEPPED: Candidacy.candidate_stepped_on,
    Day.DEPOSITED: Candidacy.deposited_on,
    Day.DECIDED: Candidacy.decided_on,
}
# Not released yet, or its letter still to be made.
_OWED = exists(
    select(Document.id).where(
        Document.candidacy_id == Candidacy.id, Document.kind.startswith("result_"), Document.issued_at.is_(None)
    )
) | exists(
    select(Decision.id).where(
        Decision.candidacy_id == Candidacy.id,
        Decision.round == Candidacy.round,
        Decision.revoked_at.is_(None),
        Decision.told_at.is_(None),
    )
)
# Told on the very day, unless the letter with the result is still owed.
_DAYS: dict[Day, ColumnElement[date | None]] = {
    **COLUMNS,  # type: ignore[dict-item]
    Day.TOLD: case((_OWED, null()), else_=Candidacy.decided_on),
}
_CLOCKS = {
    (regime, clock): [s for s in Step if clock_of(s, regime) == clock]
    for regime in Regime
    for clock in (clock_of(s, regime) for s in Step)
    if clock
}


def running(session: Session, candidacy: Candidacy) -> Due | None:
    """What is due for one candidacy at its step."""
    days: dict[Day, date | None] = {day: getattr(candidacy, column.key) for day, column in COLUMNS.items()}
    if candidacy.regime is None:  # not sent yet: no delay runs
        return None
    step, regime = Step(candidacy.step), Regime(candidacy.regime)
    clock = clock_of(step, regime)
    if clock is not None and clock.stopped_by is Day.TOLD:
        days[Day.TOLD] = session.scalar(select(_DAYS[Day.TOLD]).where(Candidacy.id == candidacy.id))
    return steps.due(step, days, regime)


def jury_due(regime: str | None, deposited_on: date | None) -> date | None:
    """The last day that the law gives the jury, from a row; None before a deposit, or where no text gives one."""
    return steps.jury_due(Regime(regime), deposited_on) if regime and deposited_on else None


def due_on() -> ColumnElement[date | None]:
    """The last day of `workflows.steps.due` as SQL, so that a list is sorted by it before it is cut into pages."""
    return case(
        *(
            ((Candidacy.regime == regime.value) & Candidacy.step.in_(at) & _runs(clock), _last_day(clock))
            for (regime, clock), at in _CLOCKS.items()
        )
    )


def _runs(clock: Clock) -> ColumnElement[bool]:
    if clock.stopped_by is None:
        return literal(True)
    stop = _DAYS[clock.stopped_by]
    return stop.is_(None) | (stop < _DAYS[clock.since])


def _last_day(clock: Clock) -> ColumnElement[date | None]:
    return cast(_counted(clock.delay, _DAYS[clock.since]), Date)


def _counted(delay: Delay, since: ColumnElement[date | None]) -> ColumnElement[Any]:
    if delay.unit == "days":
        return since + literal(timedelta(days=delay.amount))
    if delay.unit == "months":
        # PostgreSQL adds months as `same_day_months_later` does: 31 December and two months is the end of February.
        return since + func.make_interval(0, delay.amount)
    first = func.date_trunc("month", cast(since, Date)) + func.make_interval(0, delay.amount + 1)
    return first - func.make_interval(0, 0, 0, 1)
