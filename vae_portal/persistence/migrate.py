"""Brings a database to the newest version: numbered migrations, each in a transaction, one process at a time."""

from __future__ import annotations

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from vae_portal.persistence.database import sqlalchemy_url
from vae_portal.settings import Settings

_ONE_AT_A_TIME = 728_242_001  # advisory lock


def run(settings: Settings) -> None:
    """Upgrades the database named by the settings."""
    upgrade(settings.database_url)


def upgrade(url: str, revision: str = "head") -> None:
    """Upgrades to a revision; two processes at once: the second waits and finds nothing to do."""
    _with_connection(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Goes back to a revision; "base" empties the database."""
    _with_connection(url, lambda config: command.downgrade(config, revision))


def _with_connection(url, do) -> None:  # type: ignore[no-untyped-def]
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            do(_config(connection))
    finally:
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("vae_portal.persistence") / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
