"""A year of VAE in a centre by certification, as the certifying authority asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Candidacy, Certification, CertificationVersion, Decision
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import Step


@dataclass(frozen=True, slots=True)
class YearOfVae:
    """One certification's year: counts of candidacies by the day of each event, medians in days."""

    rncp: str
    title: str
    requests: int
    admissible: int
    deposited: int
    decided: int
    certified: int
    partial: int
    none: int
    withdrawn: int
    days_to_admission: int | None
    days_to_decision: int | None  # from the request to the jury


def of_year(session: Session, viewer: Actor, year: int) -> list[YearOfVae]:
    """Every certification that something happened for, in two statements; a revoked decision counts for nothing."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)

    def within(column: Any) -> ColumnElement[bool]:
        return (column >= first) & (column < after)

    candidacies = {
        row.id: row
        for row in session.execute(
            _by_certification(
                viewer,
                func.count().filter(within(Candidacy.submitted_on)).label("requests"),
                func.count().filter(within(Candidacy.notified_on)).label("admissible"),
                func.count().filter(within(Candidacy.deposited_on)).label("deposited"),
                func.count()
                .filter(
                    Candidacy.step == Step.WITHDRAWN.value,
                    Candidacy.stepped_at >= clocks.midnight(first),
                    Candidacy.stepped_at < clocks.midnight(after),
                )
                .label("withdrawn"),
                _median(Candidacy.notified_on - Candidacy.submitted_on)
                .filter(within(Candidacy.notified_on))
                .label("to_admission"),
            )
        )
    }
    pronounced = {
        row.id: row
        for row in session.execute(
            _by_certification(
                viewer,
                *(
                    func.count().filter(Decision.outcome == step.value).label(step.value)
                    for step in (Step.CERTIFIED, Step.PARTIALLY_VALIDATED, Step.NOT_VALIDATED)
                ),
                func.count().label("decided"),
                _median(func.date(Decision.pronounced_at) - Candidacy.submitted_on).label("to_decision"),
            )
            .join(Decision, Decision.candidacy_id == Candidacy.id)
            .where(
                Decision.revoked_at.is_(None),
                Decision.pronounced_at >= clocks.midnight(first),
                Decision.pronounced_at < clocks.midnight(after),
            )
        )
    }
    told = [_year(candidacies[key], pronounced.get(key)) for key in candidacies]
    return [line for line in told if line.requests or line.admissible or line.deposited or line.decided]


def _by_certification(viewer: Actor, *columns: ColumnElement[Any]) -> Any:
    return (
        select(Certification.id, Certification.rncp, Certification.title, *columns)
        .select_from(Candidacy)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .where(Candidacy.centre_id == viewer.centre_id, Candidacy.submitted_on.is_not(None))
        .group_by(Certification.id)
        .order_by(Certification.rncp)
    )


def _median(days: ColumnElement[Any]) -> Any:
    return func.percentile_disc(0.5).within_group(days)


def _year(row: Any, decisions: Any | None) -> YearOfVae:
    return YearOfVae(
        rncp=row.rncp,
        title=row.title,
        requests=row.requests,
        admissible=row.admissible,
        deposited=row.deposited,
        decided=decisions.decided if decisions else 0,
        certified=decisions.certified if decisions else 0,
        partial=decisions.partially_validated if decisions else 0,
        none=decisions.not_validated if decisions else 0,
        withdrawn=row.withdrawn,
        days_to_admission=row.to_admission,
        days_to_decision=decisions.to_decision if decisions else None,
    )
