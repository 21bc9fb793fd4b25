"""Compares each deed of a jury with its hash, the journal, its object, its lock, its signatures and its number."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from storage.port import ObjectStore
from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Part, Report
from vae_portal.persistence.journal import centre_chain
from vae_portal.persistence.tables import (
    JournalRow,
    JurySession,
    MinutesDeed,
    MinutesScan,
    MinutesSignature,
    StoredObject,
)
from vae_portal.persistence.walk_sealed import held

_AT_A_TIME = 100
_TELLING = ("session_closed", "minutes_corrected")


def walk_minutes(database: Database, store: ObjectStore, report: Report) -> None:
    """Notes every deed that is another than the journal names, unlocked, missing, or signed under another hash.

    The bytes of an object are compared with its row by `walk_objects`, for all objects alike.
    """
    for row, made, signed in _deeds(database):
        report.minutes += 1
        place = f"procès-verbal {row.number} du centre {row.centre_id}"
        digest = hashlib.sha256(row.content.encode()).hexdigest()
        if digest != row.sha256 or digest not in made:
            report.fault(Part.MINUTES, place, "son texte n'est pas celui qui a été établi")
        if any(under != digest for under in signed):
            report.fault(Part.MINUTES, place, "une signature, ou un exemplaire signé, porte un autre texte")
        if row.object_key is not None:
            if row.stored != row.sha256:
                report.fault(Part.MINUTES, place, "l'objet qui le garde a une autre empreinte")
            held(store, report, Part.MINUTES, place, row.object_key, row.made_at)
    _numbers(database, report)


def _deeds(database: Database) -> Iterator[tuple[Row[Any], set[str], list[str]]]:
    """Every deed, with the hashes that the journal names for it and those it was signed under, page by page."""
    after = 0
    while True:
        with database.reading() as session:
            page = session.execute(
                select(MinutesDeed.id, MinutesDeed.centre_id, MinutesDeed.number, MinutesDeed.content)
                .add_columns(MinutesDeed.sha256, MinutesDeed.object_key, MinutesDeed.made_at)
                .add_columns(StoredObject.sha256.label("stored"))
                .outerjoin(StoredObject, StoredObject.key == MinutesDeed.object_key)
                .where(MinutesDeed.id > after)
                .order_by(MinutesDeed.id)
                .limit(_AT_A_TIME)
            ).all()
            ids = [row.id for row in page]
            signed = defaultdict(list)
            for statement in (
                select(MinutesSignature.deed_id, MinutesSignature.sha256).where(MinutesSignature.deed_id.in_(ids)),
                select(MinutesScan.deed_id, MinutesScan.deed_sha256).where(MinutesScan.deed_id.in_(ids)),
            ):
                for deed_id, sha256 in session.execute(statement):
                    signed[deed_id].append(sha256)
            told = session.scalars(
                select(JournalRow.details).where(
                    JournalRow.chain.in_({centre_chain(row.centre_id) for row in page}),
                    JournalRow.event.in_(_TELLING),
                    JournalRow.details["deed"].as_integer().in_(ids),
                )
            ).all()
        named = defaultdict(set)
        for details in told:
            named[details["deed"]].add(details.get("sha256", ""))
        yield from ((row, named[row.id], signed[row.id]) for row in page)
        if len(page) < _AT_A_TIME:
            return
        after = page[-1].id


def _numbers(database: Database, report: Report) -> None:
    """The series of each centre and year, sessions closed before deeds were kept included: 1, 2, 3 and so on."""
    with database.reading() as session:
        drawn = {
            (row.centre_id, row.number) for row in session.execute(select(MinutesDeed.centre_id, MinutesDeed.number))
        }
        closed = select(JurySession.centre_id, JurySession.minutes_number).where(
            JurySession.minutes_number.is_not(None)
        )
        drawn |= {(row.centre_id, row.minutes_number) for row in session.execute(closed)}
    series = defaultdict(set)
    for centre_id, number in drawn:
        head, _, serial = number.rpartition("-")
        series[centre_id, head].add(int(serial) if serial.isdecimal() else 0)
    for (centre_id, head), serials in sorted(series.items()):
        missing = sorted(set(range(1, max(serials) + 1)) - serials)
        if missing:
            names = ", ".join(f"{head}-{serial:03d}" for serial in missing[:5])
            report.fault(Part.MINUTES, f"procès-verbaux du centre {centre_id}", f"des numéros manquent : {names}")
