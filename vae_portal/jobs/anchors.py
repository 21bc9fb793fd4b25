"""Anchors the journal once a day: the heads of all chains in one locked object, so that nothing can be cut unseen."""

from __future__ import annotations

import json
from datetime import date, timedelta

import structlog
from sqlalchemy import select

from storage.errors import StoreError
from storage.keys import anchor_key
from vae_portal.actions.services import Services
from vae_portal.persistence.anchoring import AnchorBody, digest, heads, hold_anchoring, read_body
from vae_portal.persistence.journal import GENESIS
from vae_portal.persistence.tables import Anchor
from workflows.clocks import civil_date

log = structlog.get_logger(__name__)

_LARGEST = 1024 * 1024 * 1024  # bytes; an anchor grows with the number of chains, not with their rows


class AnchorContradicted(StoreError):
    """The store holds, for a day not yet in the table, an object that is not the anchor that follows the last one."""


def anchor_journal(services: Services) -> bool:
    """Writes today's anchor unless there is one; whether it wrote it. Raises StoreError, with nothing recorded."""
    now = services.clock()
    today = civil_date(now)
    with services.database.writing() as session:
        hold_anchoring(session)
        last = session.scalars(select(Anchor).order_by(Anchor.day.desc()).limit(1)).first()
        if last is not None and last.day >= today:
            return False
        previous = last.sha256 if last else GENESIS
        body = AnchorBody(today, now, previous, heads(session))
        content, key = body.to_bytes(), anchor_key(today)
        until = now + timedelta(days=services.settings.seal_days)
        if not services.store.put_bytes(key, content, "application/json", create_only=True, locked_until=until):
            body, content = _written_before(services, today, previous)
        session.add(Anchor(day=today, object_key=key, sha256=digest(content), anchored_at=body.anchored_at))
    log.info("journal_anchored", day=today.isoformat(), chains=len(body.heads))
    return True


def _written_before(services: Services, day: date, previous: str) -> tuple[AnchorBody, bytes]:
    """The anchor that a run stored before it was cut: the object never changes, so the row follows it."""
    content = services.store.read_bytes(anchor_key(day), limit_bytes=_LARGEST)
    try:
        body = read_body(json.loads(content))
    except ValueError:
        body = None
    if body is None or (body.day, body.previous) != (day, previous):
        log.critical("anchor_contradicted", key=anchor_key(day))
        raise AnchorContradicted(f"L'ancre du {day:%d/%m/%Y} dans le stockage ne suit pas la précédente.")
    return body, content
