"""Changing a session that has not opened yet: its day, where it is, how many it takes, on what it pronounces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vae_portal.actions import duties, leaving, outbox, sessions
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import duties as queries
from vae_portal.persistence.tables import Candidacy, Enrolment, JurySession, JurySessionCertification
from workflows import clocks
from workflows.facts import Actor


@dataclass(frozen=True, slots=True)
class SessionGiven:
    """When, where, for how many, on what."""

    starts_at: datetime
    place: str
    video_link: str
    capacity: int | None
    certifications: frozenset[int]


def change(services: Services, actor: Actor, session_id: int, revision: int, given: SessionGiven) -> bool:
    """Changes the session; members called and candidates enrolled are told of another day or place.

    Returns whether they were. Raises InputRefused for what its agenda does not allow.
    """
    with sessions.changing(services, actor, session_id, revision) as (session, row):
        if row.state not in sessions.BEFORE_IT_OPENS:
            raise ActionRefused("La séance est ouverte : ni sa date ni son lieu ne changent plus.")
        enrolled = _enrolled(session, row.id)
        _check(services, row, given, enrolled)
        former = (row.starts_at, row.place, row.video_link)
        row.starts_at, row.capacity = given.starts_at, given.capacity
        row.place, row.video_link = given.place.strip(), given.video_link.strip()
        session.execute(delete(JurySessionCertification).where(JurySessionCertification.session_id == row.id))
        sessions.pronounce_on(session, row.id, given.certifications)
        moved = former != (row.starts_at, row.place, row.video_link)
        sessions.note(session, services, actor, row, "session_changed", starts_at=row.starts_at, moved=moved)
        if moved:
            _tell(session, services, actor, row, enrolled, former[0] != row.starts_at)
        return moved


def _check(services: Services, row: JurySession, given: SessionGiven, enrolled: list[Candidacy]) -> None:
    if given.starts_at != row.starts_at and given.starts_at <= services.clock():
        sentence = "Choisissez une date à venir."
        raise InputRefused(sentence, {"day": sentence})
    if not given.place.strip() and not given.video_link.strip():
        raise InputRefused(sessions.NOWHERE, {"place": sessions.NOWHERE})
    if given.capacity is not None and given.capacity < len(enrolled):
        sentence = f"{len(enrolled)} candidatures sont déjà inscrites : la capacité ne peut pas être moindre."
        raise InputRefused(sentence, {"capacity": sentence})
    if not given.certifications >= {c.version.certification_id for c in enrolled}:
        sentence = "Une candidature inscrite vise une certification que vous retirez : retirez-la d'abord du jury."
        raise InputRefused(sentence, {"certifications": sentence})


def _enrolled(session: Session, session_id: int) -> list[Candidacy]:
    """The candidacies on the agenda."""
    live = select(Enrolment.candidacy_id).where(Enrolment.session_id == session_id, Enrolment.live)
    return list(session.scalars(select(Candidacy).where(Candidacy.id.in_(live)).options(*candidacies.WHOLE)))


def _tell(
    session: Session, services: Services, actor: Actor, row: JurySession, enrolled: list[Candidacy], other_day: bool
) -> None:
    """Members already called are called again; candidates learn of another day."""
    called = queries.convoked(session, row.id)
    duties.convoke(session, services, actor, row, [s for s in row.seats if s.person_id in called], moved=True)
    for candidacy in enrolled if other_day else ():
        outbox.post(
            session,
            centre_id=row.centre_id,
            to=candidacy.person.email,
            template="enrolled_in_jury",
            context=leaving.about_candidacy(candidacy, candidacy.person, services.settings.base_url)
            | {"session_on": clocks.civil_date(row.starts_at)},
            now=services.clock(),
            candidacy_id=candidacy.id,
        )
