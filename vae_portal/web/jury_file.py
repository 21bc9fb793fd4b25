"""The file of a closed jury, taken away as one ZIP."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import jury_file
from vae_portal.errors import ActionRefused
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import services, stop_reading
from workflows.vocabulary import Right

blueprint = Blueprint("jury_file", __name__)


@blueprint.post("/jurys/<int:id>/dossier")
@requires(Right.EXPORT_REGISTER)
def take(id: int) -> ResponseReturnValue:  # noqa: A002 - the name that the address gives it
    """Composition, minutes with their corrections and scans, attendance."""
    stop_reading()
    try:
        name, made = jury_file.zipped(services(), current_actor(), id)
    except ActionRefused as fault:
        flash(str(fault), "error")
        return redirect(url_for("sessions.show", id=id))
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Type": "application/zip",
        "Content-Length": str(len(made)),
        "X-Content-Type-Options": "nosniff",
    }
    return Response(iter(made), headers=headers, direct_passthrough=True)
