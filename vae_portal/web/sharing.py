"""How advisors share work: a candidacy handed over, absences and who covers them, who else has the page open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from vae_portal.actions import absences, handing_over
from vae_portal.actions.presence import HERE_FOR
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import case
from vae_portal.persistence.queries import desk as around
from vae_portal.web.access import current_actor, requires
from vae_portal.web.case import Case, load
from vae_portal.web.context import now, reading, services
from vae_portal.web.desk import looking_at
from vae_portal.web.forms import PortalForm, options
from vae_portal.web.moments import Day
from vae_portal.web.places import whole_number
from vae_portal.web.presence import sentence
from workflows import following
from workflows.machine import may
from workflows.vocabulary import Right, Role

blueprint = Blueprint("sharing", __name__)

_FIRST, _LAST = "Indiquez le premier jour d'absence.", "Indiquez le dernier jour d'absence."


class HandOverForm(PortalForm):
    """To whom, and a word; `seen` is the advisor that the page showed."""

    receiver = SelectField("Collègue", validate_choice=False)
    reason = TextAreaField(
        "Un mot pour votre collègue",
        description="Pourquoi ce dossier, et ce qui reste à faire. Il part par courriel.",
    )
    seen = HiddenField()


class AbsenceForm(PortalForm):
    """Who is away, when, and who covers."""

    person = SelectField("Personne absente", validate_choice=False)
    first = Day("Premier jour", _FIRST, validators=[InputRequired(_FIRST)])
    last = Day("Dernier jour", _LAST, validators=[InputRequired(_LAST)])
    cover = SelectField("Remplacée par", validate_choice=False)


def panel(found: Case) -> dict[str, Any]:
    """What the page of a candidacy says of sharing it: handing it over, who else is here, where to say one is."""
    actor, hands, tells = current_actor(), "", None
    if may(Right.HAND_OVER, actor, found.facts) and not following.why_not(found.facts, None):
        hands = url_for("sharing.hand_over", number=found.number)
    if may(Right.TELL_PRESENCE, actor, found.facts):
        here = around.also_here(reading(), found.row.id, actor, now() - HERE_FOR)
        tells = {
            "url": url_for("presence.tell", number=found.number),
            "others": [sentence(one, now()) for one in here],
        }
    return {"hand_over_url": hands, "presence": tells}


@blueprint.route("/candidatures/<number>/confier", methods=["GET", "POST"])
@requires(Right.HAND_OVER)
def hand_over(number: str) -> ResponseReturnValue:
    """Hands a candidacy over to a colleague."""
    found = load(number)
    if not may(Right.HAND_OVER, current_actor(), found.facts):
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    form = HandOverForm()
    closed = _receivers(form, found)
    if request.method == "GET":
        form.seen.data = case.advisor_choice(found.row)
        return _hand_over_page(found, form, closed)
    receiver, word = whole_number(form.receiver.data, 0), form.reason.data or ""
    try:
        given = handing_over.hand_over(services(), current_actor(), number, receiver, word, form.seen.data or "")
    except InputRefused as fault:
        form.refuse(fault)
        return _hand_over_page(found, form, closed), 422
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
        return _hand_over_page(found, form, closed), 409
    told = "La candidature est confiée : votre collègue en est averti par courriel."
    flash(told if given else "Cette personne suit déjà cette candidature : rien n'a changé.", "success")
    return redirect(found.url)


def _receivers(form: HandOverForm, found: Case) -> list[str]:
    """Gives the form the colleagues who may follow the candidacy; why the others may not."""
    closed, free = [], [("", "Choisissez")]
    for one in looking_at().colleagues:
        if one.id == found.row.advisor_id:
            continue
        if reason := following.why_not(found.facts, one.id, one.name):
            closed.append(reason)
        else:
            free.append((str(one.id), one.name + (" (absent aujourd'hui)" if one.covered_by else "")))
    form.receiver.choices = options(free)
    return closed


def _hand_over_page(found: Case, form: HandOverForm, closed: list[str]) -> str:
    return render_template("desk/hand_over.html", candidacy=found.row, form=form, closed=closed, back_url=found.url)


@blueprint.route("/candidatures/absences", methods=["GET", "POST"])
@requires(Right.PLAN_ABSENCE)
def absent() -> ResponseReturnValue:
    """Absences to come and under way; who may note one notes it here."""
    form, actor, looking = AbsenceForm(), current_actor(), looking_at()
    everyone = [("", "Choisissez"), *((str(one.id), one.name) for one in looking.colleagues)]
    own = [pair for pair in everyone if pair[0] == str(actor.person_id)]
    form.person.choices = options(everyone if Role.ADMINISTRATOR in actor.roles else own)
    form.cover.choices = options(everyone)
    refused = False
    if request.method == "POST":
        refused = not _planned(form)
        if not refused:
            flash("L'absence est notée : la personne qui remplace en est avertie par courriel.", "success")
            return redirect(url_for("sharing.absent"))
    rows = around.absences(reading(), actor, looking.today)
    page = render_template(
        "desk/absences.html",
        absences=[
            {
                "row": row,
                "now": row.first_day <= looking.today,
                "mine": row.person_id == actor.person_id or Role.ADMINISTRATOR in actor.roles,
            }
            for row in rows
        ],
        form=form,
        may_plan=len(form.person.choices) > 0,
        today=looking.today,
    )
    return page, 422 if refused else 200


def _planned(form: AbsenceForm) -> bool:
    """Notes what the form asks; False when it was refused, with the sentences beside the fields."""
    first, last = form.first.data, form.last.data
    if not form.validate_on_submit() or first is None or last is None:
        return False
    person, cover = whole_number(form.person.data, 0), whole_number(form.cover.data, 0)
    try:
        absences.plan(services(), current_actor(), person, cover, first, last)
    except InputRefused as fault:
        form.refuse(fault)
        return False
    return True


@blueprint.post("/candidatures/absences/<int:absence_id>/terminer")
@requires(Right.PLAN_ABSENCE)
def end_absence(absence_id: int) -> ResponseReturnValue:
    """Ends an absence, or gives one up."""
    absences.end(services(), current_actor(), absence_id)
    flash("L'absence est terminée : plus personne ne remplace.", "success")
    return redirect(url_for("sharing.absent"))
