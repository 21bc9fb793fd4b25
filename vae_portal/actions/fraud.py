"""What each does in a contradictory procedure: facts told, answer given, hearing noted, conclusion (CRPA L122-1)."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions import leaving, letter_parts, outbox
from vae_portal.actions.noting import note
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import candidacies, fraud, juries
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy, FraudCase, Person
from workflows import clocks, machine
from workflows import fraud as rules
from workflows.facts import Actor, Facts
from workflows.vocabulary import FraudEnd, Right, Role

_NONE = "Aucune procédure n'est ouverte sur cette candidature, ou elle ne vous est pas ouverte."


def open_case(services: Services, actor: Actor, number: str, grievances: str, answer_by: date) -> None:
    """Tells a person what they are suspected of and until when they answer; raises NotVisible, InputRefused."""
    with services.database.writing() as session:
        candidacy, _ = _allowed(services, session, actor, number, Right.CONDUCT_FRAUD_CASE)
        decision = juries.decision_in_force(session, candidacy)
        if decision is None:
            raise ActionRefused("Aucune décision n'est en vigueur sur cette candidature.")
        present = fraud.running(session, candidacy.id, lock=True)
        today = clocks.civil_date(services.clock())
        faults = rules.opening_refused(fraud.facts(present) if present else None, grievances, answer_by, today)
        _refuse(faults)
        case = FraudCase(
            candidacy_id=candidacy.id,
            decision_id=decision.id,
            grievances=grievances.strip(),
            answer_by=answer_by,
            opened_by=actor.person_id,
            opened_at=services.clock(),
        )
        session.add(case)
        session.flush()
        context = {
            **letter_parts.common(candidacy),
            "grievances": case.grievances,
            "answer_by": answer_by.isoformat(),
            "decided_on": clocks.civil_date(decision.pronounced_at).isoformat(),
            "answer_link": f"{services.settings.base_url}/ma-candidature/{candidacy.number}/griefs",
        }
        document = leaving.owe(session, "fraud_notice", candidacy, context, services.clock())
        _note(services, session, actor, candidacy, "fraud_case_opened", case, grievances, document=document.id)
        _tell_candidate(services, session, candidacy, "fraud_notice", answer_by=answer_by)


def answer(services: Services, actor: Actor, number: str, text: str, hearing_asked: bool) -> None:
    """Keeps what the person answers, and tells who opened the case; the last words replace those before.

    Raises NotVisible, InputRefused.
    """
    with services.database.writing() as session:
        candidacy, _ = _allowed(services, session, actor, number, Right.ANSWER_GRIEVANCES)
        if candidacy.person_id != actor.person_id:
            raise NotVisible(_NONE)
        case = _running(session, candidacy)
        refusal = rules.answer_refused(fraud.facts(case), text)
        if refusal:
            raise InputRefused(refusal, {"answer": refusal})
        case.answer, case.answered_at = text.strip(), services.clock()
        case.hearing_asked = hearing_asked
        _note(services, session, actor, candidacy, "fraud_answered", case, text, hearing_asked=hearing_asked)
        opener = session.scalars(select(Person).where(Person.id == case.opened_by, Person.disabled_at.is_(None)))
        told = list(opener) or leaving.holding(session, candidacy.centre_id, Role.JURY_SECRETARY)
        for person in told:
            about = leaving.about_candidacy(candidacy, person, services.settings.base_url)
            context = {**about, "link": f"{about['link']}/fraude"}
            _post(services, session, candidacy, person, "fraud_answered", context)


def note_hearing(services: Services, actor: Actor, number: str, day: date) -> None:
    """Notes the day on which the person was heard; raises NotVisible, InputRefused."""
    with services.database.writing() as session:
        candidacy, _ = _allowed(services, session, actor, number, Right.CONDUCT_FRAUD_CASE)
        case = _running(session, candidacy)
        refusal = rules.heard_refused(fraud.facts(case), day, clocks.civil_date(services.clock()))
        if refusal:
            raise InputRefused(refusal, {"heard_on": refusal})
        case.heard_on = day
        note(services, session, actor, candidacy, "fraud_hearing_noted", {"case": case.id, "heard_on": day})


def conclude(services: Services, actor: Actor, number: str, established: bool, conclusion: str) -> None:
    """Whoever pronounced the decision concludes; what was granted is withdrawn by revoking it, afterwards.

    Raises NotVisible, ActionRefused, InputRefused.
    """
    with services.database.writing() as session:
        candidacy, facts = _allowed(services, session, actor, number, Right.CONCLUDE_FRAUD_CASE)
        if facts.session is None or facts.session.pronounced_by != actor.person_id:
            raise ActionRefused("Seul le président du jury qui a prononcé la décision conclut la procédure.")
        case = _running(session, candidacy)
        refusal = rules.conclusion_refused(fraud.facts(case), conclusion, clocks.civil_date(services.clock()))
        if refusal:
            raise InputRefused(refusal, {"conclusion": refusal})
        case.ended = (FraudEnd.ESTABLISHED if established else FraudEnd.NOT_ESTABLISHED).value
        case.conclusion, case.ended_by, case.ended_at = conclusion.strip(), actor.person_id, services.clock()
        _note(services, session, actor, candidacy, "fraud_case_ended", case, conclusion, fraud_end=case.ended)
        _tell_candidate(services, session, candidacy, "fraud_concluded", established=established)


def _allowed(services: Services, session: Session, actor: Actor, number: str, right: Right) -> tuple[Candidacy, Facts]:
    candidacy = candidacies.lock(session, actor, number)
    facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
    if not machine.may(right, actor, facts):
        raise NotVisible(_NONE)
    return candidacy, facts


def _running(session: Session, candidacy: Candidacy) -> FraudCase:
    case = fraud.running(session, candidacy.id, lock=True)
    if case is None:
        raise ActionRefused("Aucune procédure n'est en cours sur cette candidature.")
    return case


def _refuse(faults: dict[str, str]) -> None:
    if faults:
        fields = {name: sentence for name, sentence in faults.items() if name}
        raise InputRefused(" ".join(faults.values()), fields)


def _note(
    services: Services,
    session: Session,
    actor: Actor,
    candidacy: Candidacy,
    event: str,
    case: FraudCase,
    text: str,
    **more: Any,
) -> None:
    hashed = hashlib.sha256(text.strip().encode()).hexdigest()
    note(services, session, actor, candidacy, event, {"case": case.id, "text_sha256": hashed, **more})


def _tell_candidate(services: Services, session: Session, candidacy: Candidacy, template: str, **more: Any) -> None:
    about = leaving.about_candidacy(candidacy, candidacy.person, services.settings.base_url)
    link = f"{services.settings.base_url}/ma-candidature/{candidacy.number}/griefs"
    _post(services, session, candidacy, candidacy.person, template, {**about, "link": link, **more})


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
