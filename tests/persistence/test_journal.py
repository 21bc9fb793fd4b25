"""The journal cannot be edited, never makes two candidacies wait for each other, and has no gap."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.persistence.rows import NOON, a_chain
from vae_portal.persistence.anchoring import heads
from vae_portal.persistence.database import Database
from vae_portal.persistence.journal import GENESIS, record
from vae_portal.persistence.tables import JournalRow


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET event = 'other' WHERE seq = 1",
        "UPDATE journal SET hash = hash",
        "DELETE FROM journal WHERE seq = 2",
        "TRUNCATE journal",
        "TRUNCATE journal CASCADE",
    ],
)
def test_nobody_edits_the_journal_not_even_its_owner(database: Database, statement: str) -> None:
    a_chain(database, "centre:1", 2)
    with database.engine.connect() as connection:
        owner, user = connection.execute(
            text("SELECT tableowner, current_user FROM pg_tables WHERE tablename = 'journal'")
        ).one()
    assert owner == user
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert len(session.scalars(select(JournalRow)).all()) == 2


def test_a_reading_transaction_writes_nothing(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"), database.reading() as session:
        record(session, "centre:1", "tested", None, NOON, {})


def test_two_candidacies_never_wait_for_each_other(database: Database) -> None:
    with database.writing() as holding:
        record(holding, "candidacy:1", "tested", None, NOON, {})
        started = time.monotonic()
        with database.writing() as other:  # a second connection, while the first has not committed
            other.execute(text("SET LOCAL statement_timeout = '5s'"))
            record(other, "candidacy:2", "tested", None, NOON, {})
        waited = time.monotonic() - started
    assert waited < 2
    with database.reading() as session:
        assert [(chain, seq) for chain, seq, _ in heads(session)] == [("candidacy:1", 1), ("candidacy:2", 1)]


def test_a_second_act_on_the_same_candidacy_waits_for_the_first(database: Database) -> None:
    appended = threading.Event()

    def append() -> None:
        with database.writing() as session:
            record(session, "candidacy:1", "second", None, NOON, {})
        appended.set()

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as holding:
            record(holding, "candidacy:1", "first", None, NOON, {})
            pool.submit(append)
            assert not appended.wait(0.5)
        assert appended.wait(10)
    with database.reading() as session:
        rows = session.execute(select(JournalRow.event).order_by(JournalRow.seq)).scalars().all()
    assert rows == ["first", "second"]


def test_many_writers_of_one_chain_leave_no_gap(database: Database) -> None:
    writers, each = 8, 12
    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(a_chain, database, "candidacy:7", each) for _ in range(writers)]:
            done.result()
    with database.reading() as session:
        rows = session.execute(
            select(JournalRow.seq, JournalRow.previous, JournalRow.hash).order_by(JournalRow.seq)
        ).all()
    assert [row.seq for row in rows] == list(range(1, writers * each + 1))
    assert [row.previous for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]


def test_what_is_rolled_back_takes_no_number(database: Database) -> None:
    a_chain(database, "centre:1", 1)
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        record(session, "centre:1", "lost", None, NOON, {})
        1 / 0  # noqa: B018 - any failure of the act
    a_chain(database, "centre:1", 1)
    with database.reading() as session:
        assert session.scalars(select(JournalRow.seq).order_by(JournalRow.seq)).all() == [1, 2]
