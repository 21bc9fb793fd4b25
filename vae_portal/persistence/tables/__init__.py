"""The tables, one module a matter; importing this package registers them all on `Base.metadata`."""

from vae_portal.persistence.tables.assessment import (
    Assessment,
    AssessmentRecord,
    AssessmentSignature,
    OwnAssessment,
    PreparedQuestion,
    PrivateNote,
)
from vae_portal.persistence.tables.award import Award, FraudCase
from vae_portal.persistence.tables.base import Base
from vae_portal.persistence.tables.candidacy import (
    ActReason,
    Candidacy,
    CandidacyBlock,
    Piece,
    PieceReview,
    SupplementItem,
)
from vae_portal.persistence.tables.conversation import Message, MessageNotice, MessageRead
from vae_portal.persistence.tables.decision import Ballot, BlockDecision, Decision, VoteBox
from vae_portal.persistence.tables.desk import Absence, Presence, SavedView
from vae_portal.persistence.tables.dossier import (
    Deposit,
    DepositFile,
    Pointer,
    Remark,
    Situation,
    SituationCapability,
    SituationEvidence,
    SituationVersion,
)
from vae_portal.persistence.tables.files import Evidence, Preview, PreviewPage, StoredObject, Upload, UploadPart
from vae_portal.persistence.tables.interview import (
    Convocation,
    IndependenceDeclaration,
    IndependenceRequest,
    Interview,
    InterviewEvaluator,
    Qualification,
)
from vae_portal.persistence.tables.jury import (
    ConformityCheck,
    Enrolment,
    JurySeat,
    JurySession,
    JurySessionCertification,
    Recusal,
    SessionDuty,
    SocialPartner,
)
from vae_portal.persistence.tables.minutes import MinutesDeed, MinutesScan, MinutesSignature
from vae_portal.persistence.tables.opinion import EmployerOpinion, OpinionLine
from vae_portal.persistence.tables.people import Centre, Invitation, Person, PersonRole, Throttle
from vae_portal.persistence.tables.planning import (
    Availability,
    Calendar,
    OfferedSlot,
    PastEmployer,
    Plan,
    PlanLeftOut,
    PlanningHabits,
    PlanSitting,
    Room,
    RoomClosure,
)
from vae_portal.persistence.tables.records import Anchor, Counter, DeadlineAlert, Document, JournalRow, OutboxMail
from vae_portal.persistence.tables.referential import (
    Block,
    Capability,
    Certification,
    CertificationVersion,
    OpeningDecision,
    ReferentialProposal,
    VersionRegime,
)

__all__ = [
    "Absence", "ActReason", "Anchor", "Assessment", "AssessmentRecord", "AssessmentSignature", "Availability",
    "Award", "Ballot", "Base", "Block", "BlockDecision", "Calendar", "Candidacy", "CandidacyBlock", "Capability",
    "Centre", "Certification", "CertificationVersion", "ConformityCheck", "Convocation", "Counter", "DeadlineAlert",
    "Decision", "Deposit", "DepositFile", "Document", "EmployerOpinion", "Enrolment", "Evidence", "FraudCase",
    "IndependenceDeclaration", "IndependenceRequest", "Interview", "InterviewEvaluator", "Invitation", "JournalRow",
    "JurySeat", "JurySession", "JurySessionCertification", "Message", "MessageNotice", "MessageRead", "MinutesDeed",
    "MinutesScan", "MinutesSignature", "OfferedSlot", "OpeningDecision", "OpinionLine", "OutboxMail", "OwnAssessment",
    "PastEmployer", "Person", "PersonRole", "Piece", "PieceReview", "Plan", "PlanLeftOut", "PlanSitting",
    "PlanningHabits", "Pointer", "PreparedQuestion", "Presence", "Preview", "PreviewPage", "PrivateNote",
    "Qualification", "Recusal", "ReferentialProposal", "Remark", "Room", "RoomClosure", "SavedView", "SessionDuty",
    "Situation", "SituationCapability", "SituationEvidence", "SituationVersion", "SocialPartner", "StoredObject",
    "SupplementItem", "Throttle", "Upload", "UploadPart", "VersionRegime", "VoteBox",
]  # fmt: skip
