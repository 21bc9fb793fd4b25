"""Who is qualified for what (D6412-6), who employs or employed them, and what is missing."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import qualifications
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import availabilities, planning
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import options
from vae_portal.web.places import whole_number
from vae_portal.web.planning_forms import QualificationForm
from workflows.vocabulary import Right

blueprint = Blueprint("qualifications", __name__)


@blueprint.route("/entretiens/qualifications", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def listing() -> ResponseReturnValue:
    """Every evaluator of the centre; one form each."""
    centre_id = current_actor().centre_id
    certifications = planning.certifications(reading())
    form = QualificationForm()
    form.certifications.choices = options((str(c.id), c.code or c.title) for c in certifications)
    status, person_id = 200, whole_number(form.person_id.data, 0)
    if request.method == "POST":
        status = 422
        if _recorded(form, person_id):
            flash("C'est enregistré.", "success")
            return redirect(url_for("qualifications.listing"))
    fields = (form.certifications, form.employer, form.past_employers)
    return render_template(
        "planning/qualifications.html",
        form=form,
        people=planning.evaluators(reading(), centre_id),
        certifications=certifications,
        person_id=person_id,
        lacking=planning.without_evaluator(reading(), centre_id),
        silent=availabilities.silent(reading(), centre_id, now()),
        errors=[*form.form_errors, *(error for field in fields for error in field.errors)],
    ), status


def _recorded(form: QualificationForm, person_id: int) -> bool:
    if not form.validate():
        return False
    stop_reading()
    chosen, past = form.certifications.data or [], (form.past_employers.data or "").splitlines()
    try:
        qualifications.record(services(), current_actor(), person_id, chosen, form.employer.data or "", past)
    except InputRefused as fault:
        form.refuse(fault)
        return False
    return True
