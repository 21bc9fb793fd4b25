"""Jury sessions: the list, one session with its composition and agenda, its opening and its closing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import sessions as acts
from vae_portal.actions.perform import perform
from vae_portal.actions.sessions import SeatGiven
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import duties, juries, planning, sessions
from vae_portal.persistence.queries import minutes as deeds
from vae_portal.web import deliberation, duty_view, minutes_view, results, session_duties, session_view
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import options
from vae_portal.web.places import revision_of
from vae_portal.web.session_forms import MemberForm, SessionForm
from workflows import clocks
from workflows.facts import Actor, Given
from workflows.machine import may
from workflows.vocabulary import Action, College, Right, SessionState

blueprint = Blueprint("sessions", __name__)
deliberation.register(blueprint)
session_duties.register(blueprint)


@blueprint.get("/jurys")
@requires(Right.SEE_SESSIONS)
def listing() -> str:
    """Every session of the centre, or those where one sits."""
    lines = sessions.listed(reading(), current_actor())
    late = duties.late(reading(), current_actor().centre_id, clocks.civil_date(now())) if _prepares() else {}
    coming = [line for line in lines if line.state != SessionState.CLOSED]
    waiting = sessions.pending(reading(), current_actor().centre_id) if _prepares() else []
    return render_template(
        "sessions/listing.html",
        coming=coming[::-1],
        past=[line for line in lines if line.state == SessionState.CLOSED],
        prepares=_prepares(),
        waiting=waiting,
        today=clocks.civil_date(now()),
        to_sign=deeds.awaited(reading(), current_actor().person_id) if may(Right.SIGN_MINUTES, current_actor()) else [],
        late=late,
    )


@blueprint.route("/jurys/nouveau", methods=["GET", "POST"])
@requires(Right.PREPARE_SESSION)
def create() -> ResponseReturnValue:
    """Convenes a session."""
    form = session_form()
    if form.is_submitted() and (given := form.given()):
        try:
            stop_reading()
            told = (given.starts_at, given.place, given.video_link, given.capacity, given.certifications)
            session_id = acts.create(services(), current_actor(), *told)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("La séance est créée : composez maintenant le jury.", "success")
            return redirect(url_for("sessions.show", id=session_id))
    return render_template("sessions/create.html", form=form, row=None), 422 if form.is_submitted() else 200


def session_form() -> SessionForm:
    """The form of a session; a new one is on every certification until some are unticked."""
    form, known = SessionForm(), planning.certifications(reading())
    form.certifications.choices = options((str(c.id), f"{c.title} ({c.code})" if c.code else c.title) for c in known)
    if request.method == "GET":
        form.certifications.data = [c.id for c in known]
    return form


@blueprint.get("/jurys/<int:id>")
@requires(Right.SEE_SESSIONS)
def show(id: int) -> str:  # noqa: A002 - the name that the address gives it
    """Composition with parity, agenda, and what can be done now."""
    return _page(id)


def _page(session_id: int, form: MemberForm | None = None, errors: Iterable[str] = ()) -> str:
    actor = current_actor()
    row = juries.visible_session(reading(), actor, session_id)
    form = form or MemberForm(formdata=None)
    runs = acts.may_run(row, actor)
    prepares = _prepares() and row.state != SessionState.CLOSED
    seated = {seat.person_id for seat in row.seats}
    free = [j for j in sessions.jurors(reading(), row.centre_id) if j.id not in seated] if prepares else []
    form.person_id.choices = options(
        [("0", "Choisissez dans la liste"), *((str(j.id), session_view.juror_words(j)) for j in free)]
    )
    form.revision.data = str(row.revision)
    return render_template(
        "sessions/show.html",
        row=row,
        form=form,
        errors=[*errors, *form.form_errors],
        prepares=prepares,
        runs=runs and row.state != SessionState.CLOSED,
        minutes=minutes_view.panel(row, runs),
        free=free,
        reads_cases=may(Right.READ_ASSESSMENT, actor),
        **session_view.shown(row, prepares),
        **results.shown(row),
        **duty_view.shown(row, prepares),
    )


def _prepares() -> bool:
    return may(Right.PREPARE_SESSION, current_actor())


# Members


@blueprint.post("/jurys/<int:id>/membres")
@requires(Right.PREPARE_SESSION)
def seat_member(id: int) -> ResponseReturnValue:  # noqa: A002
    """Seats someone, in their college unless said otherwise."""
    form = MemberForm()
    if not form.validate():
        return _page(id, form, _sentences(form)), 422
    known = {j.id: j for j in sessions.jurors(reading(), current_actor().centre_id)}
    stop_reading()
    juror = known.get(form.person_id.data or 0)
    college = form.college.data or (juror.college if juror else "")
    try:
        if juror is None:
            raise InputRefused("Choisissez un membre de jury dans la liste.")
        if college not in set(College):
            raise InputRefused(f"Choisissez le collège : la fiche de {juror.name} n'en indique pas.")
        union = form.union.data or juror.union
        given = SeatGiven(
            College(college),
            union,
            form.votes.data,
            form.temporary_work.data,
            form.employers_body.data or "",
            form.qualification.data or "",
            form.qualified.data,
            form.substitute.data,
        )
        acts.seat_member(services(), current_actor(), id, revision_of(form.revision.data), juror.id, given)
    except InputRefused as fault:
        return _page(id, form, [str(fault)]), 422
    flash(f"{juror.name} siège dans ce jury.", "success")
    return redirect(url_for("sessions.show", id=id))


def _sentences(form: MemberForm) -> list[str]:
    return [str(sentence) for field in form for sentence in field.errors]


@blueprint.post("/jurys/<int:id>/membres/<int:person_id>")
@requires(Right.RUN_SESSION)
def change_seat(id: int, person_id: int) -> ResponseReturnValue:  # noqa: A002
    """With or without a vote, there or not, presiding or not."""
    marks = ("votes", "present", "temporary_work", "president", "qualified", "substitute")
    ticked: dict[str, bool | str] = {name: name in request.form for name in marks}
    texts = ("union_name", "employers_body", "qualification", "absence_reason")
    ticked |= {name: request.form[name] for name in texts if name in request.form}
    return _do(id, lambda seen: acts.change_seat(services(), current_actor(), id, seen, person_id, ticked))


@blueprint.post("/jurys/<int:id>/membres/<int:person_id>/retrait")
@requires(Right.PREPARE_SESSION)
def remove_member(id: int, person_id: int) -> ResponseReturnValue:  # noqa: A002
    """Off the jury."""
    return _do(id, lambda seen: acts.remove_member(services(), current_actor(), id, seen, person_id))


# Agenda


@blueprint.post("/jurys/<int:id>/inscriptions")
@requires(Right.PREPARE_SESSION)
def enrol(id: int) -> ResponseReturnValue:  # noqa: A002
    """Enrols those ticked, each on its own, and says what became of each."""
    numbers = list(dict.fromkeys(request.form.getlist("numbers")))[:200]
    actor = current_actor()
    stop_reading()
    for number in numbers:
        _enrol_one(actor, id, number)
    if not numbers:
        flash("Cochez au moins une candidature à inscrire.", "warning")
    return redirect(url_for("sessions.show", id=id))


def _enrol_one(actor: Actor, session_id: int, number: str) -> None:
    def given(session: Any, _candidacy: Any) -> Given:
        return Given(session=juries.to_enrol_in(session, actor, session_id))

    try:
        perform(services(), actor, number, Action.ENROL_IN_JURY, given)
        flash(f"{number} est inscrite.", "success")
    except (ActionRefused, InputRefused, NotVisible, StaleForm) as fault:
        flash(f"{number[:20]} n'est pas inscrite. {fault}", "warning")


# Opening, closing


@blueprint.post("/jurys/<int:id>/ouverture")
@requires(Right.RUN_SESSION)
def open_session(id: int) -> ResponseReturnValue:  # noqa: A002
    """The jury sits."""
    return _do(id, lambda seen: acts.open_session(services(), current_actor(), id, seen), "La séance est ouverte.")


@blueprint.post("/jurys/<int:id>/incidents")
@requires(Right.RUN_SESSION)
def record_incidents(id: int) -> ResponseReturnValue:  # noqa: A002
    """What happened in the room, for the minutes."""
    text = request.form.get("incidents", "")
    if len(text) > 5000:
        return _page(id, errors=["Écrivez 5000 caractères au plus pour les incidents."]), 422
    return _do(id, lambda seen: acts.record_incidents(services(), current_actor(), id, seen, text))


@blueprint.post("/jurys/<int:id>/cloture")
@requires(Right.RUN_SESSION)
def close_session(id: int) -> ResponseReturnValue:  # noqa: A002
    """The jury rises; the minutes are written."""
    return _do(
        id,
        lambda seen: acts.close_session(services(), current_actor(), id, seen),
        "La séance est close. Le procès-verbal est établi.",
    )


def _do(session_id: int, act: Callable[[int], object], done: str = "C'est enregistré.") -> ResponseReturnValue:
    """An act on the session as it was shown; what is refused is said on its page."""
    stop_reading()
    try:
        act(revision_of(request.form.get("revision")))
    except InputRefused as fault:
        return _page(session_id, errors=[str(fault)]), 422
    except ActionRefused as fault:
        return _page(session_id, errors=[str(fault)]), 409
    flash(done, "success")
    return redirect(url_for("sessions.show", id=session_id))
