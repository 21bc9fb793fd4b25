"""What the jobs left: rows of the queue and of the journal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from vae_portal.actions.services import Services
from vae_portal.persistence.tables import JournalRow


def journal(services: Services) -> list[tuple[str, str, dict[str, Any]]]:
    """(chain, event, details) of every row, in the order they were written."""
    with services.database.reading() as session:
        rows = select(JournalRow.chain, JournalRow.event, JournalRow.details).order_by(JournalRow.id)
        return [tuple(row) for row in session.execute(rows)]  # type: ignore[misc]


def jobs(services: Services) -> list[tuple[str, str, int]]:
    """(task, status, attempts) of every job, in the order they were asked."""
    with services.database.reading() as session:
        rows = session.execute(text("SELECT task_name, status, attempts FROM procrastinate_jobs ORDER BY id"))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def row(services: Services, table: type, key: object) -> Any:
    """A row as it is committed now."""
    with services.database.reading() as session:
        return session.get_one(table, key)
