"""What files prove: linked to a cell of the coverage, what they show and where, which of them are confidential."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import proving, situations
from vae_portal.actions.proving import LONGEST_PLACE, LONGEST_SHOWS, Cell
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import dossiers
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import reading, services
from vae_portal.web.dossier_reading import situation_of
from vae_portal.web.own import Own, own
from vae_portal.web.places import whole_number
from vae_portal.web.presentation import plural
from workflows.vocabulary import EvidenceState, Right

blueprint = Blueprint("proofs", __name__)
_EDIT = Right.EDIT_DOSSIER
_BASE = "/ma-candidature/<number>/dossier"
_FILE = f"{_BASE}/fichiers/<int:evidence_id>"
_UNDER_WAY = (EvidenceState.RECEIVING, EvidenceState.CHECKING)


@blueprint.get(_FILE)
@requires(_EDIT)
def file(number: str, evidence_id: int) -> ResponseReturnValue:
    """One file: what it shows, where, and whether it is confidential."""
    return _file_page(own(number, _EDIT), evidence_id)


def _file_page(mine: Own, evidence_id: int, **told: Any) -> str:
    view = dossiers.view(reading(), mine.candidacy.id)
    if evidence_id not in view.files:
        raise NotVisible("Ce fichier n'est pas, ou plus, dans votre dossier.")
    told = {"errors": {}, "typed": dict.fromkeys(("situation", "capability", "shows", "place"), ""), **told}
    return render_template(
        "dossier/file.html",
        **mine.frame(),
        evidence=view.files[evidence_id],
        view=view,
        blocks=targeted_blocks(mine),
        warning=personal_data(view.files[evidence_id].personal_data),
        longest={"shows": LONGEST_SHOWS, "place": LONGEST_PLACE},
        **told,
    )


@blueprint.get(f"{_BASE}/situations/<int:situation_id>/capacites/<code>")
@requires(_EDIT)
def cell(number: str, situation_id: int, code: str) -> ResponseReturnValue:
    """One cell of the coverage: the files that show a capability in a situation, and what each one shows of it."""
    mine = own(number, _EDIT)
    shown = situation_of(mine, situation_id)
    capability = next((c for b in targeted_blocks(mine) for c in b.capabilities if c.code == code), None)
    if capability is None:
        raise NotVisible("Cette capacité n'est pas visée par votre candidature.")
    view = dossiers.view(reading(), mine.candidacy.id)
    linked = {e.id for e in shown.evidence}
    return render_template(
        "dossier/cell.html",
        **mine.frame(),
        situation=shown,
        capability=capability,
        pointers={p.evidence_id: p for p in shown.pointers if p.capability == code},
        others=[e for key, e in view.files.items() if key not in linked and e.state not in proving.REFUSED],
        longest={"shows": LONGEST_SHOWS, "place": LONGEST_PLACE},
    )


@blueprint.post(f"{_FILE}/montrer")
@requires(_EDIT)
def show(number: str, evidence_id: int) -> ResponseReturnValue:
    """Makes a file show a capability in a situation; what it shows and where may be said."""
    form, quiet = request.form, request.accept_mimetypes.best == "application/json"
    where = Cell(whole_number(form.get("situation"), 0), form.get("capability", ""))
    try:
        proving.show(
            services(), current_actor(), number, evidence_id, where, form.get("shows", ""), form.get("place", "")
        )
    except (InputRefused, ActionRefused, NotVisible) as fault:
        if quiet:
            return jsonify(why=" ".join(getattr(fault, "fields", {}).values()) or str(fault)), 422
        if not isinstance(fault, InputRefused):
            raise
        typed = {name: form.get(name, "") for name in ("situation", "capability", "shows", "place")}
        return _file_page(own(number), evidence_id, errors=fault.fields or {"": str(fault)}, typed=typed), 422
    if quiet:
        return jsonify(said=f"Le fichier montre {where.capability}.")
    flash(f"Lien enregistré : ce fichier montre {where.capability}.", "success")
    return redirect(_back(number, form.get("back", ""), where, evidence_id))


@blueprint.post(f"{_FILE}/liens")
@requires(_EDIT)
def link(number: str, evidence_id: int) -> ResponseReturnValue:
    """Says which situations a file backs."""
    keys = {whole_number(text, 0) for text in request.form.getlist("situations")}
    try:
        proving.link(services(), current_actor(), number, evidence_id, keys)
    except InputRefused as fault:
        return _file_page(own(number), evidence_id, errors={"": str(fault)}), 422
    flash("Liens enregistrés.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"fichier-{evidence_id}"))


@blueprint.post(f"{_FILE}/confidentiel")
@requires(_EDIT)
def mark(number: str, evidence_id: int) -> ResponseReturnValue:
    """Says whether a file is confidential."""
    secret = request.form.get("confidential") == "yes"
    name = proving.mark(services(), current_actor(), number, evidence_id, secret)
    verb = "est" if secret else "n'est plus"
    flash(f"« {name} » {verb} marqué confidentiel.", "success")
    return redirect(url_for("proofs.file", number=number, evidence_id=evidence_id))


@blueprint.get(f"{_BASE}/etat")
@requires(_EDIT)
def state(number: str) -> ResponseReturnValue:
    """Where the files stand, for the page that waits: `mark` changes when there is something new to show."""
    mine = own(number)
    view = dossiers.view(reading(), mine.candidacy.id)
    files = [{"id": e.id, "state": e.state} for e in view.files.values()]
    waiting = sum(e.state in _UNDER_WAY for e in view.files.values())
    states = " ".join(f"{e.id}:{e.state}" for e in view.files.values())
    return jsonify(mark=f"{situations.fingerprint(view)[:16]} {states}", waiting=waiting, files=files)


def targeted_blocks(mine: Own) -> list[Any]:
    """The blocks of this round."""
    return [b for b in mine.candidacy.version.blocks if b.code in mine.facts.targeted]


_PERSONAL = {
    "email": ("adresse électronique", "adresses électroniques"),
    "phone": ("numéro de téléphone", "numéros de téléphone"),
    "nir": ("numéro de sécurité sociale", "numéros de sécurité sociale"),
    "iban": ("numéro de compte bancaire", "numéros de compte bancaire"),
}


def personal_data(counts: dict[str, Any]) -> str:
    """What the check saw in a file that may be about other people, in a sentence; nothing when it saw nothing."""
    seen = [
        plural(int(count), *_PERSONAL.get(kind, ("donnée personnelle", "données personnelles")))
        for kind, count in sorted(counts.items())
        if isinstance(count, int) and count > 0
    ]
    if not seen:
        return ""
    listed = " et ".join([", ".join(seen[:-1]), seen[-1]] if len(seen) > 1 else seen)
    return f"Semble contenir {listed} : masquez ce qui concerne d'autres personnes."


def tus_endpoint(number: str) -> str:
    """Where the page's uploader sends files; empty where the portal takes whole forms only."""
    known = "tus.create" in current_app.view_functions
    return url_for("tus.create", number=number) if known else ""


def _back(number: str, place: str, where: Cell, evidence_id: int) -> str:
    if place == "cell":
        return url_for("proofs.cell", number=number, situation_id=where.situation_id, code=where.capability)
    return url_for("proofs.file", number=number, evidence_id=evidence_id)
