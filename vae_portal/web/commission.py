"""The evaluators' pages: my interviews, independence, who is there, and the one text of the commission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import assessments, independence
from vae_portal.actions.common_text import Written, whole
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import candidacies, commissions, hearings, opinions
from vae_portal.persistence.queries import declarations as asked
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web import common_text, grid_view
from vae_portal.web.access import current_actor, requires
from vae_portal.web.commission_forms import GridForm
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.offered import offered
from vae_portal.web.places import candidacy_page, dossier_page, whole_number
from workflows import interview as rules
from workflows import machine
from workflows.facts import Facts, Given
from workflows.vocabulary import Action, Right, Step
from workflows.who_may_do_what import WITH_SESSION

blueprint = Blueprint("commission", __name__)
_FREED = "Votre déclaration est enregistrée. L'entretien est annulé : la coordination trouve une autre commission."
_MINE = {"open_evaluation", "close_evaluation", "record_absence"}


@blueprint.get("/mes-entretiens")
@requires(Right.SIT_IN_COMMISSION)
def interviews() -> str:
    """The interviews of one evaluator: what is to be done, what is past."""
    found = commissions.mine(reading(), current_actor().person_id)
    ahead = [i for i in found if i.live and i.step in (Step.INTERVIEW_SCHEDULED, Step.EVALUATION)]
    return render_template(
        "commission/interviews.html",
        ahead=[{"row": i, "todo": _todo(i)} for i in reversed(ahead)],
        past=[i for i in found if i not in ahead],
        asked=len(asked.waiting(reading(), current_actor())),
        dossier_page=dossier_page,
    )


def _todo(row: commissions.MyInterview) -> str:
    """The one thing that this evaluator has to do now, in words."""
    if row.linked:
        return "Vous avez déclaré un lien : vous ne siégez pas."
    if row.linked is None:
        return "Déclarez votre indépendance, puis lisez le dossier."
    if row.step == Step.INTERVIEW_SCHEDULED:
        return "Ouvrez l'évaluation." if row.starts_at <= now() else "Lisez le dossier avant l'entretien."
    return "Votre signature est donnée : il reste à clore." if row.signed else "Complétez la grille, puis signez."


@blueprint.post("/candidatures/<number>/independance")
@requires(Right.DECLARE_INDEPENDENCE)
def declare(number: str) -> ResponseReturnValue:
    """No link with the candidate, or a link and its nature."""
    linked = request.form.get("linked")
    actor = current_actor()
    stop_reading()
    try:
        if linked not in ("yes", "no"):
            raise InputRefused("Dites si vous avez un lien avec cette personne, ou non.")
        nature = request.form.get("nature", "")[:500]
        freed = independence.declare(services(), actor, number, linked == "yes", nature)
        flash(_FREED if freed else "Votre déclaration est enregistrée.", "success")
    except (InputRefused, ActionRefused) as fault:
        flash(str(fault), "error")
    return redirect(_after_declaring(number))


def _after_declaring(number: str) -> str:
    """Where the person goes on: the page they declared on, if it still is theirs."""
    actor = current_actor()
    mine = [i for i in commissions.mine(reading(), actor.person_id) if i.number == number]
    if any(i.live for i in mine):
        return url_for("commission.grid", number=number)
    try:
        candidacy = candidacies.by_number(reading(), actor, number)
    except NotVisible:
        return url_for("commission.interviews" if mine else "commission.declarations")
    step = Step(candidacy.step)
    return url_for("sessions.decide", number=number) if step in WITH_SESSION else url_for("commission.interviews")


@blueprint.get("/mes-declarations")
@requires(Right.SIT_IN_COMMISSION)
def declarations() -> str:
    """Candidates of whom a planner asks whether this evaluator is linked to them."""
    return render_template("commission/declarations.html", waiting=asked.waiting(reading(), current_actor()))


# The grid


@blueprint.route("/candidatures/<number>/evaluation", methods=["GET", "POST"])
@requires(Right.READ_ASSESSMENT)
def grid(number: str) -> ResponseReturnValue:
    """The one text, to write once every grid is shown, to read otherwise."""
    try:
        candidacy, facts = common_text.loaded(number)
    except NotVisible:
        return _stands_aside(number)
    if request.method == "GET":
        return _shown(common_text.filled(candidacy, facts), candidacy, facts)
    form = common_text.form_of(candidacy, facts)
    written = common_text.written_in(form)
    if form.errors:
        return _shown(form, candidacy, facts), 422
    stop_reading()
    try:
        _assess(number, written)
    except StaleForm as fault:
        candidacy, facts = common_text.loaded(number)
        rows = common_text.both_texts(form, written, candidacy, facts)
        return _shown(form, candidacy, facts, str(fault), rows), 409
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
        return _shown(form, *common_text.loaded(number)), 409
    flash("L'évaluation est enregistrée. Les signatures d'un autre texte ne valent plus.", "success")
    return redirect(url_for("commission.grid", number=number))


def _assess(number: str, written: Written) -> None:
    """The act: this page merged, in its transaction, into what another member wrote since."""
    general = dict(written.general)  # read by the act after the merge

    def merged(session: Any, candidacy: Any) -> Given:
        text = whole(services(), session, candidacy, written)
        general.clear()
        general.update(text.general)
        return Given(verdicts=text.verdicts)

    perform(services(), current_actor(), number, Action.ASSESS, merged, None, general)


def _stands_aside(number: str) -> ResponseReturnValue:
    """For an evaluator who has declared a link: what they declared, and nothing of what the commission writes."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    interview = hearings.in_force(reading(), candidacy.id)
    if interview is None or all(e.person_id != actor.person_id for e in interview.evaluators):
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    return render_template(
        "commission/aside.html",
        candidacy=candidacy,
        interview=interview,
        may_declare=machine.may(Right.DECLARE_INDEPENDENCE, actor, facts),
        mine=hearings.declared(reading(), candidacy.id),
        me=actor.person_id,
        candidacy_page=candidacy_page(candidacy.number),
    )


def _shown(form: GridForm, candidacy: Any, facts: Facts, stale: str = "", rows: Sequence[Any] = ()) -> str:
    actor = current_actor()
    interview = hearings.in_force(reading(), candidacy.id)
    if interview is None:
        raise NotVisible("Aucun entretien n'est en cours pour cette candidature.")
    offers = offered(facts, actor, now(), candidacy.number)
    assess = next((o for o in offers if o["code"] == Action.ASSESS.value), None)
    writes = assess is not None and assess["enabled"]
    given = commissions.signatures(reading(), interview)
    standing = {s.person_id for s in given if s.stands}
    kept = commissions.verdicts(reading(), interview.id)
    seat = next((e for e in interview.evaluators if e.person_id == actor.person_id), None)
    missing = next((no for check in assessments.COMPLETE if (no := check(facts, actor, now(), machine.NOTHING))), None)
    return render_template(
        "commission/grid.html",
        form=form,
        stale=stale,
        rows=rows,
        candidacy=candidacy,
        interview=interview,
        blocks=grid_view.written_blocks(candidacy, facts, kept),
        beside=grid_view.side_by_side(candidacy, facts, interview) if writes else {},  # never beyond the commission
        writes=writes,
        alone=assess["reason"] if assess and not writes and seat and seat.present else "",
        offers=[{**o, "primary": o["code"] == "open_evaluation"} for o in offers if o["code"] in _MINE],
        signatures=given,
        waiting=[e.person.full_name for e in interview.evaluators if e.present and e.person_id not in standing],
        missing=missing,
        may_sign=writes and not missing and actor.person_id not in standing,
        sits=seat is not None,
        seat=seat,
        marks=_marks(facts, actor, interview),
        may_declare=machine.may(Right.DECLARE_INDEPENDENCE, actor, facts),
        mine=hearings.declared(reading(), candidacy.id),
        me=actor.person_id,
        opinions=opinions.given(reading(), actor, candidacy, facts),
        assessing=facts.step == Step.EVALUATION,
        faults=rules.commission_faults(facts, rules.present(facts.interview.slot)) if facts.interview else [],
        candidacy_page=candidacy_page(candidacy.number),
        dossier_page=dossier_page(candidacy.number),
    )


def _marks(facts: Facts, actor: Any, interview: Any) -> bool:
    """Whether this person notes who of the commission is there: once the slot has begun, before the closing."""
    if interview.closed_at is not None or facts.step not in (Step.INTERVIEW_SCHEDULED, Step.EVALUATION):
        return False
    checks = (rules.of_that_commission, rules.slot_started)
    return not any(check(facts, actor, now(), machine.NOTHING) for check in checks)


# Presence


@blueprint.post("/candidatures/<number>/evaluation/presence")
@requires(Right.SIT_IN_COMMISSION)
def presence(number: str) -> ResponseReturnValue:
    """Whether another member of the commission is there."""
    person_id, present = whole_number(request.form.get("person_id"), 0), request.form.get("present") == "1"
    actor = current_actor()
    stop_reading()
    try:
        assessments.mark_presence(services(), actor, number, person_id, present)
        flash("La présence est enregistrée.", "success")
    except ActionRefused as fault:
        flash(str(fault), "error")
    return redirect(url_for("commission.grid", number=number))
