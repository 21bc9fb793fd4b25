"""After an interview that the candidate missed: they explain, and a planner may correct what was noted."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from vae_portal.actions import leaving, outbox, planners
from vae_portal.actions.noting import note
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import candidacies, missed
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy, Interview
from workflows import clocks, convocation
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right

_NONE = "Cette absence n'existe pas, ou ne vous est pas ouverte."
_LATE = "À cette étape, une absence ne s'explique plus ici. Écrivez à votre centre."
_SAME = "L'absence est déjà notée ainsi."


def explain(services: Services, actor: Actor, number: str, interview_id: int, text: str) -> None:
    """Keeps what the candidate says of their absence, and tells the planners; the last words replace those before.

    Raises NotVisible, ActionRefused, InputRefused.
    """
    text = text.strip()
    with services.database.writing() as session:
        candidacy, row = _locked(services, session, actor, number, interview_id, Right.EXPLAIN_ABSENCE)
        now = services.clock()
        refusal = convocation.explanation_refused(row.explain_by, clocks.civil_date(now), text)
        if refusal:
            raise InputRefused(refusal, {"explanation": refusal})
        first = row.explained_at is None
        row.explanation, row.explained_at = text, now
        details = {"interview": row.id, "text_sha256": hashlib.sha256(text.encode()).hexdigest()}
        note(services, session, actor, candidacy, "absence_explained", details)
        if first:
            planners.tell(services, session, candidacy, "absence_explained", "/absences", starts_at=row.during.lower)


def correct(services: Services, actor: Actor, number: str, interview_id: int, excused: bool, reason: str) -> None:
    """Notes an absence as excused, or no longer so, with the reason; the candidate is told.

    Raises NotVisible, InputRefused.
    """
    reason = reason.strip()
    with services.database.writing() as session:
        candidacy, row = _locked(services, session, actor, number, interview_id, Right.PLAN_INTERVIEWS)
        if not reason:
            sentence = "Indiquez pourquoi l'absence est corrigée : la raison est conservée."
            raise InputRefused(sentence, {"reason": sentence})
        if (row.ended == missed.EXCUSED) is excused:
            raise InputRefused(_SAME)
        now = services.clock()
        row.ended = missed.EXCUSED if excused else missed.ABSENT
        row.explain_by = convocation.explain_by(excused, clocks.civil_date(now))
        row.ended_reason = "\n".join(filter(None, (row.ended_reason, f"Correction : {reason}")))[-2000:]
        details = {
            "interview": row.id,
            "excused": excused,
            "reason_sha256": hashlib.sha256(reason.encode()).hexdigest(),
        }
        note(services, session, actor, candidacy, "absence_corrected", details)
        about = leaving.about_candidacy(candidacy, candidacy.person, services.settings.base_url)
        outbox.post(
            session,
            centre_id=candidacy.centre_id,
            to=candidacy.person.email,
            template="absence_corrected",
            context={**about, "starts_at": row.during.lower, "excused": excused, "explain_by": row.explain_by},
            now=now,
            candidacy_id=candidacy.id,
        )


def _locked(
    services: Services, session: Session, actor: Actor, number: str, interview_id: int, right: Right
) -> tuple[Candidacy, Interview]:
    candidacy = candidacies.lock(session, actor, number)
    row = missed.one(session, candidacy, interview_id)
    if row is None:
        raise NotVisible(_NONE)
    if not may(right, actor, facts_of.load(session, candidacy, services.clock(), services.scanning)):
        if candidacy.person_id == actor.person_id and right is Right.EXPLAIN_ABSENCE:
            raise ActionRefused(_LATE)
        raise NotVisible(_NONE)
    return candidacy, row
