"""The evidence dossier: situations, files, what they cover; its deposit; and, to read, what was deposited."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from vae_portal.actions import evidence as evidence_acts
from vae_portal.actions import situations as acts
from vae_portal.actions.evidence import Verdict
from vae_portal.actions.perform import perform
from vae_portal.actions.situations import SituationText
from vae_portal.errors import ActionRefused, InputRefused, StaleForm
from vae_portal.persistence.queries import dossiers, files
from vae_portal.persistence.queries import requests as queries
from vae_portal.web import dossier_reading, uploads
from vae_portal.web.access import current_actor, reads_its_own_body, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.dossier_reading import covered_blocks
from vae_portal.web.own import Own, own
from workflows.facts import Given
from workflows.vocabulary import Action, Right

blueprint = Blueprint("dossier", __name__)
blueprint.add_url_rule("/candidatures/<number>/dossier", "read", dossier_reading.read)
blueprint.add_url_rule("/ma-candidature/<number>/recepisse", "receipt", dossier_reading.receipt)
_EDIT = Right.EDIT_DOSSIER
_BASE = "/ma-candidature/<number>/dossier"
_TEXTS = ("title", "period", "organisation", "role", "done", "results")


@blueprint.get(_BASE)
@requires(Right.EDIT_DOSSIER)
def show(number: str) -> ResponseReturnValue:
    """My dossier: what is covered, what is missing, what I describe and join."""
    return _dossier_page(own(number, _EDIT))


def _dossier_page(mine: Own, outcome: uploads.Outcome | None = None) -> str:
    view = dossiers.view(reading(), mine.candidacy.id)
    behind: dict[int, list[int]] = {e.id: [] for e in view.unlinked}
    for situation in view.situations:
        for evidence in situation.evidence:
            behind.setdefault(evidence.id, []).append(situation.row.id)
    tray = {e.id: e for s in view.situations for e in s.evidence} | {e.id: e for e in view.unlinked}
    acts_now = mine.acts()
    return render_template(
        "dossier/show.html",
        **mine.frame(),
        view=view,
        tray=sorted(tray.values(), key=lambda e: e.id, reverse=True),
        behind=behind,
        coverage=covered_blocks(mine),
        deposit=[act for act in acts_now if act["code"] == Action.DEPOSIT_DOSSIER],
        remarks=queries.remarks(reading(), mine.candidacy.id),
        outcome=outcome,
        most=services().settings.max_file_bytes,
    )


@blueprint.post(f"{_BASE}/fichiers")
@requires(Right.EDIT_DOSSIER)
@reads_its_own_body
def upload(number: str) -> ResponseReturnValue:
    """Takes files as they arrive, behind the situation that the form names."""
    actor = current_actor()

    def keep(fields: dict[str, str], file: uploads.SentFile) -> Verdict:
        return evidence_acts.give(services(), actor, number, file.name, file, _key(fields.get("situation", "")))

    outcome = uploads.receive(number, _EDIT, keep)
    back = url_for("dossier.show", number=number, _anchor="fichiers-recus")
    return uploads.answer(outcome, back, lambda told: _dossier_page(own(number, _EDIT), told))


@blueprint.post(f"{_BASE}/fichiers/<int:evidence_id>/liens")
@requires(Right.EDIT_DOSSIER)
def link(number: str, evidence_id: int) -> ResponseReturnValue:
    """Says which situations a file backs."""
    keys = {_key(text) for text in request.form.getlist("situations")} - {None}
    evidence_acts.link(services(), current_actor(), number, evidence_id, [k for k in keys if k is not None])
    flash("Liens enregistrés.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"fichier-{evidence_id}"))


@blueprint.post(f"{_BASE}/fichiers/<int:evidence_id>/retirer")
@requires(Right.EDIT_DOSSIER)
def remove_evidence(number: str, evidence_id: int) -> ResponseReturnValue:
    """Takes a file out."""
    name = evidence_acts.remove(services(), current_actor(), number, evidence_id)
    flash(f"« {name} » est retiré de votre dossier.", "success")
    return redirect(url_for("dossier.show", number=number))


# Situations


@blueprint.get(f"{_BASE}/situations/nouvelle")
@requires(Right.EDIT_DOSSIER)
def new_situation(number: str) -> ResponseReturnValue:
    """A situation to describe."""
    return _situation_page(own(number, _EDIT), None, {}, [])


@blueprint.post(f"{_BASE}/situations/nouvelle")
@requires(Right.EDIT_DOSSIER)
def create_situation(number: str) -> ResponseReturnValue:
    """Keeps a new situation."""
    typed, codes = _typed({}), request.form.getlist("capabilities")
    try:
        key = acts.create(services(), current_actor(), number, SituationText(**typed), codes)
    except InputRefused as fault:
        return _situation_page(own(number), None, typed, codes, errors=fault.fields or {"": str(fault)}), 422
    flash("Situation enregistrée. Joignez maintenant une preuve au moins.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"situation-{key}"))


@blueprint.get(f"{_BASE}/situations/<int:situation_id>")
@requires(Right.EDIT_DOSSIER)
def situation(number: str, situation_id: int) -> ResponseReturnValue:
    """A situation to change."""
    mine = own(number, _EDIT)
    stored = dossier_reading.situation_of(mine, situation_id)
    return _situation_page(mine, stored, _kept(stored), stored.capabilities)


@blueprint.post(f"{_BASE}/situations/<int:situation_id>")
@requires(Right.EDIT_DOSSIER)
def edit_situation(number: str, situation_id: int) -> ResponseReturnValue:
    """Keeps a situation as typed, unless it changed elsewhere."""
    mine = own(number)
    stored = dossier_reading.situation_of(mine, situation_id)
    stop_reading()
    typed = _typed(_kept(stored))
    codes = request.form.getlist("capabilities") if request.form.get("shown") else list(stored.capabilities)
    revision = _key(request.form.get("revision", ""))
    seen = -1 if revision is None else revision
    try:
        acts.edit(services(), mine.actor, number, situation_id, SituationText(**typed), codes, seen)
    except InputRefused as fault:
        return _situation_page(mine, stored, typed, codes, errors=fault.fields, revision=seen), 422
    except StaleForm as fault:
        mine = own(number)
        stored = dossier_reading.situation_of(mine, situation_id)
        return _situation_page(mine, stored, typed, codes, stale=str(fault)), 409
    flash("Situation enregistrée.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"situation-{situation_id}"))


@blueprint.post(f"{_BASE}/situations/<int:situation_id>/retirer")
@requires(Right.EDIT_DOSSIER)
def remove_situation(number: str, situation_id: int) -> ResponseReturnValue:
    """Takes a situation out; its files stay."""
    title = acts.remove(services(), current_actor(), number, situation_id)
    flash(f"« {title} » est retirée. Ses fichiers restent dans votre dossier.", "success")
    return redirect(url_for("dossier.show", number=number))


def _situation_page(mine: Own, stored: Any, typed: dict[str, str], codes: Any, **told: Any) -> str:
    blocks = [b for b in mine.candidacy.version.blocks if b.code in mine.facts.targeted]
    told = {"errors": {}, "stale": "", "revision": stored.row.revision if stored else 0, **told}
    return render_template(
        "dossier/situation.html", **mine.frame(), stored=stored, typed=typed, codes=set(codes), blocks=blocks, **told
    )


def _typed(kept: dict[str, str]) -> dict[str, str]:
    """What was typed; a field that did not come keeps what is stored."""
    return {name: request.form.get(name, kept.get(name, "")) for name in _TEXTS}


def _kept(stored: Any) -> dict[str, str]:
    return {name: getattr(stored.row, name) for name in _TEXTS}


def _key(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


# The deposit


@blueprint.get("/ma-candidature/<number>/deposer")
@requires(Right.EDIT_DOSSIER)
def deposit(number: str) -> ResponseReturnValue:
    """What will be sealed, and the sworn statement."""
    return _deposit_page(own(number, _EDIT))


@blueprint.post("/ma-candidature/<number>/deposer")
@requires(Right.EDIT_DOSSIER)
def seal(number: str) -> ResponseReturnValue:
    """Deposits the dossier, exactly as the page showed it."""
    mine = own(number)
    stop_reading()
    seen, sworn = request.form.get("shown", ""), request.form.get("sworn") == "yes"
    revision = _key(request.form.get("revision", ""))

    def given(session: Session, candidacy: Any) -> Given:
        if acts.fingerprint(dossiers.view(session, candidacy.id)) != seen:
            raise StaleForm("Votre dossier a été modifié ailleurs depuis l'affichage de cette page : relisez-le.")
        return Given(sworn=sworn)

    try:
        perform(services(), mine.actor, number, Action.DEPOSIT_DOSSIER, given, -1 if revision is None else revision)
    except StaleForm as fault:
        return _deposit_page(own(number, _EDIT), stale=str(fault)), 409
    except ActionRefused as fault:
        return _deposit_page(own(number, _EDIT), refused=str(fault), sworn=sworn), 409 if sworn else 422
    return redirect(url_for("dossier.receipt", number=number))


def _deposit_page(mine: Own, **told: Any) -> str:
    view = dossiers.view(reading(), mine.candidacy.id)
    acts_now = mine.acts()
    every = files.states(reading(), mine.candidacy.id)
    sealed = sorted(
        ({e.id: e for s in view.situations for e in s.evidence} | {e.id: e for e in view.unlinked}).values(),
        key=lambda e: e.id,
    )
    return render_template(
        "dossier/deposit.html",
        **mine.frame(),
        view=view,
        sealed=sealed,
        total=sum(e.size for e in sealed),
        states=every,
        coverage=covered_blocks(mine),
        shown=acts.fingerprint(view),
        refusal=next((a["reason"] for a in acts_now if a["code"] == Action.DEPOSIT_DOSSIER), ""),
        **{"stale": "", "refused": "", "sworn": True, **told},
    )
