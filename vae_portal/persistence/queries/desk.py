"""What stands around the worklist: colleagues and whom they cover, certifications, one's saved views, who is here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from vae_portal.persistence.queries import accounts
from vae_portal.persistence.tables import Absence, Certification, Person, PersonRole, Presence, SavedView
from workflows.facts import Actor
from workflows.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Colleague:
    """An advisor of the centre; `covered_by` on a day when they are away."""

    id: int
    name: str
    covered_by: int | None


@dataclass(frozen=True, slots=True)
class Away:
    """An absence that is not over."""

    id: int
    person_id: int
    name: str
    cover: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague who has the page open too, and when they were last seen there."""

    name: str
    seen_at: datetime


def advisors(session: Session, viewer: Actor, today: date) -> list[Colleague]:
    """The advisors of the viewer's centre, by name, and who covers those who are away today."""
    theirs = accounts.holding(viewer.centre_id, Role.ADVISOR).with_only_columns(
        Person.id, Person.given_names, Person.family_name, Absence.covered_by
    )
    now_away = (Absence.person_id == Person.id) & (Absence.first_day <= today) & (Absence.last_day >= today)
    rows = session.execute(theirs.outerjoin(Absence, now_away).order_by(Person.family_name, Person.given_names))
    return [Colleague(row.id, f"{row.given_names} {row.family_name}".strip(), row.covered_by) for row in rows]


def certifications(session: Session) -> list[tuple[int, str]]:
    """Every certification: its id, its title with its code."""
    rows = session.execute(
        select(Certification.id, Certification.title, Certification.code).order_by(Certification.title)
    )
    return [(row.id, f"{row.title} ({row.code})" if row.code else row.title) for row in rows]


def views(session: Session, person_id: int | None) -> list[SavedView]:
    """What someone saved, by name."""
    return list(session.scalars(select(SavedView).where(SavedView.person_id == person_id).order_by(SavedView.name)))


def absences(session: Session, viewer: Actor, today: date) -> list[Away]:
    """Absences of the centre's advisors that are not over, the first to begin first."""
    cover = aliased(Person)
    rows = session.execute(
        select(Absence, Person, cover)
        .join(Person, Person.id == Absence.person_id)
        .join(cover, cover.id == Absence.covered_by)
        .where(Absence.centre_id == viewer.centre_id, Absence.last_day >= today)
        .order_by(Absence.first_day, Absence.id)
    )
    return [Away(a.id, p.id, p.full_name, c.full_name, a.first_day, a.last_day) for a, p, c in rows]


def covering(session: Session, person_ids: list[int], day: date) -> list[Person]:
    """Who covers these people on that day, their account open and an advisor still."""
    away = select(Absence.covered_by).where(
        Absence.person_id.in_(person_ids), Absence.first_day <= day, Absence.last_day >= day
    )
    advises = exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.ADVISOR.value)
    held = select(Person).where(Person.id.in_(away), Person.disabled_at.is_(None), advises)
    return list(session.scalars(held.order_by(Person.id)))


def away(session: Session, person_ids: list[int], day: date) -> set[int]:
    """Those of these people who are absent on that day."""
    absent = select(Absence.person_id).where(Absence.first_day <= day, Absence.last_day >= day)
    return set(session.scalars(absent.where(Absence.person_id.in_(person_ids))))


def also_here(session: Session, candidacy_id: int, viewer: Actor, since: datetime) -> list[Present]:
    """Who else has the candidacy's page open since that instant, the latest seen first."""
    rows = session.execute(
        select(Person.given_names, Person.family_name, Presence.seen_at)
        .join(Person, Person.id == Presence.person_id)
        .where(Presence.candidacy_id == candidacy_id, Presence.seen_at > since)
        .where(Presence.person_id != viewer.person_id)
        .order_by(Presence.seen_at.desc())
    )
    return [Present(f"{row.given_names} {row.family_name}".strip(), row.seen_at) for row in rows]
