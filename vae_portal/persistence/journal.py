"""The journal: one row per thing that happened, in the transaction of the act, hash-chained over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import JournalRow

GENESIS = "0" * 64  # what the first row of a chain holds as the hash before it


def candidacy_chain(candidacy_id: int) -> str:
    """The chain of one candidacy: two candidacies never wait for each other."""
    return f"candidacy:{candidacy_id}"


def centre_chain(centre_id: int) -> str:
    """The chain of a centre's other acts."""
    return f"centre:{centre_id}"


def record(
    session: Session, chain: str, event: str, actor_id: int | None, at: datetime, details: Mapping[str, Any]
) -> str:
    """Appends one row to a chain, within the transaction of the act; returns its hash.

    The chain is locked until the transaction ends. Details hold no text written by people: codes, ids, dates, hashes.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(chain, 0))))
    last = session.execute(
        select(JournalRow.seq, JournalRow.hash)
        .where(JournalRow.chain == chain)
        .order_by(JournalRow.seq.desc())
        .limit(1)
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    at = at.astimezone(UTC)
    plain = json.loads(json.dumps(dict(details), default=str))
    digest = row_hash(chain, seq, at, actor_id, event, plain, previous)
    session.execute(
        insert(JournalRow).values(
            chain=chain,
            seq=seq,
            at=at,
            actor_id=actor_id,
            event=event,
            details=plain,
            previous=previous,
            hash=digest,
        )
    )
    return digest


def last(session: Session, chain: str) -> JournalRow | None:
    """The latest row of a chain; None while it has none."""
    mine = select(JournalRow).where(JournalRow.chain == chain)
    return session.scalars(mine.order_by(JournalRow.seq.desc()).limit(1)).first()


def row_hash(
    chain: str, seq: int, at: datetime, actor_id: int | None, event: str, details: Mapping[str, Any], previous: str
) -> str:
    """SHA-256, in hexadecimal, of the row's canonical JSON: sorted keys, no spaces, UTF-8, instants in UTC."""
    body = {
        "actor": actor_id,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "chain": chain,
        "details": details,
        "event": event,
        "previous": previous,
        "seq": seq,
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def canonical(value: Any) -> bytes:
    """The one JSON form of a value that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
