"""Builders of facts, actors and gifts under which only the table can refuse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from workflows.clocks import civil_date
from workflows.facts import (
    CLOCK_ACTOR,
    Actor,
    Block,
    BlockDecisionFacts,
    BlockOpinion,
    DossierFacts,
    EvaluatorFacts,
    EvidenceFacts,
    Facts,
    Given,
    InterviewFacts,
    OfferFacts,
    OwnFacts,
    RequestFacts,
    Seat,
    SessionFacts,
    SituationFacts,
    SlotFacts,
    VerdictFacts,
)
from workflows.machine import Allowed, Refused
from workflows.vocabulary import (
    Action,
    College,
    ConformityPoint,
    Decided,
    EvidenceState,
    Ground,
    OwnVerdict,
    Role,
    SessionState,
    Step,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CENTRE = 1
CANDIDATE, ADVISOR, PLANNER, FIRST_EVALUATOR, SECOND_EVALUATOR = 10, 20, 30, 40, 41
PRESIDENT, EMPLOYER, UNION_A, UNION_B, SECRETARY, ADMINISTRATOR, AUDITOR = 50, 51, 52, 53, 60, 70, 80
SOMEONE = 90  # in any other role

BLOCKS = (
    Block("BC1", "L'analyse de la politique QSE en place", ("C1", "C2", "C3")),
    Block("BC2", "La mise en œuvre de la politique QSE", ("C4", "C5", "C6")),
    Block("BC3", "L'audit", ("C7", "C8")),
)
EVERY = frozenset({"BC1", "BC2", "BC3"})
CAPABILITIES = tuple(f"C{n}" for n in range(1, 9))

PEOPLE = {
    Role.CANDIDATE: CANDIDATE,
    Role.ADVISOR: ADVISOR,
    Role.PLANNER: PLANNER,
    Role.EVALUATOR: FIRST_EVALUATOR,
    Role.JURY_MEMBER: UNION_A,
    Role.JURY_SECRETARY: SECRETARY,
    Role.ADMINISTRATOR: ADMINISTRATOR,
    Role.AUDITOR: AUDITOR,
}


def an_actor(role: Role, person: int | None = None, centre: int = CENTRE) -> Actor:
    """Someone who holds that one role; the president holds it by their seat, the clock is nobody."""
    if role is Role.CLOCK:
        return CLOCK_ACTOR
    if role is Role.JURY_PRESIDENT:
        return Actor(person or PRESIDENT, centre, frozenset())
    return Actor(person or PEOPLE.get(role, SOMEONE), centre, frozenset({role}))


def a_seat(person: int, college: College, union: str = "", **changes: bool) -> Seat:
    """A member present with a vote."""
    return Seat(person, f"Membre {person}", college, union, **changes)


SEATS = (
    a_seat(PRESIDENT, College.EMPLOYERS, president=True),
    a_seat(EMPLOYER, College.EMPLOYERS),
    a_seat(UNION_A, College.EMPLOYEES, "Union A"),
    a_seat(UNION_B, College.EMPLOYEES, "Union B"),
)
OPEN_SESSION = SessionFacts(
    7, NOW - timedelta(hours=1), SessionState.OPEN, SEATS, conformity=frozenset(ConformityPoint)
)
PRONOUNCED_SESSION = replace(OPEN_SESSION, pronounced_by=PRESIDENT, released=True)
SESSION_TO_COME = SessionFacts(8, NOW + timedelta(days=20), SessionState.PREPARATION, SEATS)

COMMISSION = (
    EvaluatorFacts(FIRST_EVALUATOR, "Évaluateur 1", qualified=True),
    EvaluatorFacts(SECOND_EVALUATOR, "Évaluateur 2", qualified=False),
)
VERDICTS = tuple(VerdictFacts(code, acquired=True) for code in CAPABILITIES)


def a_slot(starts_at: datetime) -> SlotFacts:
    """One hour in a room with a lawful commission."""
    return SlotFacts(starts_at, starts_at + timedelta(hours=1), place="Salle 1", evaluators=COMMISSION)


def offered(starts_at: datetime) -> OfferFacts:
    """The slot of that hour, offered until tomorrow."""
    slot, answer_by = a_slot(starts_at), civil_date(NOW) + timedelta(days=1)
    people = frozenset(e.person_id for e in slot.evaluators)
    return OfferFacts(slot.starts_at, slot.ends_at, slot.room_id, people, answer_by)


STARTED_INTERVIEW = InterviewFacts(
    a_slot(NOW - timedelta(hours=2)),
    VERDICTS,
    "text",
    ((FIRST_EVALUATOR, "text"), (SECOND_EVALUATOR, "text")),
    shared=frozenset({FIRST_EVALUATOR, SECOND_EVALUATOR, 42, 99}),  # whoever a test seats besides
    modality="projects",
)


def a_situation(name: str, *capabilities: str, state: EvidenceState = EvidenceState.USABLE) -> SituationFacts:
    """A situation backed by one file."""
    return SituationFacts(name, frozenset(capabilities), (EvidenceFacts(f"{name}.pdf", state),))


def unanimous(**acquired: bool) -> tuple[BlockDecisionFacts, ...]:
    """A decision by consensus on each block named."""
    return tuple(BlockDecisionFacts(block, Decided.CONSENSUS, acquired=yes) for block, yes in acquired.items())


@dataclass(frozen=True)
class Case:
    """Facts and what is given."""

    facts: Facts
    given: Given


def _session_at(step: Step, action: Action | None) -> SessionFacts:
    if action is Action.REMOVE_FROM_JURY:
        return SESSION_TO_COME
    pronounced = step in (Step.CERTIFIED, Step.PARTIALLY_VALIDATED, Step.NOT_VALIDATED)
    return PRONOUNCED_SESSION if pronounced else OPEN_SESSION


def favourable_facts(step: Step, action: Action | None = None) -> Facts:
    """Facts at that step under which no rule of that action has anything to object."""
    acknowledged: date | None = date(2026, 11, 2)
    if action is Action.ACKNOWLEDGE_REQUEST:
        acknowledged = None
    elif action is Action.ADMIT_TACITLY:
        acknowledged = date(2026, 9, 22)
    request = RequestFacts(
        certification_id=1,
        registered_from=date(2025, 1, 1),
        registered_until=date(2027, 12, 31),
        acknowledged_on=acknowledged,
        notified_on=date(2026, 3, 10),
        to_ask=(("Contrat", "illisible"),) if action is Action.ASK_SUPPLEMENT else (),
    )
    interview = STARTED_INTERVIEW
    if action is Action.CANCEL_INTERVIEW:  # by an evaluator: because of a link that they have declared
        linked = (replace(COMMISSION[0], linked=True), *COMMISSION[1:])
        interview = replace(interview, slot=replace(interview.slot, evaluators=linked))
    return Facts(
        candidacy_id=100,
        centre_id=CENTRE,
        candidate_id=CANDIDATE,
        step=step,
        blocks=BLOCKS,
        targeted=EVERY,
        held=frozenset(),
        request=request,
        dossier=DossierFacts((a_situation("Audit interne", *CAPABILITIES),), scanning=True),
        advisor_id=ADVISOR,
        interview=interview,
        offers=(offered(NOW + timedelta(days=16)), offered(NOW + timedelta(days=30))),
        session=_session_at(step, action),
    )


FULL_GIFT = Given(
    reason="Une raison",
    named=(("Justificatif", "illisible"),),
    answer_by=civil_date(NOW) + timedelta(days=30),
    opinions=tuple(BlockOpinion(block, "aucun") for block in ("BC1", "BC2", "BC3")),
    sworn=True,
    slot=a_slot(NOW + timedelta(days=16)),
    excused=True,
    verdicts=VERDICTS,
    session=SESSION_TO_COME,
    decisions=unanimous(BC1=True, BC2=True, BC3=True),
    ground=Ground.ERROR_OF_LAW,
)


def favourable(step: Step, action: Action) -> Case:
    """Everything in order for that action at that step: only the table can refuse."""
    return Case(favourable_facts(step, action), FULL_GIFT)


def asked(facts: Facts, **changes: object) -> Facts:
    """The same facts with another request."""
    return replace(facts, request=replace(facts.request, **changes))  # type: ignore[arg-type]


def seated(facts: Facts, *seats: Seat, **changes: object) -> Facts:
    """The same facts with another jury."""
    assert facts.session is not None
    session = replace(facts.session, seats=seats or facts.session.seats, **changes)  # type: ignore[arg-type]
    return replace(facts, session=session)


def heard(facts: Facts, **changes: object) -> Facts:
    """The same facts with another interview."""
    assert facts.interview is not None
    return replace(facts, interview=replace(facts.interview, **changes))  # type: ignore[arg-type]


def apart(facts: Facts) -> Facts:
    """The same facts where both evaluators judged C1 alike and C2 differently."""
    yes, no = OwnVerdict.ACQUIRED, OwnVerdict.NOT_ACQUIRED
    noted = ((40, "C1", yes), (41, "C1", yes), (40, "C2", yes), (41, "C2", no))
    return heard(facts, own=tuple(OwnFacts(*row) for row in noted))


def with_commission(facts: Facts, *evaluators: EvaluatorFacts) -> Facts:
    """The same facts with other evaluators."""
    assert facts.interview is not None
    return heard(facts, slot=replace(facts.interview.slot, evaluators=evaluators))


def answers(answer: Allowed | Refused, words: str | None) -> bool:
    """Allowed where no words are expected, otherwise refused with them."""
    return isinstance(answer, Allowed) if words is None else isinstance(answer, Refused) and words in answer.reason
