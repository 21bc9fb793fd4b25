"""What the planner looks at: who waits, the week's commissions, who can evaluate, who is taken when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, selectinload

from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import accounts, dues, hearings, missed
from vae_portal.persistence.tables import (
    Candidacy,
    Certification,
    CertificationVersion,
    Interview,
    InterviewEvaluator,
    OfferedSlot,
    Person,
    Qualification,
)
from workflows import clocks
from workflows.facts import EvaluatorFacts
from workflows.vocabulary import Role, Step


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidacy without an interview, and by when its jury must meet."""

    number: str
    candidate: str
    certification: str
    since: datetime
    jury_due: date | None
    ended: str  # how the last interview ended, if there was one
    absences: int  # of the candidate, in this round
    excused: int  # of these
    answer_by: date | None  # slots are offered until then


@dataclass(frozen=True, slots=True)
class Booked:
    """An interview in force, and its commission."""

    number: str
    candidate: str
    step: Step
    starts_at: datetime
    ends_at: datetime
    place: str
    video_link: str
    evaluators: tuple[str, ...]
    room_id: int | None = None
    evaluator_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluatorView:
    """An evaluator of the centre and the certifications they are qualified for."""

    id: int
    name: str
    employer: str
    certifications: frozenset[int]
    past_employers: tuple[str, ...] = ()


def waiting(session: Session, centre_id: int | None) -> list[Waiting]:
    """Candidacies to plan, the nearest jury deadline first."""
    last_end = (
        select(Interview.ended)
        .where(Interview.candidacy_id == Candidacy.id, ~Interview.live)
        .order_by(Interview.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    offered = select(func.max(OfferedSlot.answer_by)).where(
        OfferedSlot.candidacy_id == Candidacy.id, OfferedSlot.closed_at.is_(None)
    )
    rows = session.execute(
        select(Candidacy, Person.given_names, Person.family_name, Certification.title, last_end.label("ended"))
        .add_columns(
            missed.count_of("absent", "absent_excused").label("absences"),
            missed.count_of("absent_excused").label("excused"),
            offered.scalar_subquery().label("answer_by"),
        )
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .where(Candidacy.centre_id == centre_id, Candidacy.step == Step.INTERVIEW_PENDING.value)
        .order_by(Candidacy.deposited_on.nulls_last(), Candidacy.id)
    )
    return [
        Waiting(
            number=row.Candidacy.number,
            candidate=f"{row.given_names} {row.family_name}",
            certification=row.title,
            since=row.Candidacy.stepped_at,
            jury_due=dues.jury_due(row.Candidacy.regime, row.Candidacy.deposited_on),
            ended=row.ended or "",
            absences=row.absences,
            excused=row.excused,
            answer_by=row.answer_by,
        )
        for row in rows
    ]


def booked(session: Session, centre_id: int | None, first: date, after: date) -> list[Booked]:
    """The interviews in force from the first day up to the day `after`, left out, in order of hour."""
    within = Range(clocks.midnight(first), clocks.midnight(after), bounds="[)")
    rows = session.execute(
        select(Interview, Candidacy, Person)
        .join(Candidacy, Candidacy.id == Interview.candidacy_id)
        .join(Person, Person.id == Candidacy.person_id)
        .where(Interview.centre_id == centre_id, Interview.during.op("&&")(within), Interview.live)
        .options(selectinload(Interview.evaluators).joinedload(InterviewEvaluator.person))
        .order_by(func.lower(Interview.during), Interview.id)
    ).all()
    return [
        Booked(
            number=row.Candidacy.number,
            candidate=row.Person.full_name,
            step=Step(row.Candidacy.step),
            starts_at=row.Interview.during.lower,
            ends_at=row.Interview.during.upper,
            place=row.Interview.place,
            video_link=row.Interview.video_link,
            evaluators=tuple(e.person.full_name for e in row.Interview.evaluators),
            room_id=row.Interview.room_id,
            evaluator_ids=tuple(e.person_id for e in row.Interview.evaluators),
        )
        for row in rows
    ]


def evaluators(session: Session, centre_id: int | None) -> list[EvaluatorView]:
    """The centre's evaluators with an open account, by name."""
    qualified: dict[int, set[int]] = defaultdict(set)
    for person_id, certification_id in session.execute(
        select(Qualification.person_id, Qualification.certification_id)
        .join(Person, Person.id == Qualification.person_id)
        .where(Person.centre_id == centre_id)
    ):
        qualified[person_id].add(certification_id)
    rows = session.execute(
        accounts.holding(centre_id, Role.EVALUATOR)
        .with_only_columns(Person.id, Person.given_names, Person.family_name, Person.employer)
        .order_by(Person.family_name, Person.given_names, Person.id)
    ).all()
    past = hearings.past_employers(session, [r.id for r in rows])
    return [
        EvaluatorView(
            r.id,
            f"{r.given_names} {r.family_name}",
            r.employer,
            frozenset(qualified[r.id]),
            tuple(past.get(r.id, ())),
        )
        for r in rows
    ]


def without_evaluator(session: Session, centre_id: int | None) -> list[tuple[str, int]]:
    """Certifications that candidates wait to be heard for and no evaluator is qualified for: (title, how many)."""
    able = select(Qualification.certification_id).where(
        Qualification.person_id.in_(accounts.holding(centre_id, Role.EVALUATOR).with_only_columns(Person.id))
    )
    rows = session.execute(
        select(Certification.title, func.count())
        .join(CertificationVersion, CertificationVersion.certification_id == Certification.id)
        .join(Candidacy, Candidacy.version_id == CertificationVersion.id)
        .where(Candidacy.centre_id == centre_id, Candidacy.step == Step.INTERVIEW_PENDING.value)
        .where(Certification.id.not_in(able))
        .group_by(Certification.id, Certification.title)
        .order_by(Certification.title)
    )
    return [(title, count) for title, count in rows]


def certifications(session: Session) -> list[Certification]:
    """Every certification, by code."""
    return list(session.scalars(select(Certification).order_by(Certification.code, Certification.id)))


def taken(
    session: Session, centre_id: int | None, day: date, but: int | None = None
) -> dict[int, list[Range[datetime]]]:
    """When each evaluator of the centre is already booked on a civil day, by person; one candidacy left aside."""
    within = Range(clocks.midnight(day), clocks.midnight(day.fromordinal(day.toordinal() + 1)), bounds="[)")
    rows = session.execute(
        select(InterviewEvaluator.person_id, InterviewEvaluator.during)
        .join(Interview, Interview.id == InterviewEvaluator.interview_id)
        .where(Interview.centre_id == centre_id, InterviewEvaluator.live, Interview.candidacy_id != (but or 0))
        .where(InterviewEvaluator.during.op("&&")(within))
        .order_by(func.lower(InterviewEvaluator.during))
    )
    found: dict[int, list[Range[datetime]]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row.during)
    return found


def commission(session: Session, candidacy: Candidacy, person_ids: Collection[int]) -> tuple[EvaluatorFacts, ...]:
    """These people as a commission for this candidate; raises InputRefused for one who does not evaluate here."""
    people = session.scalars(
        accounts.holding(candidacy.centre_id, Role.EVALUATOR).where(Person.id.in_(list(person_ids))).order_by(Person.id)
    ).all()
    if len(people) != len(set(person_ids)):
        sentence = "Choisissez les évaluateurs dans la liste : l'un d'eux n'évalue plus dans ce centre."
        raise InputRefused(sentence, {"evaluators": sentence})
    return hearings.evaluator_facts(session, candidacy, people)
