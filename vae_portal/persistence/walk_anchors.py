"""Walks the daily anchors: what they say of the journal must still be in it, so that a chain cut at its end shows."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage.errors import ObjectMissing, TooLarge
from storage.keys import ANCHORS, anchor_key
from storage.port import ObjectStore
from vae_portal.persistence.anchoring import AnchorBody, digest, hold_anchoring, read_body
from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Part, Report
from vae_portal.persistence.journal import GENESIS
from vae_portal.persistence.tables import Anchor

Head = tuple[str, int, str]

_HEADS_AT_A_TIME = 1000
_LARGEST = 1024 * 1024 * 1024  # bytes
_LOST_HEADS = text(
    """
    SELECT head.chain, head.seq, journal.hash AS found,
           (SELECT max(other.seq) FROM journal other WHERE other.chain = head.chain) AS last
      FROM unnest(CAST(:chains AS text[]), CAST(:seqs AS bigint[]), CAST(:hashes AS text[]))
           AS head(chain, seq, hash)
      LEFT JOIN journal ON journal.chain = head.chain AND journal.seq = head.seq
     WHERE journal.hash IS DISTINCT FROM head.hash
     ORDER BY head.chain, head.seq
    """
)


def walk_anchors(database: Database, store: ObjectStore, report: Report) -> None:
    """Notes every anchor that is altered, lost or out of its chain, and every chain end that is no longer there."""
    in_store = {listed.key for listed in store.list(ANCHORS)}
    with database.reading() as session:
        anchors = session.scalars(select(Anchor).order_by(Anchor.day)).all()
        before: tuple[str, ...] = (GENESIS,)
        known: frozenset[Head] = frozenset()
        for anchor in anchors:
            report.anchors += 1
            content = _content(store, anchor, report)
            body = _body(content, anchor, before, report) if content else None
            if body:
                _check_heads(session, body, known, report)
                known = frozenset(body.heads)
            # Either may be the altered one, and that has been told: the next anchor follows the other.
            before = (anchor.sha256, digest(content)) if content else (anchor.sha256,)
    _check_rows_exist(database, in_store - {anchor.object_key for anchor in anchors}, report)


def _content(store: ObjectStore, anchor: Anchor, report: Report) -> bytes | None:
    place = _place(anchor)
    if anchor.object_key != anchor_key(anchor.day):
        report.fault(Part.ANCHOR, place, f"sa ligne désigne un autre objet ({anchor.object_key})")
    try:
        content = store.read_bytes(anchor.object_key, limit_bytes=_LARGEST)
    except (ObjectMissing, TooLarge):
        report.fault(Part.ANCHOR, place, f"son objet {anchor.object_key} manque dans le stockage")
        return None
    if digest(content) != anchor.sha256:
        report.fault(Part.ANCHOR, place, f"son objet {anchor.object_key} n'est plus celui qui a été inscrit")
    return content


def _body(content: bytes, anchor: Anchor, before: tuple[str, ...], report: Report) -> AnchorBody | None:
    place = _place(anchor)
    try:
        body = read_body(json.loads(content))
    except ValueError:
        report.fault(Part.ANCHOR, place, "son contenu n'est pas celui d'une ancre")
        return None
    if body.day != anchor.day:
        report.fault(Part.ANCHOR, place, f"son contenu est celui du {body.day:%d/%m/%Y}")
    if body.previous not in before:
        report.fault(Part.ANCHOR, place, "elle ne suit pas l'ancre qui la précède")
    return body


def _check_heads(session: Session, body: AnchorBody, known: frozenset[Head], report: Report) -> None:
    """Looks up each chain's end as anchored, but for those that the anchor before had already."""
    heads = [head for head in body.heads if head not in known]
    for start in range(0, len(heads), _HEADS_AT_A_TIME):
        for lost in _lost(session, heads[start : start + _HEADS_AT_A_TIME]):
            place = f"chaîne {lost.chain}, ligne {lost.seq}"
            anchored = f"ancrée le {body.day:%d/%m/%Y}"
            if lost.found is not None:
                report.fault(Part.CHAIN, place, f"elle diffère de la ligne {anchored}")
            elif lost.last is None:
                report.fault(Part.CHAIN, place, f"{anchored}, elle a disparu avec toute sa chaîne")
            else:
                report.fault(Part.CHAIN, place, f"{anchored}, elle a disparu (dernière ligne : {lost.last})")


def _lost(session: Session, heads: Sequence[Head]):  # type: ignore[no-untyped-def]
    chains, seqs, hashes = zip(*heads, strict=True)
    return session.execute(_LOST_HEADS, {"chains": list(chains), "seqs": list(seqs), "hashes": list(hashes)}).all()


def _check_rows_exist(database: Database, keys: set[str], report: Report) -> None:
    """Notes the anchors of the store that have no row; one being written just now has its row a moment later."""
    if not keys:
        return
    with database.reading() as session:
        hold_anchoring(session)
        keys = keys - set(session.scalars(select(Anchor.object_key).where(Anchor.object_key.in_(keys))))
    for key in sorted(keys):
        report.fault(Part.ANCHOR, f"objet {key}", "cette ancre n'a plus de ligne dans la base")


def _place(anchor: Anchor) -> str:
    return f"ancre du {anchor.day:%d/%m/%Y}"
