"""An administrator imports a certification: a file is read, proposed, corrected on a page and confirmed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import proposal_form, proposals
from vae_portal.errors import InputRefused, StaleForm
from vae_portal.persistence.queries import referential as queries
from vae_portal.web import uploads
from vae_portal.web.access import current_actor, reads_its_own_body, require_token, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.places import revision_of
from workflows.vocabulary import Right

blueprint = Blueprint("proposals", __name__)

_MOST_BYTES = 2 << 30  # of the file sent, packed or not
_NO_FILE = "Choisissez un fichier : l'export du RNCP (XML ou ZIP), ou un référentiel YAML."
_EMPTY = dict.fromkeys(proposal_form.BLOCK_TEXTS, "")


@blueprint.get("/certifications/importer")
@requires(Right.MANAGE_CERTIFICATIONS)
def start() -> str:
    """Which file, and which fiche of it."""
    return render_template("centre/import.html", errors={}, number="")


@blueprint.post("/certifications/importer")
@requires(Right.MANAGE_CERTIFICATIONS)
@reads_its_own_body
def receive() -> ResponseReturnValue:
    """Reads the file as it comes; what it proposes is kept, to be read again."""
    require_token()
    actor, number = current_actor(), ""
    stop_reading()  # an export takes minutes to come, and holds no connection to the database
    found, errors = 0, {"file": _NO_FILE}
    try:
        if uploads.announced_bytes(request) > _MOST_BYTES:
            raise InputRefused("Ce fichier est trop long pour un export du RNCP : 2 Go au plus.")
        for part in uploads.parts(request):
            if isinstance(part, uploads.SentField):
                number = part.text.strip()[:40] if part.name == "number" else number
            elif part.name.strip() and not found:
                found = proposals.receive(services(), actor, part, part.name, number)
    except InputRefused as fault:
        errors = fault.fields or {"file": str(fault)}
    except EOFError:
        errors = {"file": "L'envoi a été interrompu : rien n'a été gardé. Recommencez."}
    if found:
        return redirect(url_for("proposals.show", proposal_id=found))
    return render_template("centre/import.html", errors=errors, number=number), 422


@blueprint.get("/certifications/propositions/<int:proposal_id>")
@requires(Right.MANAGE_CERTIFICATIONS)
def show(proposal_id: int) -> ResponseReturnValue:
    """What was read, to correct and to confirm; once closed, the version that it became."""
    row = queries.proposal(reading(), current_actor(), proposal_id)
    if row.closed_at is not None:
        if row.version_id is None:
            flash("Cette proposition a été abandonnée.", "warning")
            return redirect(url_for("centre.certifications"))
        return redirect(url_for("centre.certification", version_id=row.version_id))
    return _page(row, row.content, row.revision)


@blueprint.post("/certifications/propositions/<int:proposal_id>")
@requires(Right.MANAGE_CERTIFICATIONS)
def correct(proposal_id: int) -> ResponseReturnValue:
    """Keeps what was corrected, adds a block, or makes the version, as the button says."""
    content, revision = proposal_form.sent(request.form), revision_of(request.form.get("revision"))
    given = services(), current_actor(), proposal_id, revision, content
    wanted = request.form.get("do", "save")
    try:
        if wanted == "confirm":
            version_id = proposals.confirm(*given)
            flash("La version est créée. Les candidatures en cours gardent la leur.", "success")
            return redirect(url_for("centre.certification", version_id=version_id))
        proposals.save(*given)
    except StaleForm as fault:
        row = queries.proposal(reading(), current_actor(), proposal_id)
        return _page(row, content, row.revision, stale=str(fault)), 409
    except InputRefused as fault:
        row = queries.proposal(reading(), current_actor(), proposal_id)
        return _page(row, content, row.revision, errors=fault.fields or {"": str(fault)}), 422
    if wanted == "add":
        return redirect(url_for("proposals.show", proposal_id=proposal_id, bloc="nouveau", _anchor="nouveau"))
    flash("Vos corrections sont enregistrées. La version n'est pas encore créée.", "success")
    return redirect(url_for("proposals.show", proposal_id=proposal_id))


@blueprint.post("/certifications/propositions/<int:proposal_id>/abandonner")
@requires(Right.MANAGE_CERTIFICATIONS)
def give_up(proposal_id: int) -> ResponseReturnValue:
    """Closes a proposal without a version."""
    proposals.give_up(services(), current_actor(), proposal_id)
    flash("La proposition est abandonnée.", "success")
    return redirect(url_for("centre.certifications"))


def _page(row: Any, content: dict[str, Any], revision: int, **told: Any) -> str:
    one_more = request.args.get("bloc") == "nouveau" or not content["blocks"]
    room = len(content["blocks"]) < proposal_form.MOST_BLOCKS
    return render_template(
        "centre/proposal.html",
        row=row,
        content=content,
        blocks=content["blocks"] + ([_EMPTY] if one_more and room else []),
        known=len(content["blocks"]),
        revision=revision,
        lines=proposal_form.LINES,
        days=proposal_form.DAYS,
        stored=row.content if told.get("stale") else None,
        stale=told.get("stale", ""),
        errors=told.get("errors", {}),
    )
