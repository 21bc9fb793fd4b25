"""What an evaluator does beside moving a candidacy: notes who is there, signs."""

from __future__ import annotations

from sqlalchemy.orm import Session

from vae_portal.actions import assessment_text, passwords, planners, throttle
from vae_portal.actions.noting import note
from vae_portal.actions.planners import CANCELLING
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import candidacies, hearings
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import (
    AssessmentSignature,
    Candidacy,
    Interview,
    Person,
)
from workflows import assessment, machine
from workflows import interview as rules
from workflows.facts import Actor, Facts
from workflows.vocabulary import Right, Step

WRONG_PASSWORD = "Ce n'est pas votre mot de passe : rien n'a été signé."  # noqa: S105 - a sentence
# What a text must say before it is signed, in the order in which it is asked for.
COMPLETE = (
    rules.each_declared,
    rules.every_capability_assessed,
    rules.every_modality_told,
    assessment.every_disagreement_told,
)
CHANGED = "Le texte a changé pendant que vous le lisiez : rien n'a été signé. Relisez-le avant de signer."


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
        if present and interview.text_hash:
            # The others' grids have been seen by all who write the text: who comes back joins them as they are. Before
            # there is a text, each shows their own grid by their own press.
            seat.shared_at = seat.shared_at or services.clock()
        seat.present = present
        if interview.text_hash:
            assessment_text.rewrite(session, candidacy, interview)  # the text says who was there
        details = {"interview": interview.id, "person": person_id, "present": present}
        note(services, session, actor, candidacy, "presence_recorded", details)
        _tell_if_too_few(services, session, candidacy, interview)


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
        missing = next(
            (no for check in COMPLETE if (no := check(facts, actor, services.clock(), machine.NOTHING))), None
        )
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
        note(services, session, actor, candidacy, "assessment_signed", details)


def _tell_if_too_few(services: Services, session: Session, candidacy: Candidacy, interview: Interview) -> None:
    """Fewer than two, or nobody qualified, hold no interview (D6412-6): whoever plans is told at once."""
    facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
    if facts.interview and rules.commission_faults(facts, rules.present(facts.interview.slot)):
        begun = facts.step is Step.EVALUATION
        page = CANCELLING if begun else "/entretien"
        told = {"starts_at": interview.during.lower, "begun": begun}
        planners.tell(services, session, candidacy, "commission_short", page, **told)


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
