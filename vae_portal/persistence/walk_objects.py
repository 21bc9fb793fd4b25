"""Reads every stored object again and compares it with its row; and every sealed manifest with its hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from sqlalchemy import select

from storage.errors import ChecksumMismatch, ObjectMissing
from storage.port import ObjectStore, check_sha256
from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Part, Report
from vae_portal.persistence.tables import Candidacy, Deposit, StoredObject

_ROWS_AT_A_TIME = 500
_NAMED_BY_HASH = re.compile(r"/([0-9a-f]{64})$")


def walk_objects(database: Database, store: ObjectStore, report: Report) -> None:
    """Notes every object that is missing, or whose bytes are not those of its row."""
    for stored in _rows(database):
        report.objects += 1
        place = f"objet {stored.key}"
        named = _NAMED_BY_HASH.search(stored.key)
        if named and named[1] != stored.sha256:
            report.fault(Part.OBJECT, place, "sa ligne porte une autre empreinte que son nom")
        try:
            size = check_sha256(store, stored.key, stored.sha256)
        except ObjectMissing:
            with database.reading() as session:
                if session.get(StoredObject, stored.key) is not None:  # else let go of since its row was read
                    report.fault(Part.OBJECT, place, "il manque dans le stockage")
        except ChecksumMismatch:
            report.fault(Part.OBJECT, place, "ses octets ne sont plus ceux qui ont été gardés")
        else:
            if size != stored.size:
                report.fault(Part.OBJECT, place, f"sa ligne dit {stored.size} octets, il en a {size}")


def _rows(database: Database) -> Iterator[StoredObject]:
    """Every row, page by page: reading the objects takes hours, and no transaction should last that long."""
    after = ""
    while True:
        page = select(StoredObject).where(StoredObject.key > after).order_by(StoredObject.key).limit(_ROWS_AT_A_TIME)
        with database.reading() as session:
            rows = session.scalars(page).all()
        yield from rows
        if len(rows) < _ROWS_AT_A_TIME:
            return
        after = rows[-1].key


def walk_deposits(database: Database, report: Report) -> None:
    """Notes every sealed manifest whose text, hash or object no longer agree."""
    deposits = (
        select(Candidacy.number.label("candidacy"), Deposit.number, Deposit.manifest_text, Deposit.manifest_sha256)
        .add_columns(StoredObject.sha256.label("stored"))
        .join(Candidacy, Candidacy.id == Deposit.candidacy_id)
        .outerjoin(StoredObject, StoredObject.key == Deposit.object_key)
        .order_by(Deposit.id)
        .execution_options(yield_per=50)
    )
    with database.reading() as session:
        for row in session.execute(deposits):
            report.deposits += 1
            place = f"dépôt {row.number} de la candidature {row.candidacy}"
            if hashlib.sha256(row.manifest_text.encode()).hexdigest() != row.manifest_sha256:
                report.fault(Part.DEPOSIT, place, "son manifeste n'est plus celui qui a été scellé")
            if row.stored not in (None, row.manifest_sha256):
                report.fault(Part.DEPOSIT, place, "l'objet qu'il désigne n'est pas son manifeste")
