"""A document is issued once, whatever happens to its job; one that cannot be filled is shown to staff."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from storage.keys import document_key
from storage.s3 import S3Store
from tests.documents.examples import example
from tests.jobs.reading import jobs, journal, row
from tests.persistence.rows import NOON, a_candidacy, add
from vae_portal.actions.services import Services
from vae_portal.documents.fill import fill
from vae_portal.jobs.documents import WORD, issue_document
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Document, JurySession, StoredObject
from vae_portal.persistence.verify import verify

Work = Callable[..., None]


def _asked(services: Services, kind: str = "receipt", about_session: bool = False, **changed: Any) -> int:
    """A document asked for, with its job; its id."""
    with services.database.writing() as session:
        candidacy = a_candidacy(session)
        jury = JurySession(centre_id=candidacy.centre_id, starts_at=NOON, place="Exempleville")
        document = add(
            session,
            Document(
                centre_id=candidacy.centre_id,
                candidacy_id=None if about_session else candidacy.id,
                session_id=add(session, jury).id if about_session else None,
                kind=kind,
                number="DOC-1",
                context=example(kind) | changed,
                asked_at=NOON,
            ),
        )
        queue.defer(session, queue.ISSUE_DOCUMENT, document_id=document.id)
        return document.id


def test_a_document_is_filled_stored_and_told_in_the_journal(services: Services, work: Work) -> None:
    document_id = _asked(services)
    work(services)
    document = row(services, Document, document_id)
    content = services.store.read_bytes(document.object_key)
    sha256 = hashlib.sha256(content).hexdigest()
    assert content == fill("receipt", document.context)
    assert document.object_key == document_key(sha256)
    assert document.issued_at is not None
    stored = row(services, StoredObject, document.object_key)
    assert (stored.sha256, stored.size, stored.media_type) == (sha256, len(content), WORD)
    details = {"document": document_id, "kind": "receipt", "number": "DOC-1", "sha256": sha256}
    assert journal(services) == [(f"candidacy:{document.candidacy_id}", "document_issued", details)]
    assert verify(services.database, services.store) == []


def test_a_session_s_document_is_told_in_the_centre_s_chain(services: Services, work: Work) -> None:
    document_id = _asked(services, "minutes", about_session=True)
    work(services)
    document = row(services, Document, document_id)
    assert [entry[:2] for entry in journal(services)] == [(f"centre:{document.centre_id}", "document_issued")]


def test_the_same_job_twice_issues_once(services: Services, work: Work) -> None:
    document_id = _asked(services)
    with services.database.writing() as session:
        queue.defer(session, queue.ISSUE_DOCUMENT, document_id=document_id)
    work(services)
    issued_at = row(services, Document, document_id).issued_at
    issue_document(services, document_id)
    assert row(services, Document, document_id).issued_at == issued_at
    assert len(journal(services)) == 1
    assert [status for _, status, _ in jobs(services)] == ["succeeded", "succeeded"]


def test_two_workers_at_once_issue_once(services: Services) -> None:
    document_id = _asked(services)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(issue_document, services, document_id) for _ in range(4)]:
            done.result()
    assert len(journal(services)) == 1


def test_a_run_cut_after_the_object_was_stored_is_made_good(services: Services, work: Work) -> None:
    document_id = _asked(services)
    content = fill("receipt", row(services, Document, document_id).context)
    key = document_key(hashlib.sha256(content).hexdigest())
    services.store.put_bytes(key, content, WORD)
    work(services)
    assert row(services, Document, document_id).object_key == key
    assert len(journal(services)) == 1


def test_a_document_that_cannot_be_filled_is_shown_to_staff_at_once(services: Services, work: Work) -> None:
    document_id = _asked(services, centre={"email": "x"})
    work(services)
    document = row(services, Document, document_id)
    assert document.issued_at is None
    assert "Accusé de réception" in document.failure
    assert "centre.name" in document.failure
    assert jobs(services) == [("issue_document", "failed", 1)]
    assert journal(services) == []


def test_a_store_that_is_down_is_tried_again_then_shown(services: Services, work: Work) -> None:
    document_id = _asked(services)
    nowhere = replace(services, store=S3Store("127.0.0.1:9", "x", "y", "z"))
    work(nowhere)
    assert jobs(services) == [("issue_document", "todo", 1)]
    assert row(services, Document, document_id).failure == ""  # not given up yet
    work(nowhere, times=7)
    assert jobs(services) == [("issue_document", "failed", 8)]
    assert "stockage" in row(services, Document, document_id).failure
    with services.database.writing() as session:  # staff ask again
        queue.defer(session, queue.ISSUE_DOCUMENT, document_id=document_id)
    work(services)
    document = row(services, Document, document_id)
    assert document.issued_at is not None
    assert document.failure == ""


def test_a_job_whose_act_was_rolled_back_does_not_exist(services: Services) -> None:
    with pytest.raises(ZeroDivisionError), services.database.writing() as session:
        queue.defer(session, queue.ISSUE_DOCUMENT, document_id=1)
        1 / 0  # noqa: B018 - any failure of the act
    assert jobs(services) == []
    with services.database.reading() as session:
        assert session.scalars(select(Document)).all() == []
