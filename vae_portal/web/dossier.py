"""The evidence dossier: situations, files, what they cover; its deposit; and, to read, what was deposited."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from vae_portal.actions import evidence as evidence_acts
from vae_portal.actions import situations as acts
from vae_portal.actions.evidence import Verdict
from vae_portal.actions.manifest import contents
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused, StaleForm
from vae_portal.persistence.queries import dossiers, files
from vae_portal.persistence.queries import requests as queries
from vae_portal.web import coverage, dossier_reading, proofs, uploads
from vae_portal.web.access import current_actor, reads_its_own_body, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.own import Own, own
from vae_portal.web.places import whole_number
from workflows.differences import Differences, differences
from workflows.facts import Given
from workflows.vocabulary import Action, EvidenceState, Right

blueprint = Blueprint("dossier", __name__)
blueprint.add_url_rule("/candidatures/<number>/dossier", "read", dossier_reading.read)
blueprint.add_url_rule("/ma-candidature/<number>/recepisse", "receipt", dossier_reading.receipt)
_EDIT = Right.EDIT_DOSSIER
_BASE = "/ma-candidature/<number>/dossier"


@blueprint.get(_BASE)
@requires(Right.EDIT_DOSSIER)
def show(number: str) -> ResponseReturnValue:
    """My dossier: what is covered, what is missing, what I describe and join."""
    return _dossier_page(own(number, _EDIT))


def _dossier_page(mine: Own, outcome: uploads.Outcome | None = None) -> str:
    view = dossiers.view(reading(), mine.candidacy.id)
    behind: dict[int, list[int]] = {e.id: [] for e in view.unlinked}
    for rank, situation in enumerate(view.situations, 1):
        for evidence in situation.evidence:
            behind.setdefault(evidence.id, []).append(rank)
    sealed = files.latest_deposit(reading(), mine.candidacy.id)
    told, changed = _since(view, sealed)
    return render_template(
        "dossier/show.html",
        **mine.frame(),
        view=view,
        tray=list(reversed(view.files.values())),
        behind=behind,
        picture=_picture(mine, view, changed),
        sealed=sealed,
        changes=told,
        deposit=[act for act in mine.acts() if act["code"] == Action.DEPOSIT_DOSSIER],
        remarks=queries.remarks(reading(), mine.candidacy.id),
        unfinished=dossiers.unfinished(reading(), mine.candidacy.id),
        personal_data=proofs.personal_data,
        tus_endpoint=proofs.tus_endpoint(mine.number),
        outcome=outcome,
        most=services().settings.max_file_bytes,
    )


def _since(view: dossiers.DossierView, sealed: Any) -> tuple[list[dict[str, str]], Differences]:
    """What changed since the last deposit, in lines and as it is marked in the picture."""
    if sealed is None:
        return [], Differences()
    before, now = json.loads(sealed.manifest_text), contents(view)
    changed = differences(before, now)
    return coverage.told(changed, {f["id"]: f["name"] for state in (before, now) for f in state["files"]}), changed


def _picture(mine: Own, view: dossiers.DossierView, changed: Differences) -> dict[str, Any]:
    return coverage.picture(
        mine.candidacy.version.blocks,
        mine.facts.targeted_capabilities,
        contents(view),
        {e.id: EvidenceState(e.state) for e in view.files.values()},
        services().scanning,
        changed,
        lambda key, code: url_for("proofs.cell", number=mine.number, situation_id=key, code=code),
    )


@blueprint.post(f"{_BASE}/fichiers")
@requires(Right.EDIT_DOSSIER)
@reads_its_own_body
def upload(number: str) -> ResponseReturnValue:
    """Takes files as they arrive, behind the situation that the form names."""
    actor = current_actor()

    def keep(fields: dict[str, str], file: uploads.SentFile) -> Verdict:
        situation = whole_number(fields.get("situation"), 0) or None
        return evidence_acts.give(services(), actor, number, file.name, file, situation)

    outcome = uploads.receive(number, _EDIT, keep)
    back = url_for("dossier.show", number=number, _anchor="fichiers-recus")
    return uploads.answer(outcome, back, lambda told: _dossier_page(own(number, _EDIT), told))


@blueprint.post(f"{_BASE}/fichiers/<int:evidence_id>/retirer")
@requires(Right.EDIT_DOSSIER)
def remove_evidence(number: str, evidence_id: int) -> ResponseReturnValue:
    """Takes a file out."""
    name = evidence_acts.remove(services(), current_actor(), number, evidence_id)
    flash(f"« {name} » est retiré de votre dossier.", "success")
    return redirect(url_for("dossier.show", number=number))


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
    revision = whole_number(request.form.get("revision"), -1)

    def given(session: Session, candidacy: Any) -> Given:
        if acts.fingerprint(dossiers.view(session, candidacy.id)) != seen:
            raise StaleForm("Votre dossier a été modifié ailleurs depuis l'affichage de cette page : relisez-le.")
        return Given(sworn=sworn)

    try:
        perform(services(), mine.actor, number, Action.DEPOSIT_DOSSIER, given, revision)
    except StaleForm as fault:
        return _deposit_page(own(number, _EDIT), stale=str(fault)), 409
    except ActionRefused as fault:
        return _deposit_page(own(number, _EDIT), refused=str(fault), sworn=sworn), 409 if sworn else 422
    return redirect(url_for("dossier.receipt", number=number))


def _deposit_page(mine: Own, **told: Any) -> str:
    view = dossiers.view(reading(), mine.candidacy.id)
    acts_now = mine.acts()
    every = files.states(reading(), mine.candidacy.id)
    sealed = list(view.files.values())
    since, changed = _since(view, files.latest_deposit(reading(), mine.candidacy.id))
    return render_template(
        "dossier/deposit.html",
        **mine.frame(),
        view=view,
        sealed=sealed,
        total=sum(e.size for e in sealed),
        states=every,
        picture=_picture(mine, view, changed),
        since=since,
        shown=acts.fingerprint(view),
        unanswered=[remark for remark in queries.remarks(reading(), mine.candidacy.id) if not remark.answer],
        refusal=next((a["reason"] for a in acts_now if a["code"] == Action.DEPOSIT_DOSSIER), ""),
        **{"stale": "", "refused": "", "sworn": True, **told},
    )
