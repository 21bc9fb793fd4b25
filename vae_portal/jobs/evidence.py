"""Checks a file given by a person, once in the store: the bytes kept are those received, and the antivirus agrees."""

from __future__ import annotations

import structlog

from storage.antivirus import scan
from storage.errors import ChecksumMismatch, ObjectMissing, ScannerDown
from storage.port import check_sha256
from vae_portal.actions.services import Services
from vae_portal.jobs.retries import sentence
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import Evidence, StoredObject
from workflows.vocabulary import EvidenceState

log = structlog.get_logger(__name__)

_DAMAGED = "Le fichier a été abîmé pendant sa conservation : renvoyez-le."
_LOST = "Le fichier ne se trouve plus dans le stockage : renvoyez-le."
_WAITING = "L'antivirus ne répond pas : la vérification reprendra d'elle-même."


def check_evidence(services: Services, evidence_id: int) -> None:
    """Settles the state of a file still to be checked; raises ScannerDown or StoreDown, to be tried again."""
    with services.database.reading() as session:
        evidence = session.get_one(Evidence, evidence_id)
        if not _pending(services, evidence):
            return
        stored = session.get_one(StoredObject, evidence.object_key)
    try:
        state, reason = _examine(services, stored)
    except ScannerDown as fault:
        _say(services, evidence_id, f"{_WAITING} {fault}")
        raise
    with services.database.writing() as session:
        evidence = session.get_one(Evidence, evidence_id, with_for_update=True)
        if _pending(services, evidence):
            evidence.state, evidence.state_reason = state.value, reason[:500]
            details = {"evidence": evidence.id, "state": state.value}
            record(session, candidacy_chain(evidence.candidacy_id), "evidence_checked", None, services.clock(), details)


def _pending(services: Services, evidence: Evidence) -> bool:
    if evidence.state == EvidenceState.NOT_SCANNED:
        return services.scanning  # given before the antivirus was set up
    return evidence.state in (EvidenceState.RECEIVING, EvidenceState.CHECKING)


def _examine(services: Services, stored: StoredObject) -> tuple[EvidenceState, str]:
    try:
        check_sha256(services.store, stored.key, stored.sha256)
    except (ChecksumMismatch, ObjectMissing) as fault:
        log.critical("evidence_damaged", key=stored.key, sha256=stored.sha256, fault=type(fault).__name__)
        return EvidenceState.REFUSED, _LOST if isinstance(fault, ObjectMissing) else _DAMAGED
    if not services.scanning:
        return EvidenceState.NOT_SCANNED, ""
    chunks = services.store.open_range(stored.key)
    try:
        verdict = scan(chunks, services.settings.clamd_url)
    finally:
        chunks.close()
    if verdict.infected:
        log.warning("evidence_infected", key=stored.key, signature=verdict.signature)
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
