"""A suspected fraud: the centre tells the facts, the person answers on a page of their own, the president concludes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField

from vae_portal.actions import fraud as acts
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.queries import fraud as queries
from vae_portal.web.access import current_actor, requires
from vae_portal.web.act_forms import text
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import PortalForm, Required, options
from vae_portal.web.moments import Day
from vae_portal.web.own import own
from vae_portal.web.places import candidacy_page
from workflows import clocks, fraud
from workflows.machine import may
from workflows.vocabulary import FraudEnd, Right

blueprint = Blueprint("fraud", __name__)


class GrievancesForm(PortalForm):
    """What the person is suspected of, and until when they answer."""

    grievances = text(
        "Faits reprochés",
        "Décrivez les faits reprochés : la personne doit pouvoir y répondre point par point.",
        most=5000,
        description="Ce texte est envoyé tel quel, avec le droit de répondre, d'être entendue et assistée.",
        render_kw={"rows": 8},
    )
    answer_by = Day(
        "Réponse attendue jusqu'au",
        "Indiquez un jour, par exemple 18/03/2026.",
        validators=[Required("Indiquez jusqu'à quand la personne peut répondre.")],
        description=f"Au moins {clocks.FRAUD_ANSWER.amount} jours.",
    )


class AnswerForm(PortalForm):
    """What the person answers."""

    answer = text("Votre réponse", "Écrivez votre réponse.", most=10_000, render_kw={"rows": 10})
    hearing_asked = BooleanField("Je demande à être entendu(e), seul(e) ou avec la personne de mon choix")


class HearingForm(PortalForm):
    """When the person was heard."""

    heard_on = Day(
        "Jour de l'audition",
        "Indiquez un jour, par exemple 18/03/2026.",
        validators=[Required("Indiquez le jour de l'audition.")],
    )


class ConclusionForm(PortalForm):
    """Fraud or not, and why."""

    established = RadioField(
        "La fraude est-elle établie ?",
        [Required("Indiquez si la fraude est établie.")],
        choices=options([("yes", "Oui, la fraude est établie"), ("no", "Non, la procédure est close sans suite")]),
    )
    conclusion = text("Conclusion et motifs", "Écrivez la conclusion et ses motifs.", most=5000, render_kw={"rows": 6})


@blueprint.route("/candidatures/<number>/fraude", methods=["GET", "POST"])
@requires(Right.SEE_FRAUD_CASE)
def show(number: str) -> ResponseReturnValue:
    """The procedures about a candidacy, and the form that opens one."""
    form = GrievancesForm()
    if not form.is_submitted():
        form.answer_by.data = clocks.fraud_answer_due(clocks.civil_date(now()))
        return _page(number, grievances=form)
    if not form.validate():
        return _page(number, grievances=form), 422
    told, day = form.grievances.data or "", form.answer_by.data
    assert day is not None  # noqa: S101 - the form requires it

    def act() -> None:
        acts.open_case(services(), current_actor(), number, told, day)

    return _do(number, form, "grievances", act, "La procédure est ouverte et la personne est prévenue.")


@blueprint.post("/candidatures/<number>/fraude/audition")
@requires(Right.CONDUCT_FRAUD_CASE)
def hear(number: str) -> ResponseReturnValue:
    """The day of a hearing."""
    form = HearingForm()
    if not form.validate():
        return _page(number, hearing=form), 422
    day = form.heard_on.data
    assert day is not None  # noqa: S101 - the form requires it
    return _do(
        number,
        form,
        "hearing",
        lambda: acts.note_hearing(services(), current_actor(), number, day),
        "L'audition est notée.",
    )


@blueprint.post("/candidatures/<number>/fraude/conclusion")
@requires(Right.CONCLUDE_FRAUD_CASE)
def conclude(number: str) -> ResponseReturnValue:
    """Established or not."""
    form = ConclusionForm()
    if not form.validate():
        return _page(number, conclusion=form), 422
    found, why = form.established.data == "yes", form.conclusion.data or ""
    return _do(
        number,
        form,
        "conclusion",
        lambda: acts.conclude(services(), current_actor(), number, found, why),
        "La procédure est terminée et la personne en est informée.",
    )


@blueprint.route("/ma-candidature/<number>/griefs", methods=["GET", "POST"])
@requires(Right.ANSWER_GRIEVANCES)
def answer(number: str) -> ResponseReturnValue:
    """What I am told, and what I answer."""
    mine = own(number)
    cases = queries.of(reading(), mine.candidacy.id)
    if not cases:
        flash("Aucune procédure n'est ouverte sur cette candidature.", "warning")
        return redirect(url_for("candidate.show", number=number))
    form, status = AnswerForm(), 200
    if request.method == "GET":
        form.answer.data, form.hearing_asked.data = cases[0].answer, cases[0].hearing_asked
    elif not form.validate():
        status = 422
    else:
        stop_reading()
        try:
            acts.answer(services(), current_actor(), number, form.answer.data or "", form.hearing_asked.data)
        except (ActionRefused, InputRefused) as fault:
            _refuse(form, fault)
            status = 422
        else:
            flash("Votre réponse est transmise à votre centre.", "success")
            return redirect(url_for("fraud.answer", number=number))
    cases = queries.of(reading(), mine.candidacy.id)
    return render_template("fraud/answer.html", **own(number).frame(), form=form, cases=cases), status


def _page(number: str, **forms: PortalForm) -> str:
    actor = current_actor()
    candidacy: Any = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    cases = queries.of(reading(), candidacy.id)
    running = next((c for c in cases if c.ended is None), None)
    today = clocks.civil_date(now())
    presided = facts.session is not None and facts.session.pronounced_by == actor.person_id
    known = {"grievances": GrievancesForm, "hearing": HearingForm, "conclusion": ConclusionForm}
    return render_template(
        "fraud/show.html",
        candidacy=candidacy,
        candidacy_page=candidacy_page(number),
        cases=cases,
        running=running,
        conducts=may(Right.CONDUCT_FRAUD_CASE, actor, facts),
        concludes=presided and may(Right.CONCLUDE_FRAUD_CASE, actor, facts),
        # Judged with words written, so that only what is still to come is told.
        not_yet=fraud.conclusion_refused(queries.facts(running), "écrit", today) if running else None,
        established=FraudEnd.ESTABLISHED.value,
        forms={name: forms.get(name) or kind(formdata=None) for name, kind in known.items()},
    )


def _do(number: str, form: PortalForm, name: str, act: Callable[[], None], done: str) -> ResponseReturnValue:
    stop_reading()
    try:
        act()
    except (ActionRefused, InputRefused) as fault:
        _refuse(form, fault)
        return _page(number, **{name: form}), 422
    flash(done, "success")
    return redirect(url_for("fraud.show", number=number))


def _refuse(form: PortalForm, fault: ActionRefused | InputRefused) -> None:
    if isinstance(fault, InputRefused):
        form.refuse(fault)
    else:
        form.form_errors.append(str(fault))
