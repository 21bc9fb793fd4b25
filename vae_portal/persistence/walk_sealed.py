"""Compares each file of a sealed deposit with its manifest, with its object, and with the store's lock."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from storage.errors import ObjectMissing
from storage.port import ObjectStore
from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Part, Report
from vae_portal.persistence.tables import Candidacy, Deposit, DepositFile, StoredObject

_DEPOSITS_AT_A_TIME = 50


def walk_sealed(database: Database, store: ObjectStore, report: Report) -> None:
    """Notes every sealed file that its manifest does not name so, that is not its object, or that is not locked.

    The bytes themselves are compared with the object's row by `walk_objects`, once for all that share them.
    """
    for deposit, files in _deposits(database):
        place = f"dépôt {deposit.number} de la candidature {deposit.candidacy}"
        if _named(deposit.manifest_text) != {file.evidence_id: file.sha256 for file in files}:
            report.fault(Part.DEPOSIT, place, "ses fichiers ne sont pas ceux que son manifeste nomme")
        locked = [file.locked_until for file in files if file.locked_until]
        if locked:
            held(store, report, Part.DEPOSIT, f"{place}, manifeste", deposit.object_key, min(locked))
        for file in files:
            where = f"{place}, fichier {file.evidence_id}"
            if file.sha256 != file.stored:
                report.fault(Part.DEPOSIT, where, "l'objet qui le garde a une autre empreinte")
            if file.locked_until:
                held(store, report, Part.DEPOSIT, where, file.object_key, file.locked_until)


def _named(manifest_text: str) -> dict[int, str] | None:
    """The files that a manifest names, with their hashes; None for a text that is no manifest."""
    try:
        files = json.loads(manifest_text)["files"]
    except (ValueError, LookupError, TypeError):
        return None
    return {file["id"]: file["sha256"] for file in files if isinstance(file, dict) and "id" in file}


def held(store: ObjectStore, report: Report, part: Part, place: str, key: str | None, until: datetime) -> None:
    """Notes an object that the store no longer has, or no longer keeps locked until then."""
    try:
        kept = store.locked_until(key) if key and store.size(key) else None
    except ObjectMissing:
        report.fault(part, place, "il manque dans le stockage")
        return
    if kept is None or kept < until.replace(microsecond=0):
        report.fault(part, place, "le stockage ne le garde pas sous le verrou qui a été posé")


def _deposits(database: Database) -> Iterator[tuple[Row[Any], list[Row[Any]]]]:
    """Every deposit with its files, page by page: asking the store takes time, and no transaction should last it."""
    after = 0
    while True:
        with database.reading() as session:
            page = session.execute(
                select(Deposit.id, Deposit.number, Deposit.manifest_text, Deposit.object_key)
                .add_columns(Candidacy.number.label("candidacy"))
                .join(Candidacy, Candidacy.id == Deposit.candidacy_id)
                .where(Deposit.id > after)
                .order_by(Deposit.id)
                .limit(_DEPOSITS_AT_A_TIME)
            ).all()
            rows = session.execute(
                select(DepositFile.deposit_id, DepositFile.evidence_id, DepositFile.object_key, DepositFile.sha256)
                .add_columns(DepositFile.locked_until, StoredObject.sha256.label("stored"))
                .join(StoredObject, StoredObject.key == DepositFile.object_key)
                .where(DepositFile.deposit_id.in_([deposit.id for deposit in page]))
                .order_by(DepositFile.evidence_id)
            ).all()
        files = defaultdict(list)
        for row in rows:
            files[row.deposit_id].append(row)
        yield from ((deposit, files[deposit.id]) for deposit in page)
        if len(page) < _DEPOSITS_AT_A_TIME:
            return
        after = page[-1].id
