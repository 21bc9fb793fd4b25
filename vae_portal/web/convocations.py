"""The convocation, for whoever is called: when, where, with whom, an answer; and for the planner, who answered what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from vae_portal.actions import convocations as acts
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import candidacies, case, conflicts, convocations, hearings
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.queries.convocations import Watch
from vae_portal.web.access import current_actor, requires
from vae_portal.web.act_forms import text
from vae_portal.web.case import page_of
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import PortalForm, Required, options
from vae_portal.web.places import candidacy_page, document_page, dossier_page, whole_number
from vae_portal.web.presentation import civil, label
from workflows import clocks
from workflows.machine import may
from workflows.vocabulary import Convened, ConvocationAnswer, Right

blueprint = Blueprint("convocations", __name__)
PER_PAGE = 40
_ANSWERS = {
    Convened.CANDIDATE: ("Je serai présent(e)", "Je demande une autre date"),
    Convened.EVALUATOR: ("Je serai présent(e)", "Je suis empêché(e)"),
}
_LETTERS = {Convened.CANDIDATE: "interview_convocation", Convened.EVALUATOR: "attendance_sheet"}


class AnswerForm(PortalForm):
    """I come, or I ask for another date and say why; `interview` is the one that was read."""

    interview = HiddenField()
    answer = RadioField("Viendrez-vous ?", [Required("Dites si vous viendrez.")], validate_choice=False)
    reason = text("Si cette date ne convient pas, dites pourquoi", render_kw={"rows": 4})

    def validate_answer(self, field: RadioField) -> None:
        """One of the answers that the page shows."""
        if field.data not in {answer.value for answer in ConvocationAnswer}:
            raise ValidationError("Dites si vous viendrez.")


@blueprint.route("/candidatures/<number>/convocation", methods=["GET", "POST"])
@requires(Right.ANSWER_CONVOCATION)
def show(number: str) -> ResponseReturnValue:
    """What calls me, and my answer; opening it tells the planner that it was read."""
    candidacy, row, interview = _mine(number)
    form = AnswerForm()
    form.answer.choices = options(zip(ConvocationAnswer, _ANSWERS[Convened(row.called_as)], strict=True))
    if request.method == "GET":
        form.interview.data = str(interview.id)
        form.answer.data, form.reason.data = row.answer, row.answer_reason
        if row.seen_at is None:
            stop_reading()
            acts.read(services(), current_actor(), number)
        return _page(form, candidacy, row, interview)
    if not form.validate():
        return _page(form, candidacy, row, interview), 422
    read = whole_number(form.interview.data, 0)
    stop_reading()
    try:
        given = ConvocationAnswer(form.answer.data)
        acts.answer(services(), current_actor(), number, read, given, form.reason.data or "")
    except InputRefused as fault:
        form.refuse(fault)
        return _page(form, *_mine(number)), 422
    except ActionRefused as fault:
        candidacy, row, interview = _mine(number)
        form.form_errors.append(str(fault))
        form.interview.data = str(interview.id)
        return _page(form, candidacy, row, interview), 409
    flash("Votre réponse est enregistrée. Vous pouvez la changer jusqu'au début de l'entretien.", "success")
    return redirect(url_for("convocations.show", number=number))


@blueprint.get("/candidatures/<number>/convocation.ics")
@requires(Right.ANSWER_CONVOCATION)
def calendar(number: str) -> Response:
    """The appointment, for one's own calendar."""
    candidacy, _, _ = _mine(number)
    content = acts.file(services(), reading(), current_actor(), candidacy)
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="entretien-{candidacy.number}.ics"'
    return answer


def _mine(number: str) -> tuple[Any, Any, Any]:
    """The candidacy, what calls me and the interview; back to the candidacy when nothing calls anyone any more."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    found = convocations.of(reading(), candidacy.id, actor.person_id)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    theirs = candidacy.person_id == actor.person_id
    if found is None and not theirs:
        raise NotVisible(acts.NONE)
    if found is None or not may(Right.ANSWER_CONVOCATION, actor, facts):
        flash(acts.NONE, "warning")
        abort(redirect(page_of(number, theirs)))
    return candidacy, *found


def _page(form: AnswerForm, candidacy: Any, row: Any, interview: Any) -> str:
    sits = row.called_as == Convened.EVALUATOR.value
    kind = _LETTERS[Convened(row.called_as)]
    papers = [d for d in case.documents(reading(), candidacy.id) if d.kind == kind and d.issued_at]
    declared = hearings.declared(reading(), candidacy.id).get(row.person_id) if sits else None
    today = clocks.civil_date(now())
    return render_template(
        "convocations/show.html",
        form=form,
        candidacy=candidacy,
        row=row,
        interview=interview,
        sits=sits,
        open=now() < interview.during.lower,
        days_left=(civil(interview.during.lower) - today).days,
        declared=declared is not None,
        paper=document_page(papers[0].number) if papers else "",
        back=url_for("commission.interviews") if sits else page_of(candidacy.number, True),
        dossier_page=dossier_page(candidacy.number),
    )


# The planner's list


@blueprint.get("/entretiens/convocations")
@requires(Right.PLAN_INTERVIEWS)
def listing() -> str:
    """Every interview ahead, with who was sent, has read and has answered what calls them."""
    asked = request.args.get("voir", "")
    watch = Watch(asked) if asked in set(Watch) else None
    every = convocations.ahead(reading(), current_actor().centre_id, now())
    counted = convocations.counts(every)
    found = [one for one in every if watch is None or any(person.is_watched(watch) for person in one.people)]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(1, whole_number(request.args.get("page"), 1)), pages)
    against = conflicts.of_centre(reading(), current_actor().centre_id, now())
    return render_template(
        "convocations/listing.html",
        conflicts={one.number: one.faults for one in against},
        shown=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        watch=watch,
        counted=[
            {
                "value": counted[kind],
                "label": label("convocation_watch", kind),
                "url": url_for("convocations.listing", voir=kind),
                "kind": "bad" if kind is Watch.OTHER_DATE and counted[kind] else "calm",
                "current": kind is watch,
            }
            for kind in Watch
        ],
        total=len(every),
        page=page,
        pages=pages,
        candidacy_page=candidacy_page,
    )
