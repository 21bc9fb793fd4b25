"""The plan for everyone: asked for, followed while it is searched, looked at, changed, accepted or given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import plans
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import accounts, habits
from vae_portal.persistence.queries import plans as queries
from vae_portal.web import plan_view
from vae_portal.web.access import current_actor, current_person, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import options
from vae_portal.web.places import revision_of, whole_number
from vae_portal.web.plan_forms import DaysForm, SittingForm
from vae_portal.web.presentation import in_paris
from workflows import clocks
from workflows.plans import Planned
from workflows.vocabulary import PlanState, Right

blueprint = Blueprint("plans", __name__)
_USUAL_DAYS = 42  # proposed to a planner who has said nothing: six weeks


@blueprint.route("/entretiens/proposition", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def show() -> ResponseReturnValue:
    """The plan as it stands, or the form that asks for one."""
    form = DaysForm()
    if request.method == "GET":
        return _shown(form)
    if not form.validate() or form.first.data is None or form.last.data is None:
        return _shown(form), 422
    stop_reading()
    try:
        plans.ask(services(), current_actor(), form.first.data, form.last.data)
    except InputRefused as fault:
        form.refuse(fault)
        return _shown(form), 422
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
        return _shown(form), 409
    return redirect(url_for("plans.show"))


def _shown(form: DaysForm) -> str:
    centre_id, today = current_person().centre_id, clocks.civil_date(now())
    plan = queries.open_plan(reading(), centre_id)
    if form.first.data is None and request.method == "GET":
        earliest = clocks.earliest_interview(today, accounts.notice_days(reading(), centre_id))
        form.first.data = max(plan.first_day, earliest) if plan else earliest
        form.last.data = max(plan.last_day, form.first.data) if plan else earliest + timedelta(days=_USUAL_DAYS)
    shown = (
        plan_view.shown(reading(), plan, centre_id, today) if plan else plan_view.before(reading(), centre_id, now())
    )
    return render_template("planning/plan.html", form=form, plan=plan, today=today, **shown)


def _done(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("plans.show"))


def _refused(fault: Exception) -> ResponseReturnValue:
    flash(str(fault), "error")
    return redirect(url_for("plans.show"))


@blueprint.post("/entretiens/proposition/arreter")
@requires(Right.PLAN_INTERVIEWS)
def stop() -> ResponseReturnValue:
    """Ends the search with what it has found."""
    stop_reading()
    try:
        plans.stop(services(), current_actor())
    except (ActionRefused, NotVisible) as fault:
        return _refused(fault)
    return _done("La recherche s'arrête : ce qu'elle a trouvé s'affiche dans un instant.")


@blueprint.post("/entretiens/proposition/abandonner")
@requires(Right.PLAN_INTERVIEWS)
def give_up() -> ResponseReturnValue:
    """Nothing is booked."""
    stop_reading()
    try:
        plans.give_up(services(), current_actor())
    except (ActionRefused, NotVisible) as fault:
        return _refused(fault)
    return _done("La proposition est abandonnée : rien n'a été réservé.")


@blueprint.post("/entretiens/proposition/accepter")
@requires(Right.PLAN_INTERVIEWS)
def accept() -> ResponseReturnValue:
    """Books everything, or nothing."""
    stop_reading()
    try:
        plans.accept(services(), current_actor(), _revision())
    except (ActionRefused, NotVisible, StaleForm) as fault:
        return _refused(fault)
    return _done("La réservation est en cours. Les convocations partent si tout peut être réservé.")


@blueprint.post("/entretiens/proposition/<int:candidacy_id>/verrou")
@requires(Right.PLAN_INTERVIEWS)
def lock(candidacy_id: int) -> ResponseReturnValue:
    """Keeps a sitting as it is when the plan is asked for again, or no longer."""
    locked = request.form.get("locked") == "1"
    stop_reading()
    try:
        plans.lock(services(), current_actor(), _revision(), candidacy_id, locked)
    except (ActionRefused, NotVisible, StaleForm) as fault:
        return _refused(fault)
    return redirect(url_for("plans.show", _anchor=f"entretien-{candidacy_id}"))


@blueprint.post("/entretiens/proposition/<int:candidacy_id>/retirer")
@requires(Right.PLAN_INTERVIEWS)
def remove(candidacy_id: int) -> ResponseReturnValue:
    """Takes someone out of the plan."""
    stop_reading()
    try:
        plans.remove(services(), current_actor(), _revision(), candidacy_id)
    except (ActionRefused, NotVisible, StaleForm) as fault:
        return _refused(fault)
    return _done("Ce candidat est retiré de la proposition : il reste à planifier.")


@blueprint.route("/entretiens/proposition/<int:candidacy_id>", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def sitting(candidacy_id: int) -> ResponseReturnValue:
    """Where one sitting is to go; everything against it is said, and what was typed stays."""
    centre_id = current_person().centre_id
    plan = queries.open_plan(reading(), centre_id)
    candidacy = queries.candidacies(reading(), [candidacy_id]).get(candidacy_id)
    if plan is None or candidacy is None or candidacy.centre_id != centre_id or plan.state != PlanState.PROPOSED:
        raise NotVisible("Cet entretien n'est pas dans une proposition en cours.")
    form, means = SittingForm(), plan_view.means_for(reading(), plan, clocks.civil_date(now()), candidacy_id)
    form.room.choices = options((str(key), room.name) for key, room in means.rooms.items())
    form.evaluators.choices = options((str(key), name) for key, name in means.people.items())
    if request.method == "GET":
        _prefill(form, plan, candidacy_id)
        return _sitting_page(form, plan, candidacy, means)
    window = form.window(habits.of_centre(reading(), centre_id).sitting_minutes) if form.validate() else None
    if window is None:
        return _sitting_page(form, plan, candidacy, means), 422
    stop_reading()
    wanted = Planned(candidacy_id, window, form.room.data, tuple(sorted(set(form.evaluators.data or []))))
    try:
        plans.place(services(), current_actor(), revision_of(form.revision.data), wanted)
    except InputRefused as fault:
        form.form_errors.append(str(fault))
        return _sitting_page(form, plan, candidacy, means), 422
    except (StaleForm, ActionRefused) as fault:
        form.form_errors.append(str(fault))
        plan = queries.open_plan(reading(), centre_id) or plan
        form.revision.data = str(plan.revision)  # what is sent next answers to the plan as it is shown now
        return _sitting_page(form, plan, candidacy, means), 409
    flash("L'entretien est déplacé dans la proposition, et verrouillé.", "success")
    return redirect(url_for("plans.show", _anchor=f"entretien-{candidacy_id}"))


def _prefill(form: SittingForm, plan: Any, candidacy_id: int) -> None:
    form.revision.data = str(plan.revision)
    found = next((s for s in plan.sittings if s.candidacy_id == candidacy_id), None)
    form.evaluators.data = found.evaluators if found else []
    if found:
        begins = in_paris(found.during.lower)
        form.day.data, form.hour.data, form.room.data = begins.date(), begins.time(), found.room_id


def _sitting_page(form: SittingForm, plan: Any, candidacy: Any, means: plan_view.MeansShown) -> str:
    return render_template(
        "planning/plan_sitting.html",
        form=form,
        plan=plan,
        candidacy=candidacy,
        means=means,
        present=plan_view.sitting_of(reading(), plan, candidacy.id),
    )


def _revision() -> int:
    return whole_number(request.form.get("revision"), -1)
