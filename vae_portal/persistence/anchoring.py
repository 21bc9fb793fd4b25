"""What a daily anchor holds and how the anchors follow each other; written by a job, read again by `verify`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from vae_portal.persistence.journal import canonical

_ONE_AT_A_TIME = 728_242_002  # advisory lock: held from before the object is written until its row is committed


# Hops from chain to chain along the index: its cost grows with the chains, not with their rows.
_HEADS = text(
    """
    WITH RECURSIVE walked AS (
        (SELECT chain FROM journal ORDER BY chain LIMIT 1)
        UNION ALL
        SELECT (SELECT journal.chain FROM journal WHERE journal.chain > walked.chain ORDER BY journal.chain LIMIT 1)
          FROM walked WHERE walked.chain IS NOT NULL
    )
    SELECT walked.chain, head.seq, head.hash
      FROM walked
      CROSS JOIN LATERAL (
          SELECT seq, hash FROM journal WHERE journal.chain = walked.chain ORDER BY seq DESC LIMIT 1
      ) AS head
    """
)


@dataclass(frozen=True, slots=True)
class AnchorBody:
    """The heads of all chains at one instant, with the hash of the anchor before."""

    day: date
    anchored_at: datetime
    previous: str
    heads: tuple[tuple[str, int, str], ...]  # (chain, sequence number, hash of its last row)

    def to_bytes(self) -> bytes:
        """Its canonical JSON, which is what is hashed and stored."""
        body = {
            "day": self.day.isoformat(),
            "anchored_at": self.anchored_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "previous": self.previous,
            "heads": [list(head) for head in self.heads],
        }
        return canonical(body)


def heads(session: Session) -> tuple[tuple[str, int, str], ...]:
    """(chain, sequence number, hash) of the last row of every chain, in the order of the chains' names."""
    return tuple(sorted((row.chain, row.seq, row.hash) for row in session.execute(_HEADS)))


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal of an anchor's bytes."""
    return hashlib.sha256(content).hexdigest()


def read_body(value: object) -> AnchorBody:
    """An anchor from its parsed JSON; raises ValueError when it is not one."""
    try:
        heads: Iterable[tuple[str, int, str]] = value["heads"]  # type: ignore[index]
        return AnchorBody(
            date.fromisoformat(value["day"]),  # type: ignore[index]
            datetime.fromisoformat(value["anchored_at"]),  # type: ignore[index]
            str(value["previous"]),  # type: ignore[index]
            tuple((str(chain), int(seq), str(row_hash)) for chain, seq, row_hash in heads),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError("not an anchor") from fault


def hold_anchoring(session: Session) -> None:
    """Waits until no other transaction writes an anchor, and keeps the place until this one ends."""
    session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
