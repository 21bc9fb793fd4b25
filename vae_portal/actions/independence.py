"""What an evaluator or juror declares of a candidate (D6412-6), asked or not, and what follows from a link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.actions import convening, offers, outbox, planners, recusals
from vae_portal.actions.noting import note
from vae_portal.actions.perform import perform_in
from vae_portal.actions.planners import CANCELLING
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import accounts, candidacies, declarations, hearings, juries
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import (
    Candidacy,
    IndependenceDeclaration,
    IndependenceRequest,
    JurySeat,
    Person,
)
from workflows import machine
from workflows.facts import Actor, Facts, Given
from workflows.vocabulary import Action, Right, Role, Step

# What the candidate and the others read: neither who declared, nor why.
NEUTRAL_REASON = "La commission doit être recomposée."


def declare(services: Services, actor: Actor, number: str, linked: bool, nature: str) -> bool:
    """Records what someone who sits, or was asked, declares about a candidate; with a link they sit for them no more.

    A link declared before the interview frees its slot, in the same transaction: then True; it closes what is offered
    to the candidate before them. Raises NotVisible,
    ActionRefused, InputRefused when a link is declared without its nature.
    """
    nature = nature.strip()
    if linked and not nature:
        sentence = "Dites quel est ce lien, en quelques mots."
        raise InputRefused(sentence, {"nature": sentence})
    with services.database.writing() as session:
        candidacy = declarations.lock(session, actor, number)
        facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
        if not machine.may(Right.DECLARE_INDEPENDENCE, actor, facts):
            raise ActionRefused("À cette étape, il n'y a plus rien à déclarer pour cette candidature.")
        interview = hearings.in_force(session, candidacy.id)
        evaluates = interview is not None and any(e.person_id == actor.person_id for e in interview.evaluators)
        session_id = _jury_where_seated(session, actor, candidacy)
        if not evaluates and session_id is None and not declarations.asked(session, actor, candidacy.id):
            raise ActionRefused("Vous ne siégez pas pour cette candidature : il n'y a rien à déclarer.")
        closed = _close_offers(services, session, actor, candidacy) if linked else []
        _record(services, session, actor, candidacy, linked, nature, session_id, closed)
        if not (linked and evaluates and interview is not None):
            return False
        freed = _free_the_slot(services, session, actor, facts, number)
        begun = facts.step is Step.EVALUATION
        page = "/entretien" if freed else CANCELLING if begun else ""
        told = {"starts_at": interview.during.lower, "freed": freed, "begun": begun}
        planners.tell(services, session, candidacy, "commission_conflict", page, **told)
        return freed


def ask(services: Services, actor: Actor, number: str, person_id: int) -> None:
    """A planner asks an evaluator of the centre to declare about one candidate; raises NotVisible, ActionRefused.

    Asked again, they are told again; what they declared before stays until they declare anew.
    """
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
        if not machine.may(Right.PLAN_INTERVIEWS, actor, facts) or facts.step not in declarations.ASKABLE:
            raise ActionRefused("À cette étape, il n'y a pas de déclaration à demander.")
        held = accounts.holding(candidacy.centre_id, Role.EVALUATOR).where(Person.id == person_id)
        person = session.scalars(held).one_or_none()
        if person is None or person.id == candidacy.person_id:
            raise NotVisible("Cette personne n'évalue pas dans votre centre.")
        values = {"asked_by": actor.person_id, "asked_at": services.clock()}
        row = insert(IndependenceRequest).values(candidacy_id=candidacy.id, person_id=person.id, **values)
        session.execute(row.on_conflict_do_update(index_elements=["candidacy_id", "person_id"], set_=values))
        note(services, session, actor, candidacy, "independence_asked", {"person": person.id})
        context = _about(services, candidacy, person, "/mes-declarations")
        _post(services, session, candidacy, person, "independence_asked", context)


def _record(
    services: Services,
    session: Session,
    actor: Actor,
    candidacy: Candidacy,
    linked: bool,
    nature: str,
    session_id: int | None,
    closed: list[int],
) -> None:
    now = services.clock()
    session.add(
        IndependenceDeclaration(
            person_id=actor.person_id,
            candidacy_id=candidacy.id,
            linked=linked,
            nature=nature if linked else "",
            declared_at=now,
        )
    )
    if linked and session_id is not None:
        _leave_the_jury(session, session_id, actor, candidacy, nature, now)
    details = {
        "person": actor.person_id,
        "linked": linked,
        "session": session_id if linked else None,
        "offers": closed or None,
    }
    note(services, session, actor, candidacy, "independence_declared", details)


def _close_offers(services: Services, session: Session, actor: Actor, candidacy: Candidacy) -> list[int]:
    """Closes what is offered before them; planners offer others, or book. The candidate learns, when nothing is left
    to choose, that nothing is offered any more: neither by whom nor why."""
    person_id = actor.person_id or 0
    closed, left = convening.close_offers_before(session, candidacy.id, person_id, services.clock())
    if closed:
        planners.tell(services, session, candidacy, "offers_conflict", "/creneaux", closed=len(closed), left=left)
        if not left:
            offers.tell_withdrawn(services, session, candidacy)
    return closed


def _free_the_slot(services: Services, session: Session, actor: Actor, facts: Facts, number: str) -> bool:
    """Before the interview another commission can be found; once it has begun, a planner decides."""
    if facts.step is not Step.INTERVIEW_SCHEDULED:
        return False
    perform_in(services, session, actor, number, Action.CANCEL_INTERVIEW, Given(reason=NEUTRAL_REASON))
    return True


def _jury_where_seated(session: Session, actor: Actor, candidacy: Candidacy) -> int | None:
    enrolment = juries.enrolment_of(session, candidacy.id)
    if enrolment is None:
        return None
    return session.scalars(
        select(JurySeat.session_id).where(
            JurySeat.session_id == enrolment.session_id, JurySeat.person_id == actor.person_id
        )
    ).one_or_none()


def _leave_the_jury(
    session: Session, session_id: int, actor: Actor, candidacy: Candidacy, nature: str, now: datetime
) -> None:
    """The rules take a declared link for a recusal; the row makes the database count in the same way."""
    session.execute(recusals.row(session_id, actor.person_id or 0, candidacy.id, f"Lien déclaré : {nature}", now))


def _about(services: Services, candidacy: Candidacy, person: Person, path: str) -> dict[str, Any]:
    return {
        "person_name": person.full_name,
        "candidacy_number": candidacy.number,
        "certification_title": candidacy.version.certification.title,
        "centre_name": candidacy.centre.name,
        "link": services.settings.base_url + path,
    }


def _post(
    services: Services, session: Session, candidacy: Candidacy, person: Person, template: str, context: dict[str, Any]
) -> None:
    outbox.post(
        session,
        centre_id=candidacy.centre_id,
        to=person.email,
        template=template,
        context=context,
        now=services.clock(),
        candidacy_id=candidacy.id,
    )
