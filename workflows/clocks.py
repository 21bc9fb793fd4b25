"""Every legal delay, set here and nowhere else: civil dates in Europe/Paris, instants in UTC."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

ANSWER_MONTHS = 2  # R6412-4: silence for two months is admission
LAPSE_MONTHS = 6  # R6412-4: end of the sixth month that follows the notice
JURY_MONTHS = 3  # R6412-5: the jury meets before the end of the third month after the deposit
JURY_ALERT_DAYS = (30, 10)  # [choice] alerts before that end
NOTIFY_DAYS = 15  # R6412-7: the result is notified within fifteen days of the deliberation
CONVOCATION_DAYS = 15  # [choice] default notice of an interview; each centre sets its own
UNIONS_ASKED_DAYS = 15  # accord of 8 November 2019: unions asked for a member
EMPLOYERS_TOLD_DAYS = 8  # accord of 8 November 2019: employers told


def civil_date(instant: datetime) -> date:
    """The day it is in Paris at that instant; raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries its zone")
    return instant.astimezone(PARIS).date()


def midnight(day: date) -> datetime:
    """The instant at which that civil day begins in Paris."""
    return datetime.combine(day, time.min, PARIS)


def same_day_months_later(day: date, months: int) -> date:
    """The day of the same number so many months later, or that month's last day (31 December + 2 = 28 or 29 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of_month_after(day: date, months: int) -> date:
    """Last day of the so-many-th calendar month that follows the month of `day` [choice: alternative, date to date]."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def answer_due(acknowledged_on: date) -> date:
    """Last day on which the centre may still answer a complete request (R6412-4)."""
    return same_day_months_later(acknowledged_on, ANSWER_MONTHS)


def silence_counts_from(acknowledged_on: date) -> date:
    """First day on which silence is admission (R6412-4) [choice: the day after; alternative, the day itself]."""
    return answer_due(acknowledged_on) + timedelta(days=1)


def lapse_due(notified_on: date) -> date:
    """Last day for the candidate's first step after the admissibility notice (R6412-4)."""
    return end_of_month_after(notified_on, LAPSE_MONTHS)


def jury_due(deposited_on: date) -> date:
    """Last day for the jury to meet after the deposit of the dossier (R6412-5)."""
    return end_of_month_after(deposited_on, JURY_MONTHS)


def notification_due(deliberated_on: date) -> date:
    """Last day to notify the result (R6412-7)."""
    return deliberated_on + timedelta(days=NOTIFY_DAYS)


def earliest_interview(convoked_on: date, notice_days: int) -> date:
    """First day on which an interview may be held when convoked that day, with the centre's notice in days."""
    return convoked_on + timedelta(days=notice_days)
