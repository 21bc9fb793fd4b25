"""The two regimes of VAE: what differs between them, as data beside the rules, each with its article.

A version of a certification is under one of them on a given day, and a candidacy keeps the one of the day its request
was sent. The rules of France VAE are those of Code du travail R6412-1 and following, which were read. The transitional
regime is that of Code de l'éducation R335-7 and following, whose exact text could not be read when this was written:
everything said of it here is our reading of what it is known to hold [choice], to be checked by a centre's lawyer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise


class Regime(StrEnum):
    """Which rules a request is under."""

    FRANCE_VAE = "france_vae"  # Code du travail, R6412-1 and following
    TRANSITIONAL = "transitional"  # Code de l'éducation, R335-7 and following


class Matter(StrEnum):
    """What a text rules."""

    LIMITS = "limits"  # how many whole requests in a civil year
    ANSWER = "answer"  # two months to answer, silence admits
    LAPSE = "lapse"  # six months without a step
    JURY = "jury"  # the jury within three months of the deposit
    NOTIFY = "notify"  # the result within fifteen days


@dataclass(frozen=True, slots=True)
class Provision:
    """The article that rules a matter: "R6412-4" as rules write it, `cited` as letters do."""

    article: str
    cited: str


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included, a version is under a regime; without an end, from then on."""

    regime: Regime
    since: date
    until: date | None = None


def _travail(number: int) -> Provision:
    return Provision(f"R6412-{number}", f"article R. 6412-{number} du code du travail")


_R335_7 = Provision("R335-7", "article R. 335-7 du code de l'éducation")
# A matter that a regime does not name binds nobody under it: nothing lapses, no day is due by law.
LAW: dict[Regime, dict[Matter, Provision]] = {
    Regime.FRANCE_VAE: {
        Matter.LIMITS: _travail(3),
        Matter.ANSWER: _travail(4),
        Matter.LAPSE: _travail(4),
        Matter.JURY: _travail(5),
        Matter.NOTIFY: _travail(7),
    },
    Regime.TRANSITIONAL: {
        Matter.LIMITS: _R335_7,  # the same limits: one for a certification, three in all [choice]
        Matter.ANSWER: _R335_7,  # the same two months from a complete request, silence admits alike [choice]
    },
}
DEFAULT = Regime.FRANCE_VAE  # where a version says nothing [choice]


def article(regime: Regime, matter: Matter) -> str:
    """The article that rules a matter, as sentences name it; KeyError where none does."""
    return LAW[regime][matter].article


def binds(regime: Regime, matter: Matter) -> bool:
    """Whether a text rules this matter under this regime [choice, as `LAW` states it of the transitional one]."""
    return matter in LAW[regime]


def in_force(periods: Iterable[Period], day: date) -> Regime:
    """The regime of a version on a day; France VAE where none is stated [choice]."""
    return next((p.regime for p in periods if p.since <= day and (p.until is None or day <= p.until)), DEFAULT)


def overlapping(periods: Iterable[Period]) -> bool:
    """Whether two periods share a day: a version is under one regime at a time."""
    ordered = sorted(periods, key=lambda p: p.since)
    return any(one.until is None or one.until >= other.since for one, other in pairwise(ordered))
