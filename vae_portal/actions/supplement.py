"""What a supplement asked for, answered one by one: in writing, with files, or both."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from vae_portal.actions.editing import Edit, editing
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible, StaleForm
from vae_portal.persistence.tables import Evidence, Piece, PieceReview, SupplementItem
from workflows import request_form
from workflows.facts import Actor
from workflows.vocabulary import Right


def answer_supplement(services: Services, actor: Actor, number: str, item_id: int, answer: str, known: str) -> None:
    """Answers in writing one thing that the centre asked for; `known` is the answer as the page showed it."""
    answer = answer.replace("\r\n", "\n").strip()
    if len(answer) > request_form.LONGEST_TEXT:
        sentence = f"Écrivez {request_form.LONGEST_TEXT} caractères au plus."
        raise InputRefused("La réponse n'est pas enregistrée.", {f"answer-{item_id}": sentence})
    with editing(services, actor, number, Right.EDIT_REQUEST) as edit:
        item = _item(edit, item_id)
        if fingerprint(item.answer) != known:
            raise StaleForm("Cette réponse a été modifiée ailleurs pendant que vous écriviez. Rien n'a été remplacé.")
        item.answer = answer
        item.answered_at = edit.now if answer or _has_files(edit, item_id) else None
        edit.record("supplement_answered", item=item_id, answer_sha256=fingerprint(answer))


def file_given(edit: Edit, item_id: int) -> tuple[str, str]:
    """A file answers this item; returns the kind of piece that was asked for and what the piece it replaces proves."""
    _item(edit, item_id).answered_at = edit.now
    asked = select(PieceReview.kind, Piece.about).outerjoin(Piece, Piece.id == PieceReview.piece_id)
    row = edit.session.execute(asked.where(PieceReview.item_id == item_id)).first()
    return (row.kind, row.about or "") if row else ("supplement", "")


def file_taken_out(edit: Edit, evidence_id: int) -> None:
    """What the file answered is to be answered again, unless another file or a text does."""
    edit.session.flush()
    item_id = edit.session.scalar(select(Piece.item_id).where(Piece.evidence_id == evidence_id))
    if item_id is None:
        return
    item = edit.session.get_one(SupplementItem, item_id)
    if not item.answer and not _has_files(edit, item_id):
        item.answered_at = None


def fingerprint(text: str) -> str:
    """What a page carries of a text it shows, to tell whether it changed since."""
    return hashlib.sha256(text.encode()).hexdigest()


def _has_files(edit: Edit, item_id: int) -> bool:
    given = select(Piece.id).join(Evidence, Evidence.id == Piece.evidence_id)
    given = given.where(Piece.item_id == item_id, Evidence.removed_at.is_(None))
    return edit.session.scalar(given.limit(1)) is not None


def _item(edit: Edit, item_id: int) -> SupplementItem:
    found = edit.session.get(SupplementItem, item_id)
    if found is None or found.candidacy_id != edit.candidacy.id or found.closed:
        raise NotVisible("Cette demande de complément n'existe pas, ou plus.")
    return found
