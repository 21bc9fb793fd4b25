"""Issues a document that an act asked for: filled, stored, then told in the journal, once."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from storage.keys import document_key
from vae_portal.actions.services import Services
from vae_portal.documents.fill import fill
from vae_portal.jobs.retries import sentence
from vae_portal.jobs.stored import keep_row
from vae_portal.persistence.journal import candidacy_chain, centre_chain, record
from vae_portal.persistence.tables import Document

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def issue_document(services: Services, document_id: int) -> None:
    """Fills and stores a document not issued yet; raises TemplateFaulty or StoreError, with nothing recorded."""
    with services.database.reading() as session:
        asked = session.get_one(Document, document_id)
        kind, context, issued = asked.kind, asked.context, asked.issued_at is not None
    if issued:
        return
    content = fill(kind, context)
    sha256 = hashlib.sha256(content).hexdigest()
    services.store.put_bytes(document_key(sha256), content, WORD, create_only=True)
    with services.database.writing() as session:
        document = session.get_one(Document, document_id, with_for_update=True)
        if document.issued_at is None:  # another worker may have been faster
            _record_issue(services, session, document, sha256, len(content))


def _record_issue(services: Services, session: Session, document: Document, sha256: str, size: int) -> None:
    now = services.clock()
    key = document_key(sha256)
    keep_row(session, key, sha256, size, WORD, now)
    document.issued_at, document.object_key, document.failure = now, key, ""
    chain = candidacy_chain(document.candidacy_id) if document.candidacy_id else centre_chain(document.centre_id)
    details = {"document": document.id, "kind": document.kind, "number": document.number, "sha256": sha256}
    record(session, chain, "document_issued", None, now, details)


def tell_failure(services: Services, fault: BaseException, document_id: int) -> None:
    """Says on the document's row why it could not be issued, for staff to see."""
    with services.database.writing() as session:
        document = session.get(Document, document_id, with_for_update=True)
        if document is not None and document.issued_at is None:
            document.failure = sentence(fault)[:2000]
