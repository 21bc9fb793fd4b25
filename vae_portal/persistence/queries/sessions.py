"""Jury sessions for the pages: their list, their agenda, who may be called to sit, who left for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from vae_portal.persistence.queries import accounts, dues, juries
from vae_portal.persistence.tables import (
    Candidacy,
    Certification,
    CertificationVersion,
    ConformityCheck,
    Decision,
    Document,
    Enrolment,
    JurySeat,
    JurySession,
    Person,
    Recusal,
)
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import ConformityPoint, Role, SessionState, Step


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of the list, with how many sit and how many candidacies are or were on its agenda."""

    id: int
    starts_at: datetime
    place: str
    state: SessionState
    minutes_number: str
    seats: int
    candidacies: int
    results_due: date | None  # closed, pronounced, and not released yet: the last day to notify


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """A candidacy on the agenda, or that was; `outcome` once pronounced, `ended` when it left otherwise."""

    number: str
    candidate: str
    certification: str
    president_college: str  # as the version says
    live: bool
    ended: str
    ended_reason: str
    conformity_checked: bool
    outcome: str
    revoked: bool
    jury_due: date | None


@dataclass(frozen=True, slots=True)
class PendingLine:
    """A candidacy that waits for a session."""

    number: str
    candidate: str
    certification: str
    jury_due: date | None


@dataclass(frozen=True, slots=True)
class Juror:
    """Someone of the centre who may be called to sit."""

    id: int
    name: str
    college: str
    union: str
    employer: str


def listed(session: Session, viewer: Actor) -> list[SessionLine]:
    """The sessions open to a viewer, latest first, in one statement."""
    seats = select(func.count()).where(JurySeat.session_id == JurySession.id).scalar_subquery()
    agenda = (
        select(func.count())
        .where(Enrolment.session_id == JurySession.id, Enrolment.ended != "removed")
        .scalar_subquery()
    )
    pronounced = (
        select(func.min(Decision.pronounced_at))
        .where(Decision.session_id == JurySession.id, Decision.revoked_at.is_(None), JurySession.released_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        juries.visible(viewer)
        .add_columns(seats.label("seats"), agenda.label("candidacies"), pronounced.label("pronounced"))
        .order_by(JurySession.starts_at.desc(), JurySession.id.desc())
    )
    return [
        SessionLine(
            id=row.JurySession.id,
            starts_at=row.JurySession.starts_at,
            place=row.JurySession.place or "Visioconférence",
            state=SessionState(row.JurySession.state),
            minutes_number=row.JurySession.minutes_number or "",
            seats=row.seats,
            candidacies=row.candidacies,
            results_due=clocks.notification_due(clocks.civil_date(row.pronounced)) if row.pronounced else None,
        )
        for row in session.execute(statement)
    ]


def coming(session: Session, viewer: Actor, now: datetime) -> list[SessionLine]:
    """The sessions in which a candidacy can still be enrolled, nearest first."""
    ahead = [line for line in listed(session, viewer) if line.starts_at > now and line.state != SessionState.CLOSED]
    return ahead[::-1]


def agenda(session: Session, session_id: int) -> list[AgendaLine]:
    """The agenda in order of enrolment, in one statement whatever its length."""
    return [_line(row) for row in session.execute(_enrolled().where(Enrolment.session_id == session_id))]


def _enrolled() -> Select[*tuple[Any, ...]]:
    """Who is on an agenda, for what, and what was pronounced there."""
    points = select(func.count()).where(ConformityCheck.enrolment_id == Enrolment.id).scalar_subquery()
    return (
        select(
            Enrolment,
            Candidacy.number,
            Candidacy.deposited_on,
            Candidacy.regime,
            Person.given_names,
            Person.family_name,
            Certification.code,
            Certification.title,
            CertificationVersion.president_college,
            Decision.outcome,
            Decision.revoked_at,
            points.label("points"),
        )
        .join(Candidacy, Candidacy.id == Enrolment.candidacy_id)
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .outerjoin(
            Decision,
            (Decision.session_id == Enrolment.session_id)
            & (Decision.candidacy_id == Enrolment.candidacy_id)
            & (Enrolment.ended == "pronounced"),
        )
        .order_by(Enrolment.id)
    )


def _line(row: Any) -> AgendaLine:
    return AgendaLine(
        number=row.number,
        candidate=f"{row.given_names} {row.family_name}",
        certification=row.code or row.title,
        president_college=row.president_college,
        live=row.Enrolment.live,
        ended=row.Enrolment.ended,
        ended_reason=row.Enrolment.ended_reason,
        conformity_checked=row.points == len(ConformityPoint),
        outcome=row.outcome or "",
        revoked=row.revoked_at is not None,
        jury_due=dues.jury_due(row.regime, row.deposited_on),
    )


def pending(session: Session, centre_id: int | None, certifications: frozenset[int] | None = None) -> list[PendingLine]:
    """Candidacies that wait for a session, of these certifications where any is named, the nearest legal day first."""
    statement = (
        select(
            Candidacy.number,
            Candidacy.deposited_on,
            Candidacy.regime,
            Person.given_names,
            Person.family_name,
            Certification.code,
            Certification.title,
        )
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .where(Candidacy.centre_id == centre_id, Candidacy.step == Step.JURY_PENDING.value)
        .order_by(Candidacy.deposited_on.nulls_last(), Candidacy.id)
    )
    if certifications:
        statement = statement.where(CertificationVersion.certification_id.in_(certifications))
    lines = [
        PendingLine(
            row.number,
            f"{row.given_names} {row.family_name}",
            row.code or row.title,
            dues.jury_due(row.regime, row.deposited_on),
        )
        for row in session.execute(statement)
    ]
    return sorted(lines, key=lambda line: line.jury_due or date.max)  # those without a legal day last


def jurors(session: Session, centre_id: int | None) -> list[Juror]:
    """People of the centre who may be called to sit, by college then name."""
    rows = session.execute(
        accounts.holding(centre_id, Role.JURY_MEMBER)
        .with_only_columns(
            Person.id, Person.given_names, Person.family_name, Person.college, Person.union_name, Person.employer
        )
        .order_by(Person.college.desc(), Person.family_name, Person.given_names, Person.id)
    )
    return [Juror(r.id, f"{r.given_names} {r.family_name}", r.college or "", r.union_name, r.employer) for r in rows]


def minutes_of(session: Session, session_id: int) -> Document | None:
    """The minutes of a closed session, made or on their way."""
    return session.scalars(
        select(Document)
        .where(Document.session_id == session_id, Document.kind == "minutes")
        .order_by(Document.id.desc())
        .limit(1)
    ).first()


def recusals(session: Session, session_id: int, candidacy_id: int) -> dict[int, str]:
    """Who left for one candidate, and why."""
    rows = session.execute(
        select(Recusal.person_id, Recusal.reason).where(
            Recusal.session_id == session_id, Recusal.candidacy_id == candidacy_id
        )
    )
    return {row.person_id: row.reason for row in rows}


def decisions(session: Session, candidacy_id: int) -> list[Decision]:
    """Every decision on a candidacy with its blocks, revoked ones included, oldest first."""
    return list(
        session.scalars(
            select(Decision)
            .where(Decision.candidacy_id == candidacy_id)
            .options(selectinload(Decision.blocks))
            .order_by(Decision.id)
        )
    )


@dataclass(frozen=True, slots=True)
class RecusalLine:
    """A member who left for one candidate, and who presided then."""

    member: str
    candidate: str
    acting_president: str


def all_recusals(session: Session, session_id: int) -> list[RecusalLine]:
    """Who left for whom in a session, in the order of the acts."""
    member, candidate, acting = aliased(Person), aliased(Person), aliased(Person)
    rows = session.execute(
        select(member, candidate, acting)
        .select_from(Recusal)
        .join(member, member.id == Recusal.person_id)
        .join(Candidacy, Candidacy.id == Recusal.candidacy_id)
        .join(candidate, candidate.id == Candidacy.person_id)
        .join(
            Enrolment,
            (Enrolment.session_id == Recusal.session_id) & (Enrolment.candidacy_id == Recusal.candidacy_id),
        )
        .outerjoin(acting, acting.id == Enrolment.acting_president_id)
        .where(Recusal.session_id == session_id, Enrolment.ended != "removed")
        .order_by(Recusal.recorded_at, Recusal.person_id)
    )
    return [RecusalLine(m.full_name, c.full_name, a.full_name if a else "") for m, c, a in rows]
