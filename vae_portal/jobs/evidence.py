"""Checks a file given by a person, once in the store: the bytes kept are those received, and the antivirus agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from storage.antivirus import scan
from storage.errors import ChecksumMismatch, ObjectMissing, ScannerDown, TypeRefused
from storage.identify import identify
from storage.names import download_name
from storage.port import hash_back
from vae_portal.actions import disposal, receiving
from vae_portal.actions.services import Services
from vae_portal.jobs.retries import sentence
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import Evidence
from workflows.vocabulary import EvidenceState

log = structlog.get_logger(__name__)

_DAMAGED = "Le fichier a été abîmé pendant sa conservation : renvoyez-le."
_LOST = "Le fichier ne se trouve plus dans le stockage : renvoyez-le."
_WAITING = "L'antivirus ne répond pas : la vérification reprendra d'elle-même."


@dataclass(frozen=True, slots=True)
class _Found:
    """What reading the object back has shown."""

    state: EvidenceState
    reason: str = ""
    key: str = ""
    sha256: str = ""
    size: int = 0
    media_type: str = ""
    extensions: tuple[str, ...] = ()


def check_evidence(services: Services, evidence_id: int) -> None:
    """Settles the state of a file still to be checked; raises ScannerDown or StoreDown, to be tried again."""
    with services.database.reading() as session:
        if not _pending(services, session.get_one(Evidence, evidence_id)):
            return
    try:
        found = _examine(services, evidence_id)
    except ScannerDown as fault:
        _say(services, evidence_id, f"{_WAITING} {fault}")
        raise
    with services.database.writing() as session:
        evidence = session.get_one(Evidence, evidence_id, with_for_update=True)
        if _pending(services, evidence):
            _settle(session, evidence, found, services.clock())
    if found.key:
        disposal.discard_unused(services, found.key)


def _pending(services: Services, evidence: Evidence) -> bool:
    if evidence.state == EvidenceState.NOT_SCANNED:
        return services.scanning  # given before the antivirus was set up
    return evidence.state == EvidenceState.CHECKING


def _settle(session: Session, evidence: Evidence, found: _Found, now: datetime) -> None:
    """Records what was found; the same bytes kept before stand for these."""
    key = evidence.object_key
    if key is None and found.sha256:
        key = receiving.keep(session, found.key, found.sha256, found.size, found.media_type, now)
        evidence.name = download_name(evidence.name, found.extensions)
    receiving.point(session, evidence, key, now)
    evidence.state, evidence.state_reason = found.state.value, found.reason[:500]
    details = {"evidence": evidence.id, "state": found.state.value}
    record(session, candidacy_chain(evidence.candidacy_id), "evidence_checked", None, now, details)


def _examine(services: Services, evidence_id: int) -> _Found:
    key = ""
    try:
        whole = receiving.assembled(services, evidence_id)
        key = whole.key
        sha256 = hash_back(services.store, whole.key, whole.parts)
        kind, charset = identify(services.store, whole.key, whole.size)
    except (ChecksumMismatch, ObjectMissing) as fault:
        log.critical("evidence_damaged", evidence=evidence_id, key=key, fault=type(fault).__name__)
        return _Found(EvidenceState.REFUSED, _LOST if isinstance(fault, ObjectMissing) else _DAMAGED, key)
    except TypeRefused as fault:
        return _Found(EvidenceState.REFUSED, fault.reason, key)
    media_type = f"{kind.media_type}; charset={charset}" if charset else kind.media_type
    state, reason = _scan(services, whole.key)
    return _Found(state, reason, whole.key, sha256, whole.size, media_type, kind.extensions)


def _scan(services: Services, key: str) -> tuple[EvidenceState, str]:
    if not services.scanning:
        return EvidenceState.NOT_SCANNED, ""
    chunks = services.store.open_range(key)
    try:
        verdict = scan(chunks, services.settings.clamd_url)
    finally:
        chunks.close()
    if verdict.infected:
        log.warning("evidence_infected", key=key, signature=verdict.signature)
        return EvidenceState.INFECTED, f"L'antivirus a reconnu « {verdict.signature} »."
    return EvidenceState.USABLE, ""


def tell_failure(services: Services, fault: BaseException, evidence_id: int) -> None:
    """Says on the file's row that its check was given up, for staff to ask it again."""
    _say(services, evidence_id, f"La vérification a été abandonnée après plusieurs essais. {sentence(fault)}")


def _say(services: Services, evidence_id: int, reason: str) -> None:
    with services.database.writing() as session:
        evidence = session.get(Evidence, evidence_id, with_for_update=True)
        if evidence is not None and _pending(services, evidence):
            evidence.state_reason = reason[:500]
