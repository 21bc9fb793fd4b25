"""The register of what a centre granted: a page of it, all of it, and its figures by year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, cast, extract, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import (
    Award,
    Block,
    Candidacy,
    Certification,
    CertificationVersion,
    Decision,
    JurySession,
    Person,
)
from vae_portal.persistence.words import question
from workflows.facts import Actor
from workflows.vocabulary import AwardState

PAGE = 50  # rows
_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address filters by; None: everything."""

    text: str = ""
    year: int | None = None
    certification_id: int | None = None
    whole: bool | None = None  # certifications, or blocks
    state: AwardState | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register."""

    number: str
    candidacy: str
    holder: str
    birth_date: str
    certification: str
    code: str
    block: str  # empty: the whole certification
    granted_on: date
    valid_until: date | None
    withdrawn_on: date | None
    minutes: str

    def state(self, today: date) -> AwardState:
        """What it is worth that day."""
        if self.withdrawn_on is not None:
            return AwardState.WITHDRAWN
        expired = self.valid_until is not None and self.valid_until < today
        return AwardState.EXPIRED if expired else AwardState.VALID


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What was granted in a civil year for one certification."""

    year: int
    certification: str
    certified: int
    blocks: int
    people: int
    withdrawn: int


def page(session: Session, viewer: Actor, wanted: Wanted, today: date, number: int) -> tuple[list[Entry], int]:
    """One page, the latest first, and how many there are in all: two statements."""
    chosen = _chosen(viewer, wanted, today)
    total = session.scalar(select(func.count()).select_from(chosen.with_only_columns(Award.id).subquery())) or 0
    keys = chosen.with_only_columns(Award.id).order_by(Award.granted_on.desc(), Award.id.desc())
    keys = keys.offset((number - 1) * PAGE).limit(PAGE)
    rows = session.execute(_shown().where(Award.id.in_(keys.scalar_subquery())))
    return [_entry(row) for row in rows], total


def every(session: Session, viewer: Actor, wanted: Wanted, today: date) -> Iterator[Entry]:
    """Every line, as they come from the database."""
    keys = _chosen(viewer, wanted, today).with_only_columns(Award.id)
    statement = _shown().where(Award.id.in_(keys.scalar_subquery())).execution_options(yield_per=_AT_A_TIME)
    yield from map(_entry, session.execute(statement))


def length(session: Session, viewer: Actor, wanted: Wanted, today: date) -> int:
    """How many lines there are."""
    keys = _chosen(viewer, wanted, today).with_only_columns(Award.id)
    return session.scalar(select(func.count()).select_from(keys.subquery())) or 0


def by_year(session: Session, viewer: Actor) -> list[YearFigures]:
    """Figures by civil year and certification, the latest year first, in one statement."""
    year = extract("year", Award.granted_on)
    rows = session.execute(
        select(
            year.label("year"),
            Certification.code,
            Certification.title,
            func.count().filter(Award.block_id.is_(None), Award.withdrawn_at.is_(None)).label("certified"),
            func.count().filter(Award.block_id.is_not(None), Award.withdrawn_at.is_(None)).label("blocks"),
            func.count(Candidacy.person_id.distinct()).filter(Award.withdrawn_at.is_(None)).label("people"),
            func.count().filter(Award.withdrawn_at.is_not(None)).label("withdrawn"),
        )
        .join(Candidacy, Candidacy.id == Award.candidacy_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .where(Award.centre_id == viewer.centre_id)
        .group_by(year, Certification.id)
        .order_by(year.desc(), Certification.code, Certification.title)
    )
    return [YearFigures(int(r.year), r.code or r.title, r.certified, r.blocks, r.people, r.withdrawn) for r in rows]


def certifications(session: Session, viewer: Actor) -> list[tuple[int, str]]:
    """The certifications that the register names."""
    rows = session.execute(
        select(Certification.id, Certification.code, Certification.title)
        .join(CertificationVersion, CertificationVersion.certification_id == Certification.id)
        .join(Candidacy, Candidacy.version_id == CertificationVersion.id)
        .join(Award, Award.candidacy_id == Candidacy.id)
        .where(Award.centre_id == viewer.centre_id)
        .distinct()
        .order_by(Certification.code, Certification.title)
    )
    return [(row.id, row.code or row.title) for row in rows]


def _chosen(viewer: Actor, wanted: Wanted, today: date) -> Select[Any]:
    statement = (
        select(Award)
        .join(Candidacy, Candidacy.id == Award.candidacy_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .where(Award.centre_id == viewer.centre_id)
    )
    if wanted.text.strip():
        words = [func.ts_match_vq(Candidacy.words, cast(word, TSQUERY)) for word in question(wanted.text)]
        typed = func.upper(Award.number).startswith(wanted.text.strip().upper(), autoescape=True)
        statement = statement.where(or_(typed, and_(*words)) if words else typed)
    if wanted.year is not None:
        first, after = date(wanted.year, 1, 1), date(wanted.year + 1, 1, 1)
        statement = statement.where(Award.granted_on >= first, Award.granted_on < after)
    if wanted.certification_id is not None:
        statement = statement.where(CertificationVersion.certification_id == wanted.certification_id)
    if wanted.whole is not None:
        statement = statement.where(Award.block_id.is_(None) if wanted.whole else Award.block_id.is_not(None))
    if wanted.state is not None:
        worth = case(
            (Award.withdrawn_at.is_not(None), AwardState.WITHDRAWN.value),
            (Award.valid_until < today, AwardState.EXPIRED.value),
            else_=AwardState.VALID.value,
        )
        statement = statement.where(worth == wanted.state.value)
    return statement


def _shown() -> Select[Any]:
    return (
        select(
            Award,
            Candidacy.number,
            Candidacy.request["birth_date"].astext.label("birth_date"),
            Person.given_names,
            Person.family_name,
            Certification.title,
            Certification.code,
            Block.code.label("block"),
            JurySession.minutes_number,
        )
        .join(Candidacy, Candidacy.id == Award.candidacy_id)
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .join(Decision, Decision.id == Award.decision_id)
        .join(JurySession, JurySession.id == Decision.session_id)
        .outerjoin(Block, Block.id == Award.block_id)
        .order_by(Award.granted_on.desc(), Award.id.desc())
    )


def _entry(row: Any) -> Entry:
    return Entry(
        number=row.Award.number,
        candidacy=row.number,
        holder=f"{row.family_name} {row.given_names}".strip(),
        birth_date=row.birth_date or "",
        certification=row.title,
        code=row.code,
        block=row.block or "",
        granted_on=row.Award.granted_on,
        valid_until=row.Award.valid_until,
        withdrawn_on=row.Award.withdrawn_at.date() if row.Award.withdrawn_at else None,
        minutes=row.minutes_number or "",
    )
