"""What one line of the worklist says of a candidacy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from vae_portal.persistence.tables import Candidacy, Certification, CertificationVersion, Person, SupplementItem
from workflows import clocks
from workflows.vocabulary import Step


class Badge(StrEnum):
    """What an advisor has yet to look at: `FRESH` is all of the three others."""

    FRESH = "fresh"  # to acknowledge
    NEW = "new"
    ANSWERED = "answered"  # the pieces asked for came
    APPEALED = "appealed"


@dataclass(frozen=True, slots=True)
class Line:
    """One candidacy of the list."""

    number: str
    revision: int
    candidate: str
    email: str
    certification: str
    code: str
    step: Step
    round: int
    since: datetime
    submitted_on: date
    advisor_id: int | None
    advisor: str
    due_on: date | None
    late: bool
    soon: bool
    badge: Badge | None


FRESH = (Candidacy.step == Step.ADMISSIBILITY_REVIEW) & Candidacy.acknowledged_on.is_(None)
ANSWERED = exists(select(SupplementItem.id).where(SupplementItem.candidacy_id == Candidacy.id, SupplementItem.closed))


def shown() -> Select[Any]:
    """What a line is made of; narrowed and ordered by the caller."""
    advisor = aliased(Person)
    chosen = (
        select(
            Candidacy.number,
            Candidacy.revision,
            Person.given_names,
            Person.family_name,
            Person.email,
            Certification.title,
            Certification.code,
            Candidacy.step,
            Candidacy.round,
            Candidacy.stepped_at,
            Candidacy.submitted_on,
            Candidacy.appealed,
            Candidacy.advisor_id,
            advisor.given_names.label("advisor_given"),
            advisor.family_name.label("advisor_family"),
            Candidacy.due_on,
            FRESH.label("fresh"),
            (FRESH & ANSWERED).label("answered"),
        )
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .outerjoin(advisor, advisor.id == Candidacy.advisor_id)
    )
    return cast(Select[Any], chosen)


def line(row: Any, today: date) -> Line:
    """A row of `shown` on a day."""
    due = row.due_on
    return Line(
        number=row.number,
        revision=row.revision,
        candidate=f"{row.given_names} {row.family_name}".strip(),
        email=row.email,
        certification=row.title,
        code=row.code,
        step=Step(row.step),
        round=row.round,
        since=row.stepped_at,
        submitted_on=row.submitted_on,
        advisor_id=row.advisor_id,
        advisor=f"{row.advisor_given} {row.advisor_family}".strip() if row.advisor_given is not None else "",
        due_on=due,
        late=due is not None and due < today,
        soon=due is not None and today <= due <= today + timedelta(days=clocks.SOON_DAYS),
        badge=_badge(row),
    )


def _badge(row: Any) -> Badge | None:
    if not row.fresh:
        return None
    if row.appealed:
        return Badge.APPEALED
    return Badge.ANSWERED if row.answered else Badge.NEW
