"""One database per worker, put back between tests to what it held: rows are copied back, nothing is made anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from psycopg import sql

from storage.s3 import S3Store

# Tells when a test has changed more than rows: such a database is not put back, another is made.
_WATCH = """
CREATE SCHEMA kept;
CREATE TABLE kept.changed (at timestamptz);
CREATE FUNCTION kept.tell() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO kept.changed VALUES (now()); END $$;
CREATE EVENT TRIGGER kept_ddl ON ddl_command_end EXECUTE FUNCTION kept.tell();
CREATE EVENT TRIGGER kept_drop ON sql_drop EXECUTE FUNCTION kept.tell();
ALTER EVENT TRIGGER kept_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER kept_drop ENABLE ALWAYS;
TRUNCATE kept.changed;
"""
# Each table with the columns that COPY takes.
_TABLES = """
SELECT relname, array_agg(attname ORDER BY attnum) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
GROUP BY relname ORDER BY relname
"""
_SEQUENCES = """
SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """What every table held, as COPY writes it, and where each sequence stood."""

    tables: dict[str, bytes]
    sequences: dict[str, int]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the store with the end of its lock."""

    key: str
    data: bytes
    media_type: str
    locked_until: datetime | None


@dataclass(slots=True)
class Kept:
    """A worker's database; `make` gives the address of a migrated one, `remembered` what tests walked to before."""

    make: Callable[[], str]
    drop: Callable[[str], None]
    url: str = ""
    remembered: dict[Hashable, object] = field(default_factory=dict)
    _empty: Rows | None = None
    _tables: dict[str, list[str]] = field(default_factory=dict)
    _mark: str = ""  # the transaction that put the rows back
    _rows: Rows | None = None

    def begin(self, rows: Rows | None = None) -> None:
        """For one more test: ends what others still do there, and puts these rows back; None: none at all."""
        if not self.url or self._changed():
            self.close()
            self._make()
        with psycopg.connect(self.url) as connection:
            connection.execute(_END_OTHERS)
        assert self._empty is not None
        self.put_back(rows or self._empty)

    def put_back(self, rows: Rows) -> None:
        """Makes it hold these rows and no other."""
        with psycopg.connect(self.url) as connection:
            # As a replica: rows come back as they were, without what triggers would do or refuse.
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(self._each("DELETE FROM {}"))
            for table, copied in rows.tables.items():
                with connection.cursor().copy(self._copy(table, "FROM STDIN")) as copy:
                    copy.write(copied)
            for name, value in rows.sequences.items():
                connection.execute("SELECT setval(%s, %s)", (name, value))
            for name in self._sequences(connection).keys() - rows.sequences.keys():
                connection.execute("SELECT setval(%s, 1, false)", (name,))
            connection.execute("DELETE FROM kept.changed")
            self._mark = str(connection.execute("SELECT pg_current_xact_id()::xid").fetchone()[0])  # type: ignore[index]
            self._rows = rows

    def pristine(self) -> bool:
        """Whether nothing was written since it was put back."""
        assert self._rows is not None
        one = "SELECT '{0}', count(*), count(*) FILTER (WHERE xmin <> '" + self._mark + "'::xid) FROM {0}"
        with psycopg.connect(self.url) as connection:
            counted = connection.execute(" UNION ALL ".join(one.format(table) for table in self._tables)).fetchall()
        return all(n == self._rows.tables.get(t, b"").count(b"\n") and not others for t, n, others in counted)

    def rows(self) -> Rows:
        """What it holds now."""
        held = {}
        with psycopg.connect(self.url) as connection:
            for table in self._tables:
                with connection.cursor().copy(self._copy(table, "TO STDOUT")) as copy:
                    if copied := b"".join(bytes(piece) for piece in copy):
                        held[table] = copied
            return Rows(held, self._sequences(connection))

    def close(self) -> None:
        """Drops it."""
        if self.url:
            self.drop(self.url)
            self.url = ""

    def _make(self) -> None:
        self.url = self.make()
        with psycopg.connect(self.url, autocommit=True) as connection:
            self._tables = dict(connection.execute(_TABLES).fetchall())
            connection.execute(_WATCH)
        self._empty = self._empty or self.rows()

    def _changed(self) -> bool:
        try:
            with psycopg.connect(self.url) as connection:
                return connection.execute("SELECT 1 FROM kept.changed").fetchone() is not None
        except psycopg.Error:
            return True

    def _each(self, statement: str) -> str:
        return "; ".join(statement.format(table) for table in self._tables)

    def _copy(self, table: str, way: str) -> sql.Composed:
        names = sql.SQL(", ").join(sql.Identifier(name) for name in self._tables[table])
        return sql.SQL("COPY {} ({}) " + way).format(sql.Identifier(table), names)

    def _sequences(self, connection: psycopg.Connection) -> dict[str, int]:
        return dict(connection.execute(_SEQUENCES).fetchall())


def things(store: S3Store) -> list[Thing]:
    """Every object of the bucket."""
    return [
        Thing(
            one.key,
            store.read_bytes(one.key),
            store.client.stat_object(store.bucket, one.key).content_type or "",
            store.locked_until(one.key),
        )
        for one in store.list("")
    ]


def put_things(store: S3Store, kept: list[Thing]) -> None:
    """Makes the bucket hold them."""
    for one in kept:
        store.put_bytes(one.key, one.data, one.media_type, locked_until=one.locked_until)
