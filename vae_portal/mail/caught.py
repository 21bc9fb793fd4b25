"""Reads what the demonstration's mail catcher received, text only, so that people can follow the links sent to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

NEWEST = 50
_LARGEST = 1024 * 1024  # bytes; the portal writes none that long


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail as its recipient would read it."""

    to: str
    subject: str
    sent_at: datetime | None
    text: str


def newest(folder: Path) -> list[CaughtMail]:
    """The latest mails of the folder, newest first; names sort by arrival, and one that cannot be read is left out."""
    names = sorted((path for path in folder.glob("*.eml") if not path.name.startswith(".")), reverse=True)
    return [mail for path in names[:NEWEST] if (mail := _read(path))]


def _read(path: Path) -> CaughtMail | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what the default policy makes
        body = message.get_body(preferencelist=("plain",))
        text = body.get_content() if body is not None else ""
        return CaughtMail(str(message["To"] or ""), str(message["Subject"] or ""), _date(message), str(text).strip())
    except (OSError, LookupError, ValueError):
        return None


def _date(message: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return found if found.tzinfo else None
