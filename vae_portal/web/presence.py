"""Where an open page says that it is: by POST from its script, since reading a page writes nothing."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from vae_portal.actions import presence
from vae_portal.persistence.queries.desk import Present
from vae_portal.web.access import answers_machines, current_actor, requires
from vae_portal.web.context import now, services
from vae_portal.web.presentation import plural
from workflows.vocabulary import Right

blueprint = Blueprint("presence", __name__)


@blueprint.post("/candidatures/<number>/presence")
@requires(Right.TELL_PRESENCE)
@answers_machines
def tell(number: str) -> ResponseReturnValue:
    """Says that one is here; answers who else is, in sentences."""
    return {"others": [sentence(one, now()) for one in presence.tell(services(), current_actor(), number)]}


def sentence(other: Present, moment: datetime) -> str:
    """'Ouverte aussi par Sacha Exemple, il y a 1 minute.'"""
    minutes = int((moment - other.seen_at).total_seconds() // 60)
    return f"Ouverte aussi par {other.name}, " + (f"il y a {plural(minutes, 'minute')}." if minutes else "à l'instant.")
