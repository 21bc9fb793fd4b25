"""When a commission may sit, and when its assessment is closed (D6412-6; fiche 28242, "commission de validation")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime

from workflows import clocks
from workflows.employers import in_common
from workflows.facts import Actor, EvaluatorFacts, Facts, Given, SlotFacts
from workflows.vocabulary import Role, Step

EVALUATORS_AT_LEAST = 2  # D6412-6
QUALIFIED_AT_LEAST = 1  # D6412-6


def commission_faults(facts: Facts, evaluators: tuple[EvaluatorFacts, ...]) -> list[str]:
    """What makes this commission unable to sit for this candidate, one sentence each (D6412-6)."""
    handled = who_handled(facts.handled, facts.advisor_id, facts.request.refused_by)
    return faults_before(facts.candidate_id, handled, evaluators)


def faults_before(candidate_id: int, handled: Collection[int], evaluators: tuple[EvaluatorFacts, ...]) -> list[str]:
    """The same, of what is known of a candidate without all of their facts: many interviews are looked at together."""
    faults = []
    if len({e.person_id for e in evaluators}) < EVALUATORS_AT_LEAST:
        faults.append("Une commission compte au moins deux évaluateurs.")
    if sum(e.qualified for e in evaluators) < QUALIFIED_AT_LEAST:
        faults.append("Au moins un évaluateur doit être qualifié pour cette certification (D6412-6).")
    faults += [bar for e in evaluators if (bar := barred(candidate_id, handled, e)) is not None]
    return faults


def who_handled(acted: Collection[int], advisor_id: int | None, refused_by: int | None) -> frozenset[int]:
    """Whoever did an advisor's act on the file, follows it or refused it: none of them evaluates its candidate."""
    return frozenset(acted) | {person for person in (advisor_id, refused_by) if person is not None}


def before_a_candidate(
    person_id: int,
    name: str,
    qualified: bool,
    said: bool | None,
    employers: Iterable[str],
    organisations: Iterable[str],
    present: bool = True,
) -> EvaluatorFacts:
    """An evaluator as regards one candidate: what they declared last counts (`said`: linked or not); while they have
    declared nothing, an organisation of theirs that the candidate names too is a link presumed [choice]."""
    shared = in_common(employers, organisations) if said is None else ""
    return EvaluatorFacts(person_id, name, qualified, bool(said), present, said is None, shared)


def barred(candidate_id: int, handled: Collection[int], evaluator: EvaluatorFacts) -> str | None:
    """Why this person cannot evaluate that candidate, whoever sits with them; None when they can (D6412-6)."""
    if evaluator.person_id == candidate_id:
        return "Le candidat ne peut pas siéger pour lui-même."
    if evaluator.person_id in handled:
        return f"{evaluator.name} a suivi ce candidat comme conseiller et ne peut pas l'évaluer."
    if evaluator.linked:
        return f"{evaluator.name} a déclaré un lien avec ce candidat et ne peut pas l'évaluer."
    if link_presumed(evaluator):
        return (
            f"{evaluator.name} et ce candidat ont une organisation en commun ({evaluator.presumed}) :"
            " il faut d'abord sa déclaration d'indépendance."
        )
    return None


def link_presumed(evaluator: EvaluatorFacts) -> bool:
    """Someone of an organisation that the candidate names sits only once they have declared no link [choice]."""
    return bool(evaluator.presumed) and not evaluator.linked


def commission_valid(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """At least two evaluators, one of them qualified, none of them linked to the candidate (D6412-6)."""
    if given.slot is None:
        return "Choisissez un créneau et une commission."
    return " ".join(commission_faults(facts, given.slot.evaluators)) or None


def slot_fits(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The slot is to come, has a place or a video link, and leaves the centre's notice to the candidate [choice]."""
    slot = given.slot
    if slot is None:
        return "Choisissez un créneau et une commission."
    if slot.ends_at <= slot.starts_at:
        return "L'entretien doit finir après avoir commencé."
    if slot.starts_at <= now:
        return "Ce créneau est passé : choisissez une date à venir."
    if not slot.place.strip() and not slot.video_link.strip():
        return "Indiquez un lieu ou un lien de visioconférence."
    earliest = clocks.earliest_interview(clocks.civil_date(now), facts.notice_days)
    if not clocks.leaves_notice(clocks.civil_date(slot.starts_at), earliest):
        return too_soon(facts.notice_days, earliest)
    return None


def too_soon(notice_days: int, earliest: date, answer_by: date | None = None) -> str:
    """What is said of a day that leaves too little notice, counted from the candidate's answer where one is awaited."""
    answered = f", et le candidat peut répondre jusqu'au {answer_by:%d/%m/%Y}" if answer_by else ""
    return (
        f"La convocation part au moins {notice_days} jours avant{answered} :"
        f" choisissez une date à partir du {earliest:%d/%m/%Y}."
    )


def nothing_against(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Chosen by hand, the slot is one that the list would propose, or the planner overrides what they read [choice]."""
    return " ".join(one.sentence for one in given.against if one.key not in given.anyway) or None


def of_that_commission(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor sits in the commission of this candidate, is there, and has declared no link (D6412-6)."""
    if facts.interview is None:
        return "Aucun entretien n'est planifié."
    own = next((e for e in facts.interview.slot.evaluators if e.person_id == actor.person_id), None)
    if own is None:
        return "Seuls les évaluateurs de cette commission peuvent le faire."
    if own.linked:
        return "Vous avez déclaré un lien avec ce candidat : vous ne siégez pas pour lui."
    return None if own.present else "Vous êtes noté absent de cette commission : faites corriger la présence."


def commission_of_an_evaluator(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """An evaluator records an absence at their own commission only; a planner at any."""
    return None if Role.PLANNER in actor.roles else of_that_commission(facts, actor, now, given)


def planner_or_linked(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A planner cancels; an evaluator of the commission does only by declaring a link, which frees the slot."""
    if Role.PLANNER in actor.roles:
        return None
    slot = facts.interview.slot if facts.interview else SlotFacts(now, now)
    if any(e.person_id == actor.person_id and e.linked for e in slot.evaluators):
        return None
    return "Déclarez un lien avec ce candidat si vous en avez un ; sinon, demandez l'annulation à la coordination."


def lawful_goes_on(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Once the evaluation is open, a planner alone cancels, when those present may not sit any more [choice]."""
    if facts.step is not Step.EVALUATION:
        return None
    if Role.PLANNER not in actor.roles:
        return "L'évaluation est ouverte : seule la coordination peut annuler l'entretien."
    if commission_still_valid(facts, actor, now, given) is None:
        return "L'évaluation est ouverte, et les membres présents peuvent siéger : elle va à son terme."
    return None


def slot_started(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Not before the slot starts; for an absence too [choice]."""
    if facts.interview is None:
        return "Aucun entretien n'est planifié."
    starts_at = facts.interview.slot.starts_at
    if now < starts_at:
        local = starts_at.astimezone(clocks.PARIS)
        return f"Attendez le début de l'entretien, le {local:%d/%m/%Y à %H h %M}."
    return None


def commission_still_valid(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """No link declared since the planning (D6412-6)."""
    if facts.interview is None:
        return "Aucun entretien n'est planifié."
    return " ".join(commission_faults(facts, present(facts.interview.slot))) or None


def each_declared(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every evaluator who is there has declared that they have no link with the candidate (D6412-6)."""
    there = present(facts.interview.slot) if facts.interview else ()
    silent = [e.name for e in there if e.undeclared]
    return ("Il manque la déclaration d'indépendance de : " + ", ".join(silent) + ".") if silent else None


def present(slot: SlotFacts) -> tuple[EvaluatorFacts, ...]:
    """The evaluators who are there."""
    return tuple(e for e in slot.evaluators if e.present)


def excused_or_not(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The absence is said excused or not."""
    return "Indiquez si l'absence est excusée." if given.excused is None else None


def verdicts_sound(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Each verdict is on a targeted capability, given once, with a reason when it is not acquired."""
    if not given.verdicts:
        return "Indiquez au moins une capacité, acquise ou non acquise."
    strangers = [v.capability for v in given.verdicts if v.capability not in facts.targeted_capabilities]
    if strangers:
        return "Ces capacités ne sont pas visées par la candidature : " + ", ".join(strangers) + "."
    twice = sorted(c for c, count in Counter(v.capability for v in given.verdicts).items() if count > 1)
    if twice:
        return "Évaluez une seule fois : " + ", ".join(twice) + "."
    unreasoned = [v.capability for v in given.verdicts if not v.acquired and not v.reason.strip()]
    if unreasoned:
        return "Indiquez pourquoi n'est pas acquise : " + ", ".join(unreasoned) + "."
    return None


def every_capability_assessed(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every targeted capability has its verdict; the employer's opinion is optional [choice]."""
    assessed = {v.capability for v in facts.interview.verdicts} if facts.interview else set()
    missing = [c for c in facts.targeted_capabilities if c not in assessed]
    return ("Il reste à évaluer : " + ", ".join(missing) + ".") if missing else None


def every_modality_told(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Each verdict says how it was reached, by one of the modalities of the fiche (fiche 28242) [choice]."""
    if facts.interview is None or facts.interview.modality:
        return None
    silent = [v.capability for v in facts.interview.verdicts if not v.modality]
    if not silent:
        return None
    return "Choisissez la modalité d'évaluation de l'entretien, ou celle de : " + ", ".join(silent) + "."


def same_text_signed(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every evaluator present has signed the same text, by its hash."""
    if facts.interview is None:
        return "Aucun entretien n'est planifié."
    current = facts.interview.text_hash
    signed = {person for person, text in facts.interview.signatures if current and text == current}
    waiting = [e.name for e in present(facts.interview.slot) if e.person_id not in signed]
    return ("La signature manque de : " + ", ".join(waiting) + ".") if waiting else None
