"""Who is called to an interview by an act: their rows, what goes into their calendars, the mail that told them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vae_portal.actions.act import Act
from vae_portal.actions.services import Services
from vae_portal.mail import invitation
from vae_portal.mail.invitation import Appointment, Method
from vae_portal.persistence.tables import Candidacy, Convocation, Interview, OfferedSlot, Person
from workflows.facts import SlotFacts
from workflows.vocabulary import Convened


def call(act: Act, interview: Interview, evaluators: Iterable[int]) -> None:
    """Calls the candidate and each evaluator: a row each, and an invitation for their calendar."""
    called = dict.fromkeys(evaluators, Convened.EVALUATOR) | {act.candidacy.person_id: Convened.CANDIDATE}
    act.session.add_all(
        Convocation(interview_id=interview.id, person_id=person, called_as=role.value, during=interview.during)
        for person, role in called.items()
    )
    act.session.flush()
    act.calendars |= calendars(act.services, act.session, act.candidacy, interview, Method.REQUEST, called, act.now)
    act.interview_id = interview.id


def release(act: Act, interview: Interview, but: Iterable[int] = ()) -> None:
    """Takes an interview that is yet to begin out of the calendars of those called to it, but of these people."""
    if interview.opened_at is not None or interview.during.lower is None or interview.during.lower <= act.now:
        return  # it has been held, or missed: a calendar keeps what was
    people = set(called_to(act.session, interview.id)) - set(but)
    act.calendars |= calendars(act.services, act.session, act.candidacy, interview, Method.CANCEL, people, act.now)


def called_to(session: Session, interview_id: int) -> list[int]:
    """Ids of the people called to an interview."""
    called = select(Convocation.person_id).where(Convocation.interview_id == interview_id)
    return list(session.scalars(called.order_by(Convocation.person_id)))


def told(act: Act, person: Person, mail_id: int) -> None:
    """Which mail convoked someone: it tells later whether that was sent. A calendar takes an object once."""
    act.calendars.pop(person.id, None)
    if act.interview_id is None:
        return
    row = (Convocation.interview_id == act.interview_id) & (Convocation.person_id == person.id)
    act.session.execute(update(Convocation).where(row, Convocation.mail_id.is_(None)).values(mail_id=mail_id))


def page(services: Services, act: Act, person: Person) -> dict[str, str]:
    """Where a mail about a booking leads: the convocation, or their interviews for who is no longer called."""
    if person.id not in act.calendars:
        return {}
    base = services.settings.base_url
    if invitation.method_of(act.calendars[person.id]) == Method.REQUEST:
        return {"link": f"{base}/candidatures/{act.candidacy.number}/convocation"}
    return {} if person.id == act.candidacy.person_id else {"link": f"{base}/mes-entretiens"}


def appointment(services: Services, candidacy: Candidacy, interview: Interview, sequence: int) -> Appointment:
    """An interview as calendars know it: no name, nothing that a shared screen must not show."""
    settings, starts_at, ends_at = services.settings, interview.during.lower, interview.during.upper
    if starts_at is None or ends_at is None:
        raise ValueError("the database keeps every interview within two bounds")
    return Appointment(
        uid=f"{interview.uid}@{urlsplit(settings.base_url).hostname or 'localhost'}",
        sequence=sequence,
        starts_at=starts_at,
        ends_at=ends_at,
        summary=f"Entretien de validation, candidature {candidacy.number}",
        location=interview.place or interview.video_link,
        page=f"{settings.base_url}/candidatures/{candidacy.number}/convocation",
        organizer=settings.mail_from,
        organizer_name=candidacy.centre.name,
    )


def calendars(
    services: Services,
    session: Session,
    candidacy: Candidacy,
    interview: Interview,
    method: Method,
    people: Iterable[int],
    now: datetime,
) -> dict[int, str]:
    """The iCalendar object of each of these people, by id: a cancellation is above whatever they were sent before.

    The booking that follows a move bears that same sequence, but nobody gets both.
    """
    sequence = interview.sequence + (method is Method.CANCEL)
    told = appointment(services, candidacy, interview, sequence)
    rows = session.execute(select(Person.id, Person.email).where(Person.id.in_(list(people))))
    return {row.id: invitation.written(told, method, row.email, now) for row in rows}


def close_offers_before(session: Session, candidacy_id: int, person_id: int, now: datetime) -> tuple[list[int], int]:
    """Closes what is offered before an evaluator who can sit for that candidate no more: (what was closed, how many
    are left)."""
    still = select(OfferedSlot).where(OfferedSlot.candidacy_id == candidacy_id, OfferedSlot.closed_at.is_(None))
    rows = session.scalars(still.order_by(OfferedSlot.id).with_for_update()).all()
    closed = [row for row in rows if person_id in row.evaluators]
    for row in closed:
        row.closed_at = now
    return [row.id for row in closed], len(rows) - len(closed)


def close_offers(session: Session, candidacy_id: int, now: datetime, taken: SlotFacts | None = None) -> None:
    """Nothing is offered any more: a slot was taken, or the planner booked one, or the candidate gave up."""
    still = select(OfferedSlot).where(OfferedSlot.candidacy_id == candidacy_id, OfferedSlot.closed_at.is_(None))
    for row in session.scalars(still):
        row.closed_at = now
        row.taken = taken is not None and (row.during.lower, row.room_id, set(row.evaluators)) == (
            taken.starts_at,
            taken.room_id,
            {e.person_id for e in taken.evaluators},
        )
