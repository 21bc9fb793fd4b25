"""What an evaluator or juror does beside moving a candidacy: declares a link, notes who is there, signs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.actions import assessment_text, outbox, passwords, throttle
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts, candidacies, hearings, juries
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import (
    AssessmentSignature,
    Candidacy,
    IndependenceDeclaration,
    Interview,
    JurySeat,
    Person,
    Recusal,
)
from workflows import assessment, machine
from workflows import interview as rules
from workflows.facts import Actor, Facts
from workflows.vocabulary import Right, Role

WRONG_PASSWORD = "Ce n'est pas votre mot de passe : rien n'a été signé."  # noqa: S105 - a sentence
CHANGED = "Le texte a changé pendant que vous le lisiez : rien n'a été signé. Relisez-le avant de signer."


def declare_independence(services: Services, actor: Actor, number: str, linked: bool, nature: str) -> None:
    """Records what someone who sits declares about a candidate; with a link they no longer sit for them (D6412-6).

    Raises NotVisible, ActionRefused, InputRefused when a link is declared without its nature.
    """
    nature = nature.strip()
    if linked and not nature:
        sentence = "Dites quel est ce lien, en quelques mots."
        raise InputRefused(sentence, {"nature": sentence})
    with services.database.writing() as session:
        candidacy, facts = _locked(services, session, actor, number)
        if not machine.may(Right.DECLARE_INDEPENDENCE, actor, facts):
            raise ActionRefused("À cette étape, il n'y a plus rien à déclarer pour cette candidature.")
        interview = hearings.in_force(session, candidacy.id)
        evaluates = interview is not None and any(e.person_id == actor.person_id for e in interview.evaluators)
        session_id = _jury_where_seated(session, actor, candidacy)
        if not evaluates and session_id is None:
            raise ActionRefused("Vous ne siégez pas pour cette candidature : il n'y a rien à déclarer.")
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
        details = {"person": actor.person_id, "linked": linked, "session": session_id if linked else None}
        _note(session, services, actor, candidacy, "independence_declared", details)
        if linked and evaluates and interview is not None:
            _tell_planners(services, session, candidacy, interview)


def mark_presence(services: Services, actor: Actor, number: str, person_id: int, present: bool) -> None:
    """Notes whether another evaluator of one's own commission is there; nobody marks themselves absent."""
    with services.database.writing() as session:
        candidacy, facts = _locked(services, session, actor, number)
        interview = _of_my_commission(session, services, actor, candidacy, facts)
        if interview.closed_at is not None:
            raise ActionRefused("L'évaluation est close : la présence ne change plus.")
        refusal = rules.slot_started(facts, actor, services.clock(), machine.NOTHING)
        if refusal:
            raise ActionRefused(refusal)
        if person_id == actor.person_id:
            raise ActionRefused("Vous êtes là : un autre membre de la commission note votre absence si vous partez.")
        if all(e.person_id != person_id for e in interview.evaluators):
            raise NotVisible("Cette personne n'est pas de cette commission.")
        seat = next(e for e in interview.evaluators if e.person_id == person_id)
        if present and facts.interview and assessment.together(facts.interview):
            seat.shared_at = (
                seat.shared_at or services.clock()
            )  # who comes back joins the others with their grid as it is
        seat.present = present
        if interview.text_hash:
            assessment_text.rewrite(session, candidacy, interview)  # the text says who was there
        details = {"interview": interview.id, "person": person_id, "present": present}
        _note(session, services, actor, candidacy, "presence_recorded", details)


def sign(services: Services, actor: Actor, number: str, text_hash: str, password: str, network: str) -> None:
    """Signs the assessment's text, named by its hash as it was read, the password given again.

    Raises NotVisible, ActionRefused, InputRefused for a wrong password, TriedTooOften, StaleForm for another text.
    """
    throttle.spend(services, "signature", str(actor.person_id), network)
    with services.database.writing() as session:
        person = session.get_one(Person, actor.person_id)
        if not passwords.matches(person.password_hash, password):
            raise InputRefused(WRONG_PASSWORD, {"password": WRONG_PASSWORD})
        throttle.forgive(session, services, "signature", str(actor.person_id), network)
        candidacy, facts = _locked(services, session, actor, number)
        if not machine.may(Right.SIGN_ASSESSMENT, actor, facts):
            raise ActionRefused("On signe pendant l'évaluation, avant sa clôture.")
        interview = _of_my_commission(session, services, actor, candidacy, facts)
        checks = (rules.every_capability_assessed, assessment.every_disagreement_told)
        missing = next((no for check in checks if (no := check(facts, actor, services.clock(), machine.NOTHING))), None)
        if missing:
            raise ActionRefused(f"{missing} On signe un texte complet.")
        if not interview.text_hash or interview.text_hash != text_hash:
            raise StaleForm(CHANGED)
        if (actor.person_id, text_hash) in (facts.interview.signatures if facts.interview else ()):
            return  # the same press twice
        session.add(
            AssessmentSignature(
                interview_id=interview.id, person_id=person.id, text_hash=text_hash, signed_at=services.clock()
            )
        )
        session.flush()
        details = {"interview": interview.id, "text_sha256": text_hash}
        _note(session, services, actor, candidacy, "assessment_signed", details)


def _locked(services: Services, session: Session, actor: Actor, number: str) -> tuple[Candidacy, Facts]:
    candidacy = candidacies.lock(session, actor, number)
    return candidacy, facts_of.load(session, candidacy, services.clock(), services.scanning)


def _of_my_commission(
    session: Session, services: Services, actor: Actor, candidacy: Candidacy, facts: Facts
) -> Interview:
    refusal = rules.of_that_commission(facts, actor, services.clock(), machine.NOTHING)
    interview = hearings.in_force(session, candidacy.id)
    if refusal or interview is None:
        raise ActionRefused(refusal or "Aucun entretien n'est planifié.")
    return interview


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
    session: Session, session_id: int, actor: Actor, candidacy: Candidacy, nature: str, now: Any
) -> None:
    """The rules take a declared link for a recusal; the row makes the database count in the same way."""
    row = insert(Recusal).values(
        session_id=session_id,
        person_id=actor.person_id,
        candidacy_id=candidacy.id,
        reason=f"Lien déclaré : {nature}"[:500],
        recorded_at=now,
    )
    session.execute(row.on_conflict_do_nothing())


def _note(
    session: Session, services: Services, actor: Actor, candidacy: Candidacy, event: str, details: dict[str, Any]
) -> None:
    session.flush()
    chain = journal.candidacy_chain(candidacy.id)
    journal.record(session, chain, event, actor.person_id, services.clock(), details)


def _tell_planners(services: Services, session: Session, candidacy: Candidacy, interview: Interview) -> None:
    """The slot is no longer that of a lawful commission: whoever plans is to move it."""
    planners = session.scalars(accounts.holding(candidacy.centre_id, Role.PLANNER).order_by(Person.id))
    for planner in planners.all():
        outbox.post(
            session,
            centre_id=candidacy.centre_id,
            to=planner.email,
            template="commission_conflict",
            context={
                "person_name": planner.full_name,
                "candidacy_number": candidacy.number,
                "certification_title": candidacy.version.certification.title,
                "centre_name": candidacy.centre.name,
                "starts_at": interview.during.lower,
                "link": f"{services.settings.base_url}/candidatures/{candidacy.number}/entretien",
            },
            now=services.clock(),
            candidacy_id=candidacy.id,
        )
