"""What a plan for everyone has to respect, checked on the plan itself, whoever made it (D6412-6; accord; [choice]s)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.availability import Window
from workflows.clocks import civil_date, leaves_notice


class Obstacle(StrEnum):
    """What stands in the way of someone whom a plan leaves out."""

    NOBODY_QUALIFIED = "nobody_qualified"  # for the certification, in the centre
    NO_QUALIFIED_INDEPENDENT = "no_qualified_independent"  # every one of them is linked to the candidate
    TOO_FEW_INDEPENDENT = "too_few_independent"
    NO_ROOM = "no_room"  # none is free on these days
    QUALIFIED_NEVER_FREE = "qualified_never_free"
    NEVER_FREE_TOGETHER = "never_free_together"  # a commission and a room, for a whole sitting
    CANDIDATE_TAKEN = "candidate_taken"  # called elsewhere whenever a commission could sit
    ALL_TAKEN = "all_taken"  # every slot that would do is taken by others of this plan
    TAKEN_OUT = "taken_out"  # by the planner
    CHANGED_MEANWHILE = "changed_meanwhile"  # what was found was no longer possible when it was found


@dataclass(frozen=True, slots=True)
class Planned:
    """One sitting of a plan."""

    candidacy: int
    window: Window
    room: int
    evaluators: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Means:
    """What a plan is made of, as the portal knows it: nobody's free time holds what is booked already."""

    certification: Mapping[int, int]  # by candidacy
    barred: Mapping[int, frozenset[int]]  # evaluators who cannot sit, by candidacy
    qualified: Mapping[int, frozenset[int]]  # certifications, by evaluator
    free: Mapping[int, tuple[Window, ...]]  # by evaluator
    rooms: Mapping[int, tuple[Window, ...]]  # when each is free
    busy: Mapping[int, tuple[Window, ...]]  # when a candidate is called elsewhere, by candidacy
    booked: Mapping[tuple[int, date], int]  # sittings that an evaluator has already, by day
    earliest: date  # the notice is kept
    rest: timedelta
    most_a_day: int
    evaluators_at_least: int = 2  # D6412-6


def faults(plan: Collection[Planned], means: Means) -> dict[int, list[str]]:
    """What is wrong with a plan, in sentences, by candidacy; empty when it respects everything."""
    found: dict[int, list[str]] = defaultdict(list)
    for sitting in plan:
        for sentence in _alone(sitting, means):
            found[sitting.candidacy].append(sentence)
    for candidacy, sentence in (*_collisions(plan, means), *_too_many(plan, means)):
        found[candidacy].append(sentence)
    return dict(found)


def _alone(sitting: Planned, means: Means) -> Iterable[str]:
    """What is wrong with one sitting, whatever the others."""
    people, certification = set(sitting.evaluators), means.certification.get(sitting.candidacy)
    if certification is None:
        yield "Cette candidature n'attend plus d'entretien."
    if len(people) < means.evaluators_at_least:
        yield f"Une commission compte au moins {means.evaluators_at_least} évaluateurs."
    if not any(certification in means.qualified.get(person, ()) for person in people):
        yield "Aucun évaluateur de cette commission n'est qualifié pour cette certification (D6412-6)."
    if people & means.barred.get(sitting.candidacy, frozenset()):
        yield "Un évaluateur n'est pas indépendant de ce candidat (D6412-6)."
    if not leaves_notice(civil_date(sitting.window.starts_at), means.earliest):
        yield f"La date est trop proche : le délai de convocation mène au {means.earliest:%d/%m/%Y}."
    if not all(any(w.holds(sitting.window) for w in means.free.get(person, ())) for person in people):
        yield "Un évaluateur n'est pas disponible à cette heure-là."
    if not any(w.holds(sitting.window) for w in means.rooms.get(sitting.room, ())):
        yield "La salle n'est pas libre à cette heure-là."
    if any(w.meets(sitting.window) for w in means.busy.get(sitting.candidacy, ())):
        yield "Le candidat est convoqué ailleurs à cette heure-là."


def _collisions(plan: Collection[Planned], means: Means) -> Iterable[tuple[int, str]]:
    """Two sittings that share someone or a room at the same time, or an evaluator without the break between."""
    ordered = sorted(plan, key=lambda s: (s.window.starts_at, s.candidacy))
    for rank, one in enumerate(ordered):
        for other in ordered[rank + 1 :]:
            if other.window.starts_at >= one.window.ends_at + means.rest:
                break
            if one.candidacy == other.candidacy:
                yield other.candidacy, "Le candidat serait entendu deux fois."
            if set(one.evaluators) & set(other.evaluators):
                yield other.candidacy, "Un évaluateur siégerait deux fois, ou sans pause entre deux."
            if one.room == other.room and one.window.meets(other.window):
                yield other.candidacy, "La salle servirait deux fois."


def _too_many(plan: Collection[Planned], means: Means) -> Iterable[tuple[int, str]]:
    """The most that one evaluator sits in a day, what is booked counted in."""
    sat = dict(means.booked)
    for sitting in sorted(plan, key=lambda s: (s.window.starts_at, s.candidacy)):
        for person in sitting.evaluators:
            day = civil_date(sitting.window.starts_at)
            sat[person, day] = sat.get((person, day), 0) + 1
            if sat[person, day] > means.most_a_day:
                yield sitting.candidacy, f"Un évaluateur siégerait plus de {means.most_a_day} fois ce jour-là."
