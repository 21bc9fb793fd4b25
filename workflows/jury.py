"""When a joint jury is lawful, how its votes count and what follows (fiche 28242, "composition des jurys"; accord of 8 November 2019)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from workflows.facts import Actor, BallotFacts, BlockDecisionFacts, Facts, Given, Seat, SessionFacts
from workflows.vocabulary import College, Decided, SessionState, Step

EMPLOYERS_AT_MOST = 5  # fiche: "maximum de cinq membres qualifiés"
TEMPORARY_WORK_AT_MOST = 1  # fiche: "en tant que de besoin, un membre supplémentaire", per delegation


def sitting(session: SessionFacts) -> tuple[Seat, ...]:
    """Members present who have not left for this candidate."""
    return tuple(s for s in session.seats if s.present and not s.recused)


def voters(session: SessionFacts) -> tuple[Seat, ...]:
    """Members who sit with a vote."""
    return tuple(s for s in sitting(session) if s.votes)


def voters_of(session: SessionFacts, college: College) -> tuple[Seat, ...]:
    """Members of one college who sit with a vote."""
    return tuple(s for s in voters(session) if s.college is college)


def presiding(session: SessionFacts) -> Seat | None:
    """The president, or the acting president of the same college named when the president is absent or recused."""
    there = sitting(session)
    return next((s for s in there if s.president), None) or next((s for s in there if s.acting_president), None)


def composition_faults(session: SessionFacts) -> list[str]:
    """Everything that keeps this jury from pronouncing, one sentence each; no setting changes that."""
    return [*_delegation_faults(session), *_parity_faults(session), *_president_faults(session)]


def _delegation_faults(session: SessionFacts) -> Iterable[str]:
    employers = [s for s in session.seats if s.college is College.EMPLOYERS and s.present]
    if sum(not s.temporary_work for s in employers) > EMPLOYERS_AT_MOST:
        yield "La délégation des employeurs compte au maximum cinq membres de la branche."
    for college, name in ((College.EMPLOYERS, "employeurs"), (College.EMPLOYEES, "salariés")):
        temporary = [s for s in session.seats if s.college is college and s.temporary_work and s.present]
        if college is College.EMPLOYERS and len(temporary) > TEMPORARY_WORK_AT_MOST:
            yield f"Un seul membre du travail temporaire siège dans la délégation des {name}."
    unqualified = [s.name for s in sitting(session) if not s.qualified]
    if unqualified:
        yield "Ne sont pas qualifiés pour cette certification : " + ", ".join(unqualified) + "."
    employees = [s for s in voters(session) if s.college is College.EMPLOYEES]
    if any(not s.union.strip() for s in employees):
        yield "Chaque représentant des salariés siège au nom d'une organisation syndicale."
    for union, count in sorted(Counter(s.union.strip().casefold() for s in employees).items()):
        if union and count > 1:
            shown = next(s.union for s in employees if s.union.strip().casefold() == union)
            yield f"Un seul représentant par organisation syndicale vote : {shown} en a {count}."


def _parity_faults(session: SessionFacts) -> Iterable[str]:
    employers = len(voters_of(session, College.EMPLOYERS))
    employees = len(voters_of(session, College.EMPLOYEES))
    if employers == 0:
        yield "Aucun représentant des employeurs ne vote."
    if employees == 0:
        yield "Aucun représentant des salariés ne vote."
    if employers != employees:
        more = "employeurs" if employers > employees else "salariés"
        many = abs(employers - employees)
        yield (
            f"La parité n'est pas respectée : {employers} employeurs et {employees} salariés votants."
            f" {many} membre{'s' if many > 1 else ''} du collège {more} doi{'ven' if many > 1 else ''}t s'abstenir de siéger avec voix."
        )


def _president_faults(session: SessionFacts) -> Iterable[str]:
    titular = [s for s in session.seats if s.president]
    if len(titular) != 1:
        yield "Désignez un président, et un seul."
        return
    if titular[0].college not in session.president_colleges:
        yield "Le président est un membre du collège des employeurs (accord du 8 novembre 2019)."
    chair = presiding(session)
    if chair is None:
        yield "Le président est absent ou s'est retiré : nommez un président suppléant du même collège."
    elif chair.college is not titular[0].college:
        yield "Le président suppléant est du même collège que le président."
    elif not chair.votes:
        yield "Le président siège avec voix : sa voix est prépondérante en cas de partage."


# Decisions -----------------------------------------------------------------------------------------------------------


def ballot_faults(session: SessionFacts, decision: BlockDecisionFacts) -> list[str]:
    """What is wrong with the votes of one block: each college's votes add up to its voters."""
    if decision.decided is Decided.CONSENSUS:
        return [] if decision.acquired is not None else [f"{decision.block} : indiquez si le bloc est acquis."]
    faults = []
    for college, ballot, name in (
        (College.EMPLOYERS, decision.employers, "employeurs"),
        (College.EMPLOYEES, decision.employees, "salariés"),
    ):
        cast, due = ballot.in_favour + ballot.against + ballot.abstained, len(voters_of(session, college))
        if min(ballot.in_favour, ballot.against, ballot.abstained) < 0:
            faults.append(f"{decision.block} : un nombre de voix n'est jamais négatif.")
        elif cast != due:
            faults.append(f"{decision.block} : {cast} voix comptées pour {due} votants du collège des {name}.")
    return faults


def block_acquired(decision: BlockDecisionFacts) -> bool | None:
    """Whether the jury grants the block; None when a tie is left undecided by the president.

    Fiche: "En cas de partage des voix, celle du président du jury est prépondérante." Abstentions do not count [choice].
    """
    if decision.decided is Decided.CONSENSUS:
        return decision.acquired
    in_favour = decision.employers.in_favour + decision.employees.in_favour
    against = decision.employers.against + decision.employees.against
    if in_favour != against:
        return in_favour > against
    return decision.president_in_favour


def is_tie(decision: BlockDecisionFacts) -> bool:
    """As many for as against."""
    votes: tuple[BallotFacts, BallotFacts] = (decision.employers, decision.employees)
    return decision.decided is Decided.VOTE and sum(b.in_favour - b.against for b in votes) == 0


def outcome(facts: Facts, decisions: tuple[BlockDecisionFacts, ...]) -> Step:
    """Certified only when every block of the certification is held, those of earlier rounds included; none held: not validated."""
    held = facts.held | {d.block for d in decisions if block_acquired(d)}
    if held >= {block.code for block in facts.blocks}:
        return Step.CERTIFIED
    return Step.PARTIALLY_VALIDATED if held else Step.NOT_VALIDATED


def decided_outcome(facts: Facts, given: Given) -> Step:
    """Where a pronounced decision leads."""
    return outcome(facts, given.decisions)


# Guards --------------------------------------------------------------------------------------------------------------


def session_ahead(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session is in the future and not closed."""
    if given.session is None:
        return "Choisissez une session de jury."
    if given.session.state is SessionState.CLOSED:
        return "Cette session est close."
    if given.session.starts_at <= now:
        return "Cette session a déjà commencé : choisissez une session à venir."
    return None


def session_not_closed(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session where the candidacy is enrolled is not closed."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    return "Cette session est close." if facts.session.state is SessionState.CLOSED else None


def sits_in_session(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor sits in the session, is present and has not left for this candidate."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    if actor.person_id not in {s.person_id for s in sitting(facts.session)}:
        return "Seuls les membres présents de ce jury peuvent le faire."
    return None


def session_valid(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session is open, has begun, and its composition is lawful for this candidate."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    if facts.session.state is not SessionState.OPEN:
        return "La séance n'est pas ouverte."
    if now < facts.session.starts_at:
        return "La séance n'a pas commencé."
    return " ".join(composition_faults(facts.session)) or None


def conformity_checked(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Fiche: the jury checks that the evaluation followed the joint rules and the référentiel."""
    if facts.session is not None and facts.session.conformity_checked:
        return None
    return "Le jury doit d'abord constater que l'évaluation est conforme au dispositif paritaire et au référentiel."


def presides(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor presides the session for this candidate."""
    chair = presiding(facts.session) if facts.session else None
    if chair is None or chair.person_id != actor.person_id:
        return "Seul le président de ce jury peut le faire."
    return None


def presided(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor is the president of the session that pronounced."""
    seats = facts.session.seats if facts.session else ()
    if actor.person_id not in {s.person_id for s in seats if s.president or s.acting_president}:
        return "Seul le président du jury qui a prononcé la décision peut la retirer."
    return None


def blocks_decided(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every targeted block is decided once, by consensus or by votes that add up, ties settled by the president."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    decided = [d.block for d in given.decisions]
    if sorted(decided) != sorted(facts.targeted):
        return "Le jury décide de chaque bloc visé, une fois : " + ", ".join(sorted(facts.targeted)) + "."
    faults = [fault for d in given.decisions for fault in ballot_faults(facts.session, d)]
    faults += [
        f"{d.block} : partage des voix, la décision revient au président, qui doit se prononcer."
        for d in given.decisions
        if not faults and block_acquired(d) is None
    ]
    faults += [
        f"{d.block} : la décision s'écarte de la proposition de la commission, indiquez pourquoi."
        for d in given.decisions
        if d.proposed is not None and block_acquired(d) is not d.proposed and not d.reason.strip()
    ]
    return " ".join(faults) or None
