"""The words of the trade, chosen once; their French labels live in `templates/labels.yaml`."""

from enum import StrEnum


class Step(StrEnum):
    """Where a candidacy stands."""

    DRAFT = "draft"  # the candidate prepares the request
    ADMISSIBILITY_REVIEW = "admissibility_review"  # the advisor studies it
    ADMISSIBILITY_INCOMPLETE = "admissibility_incomplete"  # the candidate owes pieces
    INADMISSIBLE = "inadmissible"  # refused; one appeal
    DOSSIER_PREPARATION = "dossier_preparation"  # admitted; the candidate gathers evidence
    DOSSIER_REVIEW = "dossier_review"  # deposited; the advisor checks
    DOSSIER_INCOMPLETE = "dossier_incomplete"  # returned with remarks
    INTERVIEW_PENDING = "interview_pending"  # the planner looks for a commission
    INTERVIEW_SCHEDULED = "interview_scheduled"  # a slot is booked
    EVALUATION = "evaluation"  # the evaluators assess and sign
    JURY_PENDING = "jury_pending"  # assessed; waits for a session
    JURY_SCHEDULED = "jury_scheduled"  # on the agenda of a session
    CERTIFIED = "certified"  # every block is held
    PARTIALLY_VALIDATED = "partially_validated"  # some blocks are held
    NOT_VALIDATED = "not_validated"  # none is
    WITHDRAWN = "withdrawn"  # the candidate gave up
    LAPSED = "lapsed"  # admissibility lapsed, recorded by a person


class Phase(StrEnum):
    """The five parts of the way, as the candidate sees them."""

    ADMISSIBILITY = "admissibility"
    DOSSIER = "dossier"
    INTERVIEW = "interview"
    JURY = "jury"
    RESULT = "result"


class Role(StrEnum):
    """Who acts."""

    CANDIDATE = "candidate"
    ADVISOR = "advisor"  # chargé de recevabilité
    PLANNER = "planner"  # coordinateur de commission
    EVALUATOR = "evaluator"  # membre de commission
    JURY_MEMBER = "jury_member"
    JURY_SECRETARY = "jury_secretary"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"  # reads everything in the centre, changes nothing
    JURY_PRESIDENT = "jury_president"  # held in one session, never by an account
    CLOCK = "clock"  # the periodic job, when a legal delay has run out


# A centre gives these; one becomes a candidate by oneself, and president by a seat.
GIVEN_BY_A_CENTRE = tuple(role for role in Role if role not in (Role.CANDIDATE, Role.JURY_PRESIDENT, Role.CLOCK))


class Action(StrEnum):
    """What can be done to a candidacy."""

    SUBMIT_REQUEST = "submit_request"
    ACKNOWLEDGE_REQUEST = "acknowledge_request"
    ASK_SUPPLEMENT = "ask_supplement"
    COMPLETE_REQUEST = "complete_request"
    DECLARE_ADMISSIBLE = "declare_admissible"
    DECLARE_INADMISSIBLE = "declare_inadmissible"
    ADMIT_TACITLY = "admit_tacitly"
    APPEAL = "appeal"
    DEPOSIT_DOSSIER = "deposit_dossier"
    RETURN_DOSSIER = "return_dossier"
    ACCEPT_DOSSIER = "accept_dossier"
    RECORD_LAPSE = "record_lapse"
    REINSTATE = "reinstate"
    SCHEDULE_INTERVIEW = "schedule_interview"
    MOVE_INTERVIEW = "move_interview"
    CANCEL_INTERVIEW = "cancel_interview"
    RECORD_ABSENCE = "record_absence"
    OPEN_EVALUATION = "open_evaluation"
    ASSESS = "assess"
    CLOSE_EVALUATION = "close_evaluation"
    ENROL_IN_JURY = "enrol_in_jury"
    REMOVE_FROM_JURY = "remove_from_jury"
    REFER_BACK = "refer_back"
    PRONOUNCE = "pronounce"
    RELEASE_RESULT = "release_result"
    REVOKE_DECISION = "revoke_decision"
    RESUME = "resume"
    WITHDRAW = "withdraw"


class Right(StrEnum):
    """What can be done without moving a candidacy; the rows are in `who_may_do_what.RIGHTS`."""

    SEE_CANDIDACY = "see_candidacy"
    START_CANDIDACY = "start_candidacy"
    EDIT_REQUEST = "edit_request"
    EDIT_DOSSIER = "edit_dossier"
    READ_PIECES = "read_pieces"
    REVIEW_PIECES = "review_pieces"
    VERIFY_IDENTITY = "verify_identity"
    READ_DOSSIER = "read_dossier"
    READ_DOCUMENTS = "read_documents"
    READ_ASSESSMENT = "read_assessment"
    SIGN_ASSESSMENT = "sign_assessment"
    PREPARE_INTERVIEW = "prepare_interview"
    ASSESS_ALONE = "assess_alone"
    DECLARE_INDEPENDENCE = "declare_independence"
    SEE_WORKLIST = "see_worklist"
    EXPORT_WORKLIST = "export_worklist"
    HAND_OVER = "hand_over"
    PLAN_ABSENCE = "plan_absence"
    TELL_PRESENCE = "tell_presence"
    PLAN_INTERVIEWS = "plan_interviews"
    SAY_AVAILABILITY = "say_availability"
    SIT_IN_COMMISSION = "sit_in_commission"
    ANSWER_CONVOCATION = "answer_convocation"
    EXPLAIN_ABSENCE = "explain_absence"
    ASK_EMPLOYER = "ask_employer"
    READ_OPINION = "read_opinion"
    SEE_SESSIONS = "see_sessions"
    PREPARE_SESSION = "prepare_session"
    KEEP_PARTNERS = "keep_partners"
    RUN_SESSION = "run_session"
    RELEASE_RESULTS = "release_results"
    SIGN_MINUTES = "sign_minutes"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_CERTIFICATIONS = "manage_certifications"
    SEE_OUTBOX = "see_outbox"
    RETRY_OUTBOX = "retry_outbox"
    READ_JOURNAL = "read_journal"
    READ_CONVERSATION = "read_conversation"
    WRITE_MESSAGE = "write_message"
    SEE_FRAUD_CASE = "see_fraud_case"
    CONDUCT_FRAUD_CASE = "conduct_fraud_case"
    ANSWER_GRIEVANCES = "answer_grievances"
    CONCLUDE_FRAUD_CASE = "conclude_fraud_case"
    SEE_REGISTER = "see_register"
    EXPORT_REGISTER = "export_register"
    ATTEST_PARTICIPATION = "attest_participation"
    READ_NOTES = "read_notes"
    WRITE_NOTE = "write_note"


class College(StrEnum):
    """The two halves of a joint jury."""

    EMPLOYERS = "employers"
    EMPLOYEES = "employees"


class EvidenceState(StrEnum):
    """From received to usable; a deposit rests on usable files, or on unscanned ones where no antivirus is set up."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    USABLE = "usable"
    NOT_SCANNED = "not_scanned"  # checked, but no antivirus is set up: never passed off as safe
    REFUSED = "refused"
    INFECTED = "infected"


class PieceVerdict(StrEnum):
    """What the advisor makes of a piece of the request."""

    ACCEPTED = "accepted"
    TO_REPLACE = "to_replace"  # given, but unreadable, out of date or not what is needed
    MISSING = "missing"  # needed and not given


class Shown(StrEnum):
    """How well a dossier shows a capability."""

    COVERED = "covered"
    THIN = "thin"  # it counts as covered, by little
    TO_PROVE = "to_prove"  # described, without a file that counts
    TO_DESCRIBE = "to_describe"  # no situation names it


class MessageMails(StrEnum):
    """When someone is mailed that they have messages to read; each chooses for themself."""

    AT_ONCE = "at_once"  # though not in bursts
    DAILY = "daily"  # all of them in one mail a day
    NEVER = "never"  # the pages still count what is unread


class RoomKind(StrEnum):
    """Where an interview is held."""

    ROOM = "room"  # people meet
    VIDEO = "video"  # by a link


class AvailabilitySource(StrEnum):
    """Who said when an evaluator is free."""

    SELF = "self"
    PLANNER = "planner"
    CALENDAR = "calendar"  # read from a file or an address


class CalendarMeans(StrEnum):
    """What the events of an evaluator's calendar say."""

    BUSY = "busy"
    FREE = "free"


class PlanState(StrEnum):
    """The life of a plan proposed for everyone who waits."""

    ASKED = "asked"  # a job is to make it
    SEARCHING = "searching"
    PROPOSED = "proposed"  # to look at, change, accept
    FAILED = "failed"
    ACCEPTING = "accepting"  # a job is to book it, all or nothing
    ACCEPTED = "accepted"
    GIVEN_UP = "given_up"


class Convened(StrEnum):
    """As what someone is called to an interview."""

    CANDIDATE = "candidate"
    EVALUATOR = "evaluator"


class ConvocationAnswer(StrEnum):
    """What someone answers to a convocation."""

    CONFIRMED = "confirmed"
    OTHER_DATE = "other_date"  # with a reason; the planner decides


class OwnVerdict(StrEnum):
    """What one evaluator makes of a capability, before the commission has one text."""

    ACQUIRED = "acquired"
    NOT_ACQUIRED = "not_acquired"
    UNDECIDED = "undecided"  # noted, not judged yet


class OpinionLevel(StrEnum):
    """What an employer says of a capability."""

    SHOWN = "shown"  # shown at work, regularly
    PARTLY = "partly"
    NOT_SHOWN = "not_shown"
    NOT_SEEN = "not_seen"  # no occasion to see it: says nothing against the candidate


class SessionState(StrEnum):
    """The life of a jury session."""

    PREPARATION = "preparation"
    CONVENED = "convened"  # its members are called
    OPEN = "open"
    CLOSED = "closed"


class Duty(StrEnum):
    """What is owed before a jury sits."""

    UNIONS_ASKED = "unions_asked"  # each representative union, to designate a member
    EMPLOYERS_TOLD = "employers_told"
    MEMBERS_CONVOKED = "members_convoked"  # each member
    COMPOSITION_NOTIFIED = "composition_notified"  # to both colleges


class ConformityPoint(StrEnum):
    """What the jury checks of an evaluation before it decides."""

    JOINT_RULES = "joint_rules"  # fiche: "conforme au dispositif paritaire"
    REFERENTIAL = "referential"  # fiche: "et au référentiel"
    RECORD_SIGNED = "record_signed"  # by every evaluator present, one text
    DOSSIER_SEALED = "dossier_sealed"  # what was assessed is what was deposited


class Choice(StrEnum):
    """A vote."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Deed(StrEnum):
    """A written act of a session."""

    MINUTES = "minutes"
    CORRECTION = "correction"


class Ground(StrEnum):
    """Why a decision is revoked."""

    ERROR_OF_LAW = "error_of_law"
    FRAUD = "fraud"  # after a contradictory procedure


class FraudEnd(StrEnum):
    """How a contradictory procedure ends."""

    ESTABLISHED = "established"
    NOT_ESTABLISHED = "not_established"


class AwardState(StrEnum):
    """What an award of the register is worth today."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Decided(StrEnum):
    """How the jury reached a decision on a block."""

    CONSENSUS = "consensus"
    VOTE = "vote"


class Recipient(StrEnum):
    """To whom a mail goes."""

    CANDIDATE = "candidate"
    CANDIDATE_TOLD = "candidate_told"  # of a result: nobody is told of the end of what they never knew
    ADVISOR = "advisor"  # the one in charge, else every advisor of the centre
    PLANNERS = "planners"
    EVALUATORS = "evaluators"  # of the interview
    EVALUATORS_STAYING = "evaluators_staying"  # of a commission that is moved or changed
    EVALUATORS_JOINING = "evaluators_joining"
    EVALUATORS_LEAVING = "evaluators_leaving"
    SECRETARIES = "secretaries"
