"""The one way a candidacy moves: load, decide, change, journal, defer, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from vae_portal.actions import admissibility, awards, dossier, interviews, juries, leaving
from vae_portal.actions.act import Act
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, history
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import ActReason, Candidacy
from workflows.facts import Actor, Given
from workflows.machine import Allowed, Refused, decide
from workflows.vocabulary import Action

CHANGES: dict[Action, Callable[[Act], None]] = {
    **admissibility.CHANGES,
    **dossier.CHANGES,
    **interviews.CHANGES,
    **juries.CHANGES,
    **awards.CHANGES,
}

_COLLISIONS = {
    "ex_interview_evaluator": "Un évaluateur de cette commission est déjà pris à cette heure-là.",
    "ex_convocation_person": "Le candidat ou un évaluateur est déjà convoqué ailleurs à cette heure-là.",
    "ex_interview_booked_room": "Cette salle est déjà prise à cette heure-là.",
    "ex_interview_room": "Cette salle est déjà prise à cette heure-là.",
    "uq_interview_live": "Un entretien est déjà planifié pour ce candidat.",
    "uq_enrolment_live": "Cette candidature est déjà inscrite à une session.",
    "uq_decision_in_force": "Une décision a déjà été prononcée pour cette candidature.",
    "ck_decision_lawful_jury": "La composition du jury n'est pas valable : aucune décision ne peut être prononcée.",
}

# Two acts that wait for each other: PostgreSQL lets one go on and undoes the other, which then reads what was done.
_WORTH_ANOTHER_TRY = {"40P01", "40001"}
_TRIES = 3
_CROWDED = "Trop de personnes réservent en ce moment : rien n'a été changé. Recommencez."

Prepared = Given | Callable[[Session, Candidacy], Given]


def perform(
    services: Services,
    actor: Actor,
    number: str,
    action: Action,
    given: Prepared = Given(),  # noqa: B008 - frozen
    revision: int | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> Allowed:
    """Does an action on a candidacy, wholly or not at all.

    `revision` is the candidacy's as the actor saw it (None: whatever it is). Raises NotVisible, StaleForm when
    someone acted in between, ActionRefused with the rule's reason, InputRefused when a booking collides.
    """
    for left in reversed(range(_TRIES)):
        try:
            with services.database.writing() as session:
                return _perform(services, session, actor, number, action, given, revision, inputs or {})[0]
        except IntegrityError as refusal:
            raise InputRefused(collision(refusal)) from refusal
        except OperationalError as fault:
            if getattr(fault.orig, "sqlstate", None) not in _WORTH_ANOTHER_TRY:
                raise
            if not left:
                raise ActionRefused(_CROWDED) from fault
    raise AssertionError("every try ends by itself")


def collision(refusal: IntegrityError) -> str:
    """The sentence for two bookings that collide; raises the fault again when it is another one."""
    name = getattr(getattr(refusal.orig, "diag", None), "constraint_name", None) or ""
    if name not in _COLLISIONS:
        raise refusal
    return _COLLISIONS[name]


def perform_in(
    services: Services, session: Session, actor: Actor, number: str, action: Action, given: Prepared
) -> Allowed:
    """The same within a transaction that the caller opened, for an act that another one brings about."""
    return _perform(services, session, actor, number, action, given, None, {})[0]


def rehearse(
    services: Services,
    actor: Actor,
    number: str,
    action: Action,
    given: Prepared,
    revision: int | None,
    inputs: Mapping[str, Any] | None = None,
) -> list[tuple[str, dict[str, Any]]]:
    """The (kind, context) of each letter that the action would issue now, in a transaction that leaves nothing.

    Raises what `perform` raises.
    """
    with services.database.writing() as session:
        _, act = _perform(services, session, actor, number, action, given, revision, inputs or {})
        letters = [(row.kind, row.context) for row in act.letters]
        session.rollback()
        return letters


def _perform(
    services: Services,
    session: Session,
    actor: Actor,
    number: str,
    action: Action,
    given: Prepared,
    revision: int | None,
    inputs: Mapping[str, Any],
) -> tuple[Allowed, Act]:
    now = services.clock()
    candidacy = candidacies.lock(session, actor, number)
    if revision is not None and revision != candidacy.revision:
        raise StaleForm(
            "Quelqu'un a agi sur cette candidature pendant ce temps : rien n'a été changé par vous.",
            history.since(session, candidacy, revision, own=candidacy.person_id == actor.person_id),
        )
    facts = facts_of.load(session, candidacy, now, services.scanning)
    given = given(session, candidacy) if callable(given) else given
    decision = decide(facts, action, actor, now, given)
    if isinstance(decision, Refused):
        raise ActionRefused(decision.reason)
    act = Act(services, session, candidacy, facts, actor, action, given, now, inputs)
    CHANGES[action](act)
    if inputs.get("amended"):
        texts = json.dumps(inputs["amended"], ensure_ascii=False, sort_keys=True)
        act.details["amended_sha256"] = hashlib.sha256(texts.encode()).hexdigest()
    _move(act, decision)
    leaving.issue_letters(act, decision)
    leaving.send_mails(act, decision)
    return decision, act


def _move(act: Act, decision: Allowed) -> None:
    candidacy = act.candidacy
    before, after = candidacy.step, decision.step.value
    if after != before:
        candidacy.step = after
        candidacy.stepped_at = act.now
    candidacy.revision += 1
    details: dict[str, Any] = {
        "from": before,
        "to": after,
        "revision": candidacy.revision,
        "round": candidacy.round,
        **act.details,
    }
    reason = act.written_reason
    if reason:
        details["reason_sha256"] = hashlib.sha256(reason.encode()).hexdigest()
        act.session.add(
            ActReason(
                candidacy_id=candidacy.id, revision=candidacy.revision, action=act.action.value, reason=reason[:5000]
            )
        )
    act.session.flush()
    chain = journal.candidacy_chain(candidacy.id)
    journal.record(act.session, chain, act.action.value, act.actor.person_id, act.now, details)
