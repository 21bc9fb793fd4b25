"""Interviews that a candidate missed: their explanation, and the planner's page that corrects what was noted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from vae_portal.actions import missed as acts
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import missed as queries
from vae_portal.web.access import current_actor, requires
from vae_portal.web.act_forms import text
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import PortalForm, Required, options
from vae_portal.web.own import own
from vae_portal.web.places import candidacy_page, whole_number
from workflows import clocks
from workflows.vocabulary import Right

blueprint = Blueprint("missed", __name__)


class ExplanationForm(PortalForm):
    """What happened, in the candidate's words."""

    explanation = text("Ce qui s'est passé", "Expliquez ce qui s'est passé, en quelques mots.", render_kw={"rows": 6})


class CorrectionForm(PortalForm):
    """Excused or not, and why it is corrected."""

    excused = RadioField(
        "L'absence est-elle excusée ?",
        [Required("Indiquez si l'absence est excusée.")],
        choices=options([("yes", "Oui, elle est excusée"), ("no", "Non")]),
    )
    reason = text(
        "Pourquoi corriger",
        "Indiquez pourquoi l'absence est corrigée : la raison est conservée.",
        render_kw={"rows": 3},
    )


@blueprint.route("/ma-candidature/<number>/absence", methods=["GET", "POST"])
@requires(Right.EXPLAIN_ABSENCE)
def explain(number: str) -> ResponseReturnValue:
    """My last absence: what was noted, and what I have to say of it."""
    mine = own(number)
    absences = queries.of(reading(), mine.candidacy)
    if not absences:
        flash("Aucune absence n'est notée pour cette candidature.", "warning")
        return redirect(url_for("candidate.show", number=number))
    form, status = ExplanationForm(), 200
    if request.method == "GET":
        form.explanation.data = absences[0].explanation
    elif form.validate():
        stop_reading()
        try:
            acts.explain(services(), current_actor(), number, absences[0].id, form.explanation.data or "")
        except InputRefused as fault:
            form.refuse(fault)
            status = 422
        except ActionRefused as fault:
            form.form_errors.append(str(fault))
            status = 409
        else:
            flash("Votre explication est transmise à votre centre.", "success")
            return redirect(url_for("candidate.show", number=number))
    else:
        status = 422
    row = absences[0]
    today = clocks.civil_date(now())
    open_ = row.explain_by is not None and today <= row.explain_by
    return render_template("missed/explain.html", **own(number).frame(), form=form, row=row, open=open_), status


@blueprint.route("/candidatures/<number>/absences", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def correct(number: str) -> ResponseReturnValue:
    """The absences of a candidate, each with what was said of it; one noted by mistake is corrected."""
    form, status, chosen = CorrectionForm(), 200, whole_number(request.form.get("interview"), 0)
    if request.method == "POST":
        status = 422
        if form.validate():
            stop_reading()
            excused = form.excused.data == "yes"
            try:
                acts.correct(services(), current_actor(), number, chosen, excused, form.reason.data or "")
            except InputRefused as fault:
                form.refuse(fault)
            else:
                flash("L'absence est corrigée, et le candidat en est informé.", "success")
                return redirect(url_for("missed.correct", number=number))
    candidacy: Any = candidacies.by_number(reading(), current_actor(), number)
    return render_template(
        "missed/correct.html",
        form=form,
        chosen=chosen,
        candidacy=candidacy,
        absences=queries.of(reading(), candidacy),
        candidacy_page=candidacy_page(number),
    ), status
