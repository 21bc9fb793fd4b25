"""The pages of the request: the form saved as one goes, its pieces, the answers to the centre, and its sending."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from vae_portal.actions import requests as acts
from vae_portal.actions import supplement
from vae_portal.actions.evidence import Verdict
from vae_portal.actions.perform import perform
from vae_portal.actions.requests import Target
from vae_portal.errors import ActionRefused, InputRefused, StaleForm
from vae_portal.persistence.queries import requests as queries
from vae_portal.persistence.queries import review
from vae_portal.web import request_forms as forms
from vae_portal.web import uploads
from vae_portal.web.access import current_actor, reads_its_own_body, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.own import Own, own
from workflows import clocks, request_form
from workflows.facts import Given
from workflows.machine import offers
from workflows.request_form import Problem
from workflows.vocabulary import Action, Right, Step

_ACTION = {Step.DRAFT: Action.SUBMIT_REQUEST, Step.ADMISSIBILITY_INCOMPLETE: Action.COMPLETE_REQUEST}
_EDIT = Right.EDIT_REQUEST


# The form


@requires(Right.EDIT_REQUEST)
def form(number: str) -> ResponseReturnValue:
    """The form, as it is kept."""
    mine = own(number, _EDIT)
    candidacy = mine.candidacy
    shown = forms.shown(
        candidacy.request,
        _target(mine),
        candidacy.request_revision,
        candidacy.version.blocks,
        one_more=request.args.get("ligne") == "1",
    )
    told = forms.attach(shown, _problems(mine)) if request.args.get("voir") == "manques" else []
    return _form_page(mine, shown, told)


@requires(Right.EDIT_REQUEST)
def save(number: str) -> ResponseReturnValue:
    """Keeps the form, complete or not, then goes on to what the button says."""
    mine = own(number)
    stop_reading()
    candidacy = mine.candidacy
    answers, target = forms.typed(request.form, candidacy.request), forms.aim(request.form)
    wanted = request.form.get("do", "")
    if wanted.startswith("remove-"):
        answers["experiences"] = _without(answers["experiences"], wanted.removeprefix("remove-"))
    revision = request.form.get("request_revision", "")
    try:
        seen = int(revision) if revision.isdecimal() and len(revision) < 9 else -1
        acts.save_request(services(), current_actor(), number, seen, answers, target)
    except InputRefused as fault:
        shown = forms.shown(answers, target or _target(mine), candidacy.request_revision, candidacy.version.blocks)
        shown.request_revision.data = revision
        told = forms.attach(shown, [Problem(field, sentence) for field, sentence in fault.fields.items()])
        return _form_page(mine, shown, told), 422
    except StaleForm as fault:
        mine = own(number)
        candidacy = mine.candidacy
        shown = forms.shown(answers, target or _target(mine), candidacy.request_revision, candidacy.version.blocks)
        differ = forms.differences(answers, candidacy.request)
        return _form_page(mine, shown, [], stale=str(fault), differences=differ), 409
    return _after_saving(number, wanted)


def _after_saving(number: str, wanted: str) -> ResponseReturnValue:
    if wanted == "send":
        return redirect(url_for("candidate.send", number=number))
    if wanted == "pieces":
        return redirect(url_for("candidate.pieces", number=number))
    flash("Enregistré. Vous pouvez continuer, ou revenir plus tard.", "success")
    if wanted == "add":
        return redirect(url_for("candidate.form", number=number, ligne=1, _anchor="experiences"))
    section = wanted.removeprefix("save-")
    anchor = section if section in {name for name, _, _ in forms.SECTIONS} else None
    anchor = "experiences" if wanted.startswith("remove-") else anchor
    return redirect(url_for("candidate.form", number=number, _anchor=anchor))


def _without(lines: list[dict[str, Any]], index: str) -> list[dict[str, Any]]:
    return [line for rank, line in enumerate(lines) if str(rank) != index]


def _form_page(mine: Own, shown: forms.RequestForm, told: list[Any], **more: Any) -> str:
    problems = _problems(mine)
    return render_template(
        "candidate/form.html",
        **mine.frame(),
        form=shown,
        told=told,
        sections=forms.SECTIONS,
        missing=forms.missing_by_section(problems),
        pieces=queries.pieces(reading(), mine.candidacy.id),
        settled=mine.facts.step is not Step.DRAFT,
        **{"stale": "", "differences": [], **more},
    )


def _target(mine: Own) -> Target:
    held = queries.declared_held(reading(), mine.candidacy.id)
    return Target(mine.candidacy.whole, mine.facts.targeted, frozenset(held))


def _problems(mine: Own) -> list[Problem]:
    kinds = {piece.kind for piece in queries.pieces(reading(), mine.candidacy.id)}
    today = clocks.civil_date(now())
    found = request_form.problems(mine.candidacy.request, kinds, today, bool(mine.facts.held))
    if not mine.facts.targeted:
        found.insert(0, Problem("whole", "Choisissez la certification entière ou au moins un bloc."))
    return found


# The pieces


@requires(Right.EDIT_REQUEST)
def pieces(number: str) -> ResponseReturnValue:
    """The files joined to the request."""
    return _pieces_page(own(number, _EDIT))


@requires(Right.EDIT_REQUEST)
@reads_its_own_body
def upload_pieces(number: str) -> ResponseReturnValue:
    """Takes files as they arrive, as pieces or as the answer to one thing that the centre asked for."""
    actor, item = current_actor(), request.args.get("item", type=int)

    def keep(fields: dict[str, str], file: uploads.SentFile) -> Verdict:
        kind = "supplement" if item is not None else fields.get("kind", "")
        return acts.add_piece(services(), actor, number, kind, file.name, file, item)

    outcome = uploads.receive(number, _EDIT, keep)
    if item is None:
        back = url_for("candidate.pieces", number=number)
        return uploads.answer(outcome, back, lambda told: _pieces_page(own(number, _EDIT), told))
    back = url_for("candidate.send", number=number, _anchor=f"point-{item}")
    return uploads.answer(outcome, back, lambda told: _send_page(own(number, _EDIT), outcome=told))


def _pieces_page(mine: Own, outcome: uploads.Outcome | None = None) -> str:
    joined = queries.pieces(reading(), mine.candidacy.id)
    sent_already = mine.candidacy.submitted_on is not None
    return render_template(
        "candidate/pieces.html",
        **mine.frame(),
        pieces=joined,
        removable={p.evidence.id for p in joined if not (sent_already and _already_sent(mine, p))},
        kinds=request_form.PIECES,
        missing=[p.sentence for p in _problems(mine) if p.field.startswith("piece-")],
        outcome=outcome,
        most=services().settings.max_file_bytes,
    )


def _already_sent(mine: Own, piece: queries.JoinedPiece) -> bool:
    return bool(piece.evidence.given_at < mine.candidacy.stepped_at)


@requires(Right.EDIT_REQUEST)
def remove_piece(number: str, evidence_id: int) -> ResponseReturnValue:
    """Takes a piece out."""
    name = acts.remove_piece(services(), current_actor(), number, evidence_id)
    flash(f"« {name} » est retiré de votre demande.", "success")
    return redirect(url_for("candidate.pieces", number=number))


# Sending


@requires(Right.EDIT_REQUEST)
def send(number: str) -> ResponseReturnValue:
    """What will be sent, what is missing, and the sworn statement."""
    return _send_page(own(number, _EDIT))


@requires(Right.EDIT_REQUEST)
def answer(number: str, item_id: int) -> ResponseReturnValue:
    """Keeps the answer in writing to one thing that the centre asked for."""
    text = request.form.get(f"answer-{item_id}")
    if text is None:
        raise InputRefused("La réponse n'est pas arrivée avec la page. Rien n'a été changé : recommencez.")
    known = request.form.get("known", "")
    try:
        supplement.answer_supplement(services(), current_actor(), number, item_id, text, known)
    except InputRefused as fault:
        return _send_page(own(number, _EDIT), errors=fault.fields, typed={item_id: text}), 422
    except StaleForm as fault:
        return _send_page(own(number, _EDIT), stale=str(fault), typed={item_id: text}), 409
    flash("Réponse enregistrée. Elle partira quand vous enverrez vos compléments.", "success")
    return redirect(url_for("candidate.send", number=number, _anchor=f"point-{item_id}"))


@requires(Right.EDIT_REQUEST)
def send_request(number: str) -> ResponseReturnValue:
    """Sends the request, or its complements, exactly as the page showed them."""
    mine = own(number)
    stop_reading()
    action, seen = _ACTION.get(mine.facts.step), request.form.get("request_revision", "")
    if action is None:
        raise ActionRefused("Votre demande est déjà envoyée : il n'y a rien à envoyer à cette étape.")
    revision = request.form.get("revision", "")
    sworn = request.form.get("sworn") == "yes"

    def given(session: Session, candidacy: Any) -> Given:
        if str(candidacy.request_revision) != seen:
            raise StaleForm("Votre demande a été modifiée ailleurs depuis l'affichage de cette page : relisez-la.")
        return Given(sworn=sworn)

    try:
        perform(services(), mine.actor, number, action, given, int(revision) if revision.isdecimal() else -1)
    except StaleForm as fault:
        return _send_page(own(number, _EDIT), stale=str(fault)), 409
    except ActionRefused as fault:
        errors = {} if sworn else {"sworn": str(fault)}
        return _send_page(own(number, _EDIT), errors=errors, refused=str(fault) if sworn else ""), 409 if sworn else 422
    done = "Votre demande est envoyée." if action is Action.SUBMIT_REQUEST else "Vos compléments sont envoyés."
    flash(f"{done} Vous recevrez un courriel à chaque étape.", "success")
    return redirect(url_for("candidate.show", number=number))


def _send_page(mine: Own, **told: Any) -> str:
    candidacy = mine.candidacy
    action = _ACTION[mine.facts.step]
    refusal = next((o.refusal for o in offers(mine.facts, mine.actor, now()) if o.action is action), None)
    answers = forms.shown(candidacy.request, _target(mine), candidacy.request_revision, candidacy.version.blocks)
    asked = [one for one in review.whole(reading(), candidacy.id).asked if not one.item.closed]
    return render_template(
        "candidate/send.html",
        **mine.frame(),
        action=action.value,
        problems=_problems(mine),
        refusal=refusal,
        target=_target(mine),
        answers=forms.summary(candidacy.request),
        experiences=forms.experience_lines(candidacy.request),
        form=answers,
        pieces=queries.pieces(reading(), candidacy.id),
        items=[(one, supplement.fingerprint(one.item.answer)) for one in asked],
        most=services().settings.max_file_bytes,
        **{"errors": {}, "typed": {}, "stale": "", "refused": "", "outcome": None, **told},
    )
