"""The results of a session: where they are, and the president's button that lets them leave together."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import results as acts
from vae_portal.errors import ActionRefused, StaleForm
from vae_portal.persistence.queries import juries, released
from vae_portal.web.access import current_actor, holds, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.places import revision_of
from vae_portal.web.presentation import plural
from workflows import clocks, results
from workflows.vocabulary import Right, SessionState

blueprint = Blueprint("results", __name__)


@blueprint.post("/jurys/<int:id>/resultats")
@requires(Right.RELEASE_RESULTS)
def release(id: int) -> ResponseReturnValue:  # noqa: A002 - the name that the address gives it
    """All the results of the session leave together."""
    stop_reading()
    try:
        count = acts.release(services(), current_actor(), id, revision_of(request.form.get("revision")))
    except (ActionRefused, StaleForm) as fault:
        flash(str(fault), "error")
    else:
        told = plural(count, "résultat est remis", "résultats sont remis")
        flash(f"{told} : les candidats les lisent dès maintenant, les documents partent.", "success")
    return redirect(url_for("sessions.show", id=id))


def shown(row: Any) -> dict[str, Any]:
    """What the panel of the results shows of a closed session; nothing before."""
    if row.state != SessionState.CLOSED.value:
        return {"results": None}
    progress = released.progress(reading(), row.id)
    today = clocks.civil_date(now())
    return {
        "results": progress,
        "takes_file": holds(Right.EXPORT_REGISTER),
        "results_refusal": results.release_refusal(juries.facts(row), progress.results - progress.told),
        "releases": acts.may_release(reading(), current_actor(), row),
        "results_late": row.released_at is None and progress.due_on is not None and progress.due_on < today,
    }
