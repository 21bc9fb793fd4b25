"""What lives where in the bucket: every key of the store is made here."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

INCOMING = "incoming/"  # uploads under way: temporary, swept when a crash leaves one
EVIDENCE = "evidence/"  # what people sent, named by its hash, never overwritten
DOCUMENTS = "documents/"  # what the portal made for people, named by its hash, never overwritten
ANCHORS = "anchors/"  # the journal's daily anchors, locked
DEPOSITS = "deposits/"  # whole candidacies as deposited, named by their hash, locked

_SHA256 = re.compile(r"[0-9a-f]{64}")


def incoming_key() -> str:
    """A fresh temporary key for one upload."""
    return f"{INCOMING}{uuid4().hex}"


def evidence_key(sha256: str) -> str:
    """Where evidence with this SHA-256 (64 lowercase hexadecimal digits) is kept; else ValueError."""
    return _by_hash(EVIDENCE, sha256)


def document_key(sha256: str) -> str:
    """Where a document with this SHA-256 is kept; ValueError for anything else."""
    return _by_hash(DOCUMENTS, sha256)


def deposit_key(sha256: str) -> str:
    """Where the deposit with this SHA-256 is kept; ValueError for anything else."""
    return _by_hash(DEPOSITS, sha256)


def anchor_key(day: date) -> str:
    """Where the journal's anchor of this day is kept."""
    return f"{ANCHORS}{day:%Y/%m/%Y-%m-%d}.json"


def _by_hash(prefix: str, sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 in lowercase hexadecimal: {sha256!r}")
    return f"{prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"
