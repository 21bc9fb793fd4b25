"""A centre's worklist: a page of it costs the same however long it is, since each order and filter has its index.

Rows are chosen first, by their keys alone, and what is shown of them is fetched for one page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, cast, false, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries.worklist_lines import ANSWERED, FRESH, Badge, Line, line, shown
from vae_portal.persistence.tables import Candidacy, CertificationVersion, Person
from vae_portal.persistence.words import question
from workflows.facts import Actor
from workflows.steps import STEPS
from workflows.vocabulary import Phase, Step

PAGE = 25  # rows
MOST_COUNTED = 1000  # beyond, a count says "more than": counting all would cost what there is
_AT_A_TIME = 1000
_SAMPLE = 200


class Order(StrEnum):
    """What comes first."""

    DUE = "due"  # what is due first; without a day, what still needs someone
    NAMED = "named"  # by family name
    NEWEST = "newest"  # the latest number
    OLDEST = "oldest"
    WAITING = "waiting"  # longest at its step


class When(StrEnum):
    """When something is due."""

    LATE = "late"
    WEEK = "week"  # from today, within seven days
    MONTH = "month"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address filters by and in which order; None: everything."""

    steps: tuple[Step, ...] | None = None
    advisors: tuple[int | None, ...] | None = None  # (None,): followed by nobody
    certification_id: int | None = None
    due: When | None = None
    badge: Badge | None = None
    text: str = ""
    common: tuple[str, ...] = ()  # words of the text that many have: see `weighed`
    order: Order = Order.DUE
    page: int = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """How many the viewer works on, by what the counters lead to, and how many the filters leave: counted up to
    one more than `MOST_COUNTED`."""

    phases: dict[Phase, int]
    late: int
    fresh: int
    mine: int
    found: int


_BADGES: dict[Badge, ColumnElement[bool]] = {
    Badge.FRESH: FRESH,
    Badge.NEW: FRESH & ~ANSWERED & ~Candidacy.appealed,
    Badge.ANSWERED: FRESH & ANSWERED & ~Candidacy.appealed,
    Badge.APPEALED: FRESH & Candidacy.appealed,
}
# By columns of the row alone, each with its index; the id makes an order whole, so that pages follow each other.
_KEYS: dict[Order, tuple[tuple[str, bool], ...]] = {  # column, and whether backwards
    Order.DUE: (("due_on", False), ("rests", False), ("stepped_at", False), ("id", False)),
    Order.NAMED: (("sorted_as", False), ("id", False)),
    Order.NEWEST: (("id", True),),
    Order.OLDEST: (("id", False),),
    Order.WAITING: (("stepped_at", False), ("id", False)),
}


def weighed(session: Session, viewer: Actor, wanted: Wanted) -> Wanted:
    """The same, and which words of its text more than a tenth of the newest rows have.

    The index of words gathers every row of a word before it gives the first: cheap for a name, dear for a word that
    all have, which reading rows one after the other finds at once.
    """
    asked = question(wanted.text)
    if not asked:
        return wanted
    newest = candidacies.worked_on(viewer).with_only_columns(Candidacy.words.label("words"))
    some = newest.order_by(Candidacy.id.desc()).limit(_SAMPLE).subquery()
    hits = (func.count().filter(func.ts_match_vq(some.c.words, cast(word, TSQUERY))) for word in asked)
    found = session.execute(select(*hits)).one()
    common = tuple(word for word, number in zip(asked, found, strict=True) if number * 10 > _SAMPLE)
    return replace(wanted, common=common)


def tally(session: Session, viewer: Actor, today: date, wanted: Wanted, mine: tuple[int, ...]) -> Tally:
    """The counters above the list and the length of what the filters leave, in one statement."""
    listed = candidacies.worked_on(viewer)
    phases = [tuple(s for s in Step if STEPS[s].phase is phase) for phase in Phase]
    counted = [
        *(listed.where(Candidacy.step.in_(steps)) for steps in phases),
        _narrow(listed, today, Wanted(due=When.LATE)),
        _narrow(listed, today, Wanted(badge=Badge.FRESH)),
        _narrow(listed, today, Wanted(advisors=mine)),
        _narrow(listed, today, wanted),
    ]
    row = [int(n) for n in session.execute(select(*map(_bounded, counted))).one()]
    return Tally(dict(zip(Phase, row, strict=False)), *row[len(phases) :])


def page(session: Session, viewer: Actor, today: date, wanted: Wanted, few: bool) -> tuple[list[Line], bool]:
    """One page of the list and whether another follows, in one statement; `few` when all were counted."""
    chosen = (_few if few else _many)(viewer, today, wanted)
    keys = chosen.offset((wanted.page - 1) * PAGE).limit(PAGE + 1).subquery()
    lines = shown().join(keys, keys.c.id == Candidacy.id)
    found = session.execute(lines.order_by(*_order(keys.c, wanted.order))).all()
    return [line(row, today) for row in found[:PAGE]], len(found) > PAGE


def every(session: Session, viewer: Actor, today: date, wanted: Wanted) -> Iterator[Line]:
    """All pages of the list one after the other, fetched as they are read."""
    keys = _few(viewer, today, wanted).subquery()
    lines = shown().join(keys, keys.c.id == Candidacy.id).order_by(*_order(keys.c, wanted.order))
    for row in session.execute(lines, execution_options={"yield_per": _AT_A_TIME}):
        yield line(row, today)


def names(session: Session, viewer: Actor, numbers: Collection[str]) -> dict[str, str]:
    """Whose candidacies these are, by number."""
    wanted = candidacies.worked_on(viewer).join(Person, Person.id == Candidacy.person_id)
    rows = session.execute(
        wanted.where(Candidacy.number.in_(numbers)).with_only_columns(
            Candidacy.number, Person.given_names, Person.family_name
        )
    )
    return {row.number: f"{row.given_names} {row.family_name}".strip() for row in rows}


def length(session: Session, viewer: Actor, today: date, wanted: Wanted) -> int:
    """How many candidacies the filters leave, all counted."""
    counted = _narrow(candidacies.worked_on(viewer), today, wanted).with_only_columns(func.count())
    return session.scalar(counted) or 0


def _bounded(listed: Select[Any]) -> ColumnElement[int]:
    some = listed.with_only_columns(literal(1)).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _few(viewer: Actor, today: date, wanted: Wanted) -> Select[Any]:
    """Keys of the rows in order, all of them gathered first: the database takes the index that leaves fewest."""
    gathered = _narrow(candidacies.worked_on(viewer), today, wanted).with_only_columns(*_keys(wanted.order))
    hits = gathered.cte("hits").prefix_with("MATERIALIZED")
    return select(hits).order_by(*_order(hits.c, wanted.order))


def _many(viewer: Actor, today: date, wanted: Wanted) -> Select[Any]:
    """Keys of the rows in order, read along the index of that order until the page is full.

    Several steps or advisors are read each along its own, then merged: what is over comes last among all, and looking
    for it along the whole order would read nearly everything.
    """
    wanted = replace(wanted, common=tuple(question(wanted.text)))
    among: list[tuple[Wanted, ColumnElement[bool]]] = []
    if wanted.order is Order.DUE and wanted.steps:
        among = [(replace(wanted, steps=None), Candidacy.step == step) for step in wanted.steps]
    elif wanted.order is Order.DUE and wanted.advisors:
        among = [(replace(wanted, advisors=None), _followed((advisor,))) for advisor in wanted.advisors]
    listed = candidacies.worked_on(viewer).with_only_columns(*_keys(wanted.order))
    if len(among) < 2:
        return _narrow(listed, today, wanted).order_by(*_order(Candidacy, wanted.order))
    enough = wanted.page * PAGE + 1
    each = (
        _narrow(listed.where(one), today, rest).order_by(*_order(Candidacy, wanted.order)).limit(enough)
        for rest, one in among
    )
    merged = union_all(*(select(one.subquery()) for one in each)).subquery()
    return select(merged).order_by(*_order(merged.c, wanted.order))


def _keys(order: Order) -> list[ColumnElement[Any]]:
    return [getattr(Candidacy, name) for name in dict.fromkeys([*(name for name, _ in _KEYS[order]), "id"])]


def _order(of: Any, order: Order) -> list[ColumnElement[Any]]:
    return [getattr(of, name).desc() if backwards else getattr(of, name).asc() for name, backwards in _KEYS[order]]


def _narrow(listed: Select[Any], today: date, wanted: Wanted) -> Select[Any]:
    if wanted.steps is not None:
        listed = listed.where(Candidacy.step.in_(wanted.steps))
    if wanted.advisors is not None:
        listed = listed.where(_followed(wanted.advisors))
    if wanted.certification_id is not None:
        versions = select(CertificationVersion.id).where(
            CertificationVersion.certification_id == wanted.certification_id
        )
        listed = listed.where(Candidacy.version_id.in_(versions))
    if wanted.due is not None:
        listed = listed.where(_due(wanted.due, today))
    if wanted.badge is not None:
        listed = listed.where(_BADGES[wanted.badge])
    if wanted.text.strip():
        listed = listed.where(*_says(question(wanted.text), wanted.common))
    return listed


def _says(asked: list[str], common: tuple[str, ...]) -> Iterator[ColumnElement[bool]]:
    """Rare words by the operator, which has an index; those of many by its function, which has none."""
    if not asked:
        yield false()
    rare, rest = [[word for word in asked if (word in common) is often] for often in (False, True)]
    if rare:
        yield Candidacy.words.op("@@")(cast(" & ".join(rare), TSQUERY))
    if rest:
        yield func.ts_match_vq(Candidacy.words, cast(" & ".join(rest), TSQUERY))


def _followed(advisors: tuple[int | None, ...]) -> ColumnElement[bool]:
    if advisors == (None,):
        return Candidacy.advisor_id.is_(None)
    return Candidacy.advisor_id.in_(advisors) if len(advisors) != 1 else Candidacy.advisor_id == advisors[0]


def _due(when: When, today: date) -> ColumnElement[bool]:
    if when is When.LATE:
        return Candidacy.due_on < today
    if when is When.NEVER:
        return Candidacy.due_on.is_(None)
    return Candidacy.due_on.between(today, today + timedelta(days=7 if when is When.WEEK else 30))
