"""An evaluator prepares beside the sealed dossier: notes of their own, saved as typed, and questions to share."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import preparing as acts
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web import parts
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.dossier_reading import shown
from vae_portal.web.preparation_view import Typed, preparation
from workflows.vocabulary import Right

blueprint = Blueprint("preparing", __name__)
_NOTE = "note-"


@blueprint.post("/candidatures/<number>/notes-personnelles")
@requires(Right.PREPARE_INTERVIEW)
def keep_notes(number: str) -> ResponseReturnValue:
    """Keeps one's own notes by the button."""
    typed = _notes()
    stop_reading()
    try:
        acts.save_notes(services(), current_actor(), number, typed, parts.seen())
    except InputRefused as fault:
        return shown(number, told=Typed(notes=typed, errors=fault.fields)), 422
    except StaleForm as fault:
        stop_reading()
        return shown(number, told=Typed(notes=typed, stale=str(fault))), 409
    flash("Vos notes sont enregistrées. Vous seul les lisez.", "success")
    return redirect(url_for("dossier.read", number=number, _anchor="preparation"))


@blueprint.post("/candidatures/<number>/notes-personnelles/saisie")
@requires(Right.PREPARE_INTERVIEW)
def type_notes(number: str) -> ResponseReturnValue:
    """One's own notes as they are being typed, unless they changed elsewhere."""
    typed = _notes()
    stop_reading()
    try:
        kept = acts.save_notes(services(), current_actor(), number, typed, parts.seen())
    except StaleForm as fault:
        stop_reading()
        candidacy = candidacies.by_number(reading(), current_actor(), number)
        facts = facts_of.load(reading(), candidacy, now(), services().scanning)
        told = preparation(candidacy, facts, Typed(notes=typed, stale=str(fault)))
        table = render_template("_two_texts.html", rows=told["rows"] if told else [])
        return jsonify(kind="stale", why=str(fault), table=table), 409
    except (InputRefused, ActionRefused, NotVisible) as fault:
        return parts.not_saved(fault)
    return parts.saved(kept, url_for("dossier.read", number=number), url_for("preparing.type_notes", number=number))


def _notes() -> dict[str, str]:
    names = [name for name in request.form if name.startswith(_NOTE) and parts.wrote([name])]
    return {name.removeprefix(_NOTE): request.form[name] for name in names}


@blueprint.post("/candidatures/<number>/questions")
@requires(Right.PREPARE_INTERVIEW)
def ask(number: str) -> ResponseReturnValue:
    """Adds a question for the commission."""
    part, text = request.form.get("part", ""), request.form.get("question", "")
    stop_reading()
    try:
        acts.ask(services(), current_actor(), number, part, text)
    except InputRefused as fault:
        errors = fault.fields or {f"question-{part}": str(fault)}
        return shown(number, told=Typed(questions={part: text}, errors=errors)), 422
    flash("La question est ajoutée : toute la commission la voit.", "success")
    return redirect(url_for("dossier.read", number=number, _anchor=f"preparation-{part}"))


@blueprint.post("/candidatures/<number>/questions/<int:question_id>/retirer")
@requires(Right.PREPARE_INTERVIEW)
def withdraw(number: str, question_id: int) -> ResponseReturnValue:
    """Takes out one's own question."""
    stop_reading()
    try:
        acts.withdraw_question(services(), current_actor(), number, question_id)
        flash("La question est retirée.", "success")
    except InputRefused as fault:
        flash(str(fault), "error")
    return redirect(url_for("dossier.read", number=number, _anchor="preparation"))
