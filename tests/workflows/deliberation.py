"""The joint jury written a second time, from the words of the fiche, to hold the rules to."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from workflows.facts import Seat
from workflows.vocabulary import College

EMPLOYERS, EMPLOYEES = College.EMPLOYERS, College.EMPLOYEES
FOR, AGAINST, ABSTAINED = "for", "against", "abstained"


def chair_of(seats: list[Seat]) -> Seat | None:
    """Who presides: the president if there; else the one person named in their place."""
    remaining = [s for s in seats if s.present and not s.recused]
    for seat in remaining:
        if seat.president:
            return seat
    named = [s for s in remaining if s.acting_president]
    return named[0] if named else None


def lawful(seats: list[Seat], colleges: frozenset[College]) -> bool:
    """Fiche 28242, "composition des jurys", sentence by sentence."""
    remaining = [s for s in seats if s.present and not s.recused]
    employers = [s for s in remaining if s.college == "employers" and s.votes and not s.withholds]
    employees = [s for s in remaining if s.college == "employees" and s.votes and not s.withholds]
    # "Jury paritaire : 50 % de représentants des salariés / 50 % de représentants des employeurs"
    if not employers or len(employers) - len(employees) != 0:
        return False
    # "Délégation patronale : maximum de cinq membres qualifiés [...] et [...] un membre supplémentaire"
    came = [s for s in seats if s.present and s.college == "employers"]
    if len([s for s in came if not s.temporary_work]) > 5 or len([s for s in came if s.temporary_work]) > 1:
        return False
    if not all(s.qualified for s in remaining) or len({s.person_id for s in remaining}) < len(remaining):
        return False
    # "chaque organisation syndicale [...] désigne un ou plusieurs représentants [...] et un membre supplémentaire"
    designated = [(same(s.union), s) for s in seats if s.present and s.college == "employees"]
    for union, seat in designated:
        if union == "" and not seat.recused:
            return False
        if union and sum(s.temporary_work for u, s in designated if u == union) > 1:
            return False
    # "Seul un représentant par organisation syndicale siège dans le jury avec droit de vote"
    if len({same(s.union) for s in employees}) < len(employees):
        return False
    return well_substituted(seats, [*employers, *employees]) and well_presided(seats, colleges)


def well_substituted(seats: list[Seat], voting: list[Seat]) -> bool:
    """Each substitute who votes has the place of one titular of the same side who does not, and no two the same."""
    places = [side(s) for s in seats if not s.substitute and s not in voting]
    for seat in voting:
        if seat.substitute:
            if side(seat) not in places:
                return False
            places.remove(side(seat))
    return True


def side(seat: Seat) -> str:
    """The delegation of a member: the employers', or that of a union."""
    return "employers" if seat.college == "employers" else f"union {same(seat.union)}"


def well_presided(seats: list[Seat], colleges: frozenset[College]) -> bool:
    """One president of an admitted college; whoever presides is of that college and votes."""
    titular = [s for s in seats if s.president]
    chair = chair_of(seats)
    if len(titular) != 1 or titular[0].college not in colleges or chair is None:
        return False
    substitutes = [s for s in seats if s.acting_president and s.present and not s.recused]
    if chair is not titular[0] and len(substitutes) != 1:
        return False
    return chair.votes and not chair.withholds and chair.college == titular[0].college


def same(union: str) -> str:
    """Two spellings of one union."""
    return " ".join(union.lower().split())


def carried(votes: list[str], president: str) -> bool | None:
    """Whether the block is granted: "en cas de partage des voix, celle du président du jury est prépondérante"."""
    margin = votes.count(FOR) - votes.count(AGAINST)
    if margin:
        return margin > 0
    return {FOR: True, AGAINST: False, ABSTAINED: None}[president]


_FLAGS = (
    "temporary_work",
    "votes",
    "present",
    "qualified",
    "president",
    "acting_president",
    "recused",
    "substitute",
    "withholds",
)


@st.composite
def juries(draw: st.DrawFn) -> list[Seat]:
    """A lawful jury, then up to three changes that may or may not spoil it."""
    pairs = draw(st.integers(1, 6))
    seats = [Seat(50 + n, f"Employeur {n}", EMPLOYERS, temporary_work=n == 5) for n in range(pairs)]
    seats[0] = replace(seats[0], president=True)
    seats += [Seat(70 + n, f"Salarié {n}", EMPLOYEES, f"Union {n}") for n in range(pairs)]
    for _ in range(draw(st.integers(0, 3))):
        index = draw(st.integers(0, len(seats) - 1))
        change = draw(st.sampled_from((*_FLAGS, "union", "college", "twice", "left", "parity", "replaced")))
        seat = seats[index]
        if change in _FLAGS:
            seats[index] = replace(seat, **{change: not getattr(seat, change)})
        elif change == "union":
            seats[index] = replace(seat, union=draw(st.sampled_from(("", " union  0", "UNION 1", "Union 9"))))
        elif change == "college":
            seats[index] = replace(seat, college=EMPLOYEES if seat.college is EMPLOYERS else EMPLOYERS)
        elif change == "twice":
            seats.append(seat)
        elif change == "replaced":  # a titular does not vote, a substitute of the same side does
            seats[index] = replace(seat, **{draw(st.sampled_from(("recused", "withholds"))): True})
            seats.append(replace(seat, person_id=90 + len(seats), president=False, substitute=True))
        elif change == "left" and len(seats) > 1:
            del seats[index]
        else:  # the president leaves, a colleague is named, and a union gives up its vote
            seats = [replace(s, recused=s.recused or s.president) for s in seats]
            seats[min(1, len(seats) - 1)] = replace(seats[min(1, len(seats) - 1)], acting_president=True)
            seats[-1] = replace(seats[-1], votes=False)
    return seats


def box_result(seats: list[Seat], ballots: dict[int, str]) -> bool | str | None:
    """One block put to the vote; "waits" while a voter has not voted, None where nobody settles it."""
    entitled = [s for s in seats if s.present and not s.recused and s.votes and not s.withholds]
    if any(s.person_id not in ballots for s in entitled):
        return "waits"
    chair = chair_of(seats)
    own = ballots[chair.person_id] if chair in entitled else ABSTAINED
    return carried([ballots[s.person_id] for s in entitled], own)
