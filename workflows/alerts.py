"""Who is told that a legal delay runs out, and when: once for each alert, the most pressing one only."""

from __future__ import annotations

from dataclasses import dataclass

from workflows import clocks
from workflows.clocks import Delay
from workflows.steps import ANSWER, JURY, LAPSE, Clock
from workflows.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Alert:
    """One row: `days_left` is from the day it is told to the last day, negative once that day is past."""

    clock: Clock
    days_left: int
    to: tuple[Role, ...]  # an advisor: the one who follows the candidacy, all of them when nobody does
    template: str  # of the mail


def _before(clock: Clock, delays: tuple[Delay, ...], to: tuple[Role, ...], template: str) -> tuple[Alert, ...]:
    return tuple(Alert(clock, delay.amount, to, template) for delay in delays)


ALERTS = (
    # R6412-4: silence admits. [choice]
    *_before(ANSWER, clocks.ANSWER_ALERTS, (Role.ADVISOR,), "answer_deadline_alert"),
    # R6412-5. Whoever holds the file before the jury is told as well. [choice]
    *_before(JURY, clocks.JURY_ALERTS, (Role.JURY_SECRETARY, Role.ADVISOR), "jury_deadline_alert"),
    # R6412-4: after the sixth month a person decides, nothing lapses by itself.
    Alert(LAPSE, -clocks.LAPSE_ALERT.amount, (Role.ADMINISTRATOR,), "lapse_alert"),
)


def owed(delay: Delay, days_left: int) -> Alert | None:
    """The most pressing alert whose day has come: after an outage, one mail and not a pile of them."""
    reached = [alert for alert in ALERTS if alert.clock.delay == delay and days_left <= alert.days_left]
    return min(reached, key=lambda alert: alert.days_left, default=None)
