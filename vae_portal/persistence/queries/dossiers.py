"""The evidence dossier of one candidacy: as facts for the rules, as rows for the pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import pointers
from vae_portal.persistence.queries.pointers import Pointing
from vae_portal.persistence.tables import (
    Candidacy,
    Capability,
    Deposit,
    Evidence,
    Person,
    Piece,
    Situation,
    SituationCapability,
    SituationEvidence,
    SituationVersion,
    Upload,
)
from workflows.facts import DossierFacts, EvidenceFacts, SituationFacts
from workflows.vocabulary import EvidenceState


@dataclass(frozen=True, slots=True)
class SituationView:
    """A situation with the codes of the capabilities it shows and its evidence."""

    row: Situation
    capabilities: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    pointers: tuple[Pointing, ...] = ()  # what these files show of these capabilities, and where


@dataclass(frozen=True, slots=True)
class DossierView:
    """What the dossier page shows, in five statements."""

    situations: tuple[SituationView, ...]
    unlinked: tuple[Evidence, ...]
    deposits: tuple[Deposit, ...]
    removed: tuple[Situation, ...] = ()  # taken out and not put back, the last one first

    @property
    def files(self) -> dict[int, Evidence]:
        """Every file of the dossier by id, oldest first, each once."""
        every = {e.id: e for s in self.situations for e in s.evidence} | {e.id: e for e in self.unlinked}
        return dict(sorted(every.items()))


def view(session: Session, candidacy_id: int) -> DossierView:
    """The dossier as it stands now; files removed from it are left out, situations removed stand apart."""
    every = session.scalars(
        select(Situation).where(Situation.candidacy_id == candidacy_id).order_by(Situation.position, Situation.id)
    ).all()
    situations = [s for s in every if s.removed_at is None]
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
    pointing = pointers.of(session, candidacy_id)
    return DossierView(
        tuple(_situation(s, shown[s.id], behind[s.id], pointing) for s in situations),
        tuple(e for e in files if e.id not in linked),
        tuple(session.scalars(select(Deposit).where(Deposit.candidacy_id == candidacy_id).order_by(Deposit.number))),
        tuple(sorted((s for s in every if s.removed_at), key=lambda s: (s.removed_at, s.id), reverse=True)),
    )


def _situation(row: Situation, codes: list[str], evidence: list[Evidence], pointing: list[Pointing]) -> SituationView:
    kept = {e.id for e in evidence}
    told = tuple(p for p in pointing if p.situation_id == row.id and p.evidence_id in kept and p.capability in codes)
    return SituationView(row, tuple(codes), tuple(evidence), told)


def files_of(session: Session, candidacy_id: int) -> list[Evidence]:
    """The evidence files in the dossier, oldest first; pieces of the request and files of messages left out."""
    return list(
        session.scalars(
            select(Evidence)
            .outerjoin(Piece, Piece.evidence_id == Evidence.id)
            .where(Evidence.candidacy_id == candidacy_id, Evidence.removed_at.is_(None), Piece.id.is_(None))
            .where(Evidence.message_id.is_(None))
            .options(joinedload(Evidence.stored))
            .order_by(Evidence.id)
        )
    )


def facts(session: Session, candidacy: Candidacy, scanning: bool) -> DossierFacts:
    """The dossier as the rules see it."""
    shown = view(session, candidacy.id)
    return DossierFacts(
        situations=tuple(
            SituationFacts(
                s.row.title,
                frozenset(s.capabilities),
                tuple(map(_evidence, s.evidence)),
                frozenset(p.capability for p in s.pointers),
            )
            for s in shown.situations
        ),
        unlinked=tuple(map(_evidence, shown.unlinked)),
        scanning=scanning,
        deposited_on=candidacy.deposited_on,
    )


def _evidence(row: Evidence) -> EvidenceFacts:
    return EvidenceFacts(row.name, EvidenceState(row.state), row.id)


def versions(session: Session, situation_id: int, limit: int, offset: int = 0) -> list[tuple[SituationVersion, str]]:
    """The versions of a situation with who saved them, latest first."""
    rows = session.execute(
        select(SituationVersion, Person)
        .join(Person, Person.id == SituationVersion.saved_by)
        .where(SituationVersion.situation_id == situation_id)
        .order_by(SituationVersion.revision.desc())
        .limit(limit)
        .offset(offset)
    )
    return [(version, person.full_name) for version, person in rows]


def count_versions(session: Session, situation_id: int) -> int:
    """How many versions of a situation are kept."""
    mine = select(func.count()).select_from(SituationVersion).where(SituationVersion.situation_id == situation_id)
    return session.scalar(mine) or 0


def version(session: Session, situation_id: int, revision: int) -> SituationVersion:
    """What a situation said at a revision; raises NotVisible."""
    found = session.scalars(
        select(SituationVersion).where(
            SituationVersion.situation_id == situation_id, SituationVersion.revision == revision
        )
    ).one_or_none()
    if found is None:
        raise NotVisible("Cette version de la situation n'existe pas, ou n'est plus gardée sous ce numéro.")
    return found


def unfinished(session: Session, candidacy_id: int) -> dict[int, Upload]:
    """The uploads of the dossier that wait for their next bytes, by evidence."""
    rows = session.scalars(
        select(Upload)
        .join(Evidence, Evidence.id == Upload.evidence_id)
        .where(Evidence.candidacy_id == candidacy_id, Upload.closed_at.is_(None), Upload.received_at.is_(None))
    )
    return {row.evidence_id: row for row in rows}
