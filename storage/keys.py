"""What lives where in the bucket: every key of the store is made here."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from uuid import uuid4

INCOMING = "incoming/"  # ends of uploads too short for a part: temporary
EVIDENCE = "evidence/"  # what people sent, under names drawn at random, never overwritten
PREVIEWS = "previews/"  # pictures of evidence, made again at will
DOCUMENTS = "documents/"  # what the portal made for people, named by its hash, never overwritten
ANCHORS = "anchors/"  # the journal's daily anchors, locked
PREVIEWS = "previews/"  # pictures of pages, made again when lost
ASSESSMENTS = "assessments/"  # closed assessments as they were signed, named by their hash, locked
MINUTES = "minutes/"  # minutes of juries and their corrections, named by their hash, locked
DEPOSITS = "deposits/"  # whole candidacies as deposited, named by their hash, locked

_SHA256 = re.compile(r"[0-9a-f]{64}")


def evidence_key() -> str:
    """A fresh key for a file that begins to come in: its hash is known at its end only, and nothing is moved then."""
    name = uuid4().hex
    return f"{EVIDENCE}{name[:2]}/{name}"


def incoming_key(token: str, offset: int) -> str:
    """A fresh key for the bytes of an upload from this offset on."""
    return f"{INCOMING}{token}/{offset}-{uuid4().hex[:12]}"


def document_key(sha256: str) -> str:
    """Where a document with this SHA-256 is kept; ValueError for anything else."""
    return _by_hash(DOCUMENTS, sha256)


def deposit_key(sha256: str) -> str:
    """Where the deposit with this SHA-256 is kept; ValueError for anything else."""
    return _by_hash(DEPOSITS, sha256)


def assessment_key(sha256: str) -> str:
    """Where the record of a closed assessment with this SHA-256 is kept; ValueError for anything else."""
    return _by_hash(ASSESSMENTS, sha256)


def minutes_key(sha256: str) -> str:
    """Where the minutes with this SHA-256 are kept; ValueError for anything else."""
    return _by_hash(MINUTES, sha256)


def preview_key(source: str, page: int) -> str:
    """Where the picture of a page (from 1) of the object `source` is kept: its own, never another's."""
    name = hashlib.sha256(f"{source}#{page}".encode()).hexdigest()[:40]
    return f"{PREVIEWS}{name[:2]}/{name}"


def anchor_key(day: date) -> str:
    """Where the journal's anchor of this day is kept."""
    return f"{ANCHORS}{day:%Y/%m/%Y-%m-%d}.json"


def _by_hash(prefix: str, sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 in lowercase hexadecimal: {sha256!r}")
    return f"{prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"
