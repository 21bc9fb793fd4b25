"""A file is usable only when its bytes are those received and the antivirus, if any, has said so."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from minio import Minio

from storage.checks import AllowedType, detect
from storage.errors import TypeRefused
from storage.keys import evidence_key
from tests.decoding import samples as whole
from tests.jobs.reading import jobs, journal, row
from tests.persistence.rows import NOON, a_candidacy, add
from vae_portal.actions.receiving import keep
from vae_portal.actions.services import Services
from vae_portal.embedded.processes import free_ports
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Evidence
from workflows.vocabulary import EvidenceState

Work = Callable[..., None]
PDF = whole.PDF


def given(services: Services, content: bytes = PDF, state: EvidenceState = EvidenceState.CHECKING) -> Evidence:
    """A file in the store, with its row and its job."""
    sha256, fresh = hashlib.sha256(content).hexdigest(), evidence_key()
    services.store.put_bytes(fresh, content, "application/octet-stream")
    with services.database.writing() as session:
        candidacy = a_candidacy(session)
        key = keep(session, fresh, sha256, len(content), _as_received(content), NOON)
        evidence = Evidence(
            candidacy_id=candidacy.id,
            object_key=key,
            name="attestation & « preuve ».pdf",
            size=len(content),
            state=state.value,
            given_by=candidacy.person_id,
            given_at=NOON,
        )
        add(session, evidence)
        queue.defer(session, queue.CHECK_EVIDENCE, evidence_id=evidence.id)
        return evidence


def _as_received(content: bytes) -> str:
    """The type that whoever keeps a file reads from its beginning."""
    if content.startswith(b"PK"):
        return AllowedType.DOCX.media_type
    with suppress(TypeRefused):
        kind = detect(content)
        return kind.media_type if kind else ""
    return "application/octet-stream"


def scanned_by(services: Services, url: str) -> Services:
    return replace(services, settings=replace(services.settings, clamd_url=url))


def _raw(services: Services) -> Minio:
    s = services.settings
    return Minio(s.s3_endpoint, s.s3_access_key, s.s3_secret_key, secure=False, region="us-east-1")


def state_of(services: Services, evidence: Evidence) -> tuple[str, str]:
    after = row(services, Evidence, evidence.id)
    return after.state, after.state_reason


def test_without_an_antivirus_a_file_is_never_passed_off_as_safe(services: Services, work: Work) -> None:
    evidence = given(services)
    work(services)
    assert state_of(services, evidence) == ("not_scanned", "")
    details = {"evidence": evidence.id, "state": "not_scanned"}
    assert journal(services) == [(f"candidacy:{evidence.candidacy_id}", "evidence_checked", details)]


def test_a_clean_file_is_usable(services: Services, work: Work, clamd_url: str) -> None:
    evidence = given(services)
    work(scanned_by(services, clamd_url))
    assert state_of(services, evidence) == ("usable", "")


def test_an_infected_file_is_named_with_its_signature(services: Services, work: Work, clamd_url: str) -> None:
    evidence = given(services, PDF + b"marqueur-infecte")
    work(scanned_by(services, clamd_url))
    state, reason = state_of(services, evidence)
    assert state == "infected"
    assert "Essai.Portail" in reason
    assert journal(services)[0][2] == {"evidence": evidence.id, "state": "infected"}


def test_a_file_from_before_the_antivirus_is_scanned_when_asked(services: Services, work: Work, clamd_url: str) -> None:
    evidence = given(services, state=EvidenceState.NOT_SCANNED)
    work(scanned_by(services, clamd_url))
    assert state_of(services, evidence)[0] == "usable"


@pytest.mark.parametrize("scanning", [False, True])
def test_a_damaged_object_is_refused_whatever_the_antivirus(
    services: Services, work: Work, scanning: bool, request: pytest.FixtureRequest
) -> None:
    evidence = given(services)
    _raw(services).put_object(services.settings.s3_bucket, evidence.object_key, io.BytesIO(PDF[::-1]), len(PDF))
    work(scanned_by(services, request.getfixturevalue("clamd_url")) if scanning else services)
    state, reason = state_of(services, evidence)
    assert state == "refused"
    assert "abîmé" in reason
    assert jobs(services) == [("check_evidence", "succeeded", 1)]


def test_a_lost_object_is_refused(services: Services, work: Work) -> None:
    evidence = given(services)
    _raw(services).remove_object(services.settings.s3_bucket, evidence.object_key)
    work(services)
    state, reason = state_of(services, evidence)
    assert state == "refused"
    assert "stockage" in reason


def test_an_antivirus_that_is_down_keeps_the_file_waiting(services: Services, work: Work, clamd_url: str) -> None:
    evidence = given(services)
    work(scanned_by(services, f"tcp://127.0.0.1:{free_ports(1)[0]}"), times=2)
    state, reason = state_of(services, evidence)
    assert state == "checking"
    assert reason.startswith("L'antivirus ne répond pas")
    assert jobs(services) == [("check_evidence", "todo", 2)]
    assert journal(services) == []
    work(scanned_by(services, clamd_url))
    assert state_of(services, evidence) == ("usable", "")


def test_a_file_settled_is_not_checked_again(services: Services, work: Work) -> None:
    evidence = given(services, state=EvidenceState.REFUSED)
    work(services)
    assert state_of(services, evidence)[0] == "refused"
    assert journal(services) == []
