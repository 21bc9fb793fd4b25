"""When a joint jury is lawful, how its votes count and what follows (fiche 28242; accord of 8 November 2019)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from workflows.facts import Actor, BallotFacts, BlockDecisionFacts, Facts, Given, Seat, SessionFacts
from workflows.vocabulary import College, Decided, SessionState, Step

EMPLOYERS_AT_MOST = 5  # fiche: "maximum de cinq membres qualifiés"
TEMPORARY_WORK_AT_MOST = 1  # fiche: "en tant que de besoin, un membre supplémentaire", of the employers, of each union
EITHER_COLLEGE = "either"  # what a version of a certification says of its president
_COLLEGES = {College.EMPLOYERS: "employeurs", College.EMPLOYEES: "salariés"}


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
    """The president, or when absent or recused the acting president named for this candidate, or nobody [choice]."""
    there = sitting(session)
    return next((s for s in there if s.president), None) or next((s for s in there if s.acting_president), None)


def composition_faults(session: SessionFacts) -> list[str]:
    """Everything that keeps this jury from pronouncing, one sentence each; no setting changes that."""
    return [
        *_seat_faults(session),
        *temporary_work_faults(session),
        *union_faults(session),
        *_parity_faults(session),
        *president_faults(session),
    ]


def _seat_faults(session: SessionFacts) -> Iterable[str]:
    there = sitting(session)
    twice = [person for person, count in Counter(s.person_id for s in there).items() if count > 1]
    for person in twice:
        yield f"{next(s.name for s in there if s.person_id == person)} occupe deux sièges : une personne n'en a qu'un."
    delegation = [s for s in session.seats if s.college is College.EMPLOYERS and s.present and not s.temporary_work]
    if len(delegation) > EMPLOYERS_AT_MOST:
        yield "La délégation des employeurs compte au maximum cinq membres de la branche."
    unqualified = [s.name for s in there if not s.qualified]
    if unqualified:
        yield "Ne sont pas qualifiés pour cette certification : " + ", ".join(unqualified) + "."


def temporary_work_faults(session: SessionFacts) -> Iterable[str]:
    """At most one temporary-work member of the employers and one of each union [choice]."""
    temporary = [s for s in session.seats if s.temporary_work and s.present]
    if sum(s.college is College.EMPLOYERS for s in temporary) > TEMPORARY_WORK_AT_MOST:
        yield "Un seul membre du travail temporaire siège dans la délégation des employeurs."
    for union, members in _by_union(temporary).items():
        if union and len(members) > TEMPORARY_WORK_AT_MOST:
            shown = f"{members[0].union.strip()} en a {len(members)}"
            yield f"Un seul membre du travail temporaire siège par organisation syndicale : {shown}."


def union_faults(session: SessionFacts) -> Iterable[str]:
    """Each employees' member sits for a union; one vote per union, temporary work included; none must come [choice]."""
    for union, members in sorted(_by_union(sitting(session)).items()):
        votes = sum(s.votes for s in members)
        if not union:
            yield "Chaque représentant des salariés siège au nom d'une organisation syndicale."
        elif votes > 1:
            yield f"Un seul représentant par organisation syndicale vote : {members[0].union.strip()} en a {votes}."


def _by_union(seats: Iterable[Seat]) -> dict[str, list[Seat]]:
    unions: dict[str, list[Seat]] = {}
    for seat in seats:
        if seat.college is College.EMPLOYEES:
            unions.setdefault(" ".join(seat.union.split()).casefold(), []).append(seat)
    return unions


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
            f" {many} votant{'s' if many > 1 else ''} de trop chez les {more} :"
            " désignez qui siège sans voix, ou complétez l'autre collège."
        )


def may_preside(versions: Iterable[str]) -> frozenset[College]:
    """Colleges that may preside: the employers', or either where every version to be pronounced on says so."""
    return frozenset(College if set(versions) == {EITHER_COLLEGE} else {College.EMPLOYERS})


def president_faults(session: SessionFacts) -> Iterable[str]:
    """One president, with a vote, of the employers' college unless the version says either [choice]."""
    titular = [s for s in session.seats if s.president]
    if len(titular) != 1:
        yield "Désignez un président, et un seul."
        return
    if titular[0].college not in session.president_colleges:
        allowed = " ou ".join(f"des {_COLLEGES[c]}" for c in College if c in session.president_colleges)
        yield f"Le président est un membre du collège {allowed} (accord du 8 novembre 2019)."
    chair = presiding(session)
    if chair is not titular[0] and sum(s.acting_president for s in sitting(session)) > 1:
        yield "Nommez un seul président suppléant."
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
    ballots = {College.EMPLOYERS: decision.employers, College.EMPLOYEES: decision.employees}
    for college, ballot in ballots.items():
        name = _COLLEGES[college]
        cast, due = ballot.in_favour + ballot.against + ballot.abstained, len(voters_of(session, college))
        if min(ballot.in_favour, ballot.against, ballot.abstained) < 0:
            faults.append(f"{decision.block} : un nombre de voix n'est jamais négatif.")
        elif cast != due:
            faults.append(f"{decision.block} : {cast} voix comptées pour {due} votants du collège des {name}.")
    chair = presiding(session)
    if not faults and chair is not None and is_tie(decision) and decision.president_in_favour is not None:
        # "Celle du président" is a vote he cast: it must be among those of his college.
        own = ballots[chair.college]
        if (own.in_favour if decision.president_in_favour else own.against) == 0:
            way = "pour" if decision.president_in_favour else "contre"
            faults.append(f"{decision.block} : le président a voté {way}, son collège ne compte aucune voix {way}.")
    return faults


def block_acquired(decision: BlockDecisionFacts) -> bool | None:
    """Whether the block is granted: abstentions do not count, a tie is the president's, None if undecided [choice]."""
    if decision.decided is Decided.CONSENSUS:
        return decision.acquired
    in_favour = decision.employers.in_favour + decision.employees.in_favour
    against = decision.employers.against + decision.employees.against
    if in_favour != against:
        return in_favour > against
    return decision.president_in_favour


def ballot_of(session: SessionFacts, decision: BlockDecisionFacts, college: College) -> BallotFacts:
    """One college's votes on a block; an accord of all is every voter of the college on the same side."""
    if decision.decided is Decided.VOTE:
        return decision.employers if college is College.EMPLOYERS else decision.employees
    many = len(voters_of(session, college))
    return BallotFacts(in_favour=many) if decision.acquired else BallotFacts(against=many)


def is_tie(decision: BlockDecisionFacts) -> bool:
    """As many for as against."""
    votes: tuple[BallotFacts, BallotFacts] = (decision.employers, decision.employees)
    return decision.decided is Decided.VOTE and sum(b.in_favour - b.against for b in votes) == 0


def outcome(facts: Facts, decisions: tuple[BlockDecisionFacts, ...]) -> Step:
    """Certified once every block is held, whenever and however asked for; none held: not validated [choice]."""
    held = facts.held | {d.block for d in decisions if block_acquired(d)}
    every = {block.code for block in facts.blocks}
    if every and held >= every:
        return Step.CERTIFIED
    return Step.PARTIALLY_VALIDATED if held else Step.NOT_VALIDATED


def blocks_of_next_round(facts: Facts, held: frozenset[str]) -> frozenset[str]:
    """Missing blocks among those asked for; once all of these are held, the rest of the certification [choice]."""
    every = frozenset(block.code for block in facts.blocks)
    asked = every if facts.request.whole else facts.targeted
    return (asked - held) or (every - held)


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


def yet_to_sit(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The session is in the future, or its jury cannot lawfully pronounce on this candidate [choice]."""
    session = facts.session
    if session is None or session.starts_at > now or [*composition_faults(session), *_own_case(facts, session)]:
        return None
    return "La séance a commencé et ce jury peut statuer : il se prononce, ou renvoie devant une commission."


def sits_in_session(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """The actor is any member of the jury, present, who has not left for this candidate [choice]."""
    if facts.session is None:
        return "La candidature n'est inscrite à aucune session."
    if actor.person_id not in {s.person_id for s in sitting(facts.session)}:
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
    return " ".join([*_own_case(facts, facts.session), *composition_faults(facts.session)]) or None


def _own_case(facts: Facts, session: SessionFacts) -> list[str]:
    own = any(s.person_id == facts.candidate_id for s in sitting(session))
    return ["Le candidat ne siège pas dans le jury qui se prononce sur lui."] if own else []


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
    """The actor is the one who pronounced, whoever presides now [choice]."""
    if facts.session is None or actor.person_id is None or facts.session.pronounced_by != actor.person_id:
        return "Seul le président du jury qui a prononcé la décision peut la retirer."
    return None


def blocks_decided(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Every targeted block decided once, votes that add up, a reason when unlike the commission's proposal [choice]."""
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
        if d.proposed is not None and block_acquired(d) is (not d.proposed) and not d.reason.strip()
    ]
    return " ".join(faults) or None
