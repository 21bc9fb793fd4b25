"""What planning, holding and assessing an interview change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Range

from vae_portal.actions import assessment_text, common_text, convening, planners
from vae_portal.actions.act import Act
from vae_portal.errors import ActionRefused
from vae_portal.persistence import queue
from vae_portal.persistence.queries import hearings, preparations
from vae_portal.persistence.tables import AssessmentRecord, Interview, InterviewEvaluator
from workflows import convocation
from workflows.facts import SlotFacts
from workflows.interview import planner_or_linked, present
from workflows.steps import jury_due
from workflows.vocabulary import Action, Role

_CHANGED = (
    "Ce que le texte cite a changé depuis qu'il a été écrit (un nom, une qualification, l'avis d'un employeur) :"
    " enregistrez-le de nouveau, puis signez-le."
)


def schedule(act: Act) -> None:
    """Books the slot that a planner chose, or that the candidate took among those offered."""
    interview = _book(act, str(uuid4()), 0)
    chosen = act.actor.person_id == act.candidacy.person_id
    convening.close_offers(act.session, act.candidacy.id, act.now, act.given.slot if chosen else None)
    if chosen:
        planners.tell(act.services, act.session, act.candidacy, "slot_taken", starts_at=interview.during.lower)


def _book(act: Act, uid: str, sequence: int) -> Interview:
    """The database refuses it when an evaluator, the candidate or the room is taken."""
    slot = _slot(act)
    _one_at_a_time(act, slot)
    interview = Interview(
        candidacy_id=act.candidacy.id,
        centre_id=act.candidacy.centre_id,
        round=act.candidacy.round,
        uid=uid,
        sequence=sequence,
        during=Range(slot.starts_at, slot.ends_at, bounds="[)"),
        place=slot.place.strip(),
        video_link=slot.video_link.strip(),
        room_id=slot.room_id,
        evaluators=[
            InterviewEvaluator(person_id=e.person_id, during=Range(slot.starts_at, slot.ends_at, bounds="[)"))
            for e in slot.evaluators
        ],
    )
    act.session.add(interview)
    act.session.flush()
    convening.call(act, interview, [e.person_id for e in slot.evaluators])
    act.details.update(
        interview=interview.id, starts_at=slot.starts_at, evaluators=[e.person_id for e in slot.evaluators]
    )
    if act.given.against:  # and yet the rules let it through: whoever chose it overrides them, knowingly
        act.details["overridden"] = sorted({one.code for one in act.given.against})
        act.details["overridden_for"] = sorted({one.person_id for one in act.given.against if one.person_id})
    act.mail.update(_appointment(slot))
    return interview


def move(act: Act) -> None:
    """Another slot or commission: the first booking ends and stays on record; calendars see one appointment change."""
    _one_at_a_time(act, _slot(act))
    former = _end(act, "moved", act.given.reason)
    convening.release(act, former, but=[e.person_id for e in _slot(act).evaluators] + [act.candidacy.person_id])
    _book(act, former.uid, former.sequence + 1)
    act.mail["former_starts_at"] = former.during.lower


def cancel(act: Act) -> None:
    """The slot is freed, in calendars too: a planner's choice, or what follows from a link that was declared.

    What a commission wrote once it had begun stays with its interview, and the next one does not read it.
    """
    planner_aside = replace(act.actor, roles=act.actor.roles - {Role.PLANNER})
    conflict = planner_or_linked(act.facts, planner_aside, act.now, act.given) is None
    if conflict:
        act.details["conflict"] = True
    slot = act.facts.interview.slot if act.facts.interview else None
    freed = conflict or (slot is not None and any(e.linked for e in present(slot)))
    ended = _end(act, "conflict" if freed else "cancelled", act.given.reason)
    if ended.opened_at is not None:
        act.mail["begun"] = True
        preparations.put_away(act.session, act.candidacy, act.now)
    convening.release(act, ended)


def record_absence(act: Act) -> None:
    """The candidate did not come, excused or not: another slot is to be found."""
    excused = bool(act.given.excused)
    missed = _end(act, "absent_excused" if excused else "absent", act.given.reason)
    missed.explain_by = convocation.explain_by(excused, act.today)
    act.details["excused"] = excused
    act.mail.update(excused=excused, explain_by=missed.explain_by)


def open_evaluation(act: Act) -> None:
    """The interview begins."""
    _live(act).opened_at = act.now


def assess(act: Act) -> None:
    """Writes verdicts; the text changes, so every signature under the former one is void."""
    interview = _live(act)
    common_text.write(act.session, interview, act.capability_ids(), act.given.verdicts, act.person_id)
    common_text.put_general(interview, act.inputs)
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


def _one_at_a_time(act: Act, slot: SlotFacts) -> None:
    """Bookings that share someone or somewhere follow each other until the transaction ends.

    The constraints refuse the second one in any case; locks taken in one order keep both from waiting for each other,
    which PostgreSQL notices only after a second.
    """
    people = {act.candidacy.person_id, *(e.person_id for e in slot.evaluators)}
    keys = [f"booked:person:{person}" for person in people]
    keys += [f"booked:room:{slot.room_id}"] if slot.room_id else []
    keys += [f"booked:place:{act.candidacy.centre_id}:{slot.place.strip().lower()}"] if slot.place.strip() else []
    each = func.unnest(cast(sorted(keys), ARRAY(Text))).column_valued("key")
    act.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(each, 0))))


def _slot(act: Act) -> SlotFacts:
    if act.given.slot is None:
        raise ValueError("the rules let no interview through without a slot")
    return act.given.slot


def _live(act: Act) -> Interview:
    interview = hearings.in_force(act.session, act.candidacy.id)
    if interview is None:
        raise ValueError("the rules let nothing through without an interview in force")
    return interview


def _end(act: Act, how: str, reason: str) -> Interview:
    interview = _live(act)
    interview.live = False
    interview.ended = how
    interview.ended_reason = reason.strip()
    act.details["ended_interview"] = interview.id
    act.mail.update(starts_at=interview.during.lower, ends_at=interview.during.upper, place=interview.place)
    act.session.flush()
    return interview


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
