"""What must hold before a joint jury acts on a candidacy (fiche 28242; accord of 8 November 2019)."""

from __future__ import annotations

from datetime import datetime

from workflows import composition, fraud, votes
from workflows.facts import Actor, Facts, Given, SessionFacts
from workflows.vocabulary import ConformityPoint, Ground, SessionState

CONFORMITY = {
    ConformityPoint.JOINT_RULES: "le dispositif paritaire",
    ConformityPoint.REFERENTIAL: "le référentiel",
    ConformityPoint.RECORD_SIGNED: "le texte signé",
    ConformityPoint.DOSSIER_SEALED: "le dossier scellé",
}


def session_ahead(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session is in the future and not closed."""
    if given.session is None:
        return "Choisissez une session de jury."
    if given.session.state is SessionState.CLOSED:
        return "Cette session est close."
    if given.session.starts_at <= now:
        return "Cette session a déjà commencé : choisissez une session à venir."
    return None


def room_left(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session has room for one more candidate, where it has a capacity."""
    session = given.session
    if session is None or session.capacity is None or session.enrolled < session.capacity:
        return None
    return f"Cette session est complète ({session.capacity}) : choisissez-en une autre, ou augmentez sa capacité."


def of_its_certifications(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session pronounces on the certification of the candidacy."""
    session = given.session
    if session is None or session.certifications is None:
        return None
    if facts.request.certification_id in session.certifications:
        return None
    return "Cette session ne se prononce pas sur cette certification : choisissez-en une autre, ou ajoutez-la lui."


def session_not_closed(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session where the candidacy is enrolled is not closed."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    return "Cette session est close." if facts.session.state is SessionState.CLOSED else None


def yet_to_sit(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session is in the future, or its jury cannot lawfully pronounce on this candidate [choice]."""
    session = facts.session
    if (
        session is None
        or session.starts_at > now
        or [*composition.composition_faults(session), *_own_case(facts, session)]
    ):
        return None
    return "La séance a commencé et ce jury peut statuer : il se prononce, ou renvoie devant une commission."


def sits_in_session(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor is any member of the jury, present, who has not left for this candidate [choice]."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    if actor.person_id not in {s.person_id for s in composition.sitting(facts.session)}:
        return "Seuls les membres présents de ce jury peuvent le faire."
    return None


def session_valid(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session is open, has begun, and its composition is lawful for this candidate, conflicts declared [choice]."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    if facts.session.state is not SessionState.OPEN:
        return "La séance n'est pas ouverte."
    if now < facts.session.starts_at:
        return "La séance n'a pas commencé."
    return " ".join([*_own_case(facts, facts.session), *composition.composition_faults(facts.session)]) or None


def _own_case(facts: Facts, session: SessionFacts) -> list[str]:
    own = any(s.person_id == facts.candidate_id for s in composition.sitting(session))
    return ["Le candidat ne siège pas dans le jury qui se prononce sur lui."] if own else []


def conformity_checked(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Fiche: the jury checks that the evaluation followed the joint rules and the référentiel, point by point."""
    ticked = facts.session.conformity if facts.session else frozenset()
    missing = [words for point, words in CONFORMITY.items() if point not in ticked]
    if not missing:
        return None
    return f"Le jury doit d'abord constater que l'évaluation est conforme. Reste à constater : {', '.join(missing)}."


def presides(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor presides the session for this candidate."""
    chair = composition.presiding(facts.session) if facts.session else None
    if chair is None or chair.person_id != actor.person_id:
        return "Seul le président de ce jury peut le faire."
    return None


def result_to_tell(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The president has released the results of the session, and this one has not left yet."""
    if facts.session is None or not facts.session.released:
        return "Le président n'a pas encore remis les résultats de la séance."
    return "Ce résultat est déjà parti." if facts.session.told else None


def presided(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor is the one who pronounced, whoever presides now [choice]."""
    if facts.session is None or actor.person_id is None or facts.session.pronounced_by != actor.person_id:
        return "Seul le président du jury qui a prononcé la décision peut la retirer."
    return None


def grounds_open(facts: Facts) -> tuple[Ground, ...]:
    """On what grounds the decision in force may be revoked now: fraud once it was established, both sides heard."""
    return (Ground.ERROR_OF_LAW, Ground.FRAUD) if fraud.established(facts.fraud) else (Ground.ERROR_OF_LAW,)


def ground_given(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A ground that is open for this decision."""
    if given.ground not in grounds_open(facts):
        return "Indiquez sur quel fondement la décision est rapportée."
    return None


def blocks_decided(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every targeted block decided once, votes that add up, a reason when unlike the commission's proposal [choice]."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    decided = [d.block for d in given.decisions]
    if sorted(decided) != sorted(facts.targeted):
        return "Le jury décide de chaque bloc visé, une fois : " + ", ".join(sorted(facts.targeted)) + "."
    faults = [fault for d in given.decisions for fault in votes.faults(facts.session, d)]
    faults += [
        f"{d.block} : partage des voix, la décision revient au président, qui doit se prononcer."
        for d in given.decisions
        if not faults and votes.block_acquired(d) is None
    ]
    faults += [
        f"{d.block} : la décision s'écarte de la proposition de la commission, indiquez pourquoi."
        for d in given.decisions
        if d.proposed is not None and votes.block_acquired(d) is (not d.proposed) and not d.reason.strip()
    ]
    return " ".join(faults) or None
