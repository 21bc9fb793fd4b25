"""What the portal is told from outside: one frozen object read from the environment, refused at start when wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from vae_portal.errors import SettingsRefused


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, its unit in its name or its comment; the environment variable is the name in capitals."""

    database_url: str
    s3_endpoint: str
    s3_access_key: str
    s3_secret_key: str
    secret_key: str
    s3_bucket: str = "vae"
    s3_secure: bool = False
    smtp_url: str = "smtp://127.0.0.1:25"
    mail_from: str = "ne-pas-repondre@portail-vae.example"
    clamd_url: str = ""  # empty: nothing is scanned, and the pages say so
    base_url: str = "http://127.0.0.1:8000"
    max_file_bytes: int = 500 * 1024 * 1024
    max_candidacy_bytes: int = 5 * 1024 * 1024 * 1024
    max_form_bytes: int = 1024 * 1024  # everything of a form that is not a file
    upload_hours: int = 168  # an upload that was cut may go on for that long after its last bytes
    orphan_hours: int = 48  # what the store holds and nothing refers to is deleted after that long
    removed_hours: int = 720  # so are the bytes of a file taken out of a dossier that was never deposited
    preview_pages: int = 200  # of one file, shown as pictures
    seal_days: int = 3650  # a deposit and an anchor cannot be deleted for that long: ten years
    session_hours: int = 12
    sign_in_attempts: int = 10  # per address, and ten times as many per network address, in fifteen minutes
    calendar_private_hosts: str = ""  # hosts of one's own network that calendars may be read from, comma between
    trusted_proxies: int = 0
    demonstration: bool = False  # shows the mails sent and marks every page


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from environment variables; raises SettingsRefused with one sentence naming every fault."""
    faults: list[str] = []
    values: dict[str, object] = {}
    for field in fields(Settings):
        raw = environment.get(field.name.upper(), "").strip()
        if not raw:
            if field.name in _REQUIRED:
                faults.append(f"{field.name.upper()} manque")
            continue
        try:
            values[field.name] = _READERS[str(field.type)](raw)
        except ValueError:
            faults.append(f"{field.name.upper()} n'est pas {_EXPECTED[str(field.type)]} : {raw!r}")
    faults += _implausible(values)
    if faults:
        raise SettingsRefused("Réglages à corriger : " + " ; ".join(faults) + ".")
    return Settings(**values)  # type: ignore[arg-type]


def _implausible(values: Mapping[str, object]) -> list[str]:
    faults = []
    database = str(values.get("database_url", "postgresql://"))
    if not database.startswith(("postgresql://", "postgresql+psycopg://")):
        faults.append("DATABASE_URL doit commencer par postgresql://")
    if len(str(values.get("secret_key", "x" * 32))) < 32:
        faults.append("SECRET_KEY doit avoir au moins 32 caractères")
    if urlsplit(str(values.get("smtp_url", "smtp://"))).scheme not in ("smtp", "smtps", "smtp+starttls"):
        faults.append("SMTP_URL doit commencer par smtp://, smtps:// ou smtp+starttls://")
    if "://" in str(values.get("s3_endpoint", "")):
        faults.append("S3_ENDPOINT est un hôte et un port, sans http:// (S3_SECURE=1 pour TLS)")
    clamd = str(values.get("clamd_url", ""))
    if clamd and urlsplit(clamd).scheme not in ("tcp", "unix"):
        faults.append("CLAMD_URL doit commencer par tcp:// ou unix://")
    faults += [
        f"{name.upper()} doit être positif"
        for name, value in values.items()
        if type(value) is int and value <= 0 and name != "trusted_proxies"
    ]
    return faults


def _boolean(raw: str) -> bool:
    if raw.lower() in ("1", "true", "yes", "oui"):
        return True
    if raw.lower() in ("0", "false", "no", "non"):
        return False
    raise ValueError(raw)


_REQUIRED = ("database_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "secret_key")
_READERS: dict[str, Callable[[str], object]] = {"str": str, "int": int, "bool": _boolean}
_EXPECTED = {"str": "un texte", "int": "un nombre entier", "bool": "oui ou non (1 ou 0)"}
