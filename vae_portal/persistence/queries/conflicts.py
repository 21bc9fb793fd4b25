"""Interviews in force that can no longer be held as they are booked, and why: in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from vae_portal.persistence.queries import accounts, hearings
from vae_portal.persistence.tables import (
    Candidacy,
    Interview,
    InterviewEvaluator,
    Person,
    Qualification,
    Room,
    RoomClosure,
)
from workflows import interview as rules
from workflows.vocabulary import Role, Step

_TO_BE_HELD = (Step.INTERVIEW_SCHEDULED.value, Step.EVALUATION.value)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An interview in force, and each thing that stands in its way, as a sentence."""

    interview_id: int
    candidacy_id: int
    candidate_id: int
    number: str
    candidate: str
    step: Step
    starts_at: datetime
    faults: tuple[str, ...]
    unlawful: bool  # those present are no lawful commission: once begun, it can only be cancelled


def of_centre(session: Session, centre_id: int | None, now: datetime) -> list[Conflict]:
    """The interviews of a centre that something stands in the way of, in order of hour (D6412-6)."""
    rows = session.execute(
        select(Interview, Candidacy)
        .join(Candidacy, Candidacy.id == Interview.candidacy_id)
        .join(Candidacy.person)
        .join(Candidacy.version)
        .where(Interview.centre_id == centre_id, Interview.live, Candidacy.step.in_(_TO_BE_HELD))
        .options(contains_eager(Candidacy.person), contains_eager(Candidacy.version))
        .options(selectinload(Interview.evaluators).joinedload(InterviewEvaluator.person))
        .order_by(func.lower(Interview.during), Interview.id)
    ).all()
    unlawful = _unlawful(session, [(row.Interview, row.Candidacy) for row in rows])
    gone = _gone(session, centre_id, [row.Interview for row in rows])
    shut = _shut(session, [row.Interview for row in rows if row.Candidacy.step == Step.INTERVIEW_SCHEDULED], now)
    found = []
    for interview, candidacy in ((row.Interview, row.Candidacy) for row in rows):
        against = unlawful[interview.id]
        if faults := (*against, *gone[interview.id], *shut.get(interview.id, ())):
            step, starts_at = Step(candidacy.step), interview.during.lower
            about = (interview.id, candidacy.id, candidacy.person_id, candidacy.number, candidacy.person.full_name)
            found.append(Conflict(*about, step, starts_at, faults, bool(against)))
    return found


def _unlawful(session: Session, booked: list[tuple[Interview, Candidacy]]) -> dict[int, list[str]]:
    """What the rule of a commission says of each, as a planner meets it who books it."""
    ids = [candidacy.id for _, candidacy in booked]
    people = {e.person_id for interview, _ in booked for e in interview.evaluators}
    qualified = select(Qualification.person_id, Qualification.certification_id)
    able = {(row[0], row[1]) for row in session.execute(qualified.where(Qualification.person_id.in_(people)))}
    known = hearings.relations(session, ids, people)
    found = {}
    for interview, candidacy in booked:
        named = hearings.organisations(candidacy)
        commission = tuple(
            known.evaluator(e.person, candidacy, named, (e.person_id, candidacy.version.certification_id) in able)
            for e in interview.evaluators
            if e.present
        )
        found[interview.id] = rules.faults_before(candidacy.person_id, known.handled(candidacy), commission)
    return found


def _gone(session: Session, centre_id: int | None, booked: Iterable[Interview]) -> dict[int, list[str]]:
    """Who is to be there and evaluates in this centre no more: their account is closed, or has lost the role."""
    here = set(session.scalars(accounts.holding(centre_id, Role.EVALUATOR).with_only_columns(Person.id)))
    return {
        interview.id: [
            f"{e.person.full_name} n'évalue plus dans ce centre (compte fermé, ou rôle retiré)."
            for e in interview.evaluators
            if e.present and e.person_id not in here
        ]
        for interview in booked
    }


def _shut(session: Session, booked: Iterable[Interview], now: datetime) -> dict[int, list[str]]:
    """Whose room is out of service, or closed at that hour, while the interview is to come."""
    closed = exists(
        select(RoomClosure.id).where(
            RoomClosure.room_id == Interview.room_id, RoomClosure.during.op("&&")(Interview.during)
        )
    )
    rows = session.execute(
        select(Interview.id, Room.name, Room.retired_at, closed.label("closed"))
        .join(Room, Room.id == Interview.room_id)
        .where(Interview.id.in_([one.id for one in booked]), func.upper(Interview.during) > now)
        .where(closed | Room.retired_at.is_not(None))
    )
    return {
        row.id: [
            f"La salle « {row.name} » n'est plus en service."
            if row.retired_at
            else f"La salle « {row.name} » est fermée à cette heure-là."
        ]
        for row in rows
    }
