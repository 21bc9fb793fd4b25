"""What someone who is called to an interview does about it: reads it, confirms, or asks for another date."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.actions import convening, planners
from vae_portal.actions.noting import note
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.mail import invitation
from vae_portal.mail.invitation import Method
from vae_portal.persistence.queries import candidacies, convocations
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy, Convocation, Interview, Person
from workflows import convocation as rules
from workflows import interview as commissions
from workflows.facts import Actor, Facts
from workflows.machine import may
from workflows.vocabulary import Convened, ConvocationAnswer, Right

NONE = "Vous n'avez pas de convocation en cours pour cette candidature."
MOVED = "L'entretien a changé pendant que vous lisiez votre convocation. Relisez-la avant de répondre."


def read(services: Services, actor: Actor, number: str) -> None:
    """Records, the first time, that someone opened what calls them."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        found = convocations.of(session, candidacy.id, actor.person_id)
        if found is not None and found[0].seen_at is None:
            found[0].seen_at = services.clock()
            note(services, session, actor, candidacy, "convocation_seen", {"interview": found[1].id})


def answer(
    services: Services, actor: Actor, number: str, interview_id: int, given: ConvocationAnswer, reason: str
) -> None:
    """Records an answer to the convocation that was read; one that declines is told to the planners.

    Raises NotVisible, ActionRefused when the interview changed meanwhile or has begun, InputRefused without a reason.
    """
    reason = reason.strip() if given is ConvocationAnswer.OTHER_DATE else ""
    with services.database.writing() as session:
        candidacy, facts, row, interview = _mine(services, session, actor, number)
        now = services.clock()
        if interview.id != interview_id:
            raise ActionRefused(MOVED)
        starts_at = interview.during.lower
        if starts_at is None or now >= starts_at:
            raise ActionRefused(rules.answer_refused(now, now, given, reason) or MOVED)
        if refusal := rules.answer_refused(starts_at, now, given, reason):
            raise InputRefused(refusal, {"reason": refusal})
        if (row.answer, row.answer_reason) == (given.value, reason):
            return  # the same press twice
        declines = given is ConvocationAnswer.OTHER_DATE and row.answer != given.value
        row.answer, row.answer_reason, row.answered_at = given.value, reason, now
        row.seen_at = row.seen_at or now
        session.flush()
        details: dict[str, Any] = {"interview": interview.id, "answer": given.value}
        if reason:
            details["reason_sha256"] = hashlib.sha256(reason.encode()).hexdigest()
        note(services, session, actor, candidacy, "convocation_answered", details)
        if declines:
            _tell(services, session, candidacy, facts, row, interview)


def file(services: Services, session: Session, actor: Actor, candidacy: Candidacy) -> str:
    """The appointment as a file for one's own calendar; raises NotVisible for who is not called."""
    found = convocations.of(session, candidacy.id, actor.person_id)
    if found is None:
        raise NotVisible(NONE)
    told = convening.appointment(services, candidacy, found[1], found[1].sequence)
    person = session.get_one(Person, actor.person_id)
    return invitation.written(told, Method.PUBLISH, person.email, services.clock())


def _mine(
    services: Services, session: Session, actor: Actor, number: str
) -> tuple[Candidacy, Facts, Convocation, Interview]:
    candidacy = candidacies.lock(session, actor, number)
    facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
    found = convocations.of(session, candidacy.id, actor.person_id)
    if found is None or not may(Right.ANSWER_CONVOCATION, actor, facts):
        raise NotVisible(NONE)
    return candidacy, facts, *found


def _tell(
    services: Services, session: Session, candidacy: Candidacy, facts: Facts, row: Convocation, interview: Interview
) -> None:
    """Asking moves nothing: planners move the interview, or keep it."""
    gone = convocations.declined(session, interview.id)
    seats = facts.interview.slot.evaluators if facts.interview else ()
    left = tuple(seat for seat in seats if seat.person_id not in gone)
    planners.tell(
        services,
        session,
        candidacy,
        "convocation_declined",
        "/entretien",
        starts_at=interview.during.lower,
        by_candidate=row.called_as == Convened.CANDIDATE.value,
        too_few=bool(commissions.commission_faults(facts, left)),
    )
