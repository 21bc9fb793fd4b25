"""Small row builders for the tests of what is kept: the least that the tables accept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from vae_portal.persistence.database import Database
from vae_portal.persistence.journal import candidacy_chain, record
from vae_portal.persistence.tables import (
    Candidacy,
    Centre,
    Certification,
    CertificationVersion,
    Person,
    StoredObject,
)
from workflows.vocabulary import Step

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

_numbers = count(1)


def add(session: Session, row: Any) -> Any:
    """Inserts a row and returns it with its id."""
    session.add(row)
    session.flush()
    return row


def a_candidacy(session: Session, step: Step = Step.DOSSIER_PREPARATION, **fields: Any) -> Candidacy:
    """A candidacy with its own centre, person and certification."""
    mark = next(_numbers)
    centre = add(session, Centre(name=f"Centre {mark}"))
    person = add(
        session,
        Person(
            centre_id=centre.id,
            email=f"personne{mark}@exemple.test",
            password_hash="x",
            given_names="Zoé",
            family_name="N'Guyen & <fils>",
            created_at=NOON,
        ),
    )
    certification = add(session, Certification(rncp=f"{mark}", title="Une certification"))
    version = add(session, CertificationVersion(certification_id=certification.id, label="2026"))
    values: dict[str, Any] = {
        "number": f"2026-{mark:04d}",
        "centre_id": centre.id,
        "person_id": person.id,
        "version_id": version.id,
        "step": step.value,
        "created_at": NOON,
        "stepped_at": NOON,
        "submitted_on": date(2026, 1, 5),
        "regime": "france_vae",
        "notified_on": date(2026, 2, 2),
    }
    return add(session, Candidacy(**(values | fields)))


def a_chain(database: Database, chain: str, length: int) -> None:
    """A chain of so many rows, each written by its own transaction."""
    for number in range(1, length + 1):
        with database.writing() as session:
            record(session, chain, "tested", None, NOON, {"n": number, "é": "à « & »"})


def a_candidacy_chain(database: Database, length: int) -> str:
    """A candidacy with a chain of so many rows; the chain's name."""
    with database.writing() as session:
        chain = candidacy_chain(a_candidacy(session).id)
    a_chain(database, chain, length)
    return chain


def an_object(session: Session, key: str, sha256: str, size: int, media_type: str = "application/pdf") -> StoredObject:
    """The row of an object of the store."""
    return add(session, StoredObject(key=key, sha256=sha256, size=size, media_type=media_type, stored_at=NOON))


def behind_its_back(database: Database, table: str, *statements: str) -> None:
    """Does what only the owner of the database can do: switches the triggers off, changes, switches them on."""
    with database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
