"""The planner's pages: who waits beside the week's commissions, and a slot to book."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import independence
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import candidacies, convocations, dues, habits, hearings, planning
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web import planning_choices
from vae_portal.web.access import current_actor, current_person, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import options
from vae_portal.web.places import candidacy_page, dossier_page, revision_of, whole_number
from vae_portal.web.planning_forms import MoveForm, SlotForm
from vae_portal.web.presentation import in_paris
from workflows import clocks
from workflows.facts import Facts, Given, SlotFacts
from workflows.vocabulary import Action, Right, Step

blueprint = Blueprint("planning", __name__)
_ACTIONS = {Step.INTERVIEW_PENDING: Action.SCHEDULE_INTERVIEW, Step.INTERVIEW_SCHEDULED: Action.MOVE_INTERVIEW}


# The week


@blueprint.get("/entretiens")
@requires(Right.PLAN_INTERVIEWS)
def week() -> str:
    """Candidacies that wait for an interview, beside the commissions of a week."""
    centre_id, today = current_actor().centre_id, clocks.civil_date(now())
    monday = _monday(request.args.get("semaine"), today)
    after = monday + timedelta(days=7)
    booked = planning.booked(reading(), centre_id, monday, after)
    titles = {c.id: c.code or c.title for c in planning.certifications(reading())}
    return render_template(
        "planning/week.html",
        today=today,
        monday=monday,
        sunday=after - timedelta(days=1),
        previous=monday - timedelta(days=7),
        following=after,
        waiting=planning.waiting(reading(), centre_id),
        conflicts=planning.in_conflict(reading(), centre_id),
        choosing=habits.of_centre(reading(), current_person().centre_id).candidate_chooses,
        other_dates=convocations.other_dates(reading(), centre_id, now()),
        days=_days(monday, booked),
        evaluators=[
            {"name": e.name, "qualified": [titles[key] for key in sorted(e.certifications)]}
            for e in planning.evaluators(reading(), centre_id)
        ],
        candidacy_page=candidacy_page,
    )


def _monday(raw: str | None, today: date) -> date:
    try:
        day = date.fromisoformat(raw or "")
    except ValueError:
        day = today
    day = day if 2000 <= day.year <= 2100 else today
    return day - timedelta(days=day.weekday())


def _days(monday: date, booked: list[planning.Booked]) -> list[dict[str, Any]]:
    """Working days, and the other two when something is booked then."""
    days = []
    for rank in range(7):
        day = monday + timedelta(days=rank)
        found = [b for b in booked if clocks.civil_date(b.starts_at) == day]
        if rank < 5 or found:
            days.append({"day": day, "interviews": found})
    return days


# A slot


@blueprint.route("/candidatures/<number>/entretien", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def schedule(number: str) -> ResponseReturnValue:
    """Books an interview, or moves the one that is booked."""
    candidacy, facts = _loaded(number)
    action = _as_shown() or _ACTIONS.get(facts.step)
    if action is None:
        flash("À l'étape où en est cette candidature, aucun entretien n'est à planifier.", "warning")
        return redirect(candidacy_page(number))
    form = MoveForm() if action is Action.MOVE_INTERVIEW else SlotForm()
    form.evaluators.choices = options((str(e.id), e.name) for e in planning.evaluators(reading(), candidacy.centre_id))
    if request.method == "GET":
        _prefill(form, candidacy, facts)
        return _shown(form, candidacy, facts, action)
    if asked := whole_number(request.form.get("ask"), 0):
        return _asked(form, number, asked, action)
    valid = form.validate()
    slot = form.slot()
    if not valid or slot is None:
        return _shown(form, candidacy, facts, action), 422
    try:
        stop_reading()
        _book(form, number, action, SlotFacts(*slot, form.place.data or "", form.video_link.data or ""))
    except InputRefused as fault:
        form.refuse(fault)
        return _shown(form, *_loaded(number), action), 422
    except ActionRefused as fault:
        candidacy, facts = _loaded(number)
        form.form_errors.extend(planning_choices.sentences(facts, form, candidacy) or [str(fault)])
        return _shown(form, candidacy, facts, action), 409
    flash(f"C'est fait. Les convocations de la candidature {number} partent.", "success")
    day = in_paris(slot[0]).date()
    return redirect(url_for("planning.week", semaine=day.isoformat()))


def _asked(form: SlotForm, number: str, person_id: int, action: Action) -> ResponseReturnValue:
    """Asks an evaluator to declare, and shows the form as it was typed."""
    stop_reading()
    try:
        independence.ask(services(), current_actor(), number, person_id)
        flash("La déclaration est demandée : l'évaluateur en est averti par courriel.", "success")
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
    return _shown(form, *_loaded(number), action)


def _as_shown() -> Action | None:
    """What the form was sent for: when the step has changed since, the act itself says what happened in between."""
    sent = request.form.get("action") if request.method == "POST" else None
    return next((action for action in _ACTIONS.values() if action.value == sent), None)


def _book(form: SlotForm, number: str, action: Action, slot: SlotFacts) -> None:
    def given(session: Any, candidacy: Any) -> Given:
        people = planning.commission(session, candidacy, form.evaluators.data or [])
        whole = SlotFacts(slot.starts_at, slot.ends_at, slot.place, slot.video_link, people)
        return Given(slot=whole, reason=form.reason.data if isinstance(form, MoveForm) else "")

    perform(services(), current_actor(), number, action, given, revision_of(form.revision.data))


def _loaded(number: str) -> tuple[Any, Facts]:
    candidacy = candidacies.by_number(reading(), current_actor(), number)
    return candidacy, facts_of.load(reading(), candidacy, now(), services().scanning)


def _prefill(form: SlotForm, candidacy: Any, facts: Facts) -> None:
    form.revision.data = str(candidacy.revision)
    if facts.interview is not None:
        slot = facts.interview.slot
        begins = in_paris(slot.starts_at)
        form.day.data, form.hour.data = begins.date(), begins.time()
        form.duration.data = str(int((slot.ends_at - slot.starts_at).total_seconds()) // 60)
        form.place.data, form.video_link.data = slot.place, slot.video_link
        form.evaluators.data = [e.person_id for e in slot.evaluators]
        return
    form.evaluators.data, form.duration.data = [], "60"
    form.day.data = clocks.earliest_interview(clocks.civil_date(now()), facts.notice_days)


def _shown(form: SlotForm, candidacy: Any, facts: Facts, action: Action) -> str:
    interview = hearings.in_force(reading(), candidacy.id)
    return render_template(
        "planning/schedule.html",
        form=form,
        candidacy=candidacy,
        action=action.value,
        moving=action is Action.MOVE_INTERVIEW,
        interview=interview,
        jury_due=dues.jury_due(candidacy.regime, candidacy.deposited_on),
        earliest=clocks.earliest_interview(clocks.civil_date(now()), facts.notice_days),
        notice_days=facts.notice_days,
        today=clocks.civil_date(now()),
        people=planning_choices.evaluators(facts, form, candidacy),
        candidacy_page=candidacy_page(candidacy.number),
        dossier_page=dossier_page(candidacy.number),
    )
