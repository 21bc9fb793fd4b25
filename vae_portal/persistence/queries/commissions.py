"""What evaluators look at: their interviews, what they declared, and the assessment as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from vae_portal.persistence.queries.hearings import latest_declarations
from vae_portal.persistence.tables import (
    Assessment,
    AssessmentSignature,
    Candidacy,
    Certification,
    CertificationVersion,
    Enrolment,
    IndependenceDeclaration,
    Interview,
    InterviewEvaluator,
    JurySeat,
    Person,
)
from workflows.facts import Actor
from workflows.vocabulary import Right, Step
from workflows.who_may_do_what import PARTIES, RIGHTS


@dataclass(frozen=True, slots=True)
class MyInterview:
    """One interview of an evaluator, and what they have done about it."""

    number: str
    candidate: str
    certification: str
    step: Step
    starts_at: datetime
    ends_at: datetime
    place: str
    video_link: str
    live: bool
    ended: str
    closed: bool
    present: bool
    linked: bool | None  # None: nothing declared yet
    signed: bool  # under the text as it stands


@dataclass(frozen=True, slots=True)
class SignatureView:
    """Who signed, when, and whether it still stands under the present text."""

    person_id: int
    name: str
    signed_at: datetime
    stands: bool


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The commission's verdict on one capability, as written."""

    acquired: bool
    reason: str
    observations: str
    by: str
    modality: str = ""
    criteria: dict[str, bool] = field(default_factory=dict)


def mine(session: Session, person_id: int | None) -> list[MyInterview]:
    """Every interview that a person sits or sat for, latest first; one statement whatever their number."""
    return [_my_interview(row) for row in session.execute(_sat_for(person_id))]


def _sat_for(person_id: int | None) -> Select[*tuple[Any, ...]]:
    """Interviews of a person with their candidate, what this person declared, and whether their signature stands."""
    declared = latest_declarations().where(IndependenceDeclaration.person_id == person_id).subquery()
    signed = exists(
        select(AssessmentSignature.id).where(
            AssessmentSignature.interview_id == Interview.id,
            AssessmentSignature.person_id == InterviewEvaluator.person_id,
            AssessmentSignature.text_hash == Interview.text_hash,
        )
    )
    return (
        select(
            Interview,
            InterviewEvaluator.present,
            Candidacy.number,
            Candidacy.step,
            Certification.title,
            Person.given_names,
            Person.family_name,
            declared.c.linked,
            signed.label("signed"),
        )
        .join(InterviewEvaluator, InterviewEvaluator.interview_id == Interview.id)
        .join(Candidacy, Candidacy.id == Interview.candidacy_id)
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .outerjoin(declared, declared.c.candidacy_id == Interview.candidacy_id)
        .where(InterviewEvaluator.person_id == person_id)
        .order_by(func.lower(Interview.during).desc(), Interview.id.desc())
    )


def _my_interview(row: Any) -> MyInterview:
    return MyInterview(
        number=row.number,
        candidate=f"{row.given_names} {row.family_name}",
        certification=row.title,
        step=Step(row.step),
        starts_at=row.Interview.during.lower,
        ends_at=row.Interview.during.upper,
        place=row.Interview.place,
        video_link=row.Interview.video_link,
        live=row.Interview.live,
        ended=row.Interview.ended,
        closed=row.Interview.closed_at is not None,
        present=row.present,
        linked=row.linked,
        signed=row.signed,
    )


def verdicts(session: Session, interview_id: int) -> dict[int, VerdictView]:
    """The verdicts written so far, by capability."""
    rows = session.execute(
        select(Assessment, Person.given_names, Person.family_name)
        .join(Person, Person.id == Assessment.assessed_by)
        .where(Assessment.interview_id == interview_id)
    )
    return {
        row.Assessment.capability_id: VerdictView(
            row.Assessment.acquired,
            row.Assessment.reason,
            row.Assessment.observations,
            f"{row.given_names} {row.family_name}",
            row.Assessment.modality,
            row.Assessment.criteria,
        )
        for row in rows
    }


def signatures(session: Session, interview: Interview) -> list[SignatureView]:
    """Every signature given, those of a former text included, oldest first."""
    rows = session.execute(
        select(AssessmentSignature, Person.given_names, Person.family_name)
        .join(Person, Person.id == AssessmentSignature.person_id)
        .where(AssessmentSignature.interview_id == interview.id)
        .order_by(AssessmentSignature.id)
    )
    return [
        SignatureView(
            row.AssessmentSignature.person_id,
            f"{row.given_names} {row.family_name}",
            row.AssessmentSignature.signed_at,
            bool(interview.text_hash) and row.AssessmentSignature.text_hash == interview.text_hash,
        )
        for row in rows
    ]


def reads_assessment(session: Session, viewer: Actor, candidacy: Candidacy) -> bool:
    """Whether an assessment is open to a viewer: secretary and auditor, whoever sits; never the candidate.

    An evaluator who has declared a link sits no more, though they are still named in the commission (D6412-6).
    """
    if viewer.person_id == candidacy.person_id or viewer.centre_id != candidacy.centre_id:
        return False
    if viewer.roles & set(RIGHTS[Right.READ_ASSESSMENT].by) - set(PARTIES):
        return True
    evaluates = exists(
        select(InterviewEvaluator.person_id)
        .join(Interview, Interview.id == InterviewEvaluator.interview_id)
        .where(Interview.candidacy_id == candidacy.id, Interview.live)
        .where(InterviewEvaluator.person_id == viewer.person_id)
    )
    said = latest_declarations().where(
        IndependenceDeclaration.candidacy_id == candidacy.id, IndependenceDeclaration.person_id == viewer.person_id
    )
    last = said.subquery()
    linked = exists(select(last.c.id).where(last.c.linked))
    return bool(session.scalar(select(evaluates & ~linked))) or sits_in_jury(session, viewer, candidacy)


def sits_in_jury(session: Session, viewer: Actor, candidacy: Candidacy) -> bool:
    """Whether the viewer is a member of the session where a candidacy is, or which pronounced on it."""
    found = exists(
        select(JurySeat.id)
        .join(Enrolment, Enrolment.session_id == JurySeat.session_id)
        .where(Enrolment.candidacy_id == candidacy.id, Enrolment.live | (Enrolment.ended == "pronounced"))
        .where(JurySeat.person_id == viewer.person_id)
    )
    return bool(session.scalar(select(found)))
