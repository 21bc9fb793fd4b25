"""What the pages of the minutes show: a deed from its own text alone, or the session as it stands before closing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vae_portal.actions import minutes_signing, minutes_text, sessions_rights
from vae_portal.persistence.queries import minutes, sessions
from vae_portal.web.context import reading
from vae_portal.web.places import document_page
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Deed, Right, SessionState

_SHEET = "jury_attendance_sheet"


def panel(row: Any, runs: bool) -> dict[str, Any]:
    """The panel of the session's page: the draft, or the deeds with how many signed; the sheet to sign on paper."""
    closed = row.state == SessionState.CLOSED
    sits = row.state in (SessionState.CONVENED, SessionState.OPEN)
    found = minutes.lines(reading(), row.id) if closed else []
    before = sessions.minutes_of(reading(), row.id) if closed and not found else None
    sheet = minutes.latest_document(reading(), row.id, _SHEET) if sits else None
    return {
        "deeds": found,
        "closed": closed,
        "open": row.state == SessionState.OPEN,
        "old_url": document_page(before.number) if before and before.object_key else "",
        "sheet": sheet,
        "sheet_url": document_page(sheet.number) if sheet and sheet.object_key else "",
        "makes_sheet": sits and runs,
    }


def draft(row: Any) -> dict[str, Any]:
    """The minutes of a session that is not closed, as they stand."""
    return {"row": row, "deed": None, "text": minutes_text.text_of(reading(), row), "at": datetime.fromisoformat}


def shown(row: Any, deed: Any, actor: Actor) -> dict[str, Any]:
    """A deed, who signed it, what is tied to it, and what this person may do."""
    text = minutes_text.read(deed)
    every = minutes.deeds(reading(), row.id)
    signed = minutes.signatures(reading(), [deed.id])[deed.id]
    kept = minutes.scans(reading(), [deed.id])
    document = minutes.documents(reading(), [deed]).get(deed.document_id or 0)
    named = minutes_text.names(deed, actor.person_id) and may(Right.SIGN_MINUTES, actor)
    return {
        "row": row,
        "deed": deed,
        "text": text,
        "at": datetime.fromisoformat,
        "correction": deed.deed == Deed.CORRECTION,
        "signatories": [{**line, "signed_at": signed.get(line["id"])} for line in text["signatories"]],
        "signed": len(signed),
        "scans": kept,
        "document": document,
        "document_url": document_page(document.number) if document and document.object_key else "",
        "corrected_by": [d for d in every if _corrects(d) == deed.number],
        "may_sign": named and actor.person_id not in signed,
        "runs": sessions_rights.may_run(row, actor) and may(Right.RUN_SESSION, actor),
        "most": minutes_signing.MOST_BYTES,
        "sealed": deed.object_key is not None,
    }


def _corrects(deed: Any) -> str:
    return str(minutes_text.read(deed)["corrects"]["number"]) if deed.deed == Deed.CORRECTION else ""
