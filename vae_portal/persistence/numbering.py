"""Numbers drawn without a gap: the counter's row is held until the act is recorded, and given back if it is not."""

from __future__ import annotations

from sqlalchemy import literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Counter


def draw(session: Session, name: str) -> int:
    """The next number of a series, from 1."""
    row = insert(Counter).values(name=name, value=1)
    row = row.on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + literal_column("1")})
    return session.execute(row.returning(Counter.value)).scalar_one()


def candidacy_number(session: Session, year: int) -> str:
    """The next candidacy's number of a civil year, such as 2026-0042."""
    return f"{year}-{draw(session, f'candidacy:{year}'):04d}"


def award_serial(session: Session, centre_id: int, year: int) -> int:
    """The next rank in the register of a centre in a civil year, without gap."""
    return draw(session, f"award:{centre_id}:{year}")


def minutes_serial(session: Session, centre_id: int, year: int) -> int:
    """The next number of a centre's minutes in a civil year; a transaction that fails gives it back."""
    return draw(session, f"minutes:{centre_id}:{year}")


def minutes_number(year: int, serial: int) -> str:
    """The number of minutes or of a correction, as it is written: PV-2026-003."""
    return f"PV-{year}-{serial:03d}"
