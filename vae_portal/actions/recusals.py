"""Who does not sit for one candidate: the one way to write that someone leaves, or stays without voting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from vae_portal.persistence.tables import Recusal


def row(session_id: int, person_id: int, candidacy_id: int, reason: str, now: datetime, withholds: bool = False) -> Any:
    """To be executed. Who leaves stays gone; who stayed without voting and then leaves has left."""
    found = (
        insert(Recusal)
        .values(
            session_id=session_id, person_id=person_id, candidacy_id=candidacy_id, reason=reason[:500], recorded_at=now
        )
        .values(withholds=withholds)
    )
    if withholds:
        return found.on_conflict_do_nothing()
    return found.on_conflict_do_update(
        index_elements=["session_id", "person_id", "candidacy_id"],
        set_={"withholds": False, "reason": found.excluded.reason},
        where=Recusal.withholds.is_(True),
    )
