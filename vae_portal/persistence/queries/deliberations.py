"""What a jury does for one candidate: what it checked, its votes, who decided, who comes before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import (
    Ballot,
    Block,
    Candidacy,
    ConformityCheck,
    Decision,
    Enrolment,
    Person,
    VoteBox,
)
from workflows.facts import BoxFacts
from workflows.vocabulary import Choice, ConformityPoint


@dataclass(frozen=True, slots=True)
class PointChecked:
    """A point of conformity that the jury ticked, by whom and when; nobody is named for what was found long ago."""

    point: ConformityPoint
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The numbers of the candidacies before and after one on the agenda; empty at its ends."""

    before: str
    after: str
    rank: int
    total: int


def conformity(session: Session, enrolment_id: int) -> list[PointChecked]:
    """The points ticked for one candidate."""
    rows = session.execute(
        select(ConformityCheck, Person.given_names, Person.family_name)
        .outerjoin(Person, Person.id == ConformityCheck.checked_by)
        .where(ConformityCheck.enrolment_id == enrolment_id)
    )
    return [
        PointChecked(
            ConformityPoint(row.ConformityCheck.point),
            f"{row.given_names} {row.family_name}" if row.given_names is not None else "",
            row.ConformityCheck.checked_at,
        )
        for row in rows
    ]


def boxes(session: Session, enrolment_id: int) -> tuple[BoxFacts, ...]:
    """The votes on one candidate that were not given up, with their ballots, in one statement."""
    rows = session.execute(
        select(VoteBox.id, VoteBox.counted, Block.code, Ballot.person_id, Ballot.choice)
        .join(Block, Block.id == VoteBox.block_id)
        .outerjoin(Ballot, Ballot.box_id == VoteBox.id)
        .where(VoteBox.enrolment_id == enrolment_id, ~VoteBox.given_up)
        .order_by(Block.position, Ballot.person_id)
    )
    found: dict[tuple[int, str, frozenset[int] | None], list[tuple[int, Choice]]] = defaultdict(list)
    for row in rows:
        counted = None if row.counted is None else frozenset(row.counted)
        cast = found[row.id, row.code, counted]
        if row.person_id is not None:
            cast.append((row.person_id, Choice(row.choice)))
    return tuple(BoxFacts(box, code, tuple(cast), counted) for (box, code, counted), cast in found.items())


def neighbours(session: Session, session_id: int, candidacy_id: int) -> Neighbours:
    """Who comes before and after a candidate on the agenda, in one statement."""
    lines = (
        select(
            Enrolment.candidacy_id,
            func.lag(Candidacy.number).over(order_by=Enrolment.id).label("before"),
            func.lead(Candidacy.number).over(order_by=Enrolment.id).label("after"),
            func.row_number().over(order_by=Enrolment.id).label("rank"),
            func.count().over().label("total"),
        )
        .join(Candidacy, Candidacy.id == Enrolment.candidacy_id)
        .where(Enrolment.session_id == session_id, Enrolment.ended.in_(("", "pronounced")))
        .subquery()
    )
    row = session.execute(select(lines).where(lines.c.candidacy_id == candidacy_id).limit(1)).first()
    return Neighbours(row.before or "", row.after or "", row.rank, row.total) if row else Neighbours("", "", 0, 0)


def who_pronounced(session: Session, candidacy_id: int) -> dict[int, str]:
    """Names of whoever pronounced or revoked a decision on this candidacy, by person."""
    rows = session.execute(
        select(Person.id, Person.given_names, Person.family_name).where(
            Person.id.in_(
                select(Decision.pronounced_by)
                .where(Decision.candidacy_id == candidacy_id)
                .union(
                    select(Decision.revoked_by).where(
                        Decision.candidacy_id == candidacy_id, Decision.revoked_by.is_not(None)
                    )
                )
            )
        )
    )
    return {row.id: f"{row.given_names} {row.family_name}" for row in rows}
