"""What is done before a session: changing it, calling its members, writing to organisations or noting it was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import duties as acts
from vae_portal.actions import session_changes
from vae_portal.actions import sessions as session_acts
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import juries, planning
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.forms import options
from vae_portal.web.places import revision_of, whole_number
from vae_portal.web.session_forms import SessionForm
from workflows import clocks
from workflows.vocabulary import Duty, Right


def register(blueprint: Blueprint) -> None:
    """Adds these pages to the blueprint of the sessions."""
    address = "/jurys/<int:id>"
    blueprint.add_url_rule(f"{address}/modification", "change", change, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{address}/convocation", "convene", convene, methods=["POST"])
    blueprint.add_url_rule(f"{address}/obligations/<duty>/envoi", "send_duty", send_duty, methods=["POST"])
    blueprint.add_url_rule(f"{address}/obligations/<duty>/note", "note_duty", note_duty, methods=["POST"])


@requires(Right.PREPARE_SESSION)
def change(id: int) -> ResponseReturnValue:  # noqa: A002 - the name that the address gives it
    """Another day, another place, more candidates: until the session opens."""
    row, form = juries.visible_session(reading(), current_actor(), id), SessionForm()
    form.certifications.choices = options(
        (str(c.id), f"{c.title} ({c.code})" if c.code else c.title) for c in planning.certifications(reading())
    )
    if row.state not in session_acts.BEFORE_IT_OPENS:
        raise ActionRefused("La séance est ouverte : ni sa date ni son lieu ne changent plus.")
    status = 200
    if request.method == "GET":
        local = row.starts_at.astimezone(clocks.PARIS)
        form.day.data, form.hour.data = local.date(), local.time()
        form.place.data, form.video_link.data = row.place, row.video_link
        form.capacity.data = str(row.capacity or "")
        form.certifications.data = sorted(juries.certifications_of(reading(), row.id))
        form.revision.data = str(row.revision)
    elif given := form.given():
        stop_reading()
        seen = revision_of(form.revision.data)
        try:
            told = session_changes.change(services(), current_actor(), id, seen, given)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("La séance est modifiée." + (" Les personnes convoquées sont prévenues." if told else ""), "success")
            return redirect(url_for("sessions.show", id=id))
        status = 422
    else:
        status = 422
    return render_template("sessions/create.html", form=form, row=row), status


@requires(Right.PREPARE_SESSION)
def convene(id: int) -> ResponseReturnValue:  # noqa: A002
    """Calls the members who were not called yet."""
    return _do(id, lambda seen: acts.convene(services(), current_actor(), id, seen), "Les membres sont convoqués.")


@requires(Right.PREPARE_SESSION)
def send_duty(id: int, duty: str) -> ResponseReturnValue:  # noqa: A002
    """Writes to one organisation."""
    owed, partner = _duty(duty), whole_number(request.form.get("addressee"), 0)
    return _do(id, lambda seen: acts.send(services(), current_actor(), id, seen, owed, partner), "C'est envoyé.")


@requires(Right.PREPARE_SESSION)
def note_duty(id: int, duty: str) -> ResponseReturnValue:  # noqa: A002
    """Notes that it was done otherwise, on what day and how."""
    owed, addressee = _duty(duty), whole_number(request.form.get("addressee"), 0) or None
    how = request.form.get("how", "")
    try:
        done_on = date.fromisoformat(request.form.get("done_on", ""))
    except ValueError:
        done_on = None
    return _do(
        id,
        lambda seen: acts.note_done(services(), current_actor(), id, seen, owed, addressee, done_on, how),
        "C'est noté.",
    )


def _duty(code: str) -> Duty:
    try:
        return Duty(code)
    except ValueError:
        raise NotVisible("Cette page n'existe pas.") from None


def _do(session_id: int, act: Callable[[int], object], done: str) -> ResponseReturnValue:
    """What is refused is said on the page, which shows how things stand now."""
    stop_reading()
    try:
        act(revision_of(request.form.get("revision")))
    except (ActionRefused, InputRefused) as fault:
        flash(str(fault), "error")
    else:
        flash(done, "success")
    return redirect(url_for("sessions.show", id=session_id, _anchor="obligations"))
