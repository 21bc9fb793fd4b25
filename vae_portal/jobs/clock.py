"""What the law does by itself when a delay has run out: the clock acts through the same door as people."""

from __future__ import annotations

import structlog
from sqlalchemy import select

from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused
from vae_portal.persistence.tables import Candidacy
from workflows.clocks import civil_date, silence_counts_from
from workflows.facts import CLOCK_ACTOR, Given
from workflows.vocabulary import Action, Step

log = structlog.get_logger(__name__)


def admit_tacitly(services: Services) -> int:
    """Admits every candidacy whose complete request had no answer in two months (R6412-4); how many were."""
    today = civil_date(services.clock())
    waiting = (
        select(Candidacy.number, Candidacy.acknowledged_on)
        .where(Candidacy.step == Step.ADMISSIBILITY_REVIEW.value, Candidacy.acknowledged_on.is_not(None))
        .order_by(Candidacy.acknowledged_on, Candidacy.id)
    )
    with services.database.reading() as session:
        due = [row.number for row in session.execute(waiting) if silence_counts_from(row.acknowledged_on) <= today]
    admitted, faults = 0, []
    for number in due:
        try:
            perform(services, CLOCK_ACTOR, number, Action.ADMIT_TACITLY, Given(), revision=None)
            admitted += 1
        except ActionRefused as refusal:
            log.info("tacit_admission_refused", candidacy=number, reason=str(refusal))
        except Exception as fault:  # one candidacy in trouble does not make the others wait
            log.exception("tacit_admission_failed", candidacy=number)
            faults.append(fault)
    if faults:
        raise faults[0]
    return admitted
