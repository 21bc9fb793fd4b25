"""The page of the pieces of a request: a place for each one that the answers call for, and what is joined there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import request_pieces as acts
from vae_portal.actions.answers import piece_title
from vae_portal.actions.evidence import Verdict
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import requests as queries
from vae_portal.web import request_pages, uploads
from vae_portal.web.access import current_actor, reads_its_own_body, requires
from vae_portal.web.context import reading, services
from vae_portal.web.own import Own, own
from vae_portal.web.presentation import label
from workflows import request_pieces
from workflows.vocabulary import Right

_EDIT = Right.EDIT_REQUEST


@requires(_EDIT)
def pieces(number: str) -> ResponseReturnValue:
    """The places for the pieces, and the files joined to the request."""
    return _page(own(number, _EDIT))


@requires(_EDIT)
@reads_its_own_body
def upload_pieces(number: str) -> ResponseReturnValue:
    """Takes files as they arrive, in their place or as the answer to one thing that the centre asked for."""
    actor, item = current_actor(), request.args.get("item", type=int)

    def keep(fields: dict[str, str], file: uploads.SentFile) -> Verdict:
        if item is not None:
            return acts.add_to_supplement(services(), actor, number, item, file.name, file)
        kind, about = fields.get("kind", ""), fields.get("about", "")
        return acts.add(services(), actor, number, kind, about, file.name, file)

    outcome = uploads.receive(number, _EDIT, keep)
    if item is None:
        back = url_for("candidate.pieces", number=number, _anchor=request.args.get("place") or None)
        return uploads.answer(outcome, back, lambda told: _page(own(number, _EDIT), told))
    back = url_for("candidate.send", number=number, _anchor=f"point-{item}")
    return uploads.answer(outcome, back, lambda told: request_pages.page(own(number, _EDIT), outcome=told))


@requires(_EDIT)
def place_piece(number: str, evidence_id: int) -> ResponseReturnValue:
    """Says what a piece is and what it proves."""
    kind, _, about = request.form.get("place", "").partition(" ")
    try:
        name = acts.place(services(), current_actor(), number, evidence_id, kind, about)
    except InputRefused as fault:
        return _page(own(number, _EDIT), refused=str(fault)), 422
    flash(f"« {name} » est à sa place.", "success")
    return redirect(url_for("candidate.pieces", number=number))


@requires(_EDIT)
def remove_piece(number: str, evidence_id: int) -> ResponseReturnValue:
    """Takes a piece out."""
    name = acts.remove(services(), current_actor(), number, evidence_id)
    flash(f"« {name} » est retiré de votre demande.", "success")
    return redirect(url_for("candidate.pieces", number=number))


def _page(mine: Own, outcome: uploads.Outcome | None = None, refused: str = "") -> str:
    form, held = mine.candidacy.request, mine.facts.held
    joined = queries.pieces(reading(), mine.candidacy.id)
    known = {(piece.kind, piece.about) for piece in joined}
    apart = request_pieces.unplaced(form, held, known)
    places = request_pieces.wanted(form, held)
    sent_already = mine.candidacy.submitted_on is not None
    lacking = {told.field: told.sentence for told in request_pieces.missing(form, held, known)}
    return render_template(
        "candidate/pieces.html",
        **mine.frame(),
        places=[_place(place, joined, known, "" if sent_already else lacking.get(place.code, "")) for place in places],
        unstated=[sentence for field, sentence in lacking.items() if field.startswith("experiences-")],
        apart=[p for p in joined if (p.kind, p.about) in apart and p.item_id is None],
        answers=[p for p in joined if p.kind == "supplement" or p.item_id is not None],
        choices=[
            (f"{kind} {place.about}", piece_title(form, kind, place.about)) for place in places for kind in place.kinds
        ],
        removable={p.evidence.id for p in joined if not mine.candidacy.was_sent(p.evidence.given_at)},
        outcome=outcome,
        refused=refused,
        most=services().settings.max_file_bytes,
    )


def _place(place: request_pieces.Wanted, joined: list[Any], known: set[tuple[str, str]], lacks: str) -> dict[str, Any]:
    there = place.holds(known)
    return {
        "code": place.code,
        "about": place.about,
        "title": place.title,
        "sentence": place.sentence,
        "lacks": lacks,
        "filled": place.filled(known),
        "kinds": [(kind, label("piece", kind)) for kind in place.kinds],
        "joined": [p for p in joined if p.about == place.about and p.kind in there and p.item_id is None],
    }
