"""Checks a file given by a person, once in the store: from received to usable, refused, infected or not scanned."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from storage.antivirus import ping
from storage.errors import ObjectMissing, ScannerDown, ScannerLimit
from storage.names import download_name
from vae_portal.actions import disposal, previews, receiving
from vae_portal.actions.services import Services
from vae_portal.decoding.confined import ChildNotStarted
from vae_portal.jobs.examination import LOST, Finding, examine
from vae_portal.jobs.retries import sentence
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import Candidacy, Evidence, Person
from workflows.vocabulary import EvidenceState

log = structlog.get_logger(__name__)

_WAITING = "L'antivirus ne répond pas : la vérification reprendra d'elle-même."
_TOO_LARGE = "L'antivirus n'accepte pas un fichier de cette taille : prévenez votre centre, qui doit le régler."
_OPEN = (EvidenceState.USABLE, EvidenceState.NOT_SCANNED)


def check_evidence(services: Services, evidence_id: int) -> None:
    """Settles the state of a file still to be checked; raises ScannerDown or StoreDown, to be tried again."""
    with services.database.reading() as session:
        evidence = session.get_one(Evidence, evidence_id)
        if not _pending(services, evidence):
            return
        known = _of_the_candidate(session, evidence)
        waiting = evidence.state_reason.startswith(_WAITING)
    if waiting and services.scanning and not ping(services.settings.clamd_url):
        raise ScannerDown  # nothing else kept it from being settled: it is not read again for that
    try:
        finding = _examine(services, evidence_id, known)
    except ScannerLimit:
        _say(services, evidence_id, _TOO_LARGE)
        raise
    except ScannerDown as fault:
        _say(services, evidence_id, f"{_WAITING} {fault}")
        raise
    with services.database.writing() as session:
        evidence = session.get_one(Evidence, evidence_id, with_for_update=True)
        if _pending(services, evidence):
            _settle(session, evidence, finding, services.clock())
    if finding.key:
        disposal.discard_unused(services, finding.key)


def _pending(services: Services, evidence: Evidence) -> bool:
    if evidence.state == EvidenceState.NOT_SCANNED:
        return services.scanning  # given before the antivirus was set up
    return evidence.state == EvidenceState.CHECKING


def _of_the_candidate(session: Session, evidence: Evidence) -> list[str]:
    """The candidate's own address and number: seen in their files, they are nobody else's."""
    candidacy = session.get_one(Candidacy, evidence.candidacy_id)
    person = session.get_one(Person, candidacy.person_id)
    return [person.email, str((candidacy.request or {}).get("phone", ""))]


def _examine(services: Services, evidence_id: int, known: list[str]) -> Finding:
    try:
        whole = receiving.assembled(services, evidence_id)
    except ObjectMissing:
        log.critical("evidence_lost", evidence=evidence_id)
        return Finding(EvidenceState.REFUSED, LOST)
    return examine(services, whole.key, whole.parts, known)


def _settle(session: Session, evidence: Evidence, found: Finding, now: datetime) -> None:
    """Records what was found; the same bytes kept before stand for these."""
    key = evidence.object_key
    if key is None and found.state is not EvidenceState.REFUSED:
        key = receiving.keep(session, found.key, found.sha256, found.size, found.media_type, now)
        if found.kind is not None:
            evidence.name = download_name(evidence.name, found.kind.extensions)
    receiving.point(session, evidence, key, now)
    evidence.state, evidence.state_reason = found.state.value, found.reason[:500]
    evidence.personal_data = found.personal_data
    if key is not None and found.state in _OPEN:
        previews.ask(session, key, found.kind, now)
    details = {"evidence": evidence.id, "state": found.state.value}
    record(session, candidacy_chain(evidence.candidacy_id), "evidence_checked", None, now, details)


def tell_failure(services: Services, fault: BaseException, evidence_id: int) -> None:
    """Says on the file's row that its check was given up, for staff to ask it again."""
    told = _TOO_LARGE if isinstance(fault, ScannerLimit) else sentence(fault)
    if isinstance(fault, ChildNotStarted):
        told = "Le serveur ne parvient pas à ouvrir de fichiers : prévenez son exploitant."
    _say(services, evidence_id, f"La vérification a été abandonnée après plusieurs essais. {told}")


def _say(services: Services, evidence_id: int, reason: str) -> None:
    with services.database.writing() as session:
        evidence = session.get(Evidence, evidence_id, with_for_update=True)
        if evidence is not None and _pending(services, evidence):
            evidence.state_reason = reason[:500]
