"""What is joined to a request: its pieces, each in its place, and files that answer what the centre asked for."""

from __future__ import annotations

from sqlalchemy import select

from storage.errors import FileRefused
from storage.names import safe_filename
from storage.port import Readable
from vae_portal.actions import evidence as files
from vae_portal.actions import supplement
from vae_portal.actions.editing import Edit, editing
from vae_portal.actions.evidence import Verdict
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.tables import Evidence, Piece
from workflows.facts import Actor
from workflows.request_pieces import wanted
from workflows.vocabulary import Right

_NO_PLACE = "Choisissez la nature de la pièce, et ce qu'elle prouve."


def add(services: Services, actor: Actor, number: str, kind: str, about: str, name: str, stream: Readable) -> Verdict:
    """Joins one file to the request, in a place that its answers call for; StreamCut leaves nothing."""
    return _joined(services, actor, number, name, stream, kind, about)


def add_to_supplement(
    services: Services, actor: Actor, number: str, item_id: int, name: str, stream: Readable
) -> Verdict:
    """Joins one file as the answer to one thing that the centre asked for; StreamCut leaves nothing."""
    return _joined(services, actor, number, name, stream, "", "", item_id)


def _joined(
    services: Services,
    actor: Actor,
    number: str,
    name: str,
    stream: Readable,
    kind: str,
    about: str,
    item_id: int | None = None,
) -> Verdict:
    try:
        with (
            files.receive(services, name, stream) as (received, kept_as),
            editing(services, actor, number, Right.EDIT_REQUEST) as edit,
        ):
            if item_id is None:
                _require_place(edit, kind, about)
            else:
                kind, about = supplement.file_given(edit, item_id)
            row = files.add(services, edit, kept_as, received)
            edit.session.add(
                Piece(candidacy_id=edit.candidacy.id, kind=kind, about=about, evidence_id=row.id, item_id=item_id)
            )
            edit.record(
                "evidence_given",
                evidence=row.id,
                sha256=received.sha256,
                size=received.size,
                piece=kind,
                about=about,
                item=item_id,
            )
    except FileRefused as fault:
        return Verdict(safe_filename(name), refusal=fault.reason)
    return Verdict(name, kept_as, evidence_id=row.id, size=received.size)


def place(services: Services, actor: Actor, number: str, evidence_id: int, kind: str, about: str) -> str:
    """Says what a piece is and what it proves; returns its file's name. What was sent stays as it was sent."""
    with editing(services, actor, number, Right.EDIT_REQUEST) as edit:
        piece, row = _own(edit, evidence_id)
        _require_place(edit, kind, about)
        piece.kind, piece.about = kind, about
        edit.record("piece_placed", evidence=evidence_id, piece=kind, about=about)
        return row.name


def remove(services: Services, actor: Actor, number: str, evidence_id: int) -> str:
    """Takes a piece out of the request; returns its file's name."""
    with editing(services, actor, number, Right.EDIT_REQUEST) as edit:
        _, row = _own(edit, evidence_id)
        row.removed_at = edit.now
        supplement.file_taken_out(edit, evidence_id)
        edit.record("evidence_removed", evidence=evidence_id)
        return row.name


def _own(edit: Edit, evidence_id: int) -> tuple[Piece, Evidence]:
    mine = select(Piece, Evidence).join(Evidence, Piece.evidence_id == Evidence.id)
    found = edit.session.execute(
        mine.where(Evidence.id == evidence_id, Evidence.candidacy_id == edit.candidacy.id)
    ).one_or_none()
    if found is None or found.Evidence.removed_at is not None:
        raise NotVisible("Cette pièce n'est pas, ou plus, dans votre demande.")
    if edit.candidacy.was_sent(found.Evidence.given_at):
        raise ActionRefused("Cette pièce a déjà été envoyée à votre centre : elle reste au dossier.")
    return found.Piece, found.Evidence


def _require_place(edit: Edit, kind: str, about: str) -> None:
    places = wanted(edit.candidacy.request, edit.facts.held)
    if not any(kind in place.kinds and about == place.about for place in places):
        raise InputRefused(_NO_PLACE, {"kind": _NO_PLACE})
