"""The advisor studies the pieces of a request: a verdict on each, what is missing, the identity seen and let go."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions import disposal
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.queries import review as queries
from vae_portal.persistence.tables import Candidacy, Evidence, Piece, PieceReview
from workflows import clocks, request_pieces
from workflows.admissibility import another_advisor
from workflows.facts import Actor, Facts, Given
from workflows.machine import may
from workflows.review import identity_can_be_verified, verdict_sound
from workflows.vocabulary import EvidenceState, PieceVerdict, Right

LONGEST_WHAT = 200  # characters
LONGEST_REASON = 2_000
MOST_MISSING = 30
_CLOSED = "Les pièces s'étudient quand la demande est à l'étude. Rien n'a été enregistré."
_VERIFIED = "Identité vérifiée : le document a été effacé."


@dataclass(slots=True)
class _Study:
    session: Session
    candidacy: Candidacy
    facts: Facts
    actor: Actor
    now: datetime

    @property
    def person_id(self) -> int:
        """The advisor."""
        return int(self.actor.person_id or 0)

    def record(self, event: str, **details: Any) -> None:
        self.session.flush()
        journal.record(
            self.session, journal.candidacy_chain(self.candidacy.id), event, self.actor.person_id, self.now, details
        )


@contextmanager
def _studying(services: Services, actor: Actor, number: str, right: Right) -> Iterator[_Study]:
    """One transaction on a candidacy that the advisor may study now; NotVisible, or ActionRefused with the reason."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        now = services.clock()
        facts = facts_of.load(session, candidacy, now, services.scanning)
        if not may(right, actor):
            raise NotVisible("Seul un chargé de recevabilité du centre étudie les pièces.")
        if not may(right, actor, facts):
            raise ActionRefused(_CLOSED)
        if reason := another_advisor(facts, actor, now, Given()):
            raise ActionRefused(reason)
        yield _Study(session, candidacy, facts, actor, now)


def fingerprint(review: PieceReview | None) -> str:
    """What a page carries of the verdict it shows, to tell whether a colleague changed it since."""
    return hashlib.sha256(f"{review.verdict}\n{review.reason}".encode()).hexdigest() if review else ""


def judge(
    services: Services,
    actor: Actor,
    number: str,
    piece_id: int,
    verdict: PieceVerdict,
    reason: str,
    seen: str,
    what: str,
) -> None:
    """Records the verdict on one piece, shown to the candidate as `what`; `seen` is the fingerprint the page carried.

    Raises NotVisible, StaleForm when a colleague judged it in between, ActionRefused, InputRefused by field.
    """
    reason = _text(reason)
    _check(verdict, reason)
    with _studying(services, actor, number, Right.REVIEW_PIECES) as study:
        piece = _piece(study, piece_id)
        found = study.session.scalars(select(PieceReview).where(PieceReview.piece_id == piece_id)).one_or_none()
        if fingerprint(found) != seen:
            raise StaleForm("Un collègue a donné un verdict sur cette pièce entre-temps. Rien n'a été remplacé.")
        if found is None:
            found = PieceReview(candidacy_id=study.candidacy.id, piece_id=piece_id, kind=piece.kind)
            study.session.add(found)
        found.verdict, found.reason, found.what = verdict.value, reason, what[:LONGEST_WHAT]
        found.judged_by, found.judged_at = study.person_id, study.now
        if verdict is PieceVerdict.TO_REPLACE:
            found.item_id = None  # to be asked for, again if it was
        study.record("piece_judged", piece=piece_id, verdict=verdict.value, reason_sha256=_hash(reason))


def note_missing(services: Services, actor: Actor, number: str, kind: str, what: str, reason: str) -> int:
    """Notes a piece that was not given, or a point to make clear; returns its id. Twice the same is noted once."""
    what, reason = " ".join(what.split()), _text(reason)
    if not what:
        raise InputRefused("Rien n'a été noté.", {"what": "Nommez la pièce ou le point qui manque."})
    if len(what) > LONGEST_WHAT:
        raise InputRefused("Rien n'a été noté.", {"what": f"Écrivez {LONGEST_WHAT} caractères au plus."})
    if kind not in request_pieces.PIECES:
        raise InputRefused("Rien n'a été noté.", {"kind": "Choisissez la nature de la pièce."})
    _check(PieceVerdict.MISSING, reason)
    with _studying(services, actor, number, Right.REVIEW_PIECES) as study:
        noted = [one for one in queries.to_ask(study.session, study.candidacy.id) if one.piece_id is None]
        for one in noted:
            if (one.what, one.reason) == (what, reason):
                return one.id
        if len(noted) >= MOST_MISSING:
            raise ActionRefused(f"Notez {MOST_MISSING} points au plus, puis demandez les compléments.")
        row = PieceReview(
            candidacy_id=study.candidacy.id,
            kind=kind,
            what=what,
            verdict=PieceVerdict.MISSING.value,
            reason=reason,
            judged_by=actor.person_id,
            judged_at=study.now,
        )
        study.session.add(row)
        study.session.flush()
        study.record("piece_missing", review=row.id, piece=kind, reason_sha256=_hash(reason))
        return row.id


def forget_missing(services: Services, actor: Actor, number: str, review_id: int) -> None:
    """Takes back what was noted missing, as long as nobody was asked for it; already gone is as good."""
    with _studying(services, actor, number, Right.REVIEW_PIECES) as study:
        found = next((one for one in queries.to_ask(study.session, study.candidacy.id) if one.id == review_id), None)
        if found is None or found.piece_id is not None:
            return
        study.session.delete(found)
        study.record("piece_not_missing", review=review_id)


def verify_identity(services: Services, actor: Actor, number: str) -> None:
    """Records who verified the identity and when, and deletes every identity document of the request at once.

    Raises NotVisible, ActionRefused with the reason.
    """
    with _studying(services, actor, number, Right.VERIFY_IDENTITY) as study:
        if reason := identity_can_be_verified(study.facts):
            raise ActionRefused(reason)
        study.candidacy.identity_verified_on = clocks.civil_date(study.now)
        study.candidacy.identity_verified_by = actor.person_id
        keys = []
        for row in queries.identity_files(study.session, study.candidacy.id):
            keys.append(str(row.object_key))
            _let_go(row, study.now)
            study.record("identity_erased", evidence=row.id, object=keys[-1])
        study.record("identity_verified", verified_on=study.candidacy.identity_verified_on)
    for key in keys:
        disposal.discard_now(services, key)


def _let_go(row: Evidence, now: datetime) -> None:
    row.object_key, row.removed_at = None, row.removed_at or now
    row.state, row.state_reason = EvidenceState.REFUSED.value, _VERIFIED


def _piece(study: _Study, piece_id: int) -> Piece:
    kept = select(Piece).join(Evidence, Evidence.id == Piece.evidence_id).where(Evidence.removed_at.is_(None))
    found = study.session.scalars(
        kept.where(Piece.id == piece_id, Piece.candidacy_id == study.candidacy.id)
    ).one_or_none()
    if found is None:
        raise NotVisible("Cette pièce n'est pas, ou plus, dans la demande.")
    return found


def _check(verdict: PieceVerdict, reason: str) -> None:
    if sentence := verdict_sound(verdict, reason):
        raise InputRefused("Rien n'a été enregistré.", {"reason": sentence})
    if len(reason) > LONGEST_REASON:
        raise InputRefused("Rien n'a été enregistré.", {"reason": f"Écrivez {LONGEST_REASON} caractères au plus."})


def _text(typed: str) -> str:
    return typed.replace("\r\n", "\n").replace("\0", "").strip()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
