"""The candidate's own pages: where I stand, what I must do, before when; and the way to each page of the request."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import requests as acts
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import conversation as conversations
from vae_portal.persistence.queries import dues, files, fraud, history, juries, missed, referential
from vae_portal.persistence.queries import requests as queries
from vae_portal.web import conversation, journey, request_pages, request_pieces, request_sections
from vae_portal.web.access import current_actor, current_person, requires
from vae_portal.web.context import now, reading, services
from vae_portal.web.own import Own, own
from workflows import clocks
from workflows.vocabulary import Right, Step
from workflows.who_may_do_what import RESULTS

blueprint = Blueprint("candidate", __name__)

# What is done to the request stands in modules of their own.
_REQUEST = "/ma-candidature/<number>"
for rule, name, module in (
    ("/demande", "form", request_sections),
    ("/demande/<section>", "section", request_sections),
    ("/pieces", "pieces", request_pieces),
    ("/envoyer", "send", request_pages),
):
    blueprint.add_url_rule(f"{_REQUEST}{rule}", name, getattr(module, name), methods=["GET"])
for rule, name, module in (
    ("/demande/<section>", "save", request_sections),
    ("/demande/<section>/saisie", "type_on", request_sections),
    ("/pieces", "upload_pieces", request_pieces),
    ("/pieces/<int:evidence_id>/place", "place_piece", request_pieces),
    ("/pieces/<int:evidence_id>/retirer", "remove_piece", request_pieces),
    ("/complements/<int:item_id>", "answer", request_pages),
    ("/envoyer", "send_request", request_pages),
):
    blueprint.add_url_rule(f"{_REQUEST}{rule}", name, getattr(module, name), methods=["POST"])


@blueprint.get("/ma-candidature")
@requires(Right.START_CANDIDACY)
def home() -> ResponseReturnValue:
    """How to begin, my one candidacy, or the list of them."""
    mine = queries.own(reading(), current_actor())
    if not mine:
        return _catalogue("candidate/begin.html")
    if len(mine) == 1:
        return _page(own(mine[0].number))
    unread = conversations.unread(reading(), current_actor(), [row.id for row in mine])
    return render_template("candidate/list.html", candidacies=mine, unread=unread)


@blueprint.get("/ma-candidature/<number>")
@requires(Right.SEE_CANDIDACY)
def show(number: str) -> ResponseReturnValue:
    """One of my candidacies."""
    return _page(own(number))


def _page(mine: Own) -> str:
    session, candidacy, facts = reading(), mine.candidacy, mine.facts
    acquired: set[str] = set()
    if facts.step in RESULTS and (decision := juries.decision_in_force(session, candidacy)):
        codes = {b.id: b.code for b in candidacy.version.blocks}
        acquired = {codes[b.block_id] for b in decision.blocks if b.acquired}
    acts_now = mine.acts()
    doable = [act for act in acts_now if not act["danger"] and act["enabled"]]
    return render_template(
        "candidate/show.html",
        **mine.frame(),
        phases=journey.phase_bar(mine),
        deadline=journey.deadline(mine, dues.running(session, candidacy), clocks.civil_date(now())),
        next_acts=doable,
        waiting=[act for act in acts_now if not act["danger"] and not act["enabled"]],
        last_acts=[{**act, "primary": False} for act in acts_now if act["danger"]],
        blocks=journey.blocks(facts, acquired),
        events=journey.events(
            history.actions(session, candidacy, own=True),
            files.documents_of(session, candidacy.id),
            current_person().full_name,
        ),
        absence=next(iter(missed.of(session, candidacy)), None) if facts.step is Step.INTERVIEW_PENDING else None,
        **conversation.entry(candidacy, facts),
        fraud_case=fraud.running(session, candidacy.id) if facts.step in RESULTS else None,
        opening=referential.opening_of(session, candidacy, clocks.civil_date(now())),
        deposit=files.latest_deposit(session, candidacy.id),
        remarks=queries.remarks(session, candidacy.id) if facts.step is Step.DOSSIER_INCOMPLETE else [],
        supplement=queries.supplement(session, candidacy.id) if facts.step is Step.ADMISSIBILITY_INCOMPLETE else [],
    )


@blueprint.get("/ma-candidature/nouvelle")
@requires(Right.START_CANDIDACY)
def new() -> ResponseReturnValue:
    """The certifications, or the one chosen with what may be asked of it."""
    chosen = request.args.get("certification", "")
    return _chosen(chosen, {}) if chosen else _catalogue("candidate/catalogue.html")


@blueprint.post("/ma-candidature/nouvelle")
@requires(Right.START_CANDIDACY)
def start() -> ResponseReturnValue:
    """Begins a request."""
    chosen = request.form.get("certification", "")
    version_id = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0
    whole = request.form.get("whole", "")
    blocks = request.form.getlist("blocks")
    if whole not in ("yes", "no"):
        return _chosen(chosen, {"whole-0": "Choisissez la certification entière ou des blocs."}), 422
    try:
        number = acts.start(services(), current_actor(), version_id, whole == "yes", blocks)
    except InputRefused as fault:
        return _chosen(chosen, {"whole-0": str(fault)}), 422
    except ActionRefused as fault:
        return _chosen(chosen, {"": str(fault)}), 409
    return redirect(url_for("candidate.form", number=number))


def _catalogue(template: str) -> str:
    return render_template(template, choices=queries.catalogue(reading(), current_actor(), now()))


def _chosen(version_id: str, errors: dict[str, str]) -> str:
    choices = queries.catalogue(reading(), current_actor(), now())
    choice = next((c for c in choices if str(c.version.id) == version_id), None)
    if choice is None:
        return render_template("candidate/catalogue.html", choices=choices)
    picked = {"whole": request.form.get("whole", ""), "blocks": request.form.getlist("blocks")}
    return render_template("candidate/target.html", choice=choice, errors=errors, picked=picked)
