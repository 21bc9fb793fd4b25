"""The manifest of a dossier: everything it says and holds, as plain data; a deposit seals its canonical form."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.persistence.queries import dossiers
from vae_portal.persistence.tables import Candidacy, Evidence
from workflows.differences import TEXTS

FORMAT = 2  # what a manifest holds; those sealed before had no number


def manifest(
    session: Session, candidacy: Candidacy, targeted: Collection[str], number: int | None, at: datetime
) -> dict[str, Any]:
    """The dossier as it stands: sealed as deposit `number` at that instant, or only looked at (None)."""
    shown = dossiers.view(session, candidacy.id)
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    return {
        "format": FORMAT,
        "candidacy": candidacy.number,
        "certification": candidacy.version.certification.rncp,
        "deposit": number,
        "round": candidacy.round,
        ("sealed_at" if number else "looked_at"): moment,
        "targeted": list(targeted),
        **contents(shown),
    }


def contents(shown: dossiers.DossierView) -> dict[str, Any]:
    """The files and situations of a dossier, as every manifest names them."""
    return {
        "files": [_file(e) for e in shown.files.values()],
        "situations": [_situation(s) for s in shown.situations],
    }


def _file(evidence: Evidence) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "name": evidence.name,
        "size": evidence.size,
        "sha256": evidence.sha256,
        "type": evidence.stored.media_type if evidence.stored else "",
        "confidential": evidence.confidential,
        "given_at": evidence.given_at.astimezone(UTC).isoformat(),
    }


def _situation(shown: dossiers.SituationView) -> dict[str, Any]:
    return {
        "id": shown.row.id,
        "revision": shown.row.revision,
        **{name: getattr(shown.row, name) for name in TEXTS},
        "capabilities": list(shown.capabilities),
        "files": [e.id for e in shown.evidence],
        "pointers": [
            {"file": p.evidence_id, "capability": p.capability, "shows": p.shows, "place": p.place}
            for p in shown.pointers
        ],
    }
