"""What holds at each step: its phase, who has the ball, which delay runs there, whether a candidacy may rest there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows import clocks
from workflows.clocks import Delay
from workflows.regimes import Matter, Regime, binds
from workflows.vocabulary import Phase as P
from workflows.vocabulary import Role
from workflows.vocabulary import Step as S


class Day(StrEnum):
    """The days of a candidacy that start a delay, or stop it."""

    ACKNOWLEDGED = "acknowledged"  # the request was complete
    NOTIFIED = "notified"  # of admissibility, or reinstated since
    STEPPED = "stepped"  # the candidate's last act on the dossier
    DEPOSITED = "deposited"
    DECIDED = "decided"  # the jury deliberated
    TOLD = "told"  # the letter with the result was issued


@dataclass(frozen=True, slots=True)
class Clock:
    """A delay that runs from a day, until another that is not before it."""

    delay: Delay
    since: Day
    stopped_by: Day | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One row. Phases, balls and rests are ours [choice]; a delay carries its article."""

    phase: P
    ball: Role | None = None  # who is to act; None: nobody
    clock: Clock | None = None
    rests: bool = False  # nothing need ever follow


ANSWER = Clock(clocks.ANSWER, Day.ACKNOWLEDGED)  # R6412-4
LAPSE = Clock(clocks.LAPSE, Day.NOTIFIED, stopped_by=Day.STEPPED)  # R6412-4: "sans démarche"
JURY = Clock(clocks.JURY, Day.DEPOSITED)  # R6412-5
NOTIFY = Clock(clocks.NOTIFY, Day.DECIDED, stopped_by=Day.TOLD)  # R6412-7

# Steps carry the clocks of France VAE; under a regime that does not bind on the matter, none of them runs.
_MATTERS = {ANSWER: Matter.ANSWER, LAPSE: Matter.LAPSE, JURY: Matter.JURY, NOTIFY: Matter.NOTIFY}

# fmt: off
STEPS: dict[S, Standing] = {
    S.DRAFT:                    Standing(P.ADMISSIBILITY, Role.CANDIDATE),
    S.ADMISSIBILITY_REVIEW:     Standing(P.ADMISSIBILITY, Role.ADVISOR, ANSWER),
    S.ADMISSIBILITY_INCOMPLETE: Standing(P.ADMISSIBILITY, Role.CANDIDATE),
    S.INADMISSIBLE:             Standing(P.ADMISSIBILITY, Role.CANDIDATE, rests=True),
    S.DOSSIER_PREPARATION:      Standing(P.DOSSIER, Role.CANDIDATE, LAPSE),
    S.DOSSIER_REVIEW:           Standing(P.DOSSIER, Role.ADVISOR, JURY),
    S.DOSSIER_INCOMPLETE:       Standing(P.DOSSIER, Role.CANDIDATE),
    S.INTERVIEW_PENDING:        Standing(P.INTERVIEW, Role.PLANNER, JURY),
    S.INTERVIEW_SCHEDULED:      Standing(P.INTERVIEW, Role.EVALUATOR, JURY),
    S.EVALUATION:               Standing(P.INTERVIEW, Role.EVALUATOR, JURY),
    S.JURY_PENDING:             Standing(P.JURY, Role.JURY_SECRETARY, JURY),
    S.JURY_SCHEDULED:           Standing(P.JURY, Role.JURY_MEMBER, JURY),
    S.CERTIFIED:                Standing(P.RESULT, None, NOTIFY, rests=True),
    S.PARTIALLY_VALIDATED:      Standing(P.RESULT, Role.CANDIDATE, NOTIFY, rests=True),
    S.NOT_VALIDATED:            Standing(P.RESULT, Role.CANDIDATE, NOTIFY, rests=True),
    S.WITHDRAWN:                Standing(P.RESULT, rests=True),
    S.LAPSED:                   Standing(P.DOSSIER, Role.ADMINISTRATOR, rests=True),
}
# fmt: on
RESTING = tuple(step for step, standing in STEPS.items() if standing.rests)


@dataclass(frozen=True, slots=True)
class Due:
    """The delay that runs, and its last day."""

    delay: Delay
    on: date


def clock_of(step: S, regime: Regime) -> Clock | None:
    """The delay that runs at a step under a regime."""
    clock = STEPS[step].clock
    return clock if clock and binds(regime, _MATTERS[clock]) else None


def jury_due(regime: Regime, deposited_on: date) -> date | None:
    """The last day that the law gives the jury after a deposit; None where it gives none."""
    return clocks.jury_due(deposited_on) if binds(regime, Matter.JURY) else None


def due(step: S, days: Mapping[Day, date | None], regime: Regime) -> Due | None:
    """What is due at this step: a dossier sent back stops the jury's delay, its next deposit opens another [choice]."""
    clock = clock_of(step, regime)
    since = days.get(clock.since) if clock else None
    if clock is None or since is None:
        return None
    stop = days.get(clock.stopped_by) if clock.stopped_by else None
    return None if stop is not None and stop >= since else Due(clock.delay, clocks.last_day(clock.delay, since))
