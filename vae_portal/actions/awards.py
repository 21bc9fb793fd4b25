"""What a released decision grants: a line of the register for each block and the certification; withdrawn with it."""

from __future__ import annotations

import secrets

from sqlalchemy import update

from vae_portal.actions.act import Act
from vae_portal.persistence import numbering
from vae_portal.persistence.queries import juries
from vae_portal.persistence.tables import Award, Decision
from vae_portal.seal_code import DIGITS
from workflows import clocks, results
from workflows.vocabulary import Action, Step

_WHOLE, _BLOCK = "CERT", "BLOC"


def grant(act: Act) -> None:
    """What the result grants enters the register, blocks in the order of the fiche, then the certification."""
    decision = juries.decision_in_force(act.session, act.candidacy)
    if decision is None:
        raise ValueError("the rules let nothing through without a decision in force")
    decision.told_at = act.now
    acquired = {b.block_id for b in decision.blocks if b.acquired}
    ordered = [b.id for b in sorted(act.candidacy.version.blocks, key=lambda b: b.position) if b.id in acquired]
    granted = [_award(act, decision, block_id) for block_id in ordered]
    if decision.outcome == Step.CERTIFIED.value:
        granted.append(_award(act, decision, None))
    act.session.add_all(granted)
    act.session.flush()
    act.details.update(decision=decision.id, awards=[award.number for award in granted])


def withdraw(act: Act, decision: Decision) -> None:
    """What a revoked decision had granted is withdrawn, in the same transaction; it stays in the register."""
    act.session.execute(
        update(Award)
        .where(Award.decision_id == decision.id, Award.withdrawn_at.is_(None))
        .values(withdrawn_at=act.now, withdrawn_reason=act.given.reason.strip() or "Décision rapportée")
    )


def _award(act: Act, decision: Decision, block_id: int | None) -> Award:
    granted_on = clocks.civil_date(decision.pronounced_at)
    serial = numbering.award_serial(act.session, act.candidacy.centre_id, act.today.year)
    months = act.candidacy.version.block_validity_months if block_id else None
    return Award(
        centre_id=act.candidacy.centre_id,
        candidacy_id=act.candidacy.id,
        decision_id=decision.id,
        block_id=block_id,
        year=act.today.year,
        serial=serial,
        number=f"{_BLOCK if block_id else _WHOLE}-{act.today.year}-{serial:05d}",
        code=secrets.token_hex(DIGITS // 2),
        granted_on=granted_on,
        valid_until=results.valid_until(granted_on, months),
        issued_at=act.now,
    )


CHANGES = {Action.RELEASE_RESULT: grant}
