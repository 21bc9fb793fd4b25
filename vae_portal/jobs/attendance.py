"""Each hour: owes the attendance certificate for the employer (VAE leave) of whoever came, once the slot is over.

Opening the evaluation records that the candidate came. The certificate states hours, so it waits for the last one,
and for neither the signatures nor the jury: leave is to be justified at once [choice].
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, func, select

from vae_portal.actions import leaving, letter_parts
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import candidacies, hearings
from vae_portal.persistence.tables import Candidacy, Document, Interview
from workflows.facts import CLOCK_ACTOR

KIND = "attendance_certificate"


def certify_attendance(services: Services) -> int:
    """How many certificates were owed: one for each interview held."""
    now = services.clock()
    with services.database.reading() as session:
        numbers = list(session.scalars(_held(now)))
    made = 0
    for number in numbers:
        with services.database.writing() as session:
            candidacy = candidacies.lock(session, CLOCK_ACTOR, number)
            facts = hearings.facts(session, candidacy)
            if facts is not None and session.scalar(_held(now).where(Candidacy.id == candidacy.id)):
                context = {**letter_parts.common(candidacy), **letter_parts.appointment_of(facts.slot)}
                leaving.owe(session, KIND, candidacy, context, now)
                made += 1
    return made


def _held(now: datetime) -> Select[str]:
    """Numbers of the candidacies whose interview is over and not certified yet."""
    certified = exists(
        select(Document.id).where(
            Document.candidacy_id == Candidacy.id, Document.kind == KIND, Document.asked_at >= Interview.opened_at
        )
    )
    return (
        select(Candidacy.number)
        .join(Interview, Interview.candidacy_id == Candidacy.id)
        .where(Interview.live, Interview.opened_at.is_not(None), func.upper(Interview.during) <= now, ~certified)
        .order_by(func.upper(Interview.during), Candidacy.id)
    )
