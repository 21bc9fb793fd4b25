"""How long a message may be, and when people are mailed that messages wait for them: never in bursts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from workflows.clocks import PARIS
from workflows.vocabulary import Recipient

LONGEST = 5000  # characters of a message
APART = timedelta(minutes=10)  # between two mails to one person about one candidacy [choice]
DIGEST_AT = time(8)  # of the day in Paris [choice]


def other_side(by_candidate: bool, internal: bool) -> Recipient:
    """Who is told of a message: the centre or the candidate; evaluators and jurors are no side of it [choice]."""
    return Recipient.ADVISOR if by_candidate or internal else Recipient.CANDIDATE


def next_mail(told_at: datetime | None, now: datetime) -> datetime:
    """The instant from which someone told at once may be mailed again about a candidacy [choice]."""
    return now if told_at is None else max(now, told_at + APART)


def digest_of(now: datetime) -> datetime:
    """The last daily instant that has come: what was written before it is told once, also after an outage."""
    local = now.astimezone(PARIS)
    today = datetime.combine(local.date(), DIGEST_AT, PARIS)
    return today if today <= now else datetime.combine(local.date() - timedelta(days=1), DIGEST_AT, PARIS)
