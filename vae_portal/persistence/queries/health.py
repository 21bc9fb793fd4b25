"""Whether the queue answers and a worker is alive, as `/readyz` tells it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def living_workers(session: Session, seconds: int = 60) -> int:
    """Workers whose heartbeat is younger than that, by the database's own clock."""
    alive = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
    return int(session.execute(text(alive), {"seconds": seconds}).scalar_one())
