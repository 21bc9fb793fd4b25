"""The candidate answers the advisor's remarks, one at a time, from the page of the dossier."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import remarks as acts
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import services
from workflows.vocabulary import Right

blueprint = Blueprint("remarks", __name__)


@blueprint.post("/ma-candidature/<number>/dossier/remarques/<int:remark_id>")
@requires(Right.EDIT_DOSSIER)
def answer(number: str, remark_id: int) -> ResponseReturnValue:
    """Keeps an answer."""
    acts.answer(services(), current_actor(), number, remark_id, request.form.get("answer", ""))
    flash("Réponse enregistrée. Votre centre la lira avec votre prochain dépôt.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"remarque-{remark_id}"))
