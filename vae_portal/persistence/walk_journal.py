"""Walks the journal's chains in order and recomputes every hash, in constant memory whatever their length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Part, Report
from vae_portal.persistence.journal import GENESIS, row_hash
from vae_portal.persistence.tables import JournalRow

_ROWS_AT_A_TIME = 1000


@dataclass(slots=True)
class _Link:
    """What the next row of a chain must follow."""

    chain: str
    seq: int = 0
    hash: str = GENESIS


def walk_journal(database: Database, report: Report) -> None:
    """Notes every row that is altered, missing before another, or out of order."""
    rows = (
        select(
            JournalRow.chain,
            JournalRow.seq,
            JournalRow.at,
            JournalRow.actor_id,
            JournalRow.event,
            JournalRow.details,
            JournalRow.previous,
            JournalRow.hash,
        )
        .order_by(JournalRow.chain, JournalRow.seq)
        .execution_options(yield_per=_ROWS_AT_A_TIME)  # a cursor at the server
    )
    last = _Link("")
    with database.reading() as session:
        for row in session.execute(rows):
            if row.chain != last.chain:
                report.chains += 1
                last = _Link(row.chain)
            report.rows += 1
            if wrong := _what_is_wrong(row, last):
                report.fault(Part.CHAIN, f"chaîne {row.chain}, ligne {row.seq}", wrong)
            # The row's own hash goes on, so that each fault is told once.
            last.seq, last.hash = row.seq, row.hash


def _what_is_wrong(row: Any, last: _Link) -> str:
    faults = []
    if row.seq != last.seq + 1:
        faults.append(f"il manque {row.seq - last.seq - 1} ligne(s) juste avant")
    elif row.previous != last.hash:
        faults.append("elle ne suit pas la ligne qui la précède")
    if row_hash(row.chain, row.seq, row.at, row.actor_id, row.event, row.details, row.previous) != row.hash:
        faults.append("son contenu n'est plus celui qui a été inscrit")
    return " ; ".join(faults)
