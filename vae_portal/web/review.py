"""The study of a request: its pieces one by one, shown in place, with a verdict on each; the identity verified."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import review as acts
from vae_portal.actions.answers import piece_title
from vae_portal.errors import ActionRefused, InputRefused, StaleForm
from vae_portal.persistence.queries import review as queries
from vae_portal.persistence.queries.files import OpenFile
from vae_portal.persistence.queries.review import Judged, Review
from vae_portal.web import case, viewer
from vae_portal.web.access import current_actor, requires
from vae_portal.web.case import Case
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.files import why_closed
from vae_portal.web.presentation import choices
from workflows import request_pieces
from workflows.admissibility import another_advisor
from workflows.facts import Given
from workflows.machine import may
from workflows.review import identity_can_be_verified
from workflows.vocabulary import EvidenceState, PieceVerdict, Right

blueprint = Blueprint("review", __name__)

_VERDICTS = {verdict.value: verdict for verdict in PieceVerdict if verdict is not PieceVerdict.MISSING}
_NO_VERDICT = "Choisissez un verdict : acceptée, ou à remplacer."


@blueprint.get("/candidatures/<number>/etude")
@requires(Right.READ_PIECES)
def show(number: str) -> ResponseReturnValue:
    """The pieces, one of them in place."""
    found = case.load(number)
    if found.own or not may(Right.READ_PIECES, current_actor(), found.facts):
        return redirect(found.url)
    return _page(found)


@blueprint.post("/candidatures/<number>/etude/pieces/<int:piece_id>")
@requires(Right.REVIEW_PIECES)
def judge(number: str, piece_id: int) -> ResponseReturnValue:
    """Records a verdict, then goes on to the next piece without one."""
    found, study = _study(number)
    chosen = next((one for one in study.every if one.piece.id == piece_id), None)
    verdict, reason = _VERDICTS.get(request.form.get("verdict", "")), request.form.get("reason", "")
    seen, what = request.form.get("seen", ""), _named(found.row.as_sent, chosen) if chosen else ""
    stop_reading()
    try:
        if verdict is None:
            raise InputRefused("", {"verdict": _NO_VERDICT})
        acts.judge(services(), current_actor(), number, piece_id, verdict, reason, seen, what)
    except InputRefused as fault:
        return _page(found, piece_id, fault.fields), 422
    except (StaleForm, ActionRefused) as fault:
        return _page(case.load(number), piece_id, {"verdict": str(fault)}), 409
    flash("Verdict enregistré.", "success")
    _, study = _study(number)
    following = next((one.piece.id for one in study.every if one.review is None), None)
    return redirect(url_for("review.show", number=number, piece=following or piece_id))


@blueprint.post("/candidatures/<number>/etude/manquantes")
@requires(Right.REVIEW_PIECES)
def note_missing(number: str) -> ResponseReturnValue:
    """Notes what was not given, or is to be made clear."""
    typed = {name: request.form.get(name, "") for name in ("kind", "what", "reason")}
    try:
        acts.note_missing(services(), current_actor(), number, typed["kind"], typed["what"], typed["reason"])
    except InputRefused as fault:
        return _page(case.load(number), missing=fault.fields), 422
    except ActionRefused as fault:
        return _page(case.load(number), missing={"what": str(fault)}), 409
    flash("Noté. Ce sera dans la demande de compléments.", "success")
    return redirect(url_for("review.show", number=number, _anchor="manquantes"))


@blueprint.post("/candidatures/<number>/etude/manquantes/<int:review_id>/retirer")
@requires(Right.REVIEW_PIECES)
def forget_missing(number: str, review_id: int) -> ResponseReturnValue:
    """Takes back what was noted."""
    acts.forget_missing(services(), current_actor(), number, review_id)
    flash("Ce point ne sera pas demandé.", "success")
    return redirect(url_for("review.show", number=number, _anchor="manquantes"))


@blueprint.post("/candidatures/<number>/etude/identite")
@requires(Right.VERIFY_IDENTITY)
def verify_identity(number: str) -> ResponseReturnValue:
    """The identity is verified, and its document deleted."""
    acts.verify_identity(services(), current_actor(), number)
    flash("Identité vérifiée. La pièce d'identité a été effacée.", "success")
    return redirect(url_for("review.show", number=number))


def _study(number: str) -> tuple[Case, Review]:
    found = case.load(number)
    return found, queries.whole(reading(), found.row)


def _page(
    found: Case,
    piece_id: int | None = None,
    errors: dict[str, str] | None = None,
    missing: dict[str, str] | None = None,
) -> str:
    actor, facts, study = current_actor(), found.facts, queries.whole(reading(), found.row)
    asked = piece_id or request.args.get("piece", type=int)
    chosen = next((one for one in study.every if one.piece.id == asked), None)
    chosen = chosen or next((one for one in study.every if one.review is None), None) or next(iter(study.every), None)
    appeal = another_advisor(facts, actor, now(), Given())
    shown: dict[str, Any] = {
        "candidacy": found.row,
        "study": study,
        "named": partial(_named, found.row.as_sent),
        "chosen": chosen,
        "mark": acts.fingerprint(chosen.review) if chosen else "",
        "judges": may(Right.REVIEW_PIECES, actor, facts) and appeal is None,
        "appeal": appeal if may(Right.REVIEW_PIECES, actor, facts) else None,
        "errors": errors or {},
        "missing_errors": missing or {},
        "typed": {name: request.form.get(name, "") for name in ("kind", "what", "reason", "verdict")},
        "kinds": [(code, words) for code, words in choices("piece") if code in request_pieces.PIECES],
        "identity": identity_can_be_verified(facts),
        "verifies": may(Right.VERIFY_IDENTITY, actor, facts) and appeal is None,
        "acts": found.buttons,
        "back_url": found.url,
    }
    if chosen is not None:
        shown |= _in_place(found, chosen) | {"back_url": found.url}
    return render_template("review/show.html", **shown)


def _in_place(found: Case, chosen: Judged) -> dict[str, Any]:
    """The chosen piece as the viewer shows it, or why it does not open: the study goes on without it."""
    row = chosen.evidence
    closed = why_closed(EvidenceState(row.state), False, services().scanning)
    if closed or row.stored is None:
        return {"evidence": row, "closed": closed or "Ce fichier est encore en vérification."}
    return viewer.in_place(OpenFile(row, found.row, piece=True, deposited=False), current_actor())


def _named(form: Mapping[str, Any], one: Judged) -> str:
    """A piece as the candidate reads it: what it is, which experience or block it proves, and its file."""
    return f"{piece_title(form, one.piece.kind, one.piece.about)} : {one.evidence.name}"
