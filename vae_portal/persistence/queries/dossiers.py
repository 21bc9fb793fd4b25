"""The evidence dossier of one candidacy: as facts for the rules, as rows for the pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from vae_portal.persistence.tables import (
    Candidacy,
    Capability,
    Deposit,
    Evidence,
    Piece,
    Situation,
    SituationCapability,
    SituationEvidence,
)
from workflows.facts import DossierFacts, EvidenceFacts, SituationFacts
from workflows.vocabulary import EvidenceState


@dataclass(frozen=True, slots=True)
class SituationView:
    """A situation with the codes of the capabilities it shows and its evidence."""

    row: Situation
    capabilities: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class DossierView:
    """What the dossier page shows, in four statements."""

    situations: tuple[SituationView, ...]
    unlinked: tuple[Evidence, ...]
    deposits: tuple[Deposit, ...]


def view(session: Session, candidacy_id: int) -> DossierView:
    """The dossier as it stands now; files removed from it are left out."""
    situations = session.scalars(
        select(Situation)
        .where(Situation.candidacy_id == candidacy_id, Situation.removed_at.is_(None))
        .order_by(Situation.position, Situation.id)
    ).all()
    shown: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(SituationCapability.situation_id, Capability.code)
        .join(Capability, Capability.id == SituationCapability.capability_id)
        .join(Situation, Situation.id == SituationCapability.situation_id)
        .where(Situation.candidacy_id == candidacy_id)
        .order_by(Capability.block_id, Capability.position)
    ):
        shown[row.situation_id].append(row.code)
    files = files_of(session, candidacy_id)
    behind: dict[int, list[Evidence]] = defaultdict(list)
    linked: set[int] = set()
    by_id = {e.id: e for e in files}
    kept = {s.id for s in situations}
    for link in session.execute(
        select(SituationEvidence.situation_id, SituationEvidence.evidence_id)
        .join(Situation, Situation.id == SituationEvidence.situation_id)
        .where(Situation.candidacy_id == candidacy_id)
        .order_by(SituationEvidence.evidence_id)
    ):
        if link.evidence_id in by_id and link.situation_id in kept:
            behind[link.situation_id].append(by_id[link.evidence_id])
            linked.add(link.evidence_id)
    return DossierView(
        tuple(SituationView(s, tuple(shown[s.id]), tuple(behind[s.id])) for s in situations),
        tuple(e for e in files if e.id not in linked),
        tuple(session.scalars(select(Deposit).where(Deposit.candidacy_id == candidacy_id).order_by(Deposit.number))),
    )


def files_of(session: Session, candidacy_id: int) -> list[Evidence]:
    """The evidence files in the dossier, oldest first, pieces of the request left out."""
    return list(
        session.scalars(
            select(Evidence)
            .outerjoin(Piece, Piece.evidence_id == Evidence.id)
            .where(Evidence.candidacy_id == candidacy_id, Evidence.removed_at.is_(None), Piece.id.is_(None))
            .options(joinedload(Evidence.stored))
            .order_by(Evidence.id)
        )
    )


def facts(session: Session, candidacy: Candidacy, scanning: bool) -> DossierFacts:
    """The dossier as the rules see it."""
    shown = view(session, candidacy.id)
    return DossierFacts(
        situations=tuple(
            SituationFacts(s.row.title, frozenset(s.capabilities), tuple(map(_evidence, s.evidence)))
            for s in shown.situations
        ),
        unlinked=tuple(map(_evidence, shown.unlinked)),
        scanning=scanning,
        deposited_on=candidacy.deposited_on,
    )


def _evidence(row: Evidence) -> EvidenceFacts:
    return EvidenceFacts(row.name, EvidenceState(row.state))
