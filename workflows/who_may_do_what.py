"""THE table: who may do what to a candidacy, from which step, when, where it leads, and what leaves the house then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workflows import admissibility as adm
from workflows import assessment, dossier, interview, jury, offer, outcome, review
from workflows.facts import Actor, Facts, Given
from workflows.vocabulary import Action as A
from workflows.vocabulary import Recipient as To
from workflows.vocabulary import Right, Role
from workflows.vocabulary import Step as S

Guard = Callable[[Facts, Actor, datetime, Given], str | None]  # None, or the reason of the refusal in French


@dataclass(frozen=True, slots=True)
class Letter:
    """A Word document issued when the action is done; `when` restricts it to one of several outcomes.

    An amendable one is read before it leaves by whoever does the action, who may change its text.
    """

    kind: str
    when: S | None = None
    amendable: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail sent when the action is done."""

    template: str
    to: To
    what: str = ""  # which of the things that a staff notice can tell


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `ready` can be judged before anything is given, and rules the button; `needs` judges what is given."""

    action: A
    by: tuple[Role, ...]
    steps: tuple[S, ...]
    to: tuple[S, ...]  # empty: the step stays
    ready: tuple[Guard, ...] = ()
    needs: tuple[Guard, ...] = ()
    leads: Callable[[Facts, Given], S] | None = None  # chooses among several destinations
    letters: tuple[Letter, ...] = ()
    mails: tuple[Mail, ...] = ()


# fmt: off
SECTIONS: dict[str, tuple[Rule, ...]] = {
    "Recevabilité": (
    Rule(A.SUBMIT_REQUEST, (Role.CANDIDATE,), (S.DRAFT,), (S.ADMISSIBILITY_REVIEW,),
         (adm.request_complete, adm.certification_open, adm.yearly_limits), (adm.sworn,),
         letters=(Letter("request_summary"),), mails=(Mail("request_submitted", To.ADVISOR),)),
    Rule(A.ACKNOWLEDGE_REQUEST, (Role.ADVISOR,), (S.ADMISSIBILITY_REVIEW,), (),
         (adm.not_yet_acknowledged, adm.another_advisor, review.nothing_to_ask),
         letters=(Letter("receipt"),), mails=(Mail("receipt", To.CANDIDATE),)),
    Rule(A.ASK_SUPPLEMENT, (Role.ADVISOR,), (S.ADMISSIBILITY_REVIEW,), (S.ADMISSIBILITY_INCOMPLETE,),
         (adm.within_two_months, adm.another_advisor, review.pieces_to_ask), (review.answer_by_ahead,),
         letters=(Letter("supplement_request", amendable=True),), mails=(Mail("supplement_requested", To.CANDIDATE),)),
    Rule(A.COMPLETE_REQUEST, (Role.CANDIDATE,), (S.ADMISSIBILITY_INCOMPLETE,), (S.ADMISSIBILITY_REVIEW,),
         (adm.every_piece_answered,),
         letters=(Letter("request_summary"),), mails=(Mail("request_completed", To.ADVISOR),)),
    Rule(A.DECLARE_ADMISSIBLE, (Role.ADVISOR,), (S.ADMISSIBILITY_REVIEW,), (S.DOSSIER_PREPARATION,),
         (adm.acknowledged, adm.another_advisor), (review.opinion_on_each_block,),
         letters=(Letter("admissible", amendable=True),), mails=(Mail("admissible", To.CANDIDATE),)),
    Rule(A.DECLARE_INADMISSIBLE, (Role.ADVISOR,), (S.ADMISSIBILITY_REVIEW,), (S.INADMISSIBLE,),
         (adm.acknowledged, adm.within_two_months, adm.another_advisor), (adm.reason_given,),
         letters=(Letter("inadmissible", amendable=True),), mails=(Mail("inadmissible", To.CANDIDATE),)),
    Rule(A.ADMIT_TACITLY, (Role.CLOCK,), (S.ADMISSIBILITY_REVIEW,), (S.DOSSIER_PREPARATION,),
         (adm.silence_kept,),
         letters=(Letter("tacitly_admissible"),), mails=(Mail("tacitly_admissible", To.CANDIDATE),)),
    Rule(A.APPEAL, (Role.CANDIDATE,), (S.INADMISSIBLE,), (S.ADMISSIBILITY_REVIEW,),
         (adm.first_appeal,), (adm.reason_given,), mails=(Mail("appeal_filed", To.ADVISOR),)),
    ),
    "Dossier de preuves": (
    Rule(A.DEPOSIT_DOSSIER, (Role.CANDIDATE,), (S.DOSSIER_PREPARATION, S.DOSSIER_INCOMPLETE), (S.DOSSIER_REVIEW,),
         (dossier.covered, dossier.no_file_in_doubt), (adm.sworn,),
         letters=(Letter("deposit_receipt"), Letter("evidence_dossier")),
         mails=(Mail("dossier_deposited", To.CANDIDATE), Mail("dossier_deposited_staff", To.ADVISOR))),
    Rule(A.RETURN_DOSSIER, (Role.ADVISOR,), (S.DOSSIER_REVIEW,), (S.DOSSIER_INCOMPLETE,),
         (), (dossier.remarks_given,), mails=(Mail("dossier_returned", To.CANDIDATE),)),
    Rule(A.ACCEPT_DOSSIER, (Role.ADVISOR,), (S.DOSSIER_REVIEW,), (S.INTERVIEW_PENDING,),
         mails=(Mail("dossier_accepted", To.CANDIDATE), Mail("staff_notice", To.PLANNERS, "dossier_accepted"))),
    Rule(A.RECORD_LAPSE, (Role.ADMINISTRATOR,), (S.DOSSIER_PREPARATION,), (S.LAPSED,),
         (adm.no_step_for_six_months,), mails=(Mail("lapse_recorded", To.CANDIDATE),)),
    Rule(A.REINSTATE, (Role.ADMINISTRATOR,), (S.LAPSED,), (S.DOSSIER_PREPARATION,),
         (), (adm.reason_given,), mails=(Mail("reinstated", To.CANDIDATE),)),
    ),
    "Entretien": (
    Rule(A.SCHEDULE_INTERVIEW, (Role.CANDIDATE, Role.PLANNER), (S.INTERVIEW_PENDING,), (S.INTERVIEW_SCHEDULED,),
         (offer.slots_on_offer,),
         (offer.one_of_the_offered, interview.commission_valid, interview.slot_fits, interview.nothing_against),
         letters=(Letter("interview_convocation"), Letter("evaluator_convocation"), Letter("attendance_sheet")),
         mails=(Mail("interview_scheduled", To.CANDIDATE), Mail("interview_scheduled_evaluator", To.EVALUATORS))),
    Rule(A.MOVE_INTERVIEW, (Role.PLANNER,), (S.INTERVIEW_SCHEDULED,), (),
         (), (interview.commission_valid, interview.slot_fits, interview.nothing_against, adm.reason_given),
         letters=(Letter("interview_convocation"), Letter("evaluator_convocation"), Letter("attendance_sheet")),
         mails=(Mail("interview_moved", To.CANDIDATE), Mail("interview_moved", To.EVALUATORS_STAYING),
                Mail("interview_scheduled_evaluator", To.EVALUATORS_JOINING),
                Mail("commission_left", To.EVALUATORS_LEAVING))),
    Rule(A.CANCEL_INTERVIEW, (Role.PLANNER, Role.EVALUATOR), (S.INTERVIEW_SCHEDULED, S.EVALUATION),
         (S.INTERVIEW_PENDING,), (interview.planner_or_linked, interview.lawful_goes_on), (adm.reason_given,),
         mails=(Mail("interview_cancelled", To.CANDIDATE), Mail("interview_cancelled", To.EVALUATORS))),
    Rule(A.RECORD_ABSENCE, (Role.PLANNER, Role.EVALUATOR), (S.INTERVIEW_SCHEDULED,), (S.INTERVIEW_PENDING,),
         (interview.commission_of_an_evaluator, interview.slot_started), (interview.excused_or_not,),
         mails=(Mail("absence_recorded", To.CANDIDATE), Mail("staff_notice", To.PLANNERS, "absence_recorded"))),
    Rule(A.OPEN_EVALUATION, (Role.EVALUATOR,), (S.INTERVIEW_SCHEDULED,), (S.EVALUATION,),
         (interview.of_that_commission, interview.slot_started, interview.commission_still_valid,
          interview.each_declared)),
    Rule(A.ASSESS, (Role.EVALUATOR,), (S.EVALUATION,), (),
         (interview.of_that_commission, assessment.each_has_shown),
         (interview.verdicts_sound, assessment.disagreement_told)),
    Rule(A.CLOSE_EVALUATION, (Role.EVALUATOR,), (S.EVALUATION,), (S.JURY_PENDING,),
         (interview.of_that_commission, interview.commission_still_valid, interview.each_declared,
          interview.every_capability_assessed, interview.every_modality_told, assessment.every_disagreement_told,
          interview.same_text_signed),
         letters=(Letter("assessment_summary"),),
         mails=(Mail("evaluation_closed", To.SECRETARIES),)),
    ),
    "Jury": (
    Rule(A.ENROL_IN_JURY, (Role.JURY_SECRETARY,), (S.JURY_PENDING,), (S.JURY_SCHEDULED,),
         (), (jury.session_ahead, jury.room_left, jury.of_its_certifications),
         mails=(Mail("enrolled_in_jury", To.CANDIDATE),)),
    Rule(A.REMOVE_FROM_JURY, (Role.JURY_SECRETARY,), (S.JURY_SCHEDULED,), (S.JURY_PENDING,),
         (jury.session_not_closed, jury.yet_to_sit), mails=(Mail("removed_from_jury", To.CANDIDATE),)),
    Rule(A.REFER_BACK, (Role.JURY_MEMBER, Role.JURY_PRESIDENT), (S.JURY_SCHEDULED,), (S.INTERVIEW_PENDING,),
         (jury.sits_in_session, jury.session_valid), (adm.reason_given,),
         mails=(Mail("referred_back", To.CANDIDATE), Mail("staff_notice", To.PLANNERS, "referred_back"))),
    Rule(A.PRONOUNCE, (Role.JURY_PRESIDENT,), (S.JURY_SCHEDULED,),
         (S.CERTIFIED, S.PARTIALLY_VALIDATED, S.NOT_VALIDATED),
         (jury.presides, jury.session_valid, jury.conformity_checked), (jury.blocks_decided,), outcome.decided_outcome),
    # Pronounced, nobody outside the jury knows; the president then releases the whole session, result by result.
    Rule(A.RELEASE_RESULT, (Role.CLOCK,), (S.CERTIFIED, S.PARTIALLY_VALIDATED, S.NOT_VALIDATED), (),
         (jury.result_to_tell,),
         letters=(Letter("result_all", S.CERTIFIED), Letter("certificate", S.CERTIFIED),
                  Letter("result_some", S.PARTIALLY_VALIDATED), Letter("result_none", S.NOT_VALIDATED),
                  Letter("block_certificate")),  # one for each block acquired in this round
         mails=(Mail("result", To.CANDIDATE),)),
    Rule(A.REVOKE_DECISION, (Role.JURY_PRESIDENT,),
         (S.CERTIFIED, S.PARTIALLY_VALIDATED, S.NOT_VALIDATED), (S.JURY_PENDING,),
         (jury.presided,), (jury.ground_given, adm.reason_given),
         mails=(Mail("decision_revoked", To.CANDIDATE_TOLD), Mail("staff_notice", To.SECRETARIES, "decision_revoked"))),
    Rule(A.RESUME, (Role.CANDIDATE,), (S.PARTIALLY_VALIDATED, S.NOT_VALIDATED), (S.DOSSIER_PREPARATION,),
         mails=(Mail("resumed", To.CANDIDATE), Mail("staff_notice", To.ADVISOR, "resumed"))),
    ),
    "Abandon": (
    Rule(A.WITHDRAW, (Role.CANDIDATE,),
         (S.DRAFT, S.ADMISSIBILITY_REVIEW, S.ADMISSIBILITY_INCOMPLETE, S.INADMISSIBLE, S.DOSSIER_PREPARATION,
          S.DOSSIER_REVIEW, S.DOSSIER_INCOMPLETE, S.INTERVIEW_PENDING, S.INTERVIEW_SCHEDULED, S.EVALUATION,
          S.JURY_PENDING), (S.WITHDRAWN,),
         mails=(Mail("withdrawn", To.CANDIDATE), Mail("staff_notice", To.ADVISOR, "withdrawn"),
            Mail("staff_notice", To.EVALUATORS, "withdrawn"))),
    ),
}
# fmt: on

TABLE: tuple[Rule, ...] = tuple(rule for section in SECTIONS.values() for rule in section)
# Letters that a candidate never reads, and those that need more than READ_DOCUMENTS.
STAFF_LETTERS = frozenset({"evaluator_convocation", "assessment_summary", "attendance_sheet"})
LETTER_RIGHTS: dict[str, Right] = {
    "assessment_summary": Right.READ_ASSESSMENT,
    "request_summary": Right.READ_PIECES,
}

RULES: dict[A, Rule] = {rule.action: rule for rule in TABLE}
ADVISORS_ACTS = frozenset(rule.action for rule in TABLE if rule.by == (Role.ADVISOR,))  # who does one has handled it
RESULTS = RULES[A.PRONOUNCE].to  # a decision of the jury is in force
WITH_SESSION = (*RULES[A.PRONOUNCE].steps, *RESULTS)  # on the agenda of a session, or pronounced by it


@dataclass(frozen=True, slots=True)
class RightRow:
    """Who holds a right, and at which steps where it is about one candidacy (empty: at every step, or about none)."""

    by: tuple[Role, ...]
    steps: tuple[S, ...] = ()


# Staff know every candidacy of their centre once it is sent; parties those of their commissions and sessions.
STAFF = (Role.ADVISOR, Role.PLANNER, Role.JURY_SECRETARY, Role.ADMINISTRATOR, Role.AUDITOR)
PARTIES = (Role.EVALUATOR, Role.JURY_MEMBER)
# Who talks with the candidate; evaluators and jurors do not: they judge what was said before them [choice].
WRITERS = (Role.ADVISOR, Role.PLANNER, Role.JURY_SECRETARY, Role.ADMINISTRATOR)
TALKED_ABOUT = tuple(step for step in S if step is not S.DRAFT)  # nobody but the candidate sees a draft [choice]
# From booking to decision an interview is in force, and who sits declares their independence.
WITH_INTERVIEW = (S.INTERVIEW_SCHEDULED, S.EVALUATION, S.JURY_PENDING, S.JURY_SCHEDULED)

# Once sent, whatever became of it: an identity document that is still there is verified or let go.
SENT = tuple(step for step in S if step is not S.DRAFT)

# fmt: off
RIGHTS: dict[Right, RightRow] = {
    Right.SEE_CANDIDACY: RightRow((Role.CANDIDATE, *STAFF, *PARTIES)),
    Right.START_CANDIDACY: RightRow((Role.CANDIDATE,)),
    Right.EDIT_REQUEST: RightRow((Role.CANDIDATE,), (S.DRAFT, S.ADMISSIBILITY_INCOMPLETE)),
    Right.EDIT_DOSSIER: RightRow((Role.CANDIDATE,), (S.DOSSIER_PREPARATION, S.DOSSIER_INCOMPLETE)),
    Right.READ_PIECES: RightRow((Role.CANDIDATE, Role.ADVISOR, Role.ADMINISTRATOR, Role.AUDITOR)),
    Right.REVIEW_PIECES: RightRow((Role.ADVISOR,), (S.ADMISSIBILITY_REVIEW,)),
    Right.VERIFY_IDENTITY: RightRow((Role.ADVISOR,), SENT),
    Right.READ_DOSSIER: RightRow((Role.CANDIDATE, *STAFF, *PARTIES)),
    Right.READ_DOCUMENTS: RightRow((Role.CANDIDATE, *STAFF, *PARTIES)),
    Right.READ_ASSESSMENT: RightRow((Role.JURY_SECRETARY, Role.AUDITOR, *PARTIES)),  # never the candidate
    Right.SIGN_ASSESSMENT: RightRow((Role.EVALUATOR,), (S.EVALUATION,)),
    # Before the planning, of an evaluator whom the planner has asked about one candidate, and of nobody else [choice].
    Right.DECLARE_INDEPENDENCE: RightRow(PARTIES, (S.INTERVIEW_PENDING, *WITH_INTERVIEW)),
    # Private notes, shared questions, then one's own grid: of that commission alone, read by nobody else [choice].
    Right.PREPARE_INTERVIEW: RightRow((Role.EVALUATOR,), (S.INTERVIEW_SCHEDULED, S.EVALUATION)),
    Right.ASSESS_ALONE: RightRow((Role.EVALUATOR,), (S.EVALUATION,)),
    Right.SEE_WORKLIST: RightRow(STAFF),
    Right.EXPORT_WORKLIST: RightRow(STAFF),  # no more than they see, and the journal says who [choice]
    Right.HAND_OVER: RightRow((Role.ADVISOR, Role.ADMINISTRATOR)),
    Right.PLAN_ABSENCE: RightRow((Role.ADVISOR, Role.ADMINISTRATOR)),  # one's own, or anyone's by the administrator
    # That one has a page open, to those who act on it; an auditor changes nothing [choice].
    Right.TELL_PRESENCE: RightRow((Role.ADVISOR, Role.PLANNER, Role.JURY_SECRETARY, Role.ADMINISTRATOR)),
    Right.PLAN_INTERVIEWS: RightRow((Role.PLANNER,)),
    Right.SAY_AVAILABILITY: RightRow((Role.EVALUATOR, Role.PLANNER)),  # one's own, or anyone's by the planner
    Right.SIT_IN_COMMISSION: RightRow((Role.EVALUATOR,)),
    Right.ANSWER_CONVOCATION: RightRow((Role.CANDIDATE, Role.EVALUATOR), (S.INTERVIEW_SCHEDULED,)),
    # A new date may have been given meanwhile: an explanation still counts [choice].
    Right.EXPLAIN_ABSENCE: RightRow((Role.CANDIDATE,), (S.INTERVIEW_PENDING, S.INTERVIEW_SCHEDULED)),
    # Once deposited, until the evaluation is closed: an employer learns of a VAE from the candidate alone [choice].
    Right.ASK_EMPLOYER: RightRow((Role.CANDIDATE,), (S.DOSSIER_REVIEW, S.DOSSIER_INCOMPLETE, S.INTERVIEW_PENDING,
                                                     S.INTERVIEW_SCHEDULED, S.EVALUATION)),
    Right.READ_OPINION: RightRow((Role.CANDIDATE, *PARTIES, Role.AUDITOR)),  # those who judge, and who checks them
    Right.SEE_SESSIONS: RightRow((Role.JURY_MEMBER, Role.JURY_SECRETARY, Role.ADMINISTRATOR, Role.AUDITOR)),
    Right.PREPARE_SESSION: RightRow((Role.JURY_SECRETARY,)),
    Right.KEEP_PARTNERS: RightRow((Role.JURY_SECRETARY, Role.ADMINISTRATOR)),
    # Open, close, recuse, check: by who presides or holds the pen.
    Right.RUN_SESSION: RightRow((Role.JURY_SECRETARY, Role.JURY_MEMBER)),
    Right.RELEASE_RESULTS: RightRow((Role.JURY_MEMBER,)),  # who presided there: `results.release_refusal`
    Right.SIGN_MINUTES: RightRow((Role.JURY_MEMBER,)),  # of a session where they were present, under the deed's hash
    Right.MANAGE_PEOPLE: RightRow((Role.ADMINISTRATOR,)),
    Right.MANAGE_CERTIFICATIONS: RightRow((Role.ADMINISTRATOR,)),
    Right.SEE_OUTBOX: RightRow((Role.ADMINISTRATOR, Role.AUDITOR, Role.ADVISOR, Role.PLANNER, Role.JURY_SECRETARY)),
    Right.RETRY_OUTBOX: RightRow((Role.ADMINISTRATOR,)),
    Right.READ_JOURNAL: RightRow((Role.ADMINISTRATOR, Role.AUDITOR)),
    Right.READ_CONVERSATION: RightRow((Role.CANDIDATE, *STAFF), TALKED_ABOUT),
    Right.WRITE_MESSAGE: RightRow((Role.CANDIDATE, *WRITERS), TALKED_ABOUT),
    # Told and conducted by the centre, answered by the person, concluded by whoever pronounced the decision [choice].
    Right.SEE_FRAUD_CASE: RightRow((Role.JURY_SECRETARY, Role.ADMINISTRATOR, Role.AUDITOR, Role.JURY_MEMBER), SENT),
    Right.CONDUCT_FRAUD_CASE: RightRow((Role.JURY_SECRETARY, Role.ADMINISTRATOR), RESULTS),
    Right.ANSWER_GRIEVANCES: RightRow((Role.CANDIDATE,), RESULTS),
    Right.CONCLUDE_FRAUD_CASE: RightRow((Role.JURY_MEMBER,), RESULTS),
    Right.SEE_REGISTER: RightRow((Role.JURY_SECRETARY, Role.ADMINISTRATOR, Role.AUDITOR)),
    Right.EXPORT_REGISTER: RightRow((Role.JURY_SECRETARY, Role.ADMINISTRATOR, Role.AUDITOR)),  # the journal says who
    Right.ATTEST_PARTICIPATION: RightRow((Role.JURY_SECRETARY, Role.ADMINISTRATOR)),
    Right.READ_NOTES: RightRow(STAFF, TALKED_ABOUT),  # never the candidate
    Right.WRITE_NOTE: RightRow(WRITERS, TALKED_ABOUT),
}
# fmt: on
