"""What the candidate's own pages read: certifications they may ask for, their candidacies, what they joined."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from vae_portal.persistence.queries import known
from vae_portal.persistence.queries.referential import Opening, latest_openings
from vae_portal.persistence.tables import (
    Block,
    Candidacy,
    CandidacyBlock,
    CertificationVersion,
    Deposit,
    Evidence,
    Piece,
    Remark,
    SupplementItem,
)
from workflows import request_missing, request_pieces
from workflows.admissibility import certification_open
from workflows.facts import Actor, Facts, Given, RequestFacts
from workflows.request_form import Problem
from workflows.vocabulary import Step


@dataclass(frozen=True, slots=True)
class Choice:
    """A certification as a candidate may choose it: open, opened by the centre until a day, or closed and why."""

    version: CertificationVersion
    opening: Opening | None  # only where it is what makes it open
    refusal: str | None
    draft: str | None  # number of the request already begun


@dataclass(frozen=True, slots=True)
class JoinedPiece:
    """A file joined to the request."""

    kind: str
    about: str  # the experience or the block that it proves
    item_id: int | None  # what it answers
    evidence: Evidence


def catalogue(session: Session, viewer: Actor, now: datetime) -> list[Choice]:
    """Every certification open to VAE, those that take requests first: of each the version registered last that does,
    or else the one registered last."""
    versions = session.scalars(
        select(CertificationVersion)
        .where(CertificationVersion.open_to_vae)
        .options(joinedload(CertificationVersion.certification))
        .options(selectinload(CertificationVersion.blocks).selectinload(Block.capabilities))
        .order_by(CertificationVersion.registered_from.nulls_first(), CertificationVersion.id)
    ).all()
    opened = latest_openings(session, viewer.centre_id)
    drafts = {c.version.certification_id: c.number for c in own(session, viewer) if c.step == Step.DRAFT}
    every = [_choice(v, opened.get(v.id), drafts.get(v.certification_id), viewer, now) for v in versions]
    closed_first = sorted(every, key=lambda choice: choice.refusal is None)
    chosen = {choice.version.certification_id: choice for choice in closed_first}  # the last one stays
    return sorted(chosen.values(), key=lambda c: (c.refusal is not None, c.version.certification.title))


def _choice(
    version: CertificationVersion, opening: Opening | None, draft: str | None, viewer: Actor, now: datetime
) -> Choice:
    until = opening.until if opening else None
    plain = certification_open(not_begun(version, None), viewer, now, Given())
    refusal = certification_open(not_begun(version, until), viewer, now, Given()) if plain else None
    return Choice(version, opening if plain and not refusal else None, refusal, draft)


def not_begun(version: CertificationVersion, opened_until: date | None) -> Facts:
    """Facts of a candidacy that does not exist yet, for the rule that says whether it may."""
    request = RequestFacts(
        certification_id=version.certification_id,
        registered_from=version.registered_from,
        registered_until=version.registered_until,
        opened_until=opened_until,
    )
    nothing: frozenset[str] = frozenset()
    return Facts(0, 0, 0, Step.DRAFT, (), nothing, nothing, request)


def own(session: Session, viewer: Actor) -> list[Candidacy]:
    """The viewer's own candidacies, latest first."""
    mine = list(
        session.scalars(
            select(Candidacy)
            .where(Candidacy.person_id == viewer.person_id)
            .options(joinedload(Candidacy.version).joinedload(CertificationVersion.certification))
            .order_by(Candidacy.id.desc())
        )
    )
    known.to(session, viewer, mine)
    return mine


def pieces(session: Session, candidacy_id: int) -> list[JoinedPiece]:
    """Files joined to the request, oldest first."""
    rows = session.execute(
        select(Piece.kind, Piece.about, Piece.item_id, Evidence)
        .join(Evidence, Evidence.id == Piece.evidence_id)
        .where(Piece.candidacy_id == candidacy_id, Evidence.removed_at.is_(None))
        .options(joinedload(Evidence.stored))
        .order_by(Piece.id)
    )
    return [JoinedPiece(row.kind, row.about, row.item_id, row.Evidence) for row in rows]


def supplement(session: Session, candidacy_id: int) -> list[SupplementItem]:
    """What the centre asked for and has not taken back yet."""
    wanted = select(SupplementItem).where(SupplementItem.candidacy_id == candidacy_id, ~SupplementItem.closed)
    return list(session.scalars(wanted.order_by(SupplementItem.id)))


def lacking(session: Session, candidacy: Candidacy, held: Collection[str], today: date) -> list[Problem]:
    """What the request lacks: its form, then its pieces; once sent, the centre alone asks for pieces [choice]."""
    if candidacy.submitted_on is not None:
        return request_missing.problems(candidacy.request, today)
    rows = session.execute(
        select(Piece.kind, Piece.about)
        .join(Evidence)
        .where(Piece.candidacy_id == candidacy.id, Evidence.removed_at.is_(None))
    )
    joined = {(row.kind, row.about) for row in rows}
    form = request_missing.problems(candidacy.request, today, held)
    return form + request_pieces.missing(candidacy.request, held, joined)


def declared_held(session: Session, candidacy_id: int) -> set[str]:
    """Codes of the blocks that the candidate says they hold already."""
    wanted = select(Block.code).join(CandidacyBlock, CandidacyBlock.block_id == Block.id)
    return set(session.scalars(wanted.where(CandidacyBlock.candidacy_id == candidacy_id, CandidacyBlock.declared_held)))


def remarks(session: Session, candidacy_id: int) -> list[Remark]:
    """What the centre remarked on the latest deposit."""
    latest = select(Deposit.id).where(Deposit.candidacy_id == candidacy_id).order_by(Deposit.number.desc()).limit(1)
    wanted = select(Remark).where(Remark.deposit_id == latest.scalar_subquery())
    return list(session.scalars(wanted.order_by(Remark.id)))
