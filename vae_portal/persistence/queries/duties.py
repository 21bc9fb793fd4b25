"""What is owed before a session and what was done of it; the register of unions and employers' bodies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import (
    Certification,
    Document,
    JurySeat,
    JurySession,
    JurySessionCertification,
    SessionDuty,
    SocialPartner,
)
from workflows import clocks, duties
from workflows.duties import Owed
from workflows.vocabulary import College, Duty, SessionState


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty towards one addressee, with what was recorded."""

    owed: Owed
    name: str
    email: str
    how: str
    document: Document | None


def certifications(session: Session, session_id: int) -> list[Certification]:
    """What a session pronounces on."""
    named = select(JurySessionCertification.certification_id).where(JurySessionCertification.session_id == session_id)
    return list(session.scalars(select(Certification).where(Certification.id.in_(named)).order_by(Certification.title)))


def partners(session: Session, centre_id: int | None) -> list[SocialPartner]:
    """The centre's register, the organisations in use first."""
    statement = select(SocialPartner).where(SocialPartner.centre_id == centre_id)
    return list(
        session.scalars(
            statement.order_by(SocialPartner.retired_at.is_not(None), SocialPartner.college, SocialPartner.name)
        )
    )


def convoked(session: Session, session_id: int) -> set[int]:
    """Members who were called to a session."""
    called = select(SessionDuty.person_id).where(
        SessionDuty.session_id == session_id, SessionDuty.duty == Duty.MEMBERS_CONVOKED.value
    )
    return {person for person in session.scalars(called) if person is not None}


def of_session(session: Session, row: JurySession, register: Iterable[SocialPartner], today: date) -> list[DutyLine]:
    """Each duty of a session loaded with its seats, in the order of their days."""
    statement = (
        select(SessionDuty, Document)
        .outerjoin(Document, Document.id == SessionDuty.document_id)
        .where(SessionDuty.session_id == row.id)
    )
    done = {_key(found): (found, document) for found, document in session.execute(statement)}
    known = {partner.id: partner for partner in register}
    members = {seat.person_id: seat.person for seat in row.seats}
    lines = duties.owed(
        clocks.civil_date(row.starts_at),
        today,
        _in_use(known.values(), {key for _, key in done}),
        members,
        {key: found.done_on for key, (found, _) in done.items()},
    )
    return [_line(owed, known, members, done) for owed in lines]


def _line(owed: Owed, known: dict, members: dict, done: dict) -> DutyLine:  # type: ignore[type-arg]
    found, document = done.get((owed.duty, owed.addressee), (None, None))
    if owed.addressee is None:
        name, email = "", ""
    elif owed.duty is Duty.MEMBERS_CONVOKED:
        name, email = members[owed.addressee].full_name, members[owed.addressee].email
    else:
        name, email = known[owed.addressee].name, known[owed.addressee].email
    return DutyLine(owed, name, email, found.how if found else "", document)


def _key(found: SessionDuty) -> tuple[Duty, int | None]:
    return Duty(found.duty), found.person_id if found.person_id is not None else found.partner_id


def _in_use(register: Iterable[SocialPartner], kept: set[int | None]) -> dict[College, list[int]]:
    """Organisations to write to, by college: those in use, and those that were written to before they were retired."""
    told: dict[College, list[int]] = defaultdict(list)
    for partner in register:
        if partner.retired_at is None or partner.id in kept:
            told[College(partner.college)].append(partner.id)
    return told


def late(session: Session, centre_id: int | None, today: date) -> dict[int, int]:
    """How many duties are late in each session of the centre that is not closed, in four statements."""
    rows = session.execute(
        select(JurySession.id, JurySession.starts_at).where(
            JurySession.centre_id == centre_id, JurySession.state != SessionState.CLOSED.value
        )
    ).all()
    ids = [row.id for row in rows]
    seats: dict[int, list[int]] = defaultdict(list)
    done: dict[int, dict[tuple[Duty, int | None], date]] = defaultdict(dict)
    for session_id, person in session.execute(
        select(JurySeat.session_id, JurySeat.person_id).where(JurySeat.session_id.in_(ids))
    ):
        seats[session_id].append(person)
    for found in session.scalars(select(SessionDuty).where(SessionDuty.session_id.in_(ids))):
        done[found.session_id][_key(found)] = found.done_on
    register = partners(session, centre_id)
    return {
        row.id: duties.late(
            duties.owed(
                clocks.civil_date(row.starts_at),
                today,
                _in_use(register, {key for _, key in done[row.id]}),
                seats[row.id],
                done[row.id],
            )
        )
        for row in rows
    }
