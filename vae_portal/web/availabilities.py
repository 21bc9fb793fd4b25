"""When an evaluator is free: said by themself or by the planner, and what results of it day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import availabilities
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import availabilities as queries
from vae_portal.persistence.queries import planning
from vae_portal.web.access import current_actor, current_person, requires
from vae_portal.web.availability_forms import WEEKDAYS, OnceForm, WeeklyForm
from vae_portal.web.calendar_forms import AddressForm
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.moments import monday_of
from workflows import clocks
from workflows.vocabulary import Right, Role

blueprint = Blueprint("availabilities", __name__)
_DAYS = 28  # shown at once


@blueprint.get("/entretiens/disponibilites")
@requires(Right.PLAN_INTERVIEWS)
def listing() -> str:
    """Every evaluator of the centre, and of whom nothing is known."""
    centre_id = current_actor().centre_id
    silent = {person for person, _ in queries.silent(reading(), centre_id, now())}
    failures = queries.failures(reading(), centre_id)
    return render_template(
        "planning/availabilities.html",
        people=[
            {"id": p.id, "name": p.name, "silent": p.id in silent, "failures": failures.get(p.id, [])}
            for p in planning.evaluators(reading(), centre_id)
        ],
    )


@blueprint.get("/mes-disponibilites")
@requires(Right.SIT_IN_COMMISSION)
def mine() -> str:
    """One's own."""
    return page(current_person().id)


@blueprint.get("/disponibilites/<int:person_id>")
@requires(Right.SAY_AVAILABILITY)
def show(person_id: int) -> str:
    """Those of one evaluator of the centre."""
    return page(person_id)


@blueprint.post("/disponibilites/<int:person_id>/chaque-semaine")
@requires(Right.SAY_AVAILABILITY)
def weekly(person_id: int) -> ResponseReturnValue:
    """Notes what comes back every week."""
    form = WeeklyForm(prefix="s-")
    given = form.given()
    if given is not None:
        stop_reading()
        try:
            availabilities.say_weekly(services(), current_actor(), person_id, **given)
            return done(person_id, "C'est noté.")
        except InputRefused as fault:
            form.refuse(fault)
    return page(person_id, weekly=form), 422


@blueprint.post("/disponibilites/<int:person_id>/une-fois")
@requires(Right.SAY_AVAILABILITY)
def once(person_id: int) -> ResponseReturnValue:
    """Notes what is said once."""
    form = OnceForm(prefix="u-")
    given = form.given()
    if given is not None:
        stop_reading()
        try:
            availabilities.say_once(services(), current_actor(), person_id, **given)
            return done(person_id, "C'est noté.")
        except InputRefused as fault:
            form.refuse(fault)
    return page(person_id, once=form), 422


@blueprint.post("/disponibilites/<int:person_id>/lignes/<int:line_id>/supprimer")
@requires(Right.SAY_AVAILABILITY)
def forget(person_id: int, line_id: int) -> ResponseReturnValue:
    """Takes back what was said."""
    availabilities.forget(services(), current_actor(), person_id, line_id)
    return done(person_id, "La ligne est supprimée.")


def done(person_id: int, told: str) -> ResponseReturnValue:
    """Back to the page that the person came from, with a word."""
    flash(told, "success")
    own = person_id == current_person().id
    return redirect(url_for("availabilities.mine") if own else url_for("availabilities.show", person_id=person_id))


def page(
    person_id: int,
    weekly: WeeklyForm | None = None,
    once: OnceForm | None = None,
    address: AddressForm | None = None,
    file_error: str = "",
) -> str:
    """The whole page; a form that was refused is shown as it was typed."""
    actor, today = current_actor(), clocks.civil_date(now())
    person = queries.evaluator(reading(), actor, person_id)
    first = monday_of(request.args.get("du"), today)
    last = first + timedelta(days=_DAYS - 1)
    days = queries.days(reading(), person.centre_id, person.id, first, last)
    if weekly is None:
        weekly = WeeklyForm(formdata=None, prefix="s-")
        weekly.since.data = today
    own = person.id == current_person().id
    once, address = once or OnceForm(formdata=None, prefix="u-"), address or AddressForm(formdata=None, prefix="a-")
    if not own:
        weekly.free.label.text = once.free.label.text = "Cette personne est"
        address.means.label.text = "Ses évènements disent quand la personne est"
    said = queries.lines(reading(), person.id, now())
    return render_template(
        "planning/availability.html",
        person=person,
        own=own,
        plans=Role.PLANNER in actor.roles,
        weeks=_weeks(days, today),
        first=first,
        last=last,
        addresses=_addresses(person.id, own, first),
        weekly=weekly,
        once=once,
        address=address,
        file_error=file_error,
        lines=said,
        nothing=not any(day.free or day.booked for day in days),
        calendars=queries.calendars(reading(), person.id),
        weekdays=WEEKDAYS,
    )


def _addresses(person_id: int, own: bool, first: date) -> dict[str, str]:
    """The four weeks before and after, on the same page."""
    here: dict[str, Any] = {} if own else {"person_id": person_id}
    endpoint = "availabilities.mine" if own else "availabilities.show"
    step = timedelta(days=_DAYS)
    return {
        "before": url_for(endpoint, **here, du=(first - step).isoformat()),
        "after": url_for(endpoint, **here, du=(first + step).isoformat()),
    }


def _weeks(days: list[queries.DayView], today: date) -> list[dict[str, Any]]:
    """Days by week; Saturdays and Sundays only where something is to be said of them."""
    weeks = []
    for rank in range(0, len(days), 7):
        shown = [d for d in days[rank : rank + 7] if d.day.weekday() < 5 or d.free or d.booked]
        weeks.append({"monday": days[rank].day, "days": shown, "past": days[rank + 6].day < today})
    return weeks
