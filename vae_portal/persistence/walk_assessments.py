"""Compares each sealed assessment with what the journal closed, with its hash, with its object and with the lock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from storage.port import ObjectStore
from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Part, Report
from vae_portal.persistence.journal import candidacy_chain
from vae_portal.persistence.tables import AssessmentRecord, Candidacy, Interview, JournalRow, StoredObject
from vae_portal.persistence.walk_sealed import held
from workflows.vocabulary import Action

_AT_A_TIME = 100


def walk_assessments(database: Database, store: ObjectStore, report: Report) -> None:
    """Notes every closed assessment whose record is missing, is another, or is not under its lock.

    The bytes of an object are compared with its row by `walk_objects`, for all objects alike.
    """
    for row, closed in _records(database):
        place = f"évaluation {row.id} de la candidature {row.number}"
        if row.text is None:
            report.fault(Part.RECORD, place, "le texte scellé à sa clôture manque")
            continue
        report.assessments += 1
        digest = hashlib.sha256(row.text.encode()).hexdigest()
        if digest != row.sha256 or digest not in closed:
            report.fault(Part.RECORD, place, "son texte n'est pas celui qui a été clos")
        if row.object_key is not None:
            if row.stored != row.sha256:
                report.fault(Part.RECORD, place, "l'objet qui le garde a une autre empreinte")
            held(store, report, Part.RECORD, place, row.object_key, row.sealed_at)


def _records(database: Database) -> Iterator[tuple[Row[Any], set[str]]]:
    """Every interview closed with a record, with the hashes that the journal names for it, page by page."""
    after = 0
    while True:
        with database.reading() as session:
            page = session.execute(
                select(Interview.id, Interview.candidacy_id, Candidacy.number)
                .add_columns(AssessmentRecord.text, AssessmentRecord.sha256, AssessmentRecord.object_key)
                .add_columns(AssessmentRecord.sealed_at, StoredObject.sha256.label("stored"))
                .join(Candidacy, Candidacy.id == Interview.candidacy_id)
                .outerjoin(AssessmentRecord, AssessmentRecord.interview_id == Interview.id)
                .outerjoin(StoredObject, StoredObject.key == AssessmentRecord.object_key)
                .where(Interview.closed_at.is_not(None), Interview.id > after)
                .order_by(Interview.id)
                .limit(_AT_A_TIME)
            ).all()
            chains = [candidacy_chain(row.candidacy_id) for row in page]
            closings = session.scalars(
                select(JournalRow.details).where(
                    JournalRow.chain.in_(chains), JournalRow.event == Action.CLOSE_EVALUATION.value
                )
            ).all()
        named = {(d.get("interview"), d["record_sha256"]) for d in closings if "record_sha256" in d}
        for row in page:
            closed = {digest for interview, digest in named if interview == row.id}
            if closed or row.text is not None:  # closed before records were kept: nothing was promised
                yield row, closed
        if len(page) < _AT_A_TIME:
            return
        after = page[-1].id
