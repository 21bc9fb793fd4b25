"""The address of the worklist: filters, order and columns, read in one place for all that begins from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from vae_portal.persistence.queries.desk import Colleague
from vae_portal.persistence.queries.worklist import Order, Wanted, When
from vae_portal.persistence.queries.worklist_lines import Badge
from vae_portal.web.places import whole_number
from workflows.facts import Actor
from workflows.steps import STEPS
from workflows.vocabulary import Phase, Role, Step

MINE, NOBODY = "mine", "none"
_LONGEST_SEARCH = 200
_LATEST_PAGE = 100_000
_NAMES = ("q", "phase", "etape", "certification", "conseiller", "echeance", "signe", "tri", "col")


class Column(StrEnum):
    """What the list can show beside whose candidacy it is, in the order of the screen."""

    CERTIFICATION = "certification"
    STEP = "step"
    DUE = "due"
    ADVISOR = "advisor"
    SENT = "sent"
    EMAIL = "email"


USUAL = (Column.STEP, Column.DUE, Column.ADVISOR)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks, on which day, and the advisors of the centre."""

    actor: Actor
    today: date
    colleagues: Sequence[Colleague]

    @property
    def advises(self) -> bool:
        """Whether some candidacies can be theirs."""
        return Role.ADVISOR in self.actor.roles

    @property
    def covered(self) -> tuple[int, ...]:
        """Colleagues whom the viewer covers today."""
        return tuple(c.id for c in self.colleagues if c.covered_by == self.actor.person_id)

    @property
    def mine(self) -> tuple[int, ...]:
        """Whose candidacies the viewer takes care of today: their own, and those of whom they cover."""
        own = self.actor.person_id
        return (own, *self.covered) if self.advises and own is not None else ()


@dataclass(frozen=True, slots=True)
class Address:
    """What the address asks for; `kept` is the same without what means nothing, in one order, but for the page."""

    wanted: Wanted
    columns: tuple[Column, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def filtered(self) -> bool:
        """Whether it leaves anything out."""
        return any(name not in ("tri", "col") for name, _ in self.kept)

    @property
    def query(self) -> str:
        """As it follows the question mark."""
        return urlencode(self.kept)

    def value(self, name: str) -> str:
        """What it says under a name, once known; empty when it says nothing."""
        return dict(self.kept).get(name, "")

    def url(self, endpoint: str = "desk.worklist", page: int = 1, **path: Any) -> str:
        """The same filters, order and columns, on a page of the list or at another endpoint."""
        kept = [*self.kept, *([("page", str(page))] if page > 1 else [])]
        return url_for(endpoint, **path) + (f"?{urlencode(kept)}" if kept else "")

    def of(self, only: tuple[str, str]) -> str:
        """The list that one filter leaves, in the same columns."""
        kept = [only, *(pair for pair in self.kept if pair[0] == "col")]
        return f"{url_for('desk.worklist')}?{urlencode(kept)}"


def read(args: MultiDict[str, str], desk: Desk) -> Address:
    """What the address asks for: a value that is not known filters nothing."""
    advisors = _advisors(args.get("conseiller", ""), desk)
    certification = whole_number(args.get("certification"), 0)
    text = " ".join(args.get("q", "")[:_LONGEST_SEARCH].replace("\0", "").split())
    order = _one(Order, args.get("tri"))
    wanted = Wanted(
        steps=_steps(_one(Phase, args.get("phase")), _one(Step, args.get("etape"))),
        advisors=advisors,
        certification_id=certification or None,
        due=_one(When, args.get("echeance")),
        badge=_one(Badge, args.get("signe")),
        text=text,
        order=order or Order.DUE,
        page=min(max(whole_number(args.get("page"), 1), 1), _LATEST_PAGE),
    )
    known = {
        "q": text,
        "phase": _one(Phase, args.get("phase")),
        "etape": _one(Step, args.get("etape")),
        "certification": str(certification) if certification else "",
        "conseiller": args.get("conseiller", "") if advisors is not None else "",
        "echeance": wanted.due,
        "signe": wanted.badge,
        "tri": order if order is not Order.DUE else "",
    }
    chosen = tuple(column for column in Column if column.value in args.getlist("col"))
    kept = [(name, str(known[name])) for name in _NAMES if known.get(name)]
    if chosen and chosen != USUAL:
        kept += [("col", column.value) for column in chosen]
    return Address(wanted, chosen or USUAL, tuple(kept))


def _one(codes: Any, raw: str | None) -> Any:
    """The member of that code, or None."""
    return next((code for code in codes if code.value == raw), None)


def _steps(phase: Phase | None, step: Step | None) -> tuple[Step, ...] | None:
    """The steps of a phase, a step, or a step only if it is of that phase; a draft is never listed."""
    if phase is None and step is None:
        return None
    return tuple(s for s in Step if s in (step or s,) and STEPS[s].phase == (phase or STEPS[s].phase))


def _advisors(raw: str, desk: Desk) -> tuple[int | None, ...] | None:
    if raw == MINE and desk.advises:
        return desk.mine
    if raw == NOBODY:
        return (None,)
    named = whole_number(raw, 0)
    return (named,) if any(one.id == named for one in desk.colleagues) else None
