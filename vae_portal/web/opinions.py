"""The employer's opinion: where the candidate asks for it, what those who judge read, the page behind the link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import opinions as acts
from vae_portal.actions import throttle
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.queries import opinions as queries
from vae_portal.web.access import current_actor, public, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.opinion_forms import AskForm, OpinionForm, opinion_form
from vae_portal.web.places import candidacy_page, revision_of
from workflows import clocks, opinion
from workflows.machine import may
from workflows.vocabulary import Right

blueprint = Blueprint("opinions", __name__)


# The candidate, and those who read


@blueprint.get("/candidatures/<number>/avis")
@requires(Right.READ_OPINION)
def show(number: str) -> str:
    """What employers said, for those to whom it is open; for the candidate, whom they asked and whom they may ask."""
    return _page(number, AskForm(formdata=None))


@blueprint.post("/candidatures/<number>/avis")
@requires(Right.ASK_EMPLOYER)
def ask(number: str) -> ResponseReturnValue:
    """One more employer is asked."""
    form, status = AskForm(), 422
    if form.validate():
        stop_reading()
        try:
            acts.ask(services(), current_actor(), number, form.employer(), _network())
        except InputRefused as fault:
            form.refuse(fault)
        except ActionRefused as fault:
            form.form_errors.append(str(fault))
            status = 409
        else:
            flash(
                "La demande est partie. Cette page dit quand le lien est ouvert et quand l'avis est donné.", "success"
            )
            return redirect(url_for("opinions.show", number=number))
    return _page(number, form), status


@blueprint.post("/candidatures/<number>/avis/<int:opinion_id>/relancer")
@requires(Right.ASK_EMPLOYER)
def ask_again(number: str, opinion_id: int) -> ResponseReturnValue:
    """A new link; the former one is dead."""
    try:
        acts.ask_again(services(), current_actor(), number, opinion_id, _network())
        flash("Un nouveau lien est parti. L'ancien ne s'ouvre plus ; ce qui était déjà écrit est gardé.", "success")
    except ActionRefused as fault:
        flash(str(fault), "error")
    return redirect(url_for("opinions.show", number=number))


@blueprint.post("/candidatures/<number>/avis/<int:opinion_id>/retirer")
@requires(Right.ASK_EMPLOYER)
def take_back(number: str, opinion_id: int) -> ResponseReturnValue:
    """The link is dead at once."""
    try:
        acts.take_back(services(), current_actor(), number, opinion_id)
        flash("La demande est retirée : son lien ne s'ouvre plus.", "success")
    except ActionRefused as fault:
        flash(str(fault), "error")
    return redirect(url_for("opinions.show", number=number))


def _page(number: str, form: AskForm) -> str:
    actor = current_actor()
    candidacy: Any = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    if not queries.open_to(reading(), actor, candidacy, facts):
        raise NotVisible("Cette page n'existe pas, ou ne vous est pas ouverte.")
    theirs = candidacy.person_id == actor.person_id
    asks = may(Right.ASK_EMPLOYER, actor, facts)
    return render_template(
        "opinions/show.html",
        form=form,
        candidacy=candidacy,
        number=number,
        theirs=theirs,
        asks=asks,
        asked=_asked(candidacy) if theirs else [],
        opinions=queries.given(reading(), actor, candidacy, facts),
        blocks=[b for b in candidacy.version.blocks if b.code in facts.targeted],
        days=clocks.OPINION.amount,
        most=opinion.MOST_OPEN,
        back_url=url_for("candidate.show", number=number) if theirs else candidacy_page(number),
    )


def _asked(candidacy: Any) -> list[dict[str, Any]]:
    """Whom the candidate asked, with what can still be done about each."""
    rows = queries.of(reading(), candidacy)
    asked = [queries.question(row) for row in rows]
    return [
        {
            "row": row,
            "stands": opinion.stands(question, now()),
            "last_day": acts.last_day(row),
            "again_refused": opinion.asking_again_refused(question, asked, now()),
        }
        for row, question in zip(rows, asked, strict=True)
    ]


def _network() -> str:
    return request.remote_addr or ""


# Behind the link, without an account


@blueprint.get("/avis/<secret>")
@public
def write(secret: str) -> ResponseReturnValue:
    """The opinion to write, or as it was sent; only that it was opened is kept."""
    found = acts.opened(services(), reading(), secret)
    if found is None:
        stop_reading()
        throttle.spend_from(services(), "opinion_link", _network())
        return _dead()
    if found.row.opened_at is None:
        stop_reading()
        acts.note_opened(services(), secret)
        found = acts.opened(services(), reading(), secret)
        if found is None:
            return _dead()
    form = _form(found, formdata=None)
    form.fill(found.row)
    return _private(_letter(found, form))


@blueprint.post("/avis/<secret>")
@public
def give(secret: str) -> ResponseReturnValue:
    """Keeps a draft, or sends the opinion for good."""
    found = acts.opened(services(), reading(), secret)
    if found is None:
        return _dead()
    form, sends = _form(found), request.form.get("act") == "send"
    stop_reading()
    if not form.validate():
        return _private(_letter(found, form), 422)
    try:
        keep = acts.send if sends else acts.save
        alive = keep(services(), secret, form.written(), revision_of(form.revision.data), _network())
    except InputRefused as fault:
        form.refuse(fault)
        return _private(_letter(found, form), 422)
    except ActionRefused as fault:
        flash(str(fault), "error")
        return _private(redirect(url_for("opinions.write", secret=secret)))
    except StaleForm as fault:
        return _overtaken(secret, form, str(fault))
    if not alive:
        return _dead()
    flash(
        "Votre avis est envoyé. Merci du temps que vous y avez passé."
        if sends
        else "Votre brouillon est gardé. Personne d'autre ne le lit : revenez par le même lien pour finir et envoyer.",
        "success",
    )
    return _private(redirect(url_for("opinions.write", secret=secret)))


def _overtaken(secret: str, form: OpinionForm, sentence: str) -> ResponseReturnValue:
    """What was typed is still there, ready to replace what another page saved."""
    found = acts.opened(services(), reading(), secret)
    if found is None:
        return _dead()
    form.revision.data = str(found.row.revision)
    form.form_errors.append(f"{sentence} Votre texte est ci-dessous : enregistrez-le pour qu'il remplace l'autre.")
    return _private(_letter(found, form), 409)


def _form(found: acts.Opened, **given: Any) -> OpinionForm:
    targeted = [b for b in found.candidacy.version.blocks if b.code in found.facts.targeted]
    return opinion_form(tuple((c.code, c.id, c.title) for b in targeted for c in b.capabilities), **given)


def _letter(found: acts.Opened, form: OpinionForm) -> str:
    return render_template(
        "opinions/write.html",
        form=form,
        row=found.row,
        candidacy=found.candidacy,
        blocks=[b for b in found.candidacy.version.blocks if b.code in found.facts.targeted],
        last_day=acts.last_day(found.row),
        said={line.capability_id: line for line in found.row.lines},
    )


def _dead() -> ResponseReturnValue:
    """One page for a link that is wrong, taken back, replaced or past; what was typed is given back to be copied."""
    typed = [text for name, text in request.form.items() if name.startswith(("comment_", "general", "written_by"))]
    kept = [(f"Texte {rank}", text) for rank, text in enumerate(filter(None, map(str.strip, typed)), 1)]
    return _private(render_template("opinions/dead.html", kept=kept), 404)


def _private(answer: Any, status: int | None = None) -> Response:
    """An answer behind a secret address: kept nowhere, indexed nowhere, its address told to nobody else."""
    response = make_response(answer)
    response.status_code = status or response.status_code
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
