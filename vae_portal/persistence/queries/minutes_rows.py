"""What happened in a session, as rows for its minutes, in as many statements for 5 candidates as for 500."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import (
    Block,
    BlockDecision,
    Candidacy,
    Certification,
    CertificationVersion,
    ConformityCheck,
    Decision,
    Enrolment,
    JurySessionCertification,
    Person,
    Recusal,
)


@dataclass(frozen=True, slots=True)
class Deliberated:
    """All that a session holds beside its seats, by what each line is about."""

    enrolments: list[Row[Any]]  # in the order of the agenda
    checks: dict[int, list[Row[Any]]]  # by enrolment
    decisions: dict[int, list[Row[Any]]]  # by candidacy, oldest first
    blocks: dict[int, list[tuple[Block, BlockDecision]]]  # by decision, in the order of the version
    recusals: list[Row[Any]]
    certifications: list[str]
    names: dict[int, str]


def read(session: Session, session_id: int) -> Deliberated:
    """Everything, in seven statements."""
    enrolments = _enrolments(session, session_id)
    decisions = _decisions(session, session_id)
    recusals: list[Row[Any]] = list(
        session.execute(
            select(Recusal.person_id, Recusal.candidacy_id, Recusal.withholds)
            .where(Recusal.session_id == session_id)
            .order_by(Recusal.recorded_at, Recusal.person_id)
        )
    )
    checks = list(
        session.execute(
            select(ConformityCheck.enrolment_id, ConformityCheck.point)
            .add_columns(ConformityCheck.checked_by, ConformityCheck.checked_at)
            .join(Enrolment, Enrolment.id == ConformityCheck.enrolment_id)
            .where(Enrolment.session_id == session_id)
        )
    )
    named = {r.person_id for r in recusals} | {c.checked_by for c in checks}
    named |= {e.acting_president_id for e in enrolments} | {d.pronounced_by for d in decisions}
    named |= {d.revoked_by for d in decisions}
    return Deliberated(
        enrolments,
        _grouped(checks, "enrolment_id"),
        _grouped(decisions, "candidacy_id"),
        _blocks(session, session_id),
        recusals,
        _certifications(session, session_id),
        _names(session, named - {None}),
    )


def _enrolments(session: Session, session_id: int) -> list[Row[Any]]:
    return list(
        session.execute(
            select(Enrolment.id, Enrolment.candidacy_id, Enrolment.live, Enrolment.ended, Enrolment.ended_reason)
            .add_columns(Enrolment.acting_president_id, Candidacy.number, Person.given_names, Person.family_name)
            .add_columns(Certification.title, Certification.code, Certification.rncp)
            .join(Candidacy, Candidacy.id == Enrolment.candidacy_id)
            .join(Person, Person.id == Candidacy.person_id)
            .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
            .join(Certification, Certification.id == CertificationVersion.certification_id)
            .where(Enrolment.session_id == session_id)
            .order_by(Enrolment.id)
        )
    )


def _decisions(session: Session, session_id: int) -> list[Row[Any]]:
    return list(
        session.execute(
            select(Decision.id, Decision.candidacy_id, Decision.outcome, Decision.pronounced_at, Decision.pronounced_by)
            .add_columns(Decision.sat, Decision.revoked_at, Decision.revoked_by, Decision.revoked_reason)
            .where(Decision.session_id == session_id)
            .order_by(Decision.id)
        )
    )


def _blocks(session: Session, session_id: int) -> dict[int, list[tuple[Block, BlockDecision]]]:
    found: dict[int, list[tuple[Block, BlockDecision]]] = defaultdict(list)
    rows = session.execute(
        select(BlockDecision, Block)
        .join(Decision, Decision.id == BlockDecision.decision_id)
        .join(Block, Block.id == BlockDecision.block_id)
        .where(Decision.session_id == session_id)
        .order_by(BlockDecision.decision_id, Block.position)
    )
    for decided, block in rows:
        found[decided.decision_id].append((block, decided))
    return found


def _certifications(session: Session, session_id: int) -> list[str]:
    rows = session.execute(
        select(Certification.title, Certification.code, Certification.rncp)
        .join(JurySessionCertification, JurySessionCertification.certification_id == Certification.id)
        .where(JurySessionCertification.session_id == session_id)
        .order_by(Certification.code, Certification.id)
    )
    return [f"{row.title} ({row.code}, RNCP {row.rncp})" for row in rows]


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Person.id, Person.given_names, Person.family_name).where(Person.id.in_(ids)))
    return {row.id: f"{row.given_names} {row.family_name}" for row in rows}


def _grouped(rows: Iterable[Row[Any]], name: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
