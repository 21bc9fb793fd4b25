"""The planner's pages: who waits beside the week's commissions, and a slot to book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import by_hand, independence
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import candidacies, conflicts, convocations, dues, habits, hearings, planning, rooms
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web import planning_choices, slot_choices, week_views
from vae_portal.web.access import current_actor, current_person, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import options
from vae_portal.web.moments import instant, monday_of
from vae_portal.web.places import candidacy_page, dossier_page, revision_of, whole_number
from vae_portal.web.planning_forms import MoveForm, SlotForm
from vae_portal.web.presentation import in_paris
from workflows import clocks
from workflows.facts import Facts, Objection
from workflows.vocabulary import Action, Right, Step

blueprint = Blueprint("planning", __name__)
_ACTIONS = {Step.INTERVIEW_PENDING: Action.SCHEDULE_INTERVIEW, Step.INTERVIEW_SCHEDULED: Action.MOVE_INTERVIEW}


# The week


@blueprint.get("/entretiens")
@requires(Right.PLAN_INTERVIEWS)
def week() -> str:
    """Candidacies that wait for an interview, beside a week by day, by room or by evaluator."""
    actor, today = current_actor(), clocks.civil_date(now())
    look = week_views.asked(today)
    after = look.monday + timedelta(days=7)
    booked = week_views.narrowed(look, planning.booked(reading(), actor.centre_id, look.monday, after))
    titles = {c.id: c.code or c.title for c in planning.certifications(reading())}
    people = planning.evaluators(reading(), actor.centre_id)
    every = rooms.of_centre(reading(), actor.centre_id, now(), retired=False)
    by_day = look.view == week_views.BY_DAY
    return render_template(
        "planning/week.html",
        look=look,
        controls=week_views.controls(look, every, people),
        today=today,
        monday=look.monday,
        sunday=after - timedelta(days=1),
        previous=look.monday - timedelta(days=7),
        following=after,
        waiting=planning.waiting(reading(), actor.centre_id),
        conflicts={found.number: found for found in conflicts.of_centre(reading(), actor.centre_id, now())},
        choosing=habits.of_centre(reading(), current_person().centre_id).candidate_chooses,
        other_dates=convocations.other_dates(reading(), actor.centre_id, now()),
        days=week_views.days(look.monday, booked) if by_day else [],
        rows=[] if by_day else week_views.rows(look, current_person().centre_id, booked, every, people),
        evaluators=[{"name": e.name, "qualified": [titles[key] for key in sorted(e.certifications)]} for e in people],
        candidacy_page=candidacy_page,
    )


# A slot


@dataclass(slots=True)
class Choices:
    """Whom and where the form lets choose, and the hour chosen in the list."""

    people: list[planning.EvaluatorView]
    rooms: list[rooms.RoomView]
    minutes: int  # that the centre usually gives to a sitting
    hour: datetime | None = None
    against: tuple[Objection, ...] = ()  # what was found inconvenient in the slot sent
    may_override: bool = False  # nothing worse stands against it


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
    choices = _choices(form, candidacy)
    if request.method == "GET":
        _prefill(form, candidacy, facts, choices)
        return _shown(form, candidacy, facts, action, choices)
    if asked := whole_number(request.form.get("ask"), 0):
        return _asked(form, number, asked, action, choices)
    valid = form.validate()
    slot = form.slot()
    if not valid or slot is None:
        return _shown(form, candidacy, facts, action, choices), 422
    try:
        stop_reading()
        _book(form, number, action, *slot)
    except InputRefused as fault:
        form.refuse(fault)
        return _shown(form, *_loaded(number), action, choices), 422
    except ActionRefused as fault:
        candidacy, facts = _loaded(number)
        barred = planning_choices.sentences(facts, form, candidacy)
        choices.against = planning_choices.against(form, candidacy)
        form.form_errors.extend([*barred, *(one.sentence for one in choices.against)] or [str(fault)])
        choices.may_override = bool(choices.against) and not barred
        return _shown(form, candidacy, facts, action, choices), 409
    flash(f"C'est fait. Les convocations de la candidature {number} partent.", "success")
    day = in_paris(slot[0]).date()
    return redirect(url_for("planning.week", semaine=day.isoformat()))


def _choices(form: SlotForm, candidacy: Any) -> Choices:
    """Whom and where to choose; the form is given them too."""
    people = planning.evaluators(reading(), candidacy.centre_id)
    every = rooms.of_centre(reading(), candidacy.centre_id, now(), retired=False)
    form.evaluators.choices = options((str(e.id), e.name) for e in people)
    minutes = habits.of_centre(reading(), candidacy.centre_id).sitting_minutes
    form.offer(((room.id, room.name) for room in every), minutes)
    return Choices(people, every, minutes)


def _asked(form: SlotForm, number: str, person_id: int, action: Action, choices: Choices) -> ResponseReturnValue:
    """Asks an evaluator to declare, and shows the form as it was typed."""
    stop_reading()
    try:
        independence.ask(services(), current_actor(), number, person_id)
        flash("La déclaration est demandée : l'évaluateur en est averti par courriel.", "success")
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
    return _shown(form, *_loaded(number), action, choices)


def _as_shown() -> Action | None:
    """What the form was sent for: when the step has changed since, the act itself says what happened in between."""
    sent = request.form.get("action") if request.method == "POST" else None
    return next((action for action in _ACTIONS.values() if action.value == sent), None)


def _book(form: SlotForm, number: str, action: Action, starts_at: datetime, ends_at: datetime) -> None:
    wanted = by_hand.Wanted(
        starts_at,
        ends_at,
        tuple(form.evaluators.data or ()),
        form.place.data or "",
        form.video_link.data or "",
        whole_number(form.room.data, 0) or None,
        form.reason.data if isinstance(form, MoveForm) else "",
        frozenset((form.anyway.data or "").split()),
    )
    by_hand.book(services(), current_actor(), number, action, wanted, revision_of(form.revision.data))


def _loaded(number: str) -> tuple[Any, Facts]:
    candidacy = candidacies.by_number(reading(), current_actor(), number)
    return candidacy, facts_of.load(reading(), candidacy, now(), services().scanning)


def _prefill(form: SlotForm, candidacy: Any, facts: Facts, choices: Choices) -> None:
    form.revision.data = str(candidacy.revision)
    form.evaluators.data = []
    form.duration.data = str(choices.minutes)
    form.day.data = clocks.earliest_interview(clocks.civil_date(now()), facts.notice_days)
    if facts.interview is not None:
        slot = facts.interview.slot
        begins = in_paris(slot.starts_at)
        form.day.data, form.hour.data = begins.date(), begins.time()
        form.duration.data = str(int((slot.ends_at - slot.starts_at).total_seconds()) // 60)
        form.room.data = str(slot.room_id or "")
        if form.room.data not in {choice.value for choice in form.room.choices}:
            form.room.data = ""  # out of service since: its address stays as another place
        if not form.room.data:
            form.place.data, form.video_link.data = slot.place, slot.video_link
        form.evaluators.data = [e.person_id for e in slot.evaluators]
    if (day := _day(request.args.get("jour"))) is not None:
        form.day.data = day
        choices.hour = _hour(day, request.args.get("heure"))


def _day(raw: str | None) -> date | None:
    try:
        day = date.fromisoformat(raw or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _hour(day: date, raw: str | None) -> datetime | None:
    try:
        return instant(day, time.fromisoformat(raw or ""))
    except ValueError:
        return None


def _shown(form: SlotForm, candidacy: Any, facts: Facts, action: Action, choices: Choices) -> str:
    interview = hearings.in_force(reading(), candidacy.id)
    people = planning_choices.evaluators(facts, form, candidacy, choices.people)
    day = form.day.data or clocks.civil_date(now())
    start = _day(request.args.get("du")) or day
    offered = form.duration.data in {choice.value for choice in form.duration.choices}
    length = whole_number(form.duration.data, 0) if offered else choices.minutes
    looked = slot_choices.look(candidacy, facts, people, choices.rooms, monday_of(start.isoformat(), start), length)
    if choices.hour is not None:
        slot_choices.fill(form, looked, choices.hour)
        people = [{**p, "chosen": p["id"] in (form.evaluators.data or [])} for p in people]
    people = slot_choices.with_free_time(people, looked, form.day.data, form.hour.data)
    jury_due = dues.jury_due(candidacy.regime, candidacy.deposited_on)
    names, places = {p["id"]: p["name"] for p in people}, {r.id: r.name for r in choices.rooms}
    return render_template(
        "planning/schedule.html",
        form=form,
        candidacy=candidacy,
        action=action.value,
        moving=action is Action.MOVE_INTERVIEW,
        interview=interview,
        jury_due=jury_due,
        anyway=choices.against if choices.may_override else (),
        earliest=clocks.earliest_interview(clocks.civil_date(now()), facts.notice_days),
        notice_days=facts.notice_days,
        today=clocks.civil_date(now()),
        people=people,
        proposed=slot_choices.proposed(looked, jury_due),
        looked=looked,
        following=looked.last + timedelta(days=1),
        previous=looked.first - timedelta(days=slot_choices.DAYS),
        day=day if looked.first <= day <= looked.last else None,
        whole_day=slot_choices.whole_day(looked, day, names, places),
        candidacy_page=candidacy_page(candidacy.number),
        dossier_page=dossier_page(candidacy.number),
    )
