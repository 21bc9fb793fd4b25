"""Every legal delay, set here and nowhere else: civil dates in Europe/Paris, instants in UTC."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Delay:
    """A delay of the law, of the accord or of ours: how much, of what, what it bounds and where it is written."""

    name: str
    amount: int
    unit: str  # days, months (to the day of the same number), or calendar months (to the end of the last)
    meaning: str
    source: str


ANSWER = Delay("answer", 2, "months", "from the acknowledgement: silence is admission", "R6412-4")
SUPPLEMENT = Delay("supplement", 30, "days", "proposed to the candidate to answer a supplement", "[choice]")
SUPPLEMENT_AT_MOST = Delay("supplement_at_most", 6, "months", "the latest day a supplement may name", "[choice]")
LAPSE = Delay("lapse", 6, "calendar months", "after the month of the admissibility notice: lapse alert", "R6412-4")
JURY = Delay("jury", 3, "calendar months", "after the month of the deposit: the jury meets before", "R6412-5")
ANSWER_ALERTS = (
    Delay("answer_alert", 15, "days", "before silence admits: first alert", "[choice]"),
    Delay("answer_alert", 5, "days", "before silence admits: last alert", "[choice]"),
)
LAPSE_ALERT = Delay("lapse_alert", 1, "days", "after the lapse's last day: a person is asked to decide", "R6412-4")
JURY_ALERTS = (
    Delay("jury_alert", 30, "days", "before the jury's last day: first alert", "[choice]"),
    Delay("jury_alert", 10, "days", "before the jury's last day: last alert", "[choice]"),
)
NOTIFY = Delay("notify", 15, "days", "from the deliberation: the result is notified", "R6412-7")
CONVOCATION = Delay("convocation", 15, "days", "before the interview: convocation, as the centre sets it", "[choice]")
REMINDERS = (
    Delay("reminder", 7, "days", "before the interview: first reminder to whoever is called", "[choice]"),
    Delay("reminder", 2, "days", "before the interview: last reminder to whoever is called", "[choice]"),
)
OFFER = Delay("offer", 7, "days", "proposed to the candidate to take one of the slots offered", "[choice]")
EXPLANATION = Delay("explanation", 15, "days", "to explain an absence that is not excused", "[choice]")
OPINION = Delay("opinion", 30, "days", "the link by which an employer gives their opinion", "[choice]")
FRAUD_ANSWER = Delay("fraud_answer", 15, "days", "to answer the facts of a suspected fraud, at least", "[choice]")
UNIONS_ASKED = Delay("unions_asked", 15, "days", "before the jury: unions asked for a member", "accord of 8 Nov. 2019")
EMPLOYERS_TOLD = Delay("employers_told", 8, "days", "before the jury: employers told", "accord of 8 Nov. 2019")
MEMBERS_CONVOKED = Delay("members_convoked", 7, "days", "before the jury: each member convoked", "[choice]")
COMPOSITION_NOTIFIED = Delay("composition_notified", 5, "days", "before the jury: composition notified", "[choice]")
DUTY_SOON = Delay("duty_soon", 7, "days", "before what is owed to a jury is late: shown as near", "[choice]")
DELAYS = (
    ANSWER,
    *ANSWER_ALERTS,
    SUPPLEMENT,
    SUPPLEMENT_AT_MOST,
    LAPSE,
    LAPSE_ALERT,
    JURY,
    *JURY_ALERTS,
    NOTIFY,
    CONVOCATION,
    *REMINDERS,
    OFFER,
    EXPLANATION,
    OPINION,
    FRAUD_ANSWER,
    UNIONS_ASKED,
    EMPLOYERS_TOLD,
    MEMBERS_CONVOKED,
    COMPOSITION_NOTIFIED,
    DUTY_SOON,
)
SOON_DAYS = max(alert.amount for alert in JURY_ALERTS)  # any last day is near from the first alert on [choice]


def civil_date(instant: datetime) -> date:
    """The day it is in Paris at that instant; raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries its zone")
    return instant.astimezone(PARIS).date()


def midnight(day: date) -> datetime:
    """The instant at which that civil day begins in Paris."""
    return datetime.combine(day, time.min, PARIS)


def same_day_months_later(day: date, months: int) -> date:
    """The day of the same number so many months later, or that month's last day (31 December + 2: end of February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of_month_after(day: date, months: int) -> date:
    """Last day of the so-many-th calendar month that follows the month of `day`."""
    first = same_day_months_later(day.replace(day=1), months)
    return first.replace(day=monthrange(first.year, first.month)[1])


def days_before(delay: Delay, day: date) -> date:
    """Last day to do what is due so many days before that day."""
    return day - timedelta(days=delay.amount)


def last_day(delay: Delay, since: date) -> date:
    """Last day of a delay that is counted from a day."""
    if delay.unit == "days":
        return since + timedelta(days=delay.amount)
    add = same_day_months_later if delay.unit == "months" else end_of_month_after
    return add(since, delay.amount)


def fraud_answer_due(told_on: date) -> date:
    """The earliest last day that may be set to answer the facts of a suspected fraud [choice: fifteen days]."""
    return last_day(FRAUD_ANSWER, told_on)


def answer_due(acknowledged_on: date) -> date:
    """Last day on which the centre may still answer a complete request (R6412-4)."""
    return last_day(ANSWER, acknowledged_on)


def silence_counts_from(acknowledged_on: date) -> date:
    """First day on which silence is admission (R6412-4) [choice: the day after the last day to answer]."""
    return answer_due(acknowledged_on) + timedelta(days=1)


def lapse_due(notified_on: date) -> date:
    """Last day for the candidate's first step after the admissibility notice (R6412-4) [choice: the month's end]."""
    return last_day(LAPSE, notified_on)


def jury_due(deposited_on: date) -> date:
    """Last day for the jury to meet after the deposit of the dossier (R6412-5) [choice: the month's end]."""
    return last_day(JURY, deposited_on)


def notification_due(deliberated_on: date) -> date:
    """Last day to notify the result (R6412-7)."""
    return last_day(NOTIFY, deliberated_on)


def earliest_interview(convoked_on: date, notice_days: int) -> date:
    """First day on which an interview may be held when convoked that day, with the centre's notice in days."""
    return convoked_on + timedelta(days=notice_days)


def leaves_notice(day: date, earliest: date) -> bool:
    """Whether an interview held that day leaves its notice to the candidate: by hand, offered, listed or planned."""
    return day >= earliest
