"""The interview in force of a candidacy, its commission, its assessment and who signed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, selectinload

from vae_portal.persistence import journal
from vae_portal.persistence.tables import (
    Assessment,
    AssessmentSignature,
    Candidacy,
    Capability,
    IndependenceDeclaration,
    Interview,
    InterviewEvaluator,
    JournalRow,
    OwnAssessment,
    PastEmployer,
    Person,
    Qualification,
)
from workflows.facts import EvaluatorFacts, InterviewFacts, OwnFacts, SlotFacts, VerdictFacts
from workflows.interview import before_a_candidate, who_handled
from workflows.vocabulary import Action, OwnVerdict
from workflows.who_may_do_what import ADVISORS_ACTS, RULES


def in_force(session: Session, candidacy_id: int) -> Interview | None:
    """The live interview with its evaluators, or None."""
    return session.scalars(
        select(Interview)
        .where(Interview.candidacy_id == candidacy_id, Interview.live)
        .options(selectinload(Interview.evaluators).joinedload(InterviewEvaluator.person))
    ).one_or_none()


def facts(session: Session, candidacy: Candidacy) -> InterviewFacts | None:
    """The interview in force as the rules see it."""
    interview = in_force(session, candidacy.id)
    if interview is None:
        return None
    present = {e.person_id: e.present for e in interview.evaluators}
    evaluators = evaluator_facts(session, candidacy, [e.person for e in interview.evaluators], present)
    verdicts = session.execute(
        select(Capability.code, Assessment)
        .join(Capability, Capability.id == Assessment.capability_id)
        .where(Assessment.interview_id == interview.id)
        .order_by(Capability.block_id, Capability.position)
    )
    signatures = session.execute(
        select(AssessmentSignature.person_id, AssessmentSignature.text_hash).where(
            AssessmentSignature.interview_id == interview.id
        )
    )
    return InterviewFacts(
        slot=slot_facts(interview, evaluators),
        verdicts=tuple(_verdict(v.code, v.Assessment) for v in verdicts),
        text_hash=interview.text_hash,
        signatures=tuple((s.person_id, s.text_hash) for s in signatures),
        shared=frozenset(e.person_id for e in interview.evaluators if e.shared_at),
        own=_own(session, interview) if candidacy.step in RULES[Action.ASSESS].steps else (),
        modality=interview.modality,
    )


def _own(session: Session, interview: Interview) -> tuple[OwnFacts, ...]:
    """What each noted alone: looked at while the text is written, never afterwards."""
    rows = session.execute(
        select(OwnAssessment.person_id, Capability.code, OwnAssessment.verdict)
        .join(Capability, Capability.id == OwnAssessment.capability_id)
        .where(OwnAssessment.interview_id == interview.id)
    )
    return tuple(OwnFacts(row.person_id, row.code, OwnVerdict(row.verdict)) for row in rows)


def _verdict(code: str, row: Assessment) -> VerdictFacts:
    criteria = tuple(sorted((int(rank), bool(met)) for rank, met in row.criteria.items()))
    return VerdictFacts(code, row.acquired, row.reason, row.observations, row.modality, criteria)


def slot_facts(interview: Interview, evaluators: tuple[EvaluatorFacts, ...]) -> SlotFacts:
    """The slot of a booked interview, as the rules see it."""
    starts_at, ends_at = interview.during.lower, interview.during.upper
    if starts_at is None or ends_at is None:
        raise ValueError("the database keeps every interview within two bounds")
    return SlotFacts(starts_at, ends_at, interview.place, interview.video_link, evaluators, interview.room_id)


def evaluator_facts(
    session: Session, candidacy: Candidacy, people: Iterable[Person], present: dict[int, bool] | None = None
) -> tuple[EvaluatorFacts, ...]:
    """These people as members of a commission for this candidate: qualified, linked by their latest declaration."""
    people = list(people)
    ids = [p.id for p in people]
    qualified = set(
        session.scalars(
            select(Qualification.person_id).where(
                Qualification.person_id.in_(ids),
                Qualification.certification_id == candidacy.version.certification_id,
            )
        )
    )
    said = declared(session, candidacy.id)
    past, named = past_employers(session, ids), organisations(candidacy)
    return tuple(
        before_a_candidate(
            p.id,
            p.full_name,
            p.id in qualified,
            said[p.id].linked if p.id in said else None,
            [p.employer, *past.get(p.id, ())],
            named,
            (present or {}).get(p.id, True),
        )
        for p in people
    )


@dataclass(frozen=True, slots=True)
class Relations:
    """What is known between people and candidates, for many of both at once."""

    said: Mapping[tuple[int, int], bool]  # (candidacy, person): linked, as last declared
    past: Mapping[int, list[str]]
    acted: Mapping[int, frozenset[int]]

    def evaluator(self, person: Person, candidacy: Candidacy, organisations: list[str], able: bool) -> EvaluatorFacts:
        """Someone as regards one candidate."""
        employers = [person.employer, *self.past.get(person.id, ())]
        said = self.said.get((candidacy.id, person.id))
        return before_a_candidate(person.id, person.full_name, able, said, employers, organisations)

    def handled(self, candidacy: Candidacy) -> frozenset[int]:
        """Whoever cannot evaluate because they handled the file."""
        return who_handled(self.acted[candidacy.id], candidacy.advisor_id, candidacy.refused_by)


def relations(session: Session, candidacy_ids: Collection[int], people: Collection[int]) -> Relations:
    """In three statements, however many there are."""
    latest = latest_declarations().where(IndependenceDeclaration.candidacy_id.in_(candidacy_ids))
    said = {(row.candidacy_id, row.person_id): row.linked for row in session.scalars(latest)}
    return Relations(said, past_employers(session, people), handled(session, candidacy_ids))


def past_employers(session: Session, person_ids: Iterable[int]) -> dict[int, list[str]]:
    """For whom each of these people worked before, in order of name."""
    found: dict[int, list[str]] = defaultdict(list)
    wanted = select(PastEmployer).where(PastEmployer.person_id.in_(list(person_ids)))
    for row in session.scalars(wanted.order_by(PastEmployer.name, PastEmployer.id)):
        found[row.person_id].append(row.name)
    return found


def organisations(candidacy: Candidacy) -> list[str]:
    """Where the candidate says they work or worked, in the request as it was sent, and on their account."""
    lines = candidacy.as_sent.get("experiences") or []
    named = [str(line.get("organisation") or "") for line in lines if isinstance(line, dict)]
    return [name for name in dict.fromkeys([*named, candidacy.person.employer]) if name.strip()]


def handled(session: Session, candidacy_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Who has done an advisor's act on each of these candidacies: they do not evaluate its candidate (D6412-6)."""
    chains = {journal.candidacy_chain(key): key for key in candidacy_ids}
    rows = session.execute(
        select(JournalRow.chain, JournalRow.actor_id)
        .where(JournalRow.chain.in_(chains), JournalRow.event.in_([act.value for act in ADVISORS_ACTS]))
        .where(JournalRow.actor_id.is_not(None))
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[chains[row.chain]].add(row.actor_id)
    return {key: frozenset(found[key]) for key in candidacy_ids}


def latest_declarations() -> Select[IndependenceDeclaration]:
    """What each person last declared about each candidacy: a later declaration replaces the one before (D6412-6)."""
    one = (IndependenceDeclaration.candidacy_id, IndependenceDeclaration.person_id)
    return select(IndependenceDeclaration).ext(distinct_on(*one)).order_by(*one, IndependenceDeclaration.id.desc())


def declared(session: Session, candidacy_id: int) -> dict[int, IndependenceDeclaration]:
    """What each person last declared about a candidate."""
    latest = latest_declarations().where(IndependenceDeclaration.candidacy_id == candidacy_id)
    return {row.person_id: row for row in session.scalars(latest)}


def declared_linked(session: Session, candidacy_id: int) -> set[int]:
    """People who have declared, and not withdrawn since, that they are linked to the candidate."""
    return {person_id for person_id, row in declared(session, candidacy_id).items() if row.linked}
