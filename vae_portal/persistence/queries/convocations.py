"""Who is called to which interview, and what is known of it: sent, seen, answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from vae_portal.persistence.tables import Candidacy, Convocation, Interview, InterviewEvaluator, OutboxMail, Person
from workflows.vocabulary import Convened, ConvocationAnswer, Step


class Watch(StrEnum):
    """What a planner looks for among those who are called."""

    UNSENT = "unsent"
    UNSEEN = "unseen"
    UNANSWERED = "unanswered"
    OTHER_DATE = "other_date"


@dataclass(frozen=True, slots=True)
class CalledPerson:
    """Someone who is called, and what they have done about it."""

    name: str
    called_as: Convened
    sent_at: datetime | None
    failed: bool  # the mail was given up
    seen_at: datetime | None
    answer: ConvocationAnswer | None
    reason: str
    answered_at: datetime | None
    reminded: int | None

    def is_watched(self, watch: Watch) -> bool:
        """Whether this is what a planner looks for."""
        return {
            Watch.UNSENT: self.sent_at is None,
            Watch.UNSEEN: self.seen_at is None,
            Watch.UNANSWERED: self.answer is None,
            Watch.OTHER_DATE: self.answer is ConvocationAnswer.OTHER_DATE,
        }[watch]


@dataclass(frozen=True, slots=True)
class CalledInterview:
    """An interview ahead with those called to it, the candidate first."""

    number: str
    candidate: str
    starts_at: datetime
    ends_at: datetime
    place: str
    video_link: str
    people: tuple[CalledPerson, ...]


def ahead(session: Session, centre_id: int | None, now: datetime) -> list[CalledInterview]:
    """The interviews of a centre that are yet to begin, the next one first; one statement whatever their number."""
    rows = session.execute(
        select(Convocation, Interview, Candidacy.number, Person, OutboxMail.sent_at, OutboxMail.failed_at)
        .join(Interview, Interview.id == Convocation.interview_id)
        .join(Candidacy, Candidacy.id == Interview.candidacy_id)
        .join(Person, Person.id == Convocation.person_id)
        .outerjoin(OutboxMail, OutboxMail.id == Convocation.mail_id)
        .where(Interview.centre_id == centre_id, *_ahead(now))
        .order_by(func.lower(Interview.during), Interview.id, Convocation.called_as, Person.family_name, Person.id)
    ).all()
    by_interview: dict[int, list[CalledPerson]] = {}
    seen: dict[int, tuple[Interview, str]] = {}
    for row in rows:
        seen[row.Interview.id] = (row.Interview, row.number)
        by_interview.setdefault(row.Interview.id, []).append(_person(row.Convocation, row.Person, row))
    return [_interview(*seen[key], tuple(people)) for key, people in by_interview.items()]


def counts(interviews: Iterable[CalledInterview]) -> Counter[Watch]:
    """How many people there are of each kind that a planner looks for."""
    people = [person for interview in interviews for person in interview.people]
    return Counter({watch: sum(person.is_watched(watch) for person in people) for watch in Watch})


def other_dates(session: Session, centre_id: int | None, now: datetime) -> int:
    """How many people called to an interview ahead ask for another date."""
    asked = (
        select(func.count())
        .select_from(Convocation)
        .join(Interview, Interview.id == Convocation.interview_id)
        .join(Candidacy, Candidacy.id == Interview.candidacy_id)
        .where(Interview.centre_id == centre_id, Convocation.answer == ConvocationAnswer.OTHER_DATE.value, *_ahead(now))
    )
    return session.scalar(asked) or 0


def of(session: Session, candidacy_id: int, person_id: int | None) -> tuple[Convocation, Interview] | None:
    """What calls someone to the interview in force of a candidacy, with its commission; None when nothing does."""
    row = session.execute(
        select(Convocation, Interview)
        .join(Interview, Interview.id == Convocation.interview_id)
        .where(Interview.candidacy_id == candidacy_id, Interview.live, Convocation.person_id == person_id)
        .options(selectinload(Interview.evaluators).joinedload(InterviewEvaluator.person))
    ).one_or_none()
    return (row.Convocation, row.Interview) if row else None


def declined(session: Session, interview_id: int) -> set[int]:
    """Ids of those who asked for another date, or said that they cannot come."""
    said = select(Convocation.person_id).where(Convocation.interview_id == interview_id)
    return set(session.scalars(said.where(Convocation.answer == ConvocationAnswer.OTHER_DATE.value)))


def of_candidacy(session: Session, candidacy_id: int) -> list[Convocation]:
    """Everyone called to the interview in force of a candidacy, whose account is open."""
    called = (
        select(Convocation)
        .join(Interview, Interview.id == Convocation.interview_id)
        .join(Person, Person.id == Convocation.person_id)
        .where(Interview.candidacy_id == candidacy_id, Interview.live, Person.disabled_at.is_(None))
        .options(joinedload(Convocation.person))
        .order_by(Convocation.person_id)
    )
    return list(session.scalars(called))


def _ahead(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Interview.live.is_(True),
        func.lower(Interview.during) > now,
        Candidacy.step == Step.INTERVIEW_SCHEDULED.value,
    )


def _person(row: Convocation, person: Person, mail: object) -> CalledPerson:
    return CalledPerson(
        name=person.full_name,
        called_as=Convened(row.called_as),
        sent_at=mail.sent_at,  # type: ignore[attr-defined]
        failed=mail.failed_at is not None and mail.sent_at is None,  # type: ignore[attr-defined]
        seen_at=row.seen_at,
        answer=ConvocationAnswer(row.answer) if row.answer else None,
        reason=row.answer_reason,
        answered_at=row.answered_at,
        reminded=row.reminded,
    )


def _interview(row: Interview, number: str, people: tuple[CalledPerson, ...]) -> CalledInterview:
    candidate = next((p.name for p in people if p.called_as is Convened.CANDIDATE), "")
    starts_at, ends_at = row.during.lower, row.during.upper
    if starts_at is None or ends_at is None:
        raise ValueError("the database keeps every interview within two bounds")
    return CalledInterview(number, candidate, starts_at, ends_at, row.place, row.video_link, people)
