"""What planning, holding and assessing an interview change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqlalchemy.dialects.postgresql import Range, insert

from vae_portal.actions import assessment_text
from vae_portal.actions.act import Act
from vae_portal.errors import ActionRefused
from vae_portal.persistence import queue
from vae_portal.persistence.queries import hearings
from vae_portal.persistence.tables import Assessment, AssessmentRecord, Convocation, Interview, InterviewEvaluator
from workflows.facts import SlotFacts
from workflows.steps import jury_due
from workflows.vocabulary import Action, Convened

_CHANGED = (
    "Ce que le texte cite a changé depuis qu'il a été écrit (un nom, une qualification) :"
    " enregistrez-le de nouveau, puis signez-le."
)


def schedule(act: Act) -> None:
    """Books the slot: the database refuses it when an evaluator or the room is taken."""
    slot = _slot(act)
    interview = Interview(
        candidacy_id=act.candidacy.id,
        centre_id=act.candidacy.centre_id,
        round=act.candidacy.round,
        uid=str(uuid4()),
        during=Range(slot.starts_at, slot.ends_at, bounds="[)"),
        place=slot.place.strip(),
        video_link=slot.video_link.strip(),
        evaluators=[
            InterviewEvaluator(person_id=e.person_id, during=Range(slot.starts_at, slot.ends_at, bounds="[)"))
            for e in slot.evaluators
        ],
    )
    act.session.add(interview)
    act.session.flush()
    called = {e.person_id: Convened.EVALUATOR for e in slot.evaluators} | {act.candidacy.person_id: Convened.CANDIDATE}
    act.session.add_all(
        Convocation(interview_id=interview.id, person_id=person, called_as=role.value, during=interview.during)
        for person, role in called.items()
    )
    act.session.flush()
    act.details.update(
        interview=interview.id, starts_at=slot.starts_at, evaluators=[e.person_id for e in slot.evaluators]
    )
    act.mail.update(_appointment(slot))


def move(act: Act) -> None:
    """Another slot or commission: the first booking ends, and stays on record."""
    _end(act, "moved", act.given.reason)
    schedule(act)


def cancel(act: Act) -> None:
    """The slot is freed."""
    _end(act, "cancelled", act.given.reason)


def record_absence(act: Act) -> None:
    """The candidate did not come, excused or not: another slot is to be found."""
    _end(act, "absent_excused" if act.given.excused else "absent", act.given.reason)
    act.details["excused"] = act.given.excused


def open_evaluation(act: Act) -> None:
    """The interview begins."""
    _live(act).opened_at = act.now


def assess(act: Act) -> None:
    """Writes verdicts; the text changes, so every signature under the former one is void."""
    interview, ids = _live(act), act.capability_ids()
    for verdict in act.given.verdicts:
        values = {
            "acquired": verdict.acquired,
            "reason": "" if verdict.acquired else verdict.reason.strip(),
            "observations": verdict.observations.strip(),
            "modality": verdict.modality,
            "criteria": {str(rank): met for rank, met in verdict.criteria},
            "assessed_by": act.person_id,
        }
        act.session.execute(
            insert(Assessment)
            .values(interview_id=interview.id, capability_id=ids[verdict.capability], **values)
            .on_conflict_do_update(index_elements=["interview_id", "capability_id"], set_=values)
        )
    interview.observations = str(act.inputs.get("observations", interview.observations)).strip()
    interview.modality = str(act.inputs.get("modality", interview.modality))
    assessment_text.rewrite(act.session, act.candidacy, interview)
    act.details.update(interview=interview.id, text_sha256=interview.text_hash)


def close_evaluation(act: Act) -> None:
    """The assessment is closed and sealed as it was signed; the jury will examine its summary."""
    interview = _live(act)
    text = assessment_text.text_of(act.session, act.candidacy, interview)
    if assessment_text.hash_of(text) != interview.text_hash:
        raise ActionRefused(_CHANGED)
    interview.closed_at = act.now
    record = assessment_text.record_of(act.session, interview, text, act.now.isoformat())
    digest = hashlib.sha256(record.encode()).hexdigest()
    act.session.add(AssessmentRecord(interview_id=interview.id, sealed_at=act.now, sha256=digest, text=record))
    act.session.flush()
    queue.defer(act.session, queue.SEAL_ASSESSMENT, interview_id=interview.id)
    if act.candidacy.deposited_on:
        act.mail["jury_due_on"] = jury_due(act.facts.regime, act.candidacy.deposited_on)
    act.details.update(interview=interview.id, text_sha256=interview.text_hash, record_sha256=digest)


def _slot(act: Act) -> SlotFacts:
    if act.given.slot is None:
        raise ValueError("the rules let no interview through without a slot")
    return act.given.slot


def _live(act: Act) -> Interview:
    interview = hearings.in_force(act.session, act.candidacy.id)
    if interview is None:
        raise ValueError("the rules let nothing through without an interview in force")
    return interview


def _end(act: Act, how: str, reason: str) -> None:
    interview = _live(act)
    interview.live = False
    interview.ended = how
    interview.ended_reason = reason.strip()
    act.details["ended_interview"] = interview.id
    act.mail.update(starts_at=interview.during.lower, ends_at=interview.during.upper, place=interview.place)
    act.session.flush()


def _appointment(slot: SlotFacts) -> dict[str, Any]:
    return {
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "place": slot.place,
        "video_link": slot.video_link,
    }


CHANGES: dict[Action, Callable[[Act], None]] = {
    Action.SCHEDULE_INTERVIEW: schedule,
    Action.MOVE_INTERVIEW: move,
    Action.CANCEL_INTERVIEW: cancel,
    Action.RECORD_ABSENCE: record_absence,
    Action.OPEN_EVALUATION: open_evaluation,
    Action.ASSESS: assess,
    Action.CLOSE_EVALUATION: close_evaluation,
}
