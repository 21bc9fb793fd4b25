"""One act on the candidacies ticked in the worklist, and what became of each."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from vae_portal.actions import batches
from vae_portal.actions.batches import Batch, Chosen
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import worklist
from vae_portal.web import desk, desk_address
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.desk import looking_at
from vae_portal.web.places import revision_of, whole_number
from vae_portal.web.presentation import label
from workflows.vocabulary import Right

blueprint = Blueprint("desk_batch", __name__)


@blueprint.post("/candidatures/lot")
@requires(Right.HAND_OVER)
def do() -> ResponseReturnValue:
    """Does it, and says of each whether it is done or why not."""
    address = desk_address.read(request.args, looking_at())
    stop_reading()  # acts take their own connection
    form = request.form
    batch = next((one for one in Batch if one.value == form.get("action")), None)
    chosen = [one for raw in dict.fromkeys(form.getlist("chosen")) if (one := _chosen(raw))]
    receiver, word = form.get("receiver", ""), form.get("reason", "")
    try:
        if batch is None:
            raise InputRefused("Choisissez ce qu'il faut faire des candidatures cochées.")
        done = batches.do(services(), current_actor(), batch, chosen, whole_number(receiver, 0), word)
    except InputRefused as fault:
        ticked = frozenset(form.getlist("chosen"))
        return desk.page(desk.Lot(str(fault), ticked, form.get("action", ""), receiver, word)), 422
    return render_template(
        "desk/batch.html",
        action=label("desk_batch", batch),
        done=[one for one in done if one.refusal is None],
        names=worklist.names(reading(), current_actor(), [one.number for one in done]),
        refused=[one for one in done if one.refusal is not None],
        back_url=address.url(page=whole_number(request.args.get("page"), 1)),
    )


def _chosen(raw: str) -> Chosen | None:
    number, _, rest = raw[:60].partition("/")
    revision, _, seen = rest.partition("/")
    return Chosen(number, revision_of(revision), seen) if number else None
