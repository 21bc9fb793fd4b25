"""A centre's worklist: what is due first comes first, decided in SQL so that pages follow each other without a gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries.dues import due_on
from vae_portal.persistence.tables import (
    Candidacy,
    Certification,
    CertificationVersion,
    Person,
    SupplementItem,
)
from workflows import clocks
from workflows.facts import Actor
from workflows.steps import RESTING
from workflows.vocabulary import Step

PAGE = 25  # rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address filters by; empty or None: everything."""

    steps: tuple[Step, ...] = ()
    advisor: str = ""  # "mine", "none"
    late: bool = False
    fresh: bool = False
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One candidacy of the list."""

    number: str
    candidate: str
    certification: str
    code: str
    step: Step
    round: int
    since: datetime
    advisor: str
    due_on: date | None
    late: bool
    soon: bool
    fresh: bool
    answered: bool
    appealed: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many candidacies the viewer may see, by step, and among them the late and the new ones."""

    by_step: dict[Step, int]
    late: int
    fresh: int
    mine: int


_FRESH = (Candidacy.step == Step.ADMISSIBILITY_REVIEW) & Candidacy.acknowledged_on.is_(None)
_ANSWERED = exists(select(SupplementItem.id).where(SupplementItem.candidacy_id == Candidacy.id, SupplementItem.closed))


def tally(session: Session, viewer: Actor, today: date) -> Tally:
    """The counters above the list, in one statement."""
    due = due_on()
    listed = _listed(viewer).with_only_columns(
        Candidacy.step,
        func.count(),
        func.count().filter(due < today),
        func.count().filter(_FRESH),
        func.count().filter(Candidacy.advisor_id == viewer.person_id),
    )
    rows = session.execute(listed.group_by(Candidacy.step)).all()
    return Tally(
        {Step(row[0]): int(row[1]) for row in rows}, *(sum(int(row[column]) for row in rows) for column in (2, 3, 4))
    )


def page(session: Session, viewer: Actor, today: date, wanted: Wanted) -> tuple[list[Line], int]:
    """One page of the list and how many candidacies the filters leave, in one statement, two past the last page."""
    advisor, due = aliased(Person), due_on().label("due_on")
    narrowed = _narrow(_listed(viewer), viewer, today, wanted)
    rows = (
        narrowed.join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .outerjoin(advisor, advisor.id == Candidacy.advisor_id)
        .with_only_columns(
            Candidacy.number,
            Person.given_names,
            Person.family_name,
            Certification.title,
            Certification.code,
            Candidacy.step,
            Candidacy.round,
            Candidacy.stepped_at,
            Candidacy.appealed,
            advisor.given_names.label("advisor_given"),
            advisor.family_name.label("advisor_family"),
            due,
            _FRESH.label("fresh"),
            (_FRESH & _ANSWERED).label("answered"),
            func.count().over().label("total"),
        )
        .order_by(due.asc().nulls_last(), Candidacy.step.in_(RESTING), Candidacy.stepped_at, Candidacy.id)
    )
    found = session.execute(rows.offset((wanted.page - 1) * PAGE).limit(PAGE)).all()
    if not found and wanted.page > 1:
        count = session.scalar(narrowed.with_only_columns(func.count()))
        return [], int(count or 0)
    return [_line(row, today) for row in found], found[0].total if found else 0


def _listed(viewer: Actor) -> Select[Any]:
    """What staff of the centre work on: sent requests, their own candidacy left out."""
    return (
        candidacies.visible(viewer)
        .join(Person, Person.id == Candidacy.person_id)
        .where(Candidacy.centre_id == viewer.centre_id, Candidacy.submitted_on.is_not(None))
        .where(Candidacy.person_id != viewer.person_id)
    )


def _narrow(listed: Select[Any], viewer: Actor, today: date, wanted: Wanted) -> Select[Any]:
    if wanted.steps:
        listed = listed.where(Candidacy.step.in_(wanted.steps))
    if wanted.advisor:
        mine = Candidacy.advisor_id == viewer.person_id
        listed = listed.where({"mine": mine, "none": Candidacy.advisor_id.is_(None)}.get(wanted.advisor, false()))
    if wanted.late:
        listed = listed.where(due_on() < today)
    if wanted.fresh:
        listed = listed.where(_FRESH)
    for word in wanted.text.split()[:6]:
        listed = listed.where(
            or_(
                Candidacy.number.icontains(word, autoescape=True),
                Person.given_names.icontains(word, autoescape=True),
                Person.family_name.icontains(word, autoescape=True),
            )
        )
    return listed


def _line(row: Any, today: date) -> Line:
    due = row.due_on
    return Line(
        number=row.number,
        candidate=f"{row.given_names} {row.family_name}".strip(),
        certification=row.title,
        code=row.code,
        step=Step(row.step),
        round=row.round,
        since=row.stepped_at,
        advisor=f"{row.advisor_given} {row.advisor_family}".strip() if row.advisor_given is not None else "",
        due_on=due,
        late=due is not None and due < today,
        soon=due is not None and today <= due <= today + timedelta(days=clocks.SOON_DAYS),
        fresh=row.fresh and not row.answered and not row.appealed,
        answered=bool(row.answered),
        appealed=bool(row.fresh and row.appealed),
    )
