"""Who sits in a joint jury, with a vote or not, and what makes it lawful (fiche 28242; accord of 8 November 2019)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from workflows.facts import Seat, SessionFacts
from workflows.vocabulary import College

EMPLOYERS_AT_MOST = 5  # fiche: "maximum de cinq membres qualifiés"
TEMPORARY_WORK_AT_MOST = 1  # fiche: "en tant que de besoin, un membre supplémentaire", of the employers, of each union
EITHER_COLLEGE = "either"  # what a version of a certification says of its president
COLLEGES = {College.EMPLOYERS: "employeurs", College.EMPLOYEES: "salariés"}


def sitting(session: SessionFacts) -> tuple[Seat, ...]:
    """Members present who have not left for this candidate."""
    return tuple(s for s in session.seats if s.present and not s.recused)


def voters(session: SessionFacts) -> tuple[Seat, ...]:
    """Members who sit with a vote."""
    return tuple(s for s in sitting(session) if s.votes and not s.withholds)


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
        *substitute_faults(session),
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
        votes = sum(s.votes and not s.withholds for s in members)
        if not union:
            yield "Chaque représentant des salariés siège au nom d'une organisation syndicale."
        elif votes > 1:
            yield f"Un seul représentant par organisation syndicale vote : {members[0].union.strip()} en a {votes}."


def substitute_faults(session: SessionFacts) -> Iterable[str]:
    """A substitute votes only in the place of a titular of the same delegation who does not vote [choice]."""
    voting = voters(session)
    for name, members in _delegations(session):
        taking = [s for s in members if s.substitute and s in voting]
        places = sum(not s.substitute and s not in voting for s in members)
        if len(taking) > places:
            shown = ", ".join(s.name for s in taking)
            yield (
                f"Un suppléant ne vote qu'à la place d'un titulaire de la même délégation ({name}) :"
                f" {len(taking)} suppléants votants ({shown}) pour {places} titulaires sans vote."
            )


def _delegations(session: SessionFacts) -> Iterable[tuple[str, list[Seat]]]:
    """The employers' college, then each union, with their members."""
    yield "employeurs", [s for s in session.seats if s.college is College.EMPLOYERS]
    for _, members in sorted(_by_union(session.seats).items()):
        yield members[0].union.strip() or "salariés", members


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
            f"La parité n'est pas respectée : {_voting(employers, 'employeur')} et {_voting(employees, 'salarié')}."
            f" {many} votant{'s' if many > 1 else ''} de trop chez les {more} :"
            " désignez qui siège sans voix, ou complétez l'autre collège."
        )


def _voting(count: int, who: str) -> str:
    """« 2 employeurs votants », « 1 salarié votant »."""
    many = "s" if count > 1 else ""
    return f"{count} {who}{many} votant{many}"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What puts parity right for one candidate: who votes again, who stays without voting; empty when it holds."""

    vote_again: tuple[Seat, ...] = ()
    abstain: tuple[Seat, ...] = ()


def parity_remedy(session: SessionFacts) -> Remedy | None:
    """Who must stay without voting once a member has left, never who presides; None: put back to another session.

    Whoever withheld a vote that is no longer in excess votes again first; then substitutes abstain, the last seated
    before the others, then titulars likewise [choice].
    """
    sides = {college: list(voters_of(session, college)) for college in College}
    fewer, more = sorted(College, key=lambda c: (len(sides[c]), c))
    excess = len(sides[more]) - len(sides[fewer])
    held_back = [s for s in sitting(session) if s.withholds and s.votes and s.college is fewer]
    again = tuple(held_back[:excess])
    excess -= len(again)
    if not sides[more] or not (sides[fewer] or again):
        return None
    chair = presiding(session)
    free = [s for s in reversed(sides[more]) if s is not chair and not s.president]
    free.sort(key=lambda s: not s.substitute)
    return Remedy(again, tuple(free[:excess])) if len(free) >= excess else None


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
        allowed = " ou ".join(f"des {COLLEGES[c]}" for c in College if c in session.president_colleges)
        yield f"Le président est un membre du collège {allowed} (accord du 8 novembre 2019)."
    chair = presiding(session)
    if chair is not titular[0] and sum(s.acting_president for s in sitting(session)) > 1:
        yield "Nommez un seul président suppléant."
    if chair is None:
        yield "Le président est absent ou s'est retiré : nommez un président suppléant du même collège."
    elif chair.college is not titular[0].college:
        yield "Le président suppléant est du même collège que le président."
    elif not chair.votes or chair.withholds:
        yield "Le président siège avec voix : sa voix est prépondérante en cas de partage."
