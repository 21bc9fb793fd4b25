"""Slots offered: the planner's page that offers them and takes them back, the candidate's page that takes one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import offers as acts
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import candidacies, dues, habits, offers, planning
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.offer_forms import OffersForm
from vae_portal.web.own import own
from vae_portal.web.places import candidacy_page, dossier_page, whole_number
from workflows import clocks, machine
from workflows import offer as rules
from workflows.vocabulary import Right, Step

blueprint = Blueprint("offers", __name__)
_GONE = "Ce créneau vient d'être pris par quelqu'un d'autre. Choisissez-en un autre parmi ceux qui restent."

_PAST = "Ce créneau n'est plus possible. Choisissez-en un autre parmi ceux qui restent."


@blueprint.route("/candidatures/<number>/creneaux", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def propose(number: str) -> ResponseReturnValue:
    """Two to five slots for a candidate to choose from."""
    candidacy: Any = candidacies.by_number(reading(), current_actor(), number)
    if candidacy.step != Step.INTERVIEW_PENDING:
        flash("À l'étape où en est cette candidature, aucun créneau n'est à proposer.", "warning")
        return redirect(candidacy_page(number))
    form = OffersForm()
    _ask(form, candidacy)
    if request.method == "GET":
        form.answer_by.data = clocks.last_day(clocks.OFFER, clocks.civil_date(now()))
        return _page(form, candidacy)
    if not form.validate():
        return _page(form, candidacy), 422
    slots, answer_by = form.proposed(), form.answer_by.data
    stop_reading()
    try:
        acts.propose(services(), current_actor(), number, slots, answer_by)  # type: ignore[arg-type]
    except InputRefused as fault:
        form.refuse(fault)
        return _page(form, candidacies.by_number(reading(), current_actor(), number)), 422
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
        return _page(form, candidacies.by_number(reading(), current_actor(), number)), 409
    flash("Les créneaux sont proposés au candidat, qui en est prévenu par courriel.", "success")
    return redirect(url_for("offers.propose", number=number))


def _ask(form: OffersForm, candidacy: Any) -> None:
    rooms = [(str(room.id), room.name) for room in offers.rooms(reading(), candidacy.centre_id)]
    people = [(str(e.id), e.name) for e in planning.evaluators(reading(), candidacy.centre_id)]
    form.ask(rooms, people, str(habits.of_centre(reading(), candidacy.centre_id).sitting_minutes))


def _page(form: OffersForm, candidacy: Any) -> str:
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    _ask(form, candidacy)
    today = clocks.civil_date(now())
    last = form.answer_by.data or today
    return render_template(
        "offers/propose.html",
        form=form,
        candidacy=candidacy,
        allowed=habits.of_centre(reading(), candidacy.centre_id).candidate_chooses,
        offered=offers.view(reading(), candidacy),
        has_rooms=len(form.rows[0].form.room.choices) > 1,
        fewest=rules.FEWEST,
        most=rules.MOST,
        earliest=rules.earliest_offered(last, today, facts.notice_days),
        jury_due=dues.jury_due(candidacy.regime, candidacy.deposited_on),
        today=today,
        candidacy_page=candidacy_page(candidacy.number),
        dossier_page=dossier_page(candidacy.number),
    )


@blueprint.post("/candidatures/<number>/creneaux/retirer")
@requires(Right.PLAN_INTERVIEWS)
def take_back(number: str) -> ResponseReturnValue:
    """Nothing is offered any more."""
    try:
        acts.take_back(services(), current_actor(), number)
        flash("Les créneaux sont retirés, et le candidat en est prévenu.", "success")
    except ActionRefused as fault:
        flash(str(fault), "error")
    return redirect(url_for("offers.propose", number=number))


@blueprint.route("/ma-candidature/<number>/creneaux", methods=["GET", "POST"])
@requires(Right.SEE_CANDIDACY)
def choose(number: str) -> ResponseReturnValue:
    """The slots offered to me, and the one I take."""
    mine = own(number)
    if request.method == "GET":
        return _choice(number, "")
    stop_reading()
    try:
        acts.take(services(), mine.actor, number, whole_number(request.form.get("offer"), 0))
    except InputRefused as fault:  # of the room: closed, or used no more; else somebody is called elsewhere
        return _choice(number, _PAST if fault.fields else _GONE), 409
    except ActionRefused:  # what bars a commission is between its members and the centre
        return _choice(number, _PAST), 409
    flash("Votre créneau est réservé. Votre convocation vous attend sur cette page.", "success")
    return redirect(url_for("convocations.show", number=number))


def _choice(number: str, refusal: str) -> str:
    mine = own(number)
    found = offers.view(reading(), mine.candidacy) if mine.facts.step is Step.INTERVIEW_PENDING else []
    closed = rules.slots_on_offer(mine.facts, mine.actor, now(), machine.NOTHING)
    if mine.facts.step is not Step.INTERVIEW_PENDING:
        closed = "Votre entretien n'est plus à planifier : voyez la page de votre candidature."
    return render_template("offers/choose.html", **mine.frame(), offered=found, closed=closed, refusal=refusal)
