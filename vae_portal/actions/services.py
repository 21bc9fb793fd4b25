"""What every act needs of the world: database, store, settings, and a clock that is given, never looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from storage.port import ObjectStore
from storage.s3 import S3Store
from vae_portal.persistence.database import Database
from vae_portal.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """One per process."""

    settings: Settings
    database: Database
    store: ObjectStore
    clock: Callable[[], datetime]  # an aware instant

    @property
    def scanning(self) -> bool:
        """Whether an antivirus is set up."""
        return bool(self.settings.clamd_url)


def from_settings(settings: Settings, clock: Callable[[], datetime] | None = None) -> Services:
    """The real services that the settings name."""
    store = _store(settings)
    return Services(settings, Database(settings.database_url), store, clock or (lambda: datetime.now(UTC)))


def prepare_store(settings: Settings) -> None:
    """Makes the bucket, versioned and with object lock, when it is missing; raises StoreDown."""
    _store(settings).prepare()


def _store(settings: Settings) -> S3Store:
    return S3Store(
        settings.s3_endpoint,
        settings.s3_access_key,
        settings.s3_secret_key,
        settings.s3_bucket,
        secure=settings.s3_secure,
    )
