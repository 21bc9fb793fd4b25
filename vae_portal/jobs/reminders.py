"""Each hour: reminds those called to an interview that it comes near, once for each reminder of `workflows.clocks`."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vae_portal.actions import leaving, outbox
from vae_portal.actions.services import Services
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, convocations, hearings
from vae_portal.persistence.tables import Candidacy, Convocation, Interview, OutboxMail
from workflows.clocks import REMINDERS, Delay, civil_date
from workflows.convocation import reminder_owed
from workflows.facts import CLOCK_ACTOR
from workflows.vocabulary import Convened, ConvocationAnswer, Step

log = structlog.get_logger(__name__)


def send_reminders(services: Services) -> int:
    """How many people were reminded; one candidacy in trouble does not make the others wait."""
    now = services.clock()
    near = now + timedelta(days=max(delay.amount for delay in REMINDERS) + 1)
    waiting = (
        select(Candidacy.number)
        .join(Interview, Interview.candidacy_id == Candidacy.id)
        .where(Interview.live, func.lower(Interview.during) > now, func.lower(Interview.during) < near)
        .where(Candidacy.step == Step.INTERVIEW_SCHEDULED.value)
        .order_by(func.lower(Interview.during), Candidacy.id)
    )
    with services.database.reading() as session:
        numbers = list(session.scalars(waiting))
    told, faults = 0, []
    for number in numbers:
        try:
            told += _remind(services, number)
        except Exception as fault:
            log.exception("reminder_failed", candidacy=number)
            faults.append(fault)
    if faults:
        raise faults[0]
    return told


def _remind(services: Services, number: str) -> int:
    """Those of one interview, in one transaction: the rows that make it once, the journal, the mails."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, CLOCK_ACTOR, number)
        interview = hearings.in_force(session, candidacy.id)
        starts_at = interview.during.lower if interview else None
        if interview is None or starts_at is None or candidacy.step != Step.INTERVIEW_SCHEDULED.value:
            return 0
        called = convocations.of_candidacy(session, candidacy.id)
        booked = _convoked_at(session, called)
        today, told = civil_date(services.clock()), 0
        for row in called:
            if row.mail_id not in booked or starts_at <= services.clock():
                continue  # nobody is reminded of what they were never told
            booked_on = civil_date(booked[row.mail_id])
            owed = reminder_owed(booked_on, civil_date(starts_at), today, row.reminded)
            if owed is not None:
                _tell(services, session, candidacy, interview, row, owed)
                told += 1
        return told


def _convoked_at(session: Session, called: list[Convocation]) -> dict[int | None, datetime]:
    rows = session.execute(
        select(OutboxMail.id, OutboxMail.written_at).where(OutboxMail.id.in_([row.mail_id for row in called]))
    )
    return {row.id: row.written_at for row in rows}


def _tell(
    services: Services, session: Session, candidacy: Candidacy, interview: Interview, row: Convocation, owed: Delay
) -> None:
    now, starts_at = services.clock(), interview.during.lower
    if starts_at is None:
        raise ValueError("the database keeps every interview within two bounds")
    row.reminded = owed.amount
    about = leaving.about_candidacy(candidacy, row.person, services.settings.base_url)
    outbox.post(
        session,
        centre_id=candidacy.centre_id,
        to=row.person.email,
        template="interview_reminder",
        context={
            **about,
            "link": f"{about['link']}/convocation",
            "starts_at": starts_at,
            "days_left": (civil_date(starts_at) - civil_date(now)).days,
            "place": interview.place,
            "video_link": interview.video_link,
            "sits": row.called_as == Convened.EVALUATOR.value,
            "declined": row.answer == ConvocationAnswer.OTHER_DATE.value,
            "confirmed": row.answer == ConvocationAnswer.CONFIRMED.value,
        },
        now=now,
        candidacy_id=candidacy.id,
    )
    details = {"interview": interview.id, "person": row.person_id, "days_left": owed.amount}
    journal.record(session, journal.candidacy_chain(candidacy.id), "interview_reminded", None, now, details)
