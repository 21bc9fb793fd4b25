"""One engine per process; a transaction that writes is asked for by name, every other one cannot write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from vae_portal.persistence import listed


class Database:
    """The way to the database: `reading()` refuses writes at the server, `writing()` is one act, one transaction."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self.engine: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=10,
            pool_pre_ping=True,
            hide_parameters=True,  # a fault that is logged names no person
            pool_timeout=5,
            connect_args={"connect_timeout": 3},
            json_serializer=lambda value: json.dumps(value, ensure_ascii=False, default=_plain),
        )

    def read_session(self) -> Session:
        """A session whose transaction is read only; the caller closes it."""
        session = Session(self.engine, expire_on_commit=False)
        session.execute(text("SET TRANSACTION READ ONLY"))
        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction."""
        session = self.read_session()
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: everything of an act is recorded, or nothing."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            event.listen(session, "after_flush", listed.follow)
            yield session

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()


def sqlalchemy_url(url: str) -> str:
    """The URL with the psycopg 3 driver named."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def libpq_url(url: str) -> str:
    """The URL as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
