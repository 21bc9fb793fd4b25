"""What the rules are told of a candidacy: plain values, loaded by the caller, never looked up from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from workflows.fraud import CaseFacts
from workflows.regimes import Regime
from workflows.vocabulary import (
    Choice,
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


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an account with its roles in its centre, or the clock (person_id None)."""

    person_id: int | None
    centre_id: int | None
    roles: frozenset[Role]


CLOCK_ACTOR = Actor(None, None, frozenset({Role.CLOCK}))


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the certification's version with the codes of its capabilities, in order."""

    code: str
    title: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarlierRequest:
    """Another request submitted by the same person in the same civil year, withdrawn ones included [choice]."""

    certification_id: int
    whole: bool  # the whole certification, not named blocks


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """The request for admissibility and the certification it is for."""

    certification_id: int
    whole: bool = True
    registered_until: date | None = None  # None: no end is known
    registered_from: date | None = None
    opened_until: date | None = None  # a recorded opening decision of the centre
    problems: tuple[str, ...] = ()  # what the form and pieces still lack, one sentence each
    earlier_requests: tuple[EarlierRequest, ...] = ()
    acknowledged_on: date | None = None
    to_ask: tuple[tuple[str, str], ...] = ()  # (what, why): pieces judged to replace or missing, not yet asked for
    identity_given: bool = False  # a document that can be looked at
    identity_verified_on: date | None = None
    unanswered: tuple[str, ...] = ()  # pieces named in the supplement request and not yet given
    appealed: bool = False
    refused_by: int | None = None  # the advisor who declared inadmissible
    notified_on: date | None = None  # admissibility notice, or reinstatement since
    stepped_on: date | None = None  # any act of the candidate on the dossier since that notice: first or last serves


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """One evidence file, by its name on screen and its state."""

    name: str
    state: EvidenceState
    id: int = 0  # tells two files of the same name apart


@dataclass(frozen=True, slots=True)
class SituationFacts:
    """One professional situation: the capabilities it shows, the evidence that backs it."""

    title: str
    capabilities: frozenset[str]
    evidence: tuple[EvidenceFacts, ...]
    pointed: frozenset[str] = frozenset()  # capabilities for which a file says what it shows, or where to look


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """The evidence dossier as it stands now."""

    situations: tuple[SituationFacts, ...] = ()
    unlinked: tuple[EvidenceFacts, ...] = ()  # files that back no situation
    scanning: bool = False  # an antivirus is set up
    deposited_on: date | None = None


@dataclass(frozen=True, slots=True)
class EvaluatorFacts:
    """A member of a commission, as regards this candidate."""

    person_id: int
    name: str
    qualified: bool
    linked: bool = False  # declared a past or present relation, or accompanied the candidate
    present: bool = True
    undeclared: bool = False  # they have not said yet whether they are linked
    presumed: str = ""  # an organisation they share with the candidate, while they have declared nothing


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A place in time for one interview."""

    starts_at: datetime
    ends_at: datetime
    place: str = ""
    video_link: str = ""
    evaluators: tuple[EvaluatorFacts, ...] = ()
    room_id: int | None = None  # one of the centre's rooms; None: another place


@dataclass(frozen=True, slots=True)
class Objection:
    """What makes a slot inconvenient, of the whole or of one evaluator: a planner may book all the same."""

    code: str
    words: str  # part of a sentence, which begins with `who`
    who: str = ""
    person_id: int | None = None

    @property
    def key(self) -> str:
        """Tells it from every other objection to the same slot."""
        return self.code if self.person_id is None else f"{self.code}:{self.person_id}"

    @property
    def sentence(self) -> str:
        """The whole, to be read alone."""
        told = f"{self.who} {self.words}".strip()
        return f"{told[0].upper()}{told[1:]}."


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """A slot offered to the candidate and still open; the whole of `answer_by` counts."""

    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    evaluators: frozenset[int]
    answer_by: date


@dataclass(frozen=True, slots=True)
class VerdictFacts:
    """The commission's assessment of one capability."""

    capability: str
    acquired: bool
    reason: str = ""
    observations: str = ""
    modality: str = ""  # its own; without one, that of the interview
    criteria: tuple[tuple[int, bool], ...] = ()  # rank of a criterion of the référentiel, from 1: met or not


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What one evaluator noted alone on one capability."""

    person_id: int
    capability: str
    verdict: OwnVerdict


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """The interview in force, its assessment and who has signed the text as it stands."""

    slot: SlotFacts
    verdicts: tuple[VerdictFacts, ...] = ()
    text_hash: str = ""
    signatures: tuple[tuple[int, str], ...] = ()  # (evaluator, hash of the text they signed)
    shared: frozenset[int] = frozenset()  # evaluators who have shown what they noted alone
    own: tuple[OwnFacts, ...] = ()
    modality: str = ""  # how the commission assessed, for each capability that does not say its own


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of a jury session, as regards one candidacy when `recused` is set."""

    person_id: int
    name: str
    college: College
    union: str = ""  # employees' delegation
    temporary_work: bool = False
    votes: bool = True
    present: bool = True
    qualified: bool = True
    president: bool = False
    acting_president: bool = False  # named for this candidacy when the president is absent or recused
    recused: bool = False
    substitute: bool = False  # votes only in the place of a titular of the same delegation
    withholds: bool = False  # stays in the room for this candidacy and does not vote, so that parity holds


@dataclass(frozen=True, slots=True)
class BallotFacts:
    """Votes of one college on one block; the members who abstain count neither for nor against."""

    in_favour: int = 0
    against: int = 0
    abstained: int = 0


@dataclass(frozen=True, slots=True)
class BlockDecisionFacts:
    """What the jury decided on one block, and how."""

    block: str
    decided: Decided
    acquired: bool | None = None  # by consensus; a vote is counted, not stated
    employers: BallotFacts = BallotFacts()
    employees: BallotFacts = BallotFacts()
    president_in_favour: bool | None = None  # the president's vote, decisive on a tie only; None: abstained
    proposed: bool | None = None  # what the commission proposed
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """A vote on one block, each voter on their own screen, that was not given up; `ballots` are shown to nobody."""

    box_id: int
    block: str
    ballots: tuple[tuple[int, Choice], ...] = ()  # (person, choice)
    counted: frozenset[int] | None = None  # whose ballots were counted; None: still open


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A jury session as it stands."""

    session_id: int
    starts_at: datetime
    state: SessionState
    seats: tuple[Seat, ...] = ()
    president_colleges: frozenset[College] = frozenset({College.EMPLOYERS})
    conformity: frozenset[ConformityPoint] = frozenset()  # what the jury checked of the evaluation
    boxes: tuple[BoxFacts, ...] = ()  # votes on this candidacy
    released: bool = False  # its results were released: from then on every candidate knows theirs
    told: bool = False  # the letter of this candidacy's decision was asked for
    pronounced_by: int | None = None  # who pronounced the decision in force, as president or acting president
    certifications: frozenset[int] | None = None  # that it pronounces on; None: not told, so not judged
    enrolled: int = 0  # candidacies on its agenda
    capacity: int | None = None  # candidates at most; None: no limit


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the table needs to answer for one candidacy."""

    candidacy_id: int
    centre_id: int
    candidate_id: int
    step: Step
    blocks: tuple[Block, ...]
    targeted: frozenset[str]  # blocks of this round
    held: frozenset[str]  # blocks held before this round
    request: RequestFacts
    dossier: DossierFacts = DossierFacts()
    advisor_id: int | None = None
    handled: frozenset[int] = frozenset()  # whoever has done an advisor's act on it
    interview: InterviewFacts | None = None
    offers: tuple[OfferFacts, ...] = ()  # slots that the candidate may take
    session: SessionFacts | None = None  # where it is enrolled, or which pronounced
    fraud: CaseFacts | None = None  # the latest procedure about the decision in force
    notice_days: int = 15  # the centre's notice of an interview
    regime: Regime = Regime.FRANCE_VAE  # recorded when the request was sent; until then, that of today

    @property
    def targeted_capabilities(self) -> tuple[str, ...]:
        """Codes of the capabilities to prove in this round, in the order of the fiche."""
        return tuple(c for block in self.blocks if block.code in self.targeted for c in block.capabilities)


@dataclass(frozen=True, slots=True)
class BlockOpinion:
    """How the experience stands to one block: the gaps found, and what the advisor recommends."""

    block: str
    gaps: str
    recommendations: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What the actor gives with the action; each rule says which parts it needs."""

    reason: str = ""
    named: tuple[tuple[str, str], ...] = ()  # (what, why): remarks of a return
    answer_by: date | None = None  # of a supplement
    opinions: tuple[BlockOpinion, ...] = ()
    sworn: bool = False
    slot: SlotFacts | None = None
    against: tuple[Objection, ...] = ()  # what is inconvenient in that slot, chosen by hand
    anyway: frozenset[str] = frozenset()  # keys of the objections read, and overridden
    excused: bool | None = None
    verdicts: tuple[VerdictFacts, ...] = ()
    session: SessionFacts | None = None
    decisions: tuple[BlockDecisionFacts, ...] = field(default=())
    ground: Ground | None = None  # why a decision is revoked
