"""Evidence opened in place: pages as pictures, images, text in a frame that runs nothing, sound and film with seek.

A link may point at a page (`viewer.show`, `_anchor="page-12"`) or at a moment (`_anchor="t=740"`, or `t=740`).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storage.checks import AllowedType, type_of
from vae_portal.actions import previews, viewing
from vae_portal.decoding.office import CONVERTED
from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import deposits
from vae_portal.persistence.queries import files as queries
from vae_portal.persistence.queries import previews as shown
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.files import Sendable, answer, require_open
from vae_portal.web.places import whole_number
from workflows.facts import Actor
from workflows.vocabulary import Right

blueprint = Blueprint("viewer", __name__)

_WAYS = {
    AllowedType.JPEG: "picture",
    AllowedType.PNG: "picture",
    AllowedType.TEXT: "text",
    AllowedType.MP4: "film",
    AllowedType.MP3: "sound",
}
_NO_PAGE = "Cette page n'existe pas, ou ne vous est pas ouverte."


@blueprint.get("/preuves/<int:evidence_id>/voir")
@requires(Right.READ_DOSSIER)
def show(evidence_id: int) -> ResponseReturnValue:
    """A file in a page of its own."""
    return render_template("viewer/show.html", **_seen(evidence_id))


@blueprint.get("/preuves/<int:evidence_id>/volet")
@requires(Right.READ_DOSSIER)
def beside(evidence_id: int) -> ResponseReturnValue:
    """The same without the frame of the site, to be put beside a situation."""
    return render_template("viewer/beside.html", **_seen(evidence_id))


@blueprint.get("/preuves/<int:evidence_id>/pages/<int:number>")
@requires(Right.READ_DOSSIER)
def page(evidence_id: int, number: int) -> ResponseReturnValue:
    """One page of a file, as a picture; open to whom the file is."""
    actor = current_actor()
    found = queries.evidence(reading(), actor, evidence_id)
    require_open(found, actor)
    picture = shown.picture(reading(), found.evidence.object_key or "", number)
    if picture is None:
        raise NotVisible(_NO_PAGE)
    name = f"page-{number}.webp"
    sendable = Sendable(picture.key, picture.size, picture.sha256, picture.media_type, name, AllowedType.PNG)
    return answer(sendable, lambda _part: viewing.pages_viewed(services(), actor, found.evidence))


def _seen(evidence_id: int) -> dict[str, Any]:
    """What both pages show of a file, once its rights are asked."""
    actor = current_actor()
    found = queries.evidence(reading(), actor, evidence_id)
    require_open(found, actor)
    return in_place(found, actor)


def in_place(found: queries.OpenFile, actor: Actor) -> dict[str, Any]:
    """A file that this person may open, in place; opening its pages is told like opening the file."""
    row = found.evidence
    kind = type_of(row.stored.media_type) if row.stored else None
    made = shown.of(reading(), row.object_key) if row.object_key and kind in previews.PREVIEWED else None
    # What was deposited as confidential stays so for its readers, whatever the candidate says of it since.
    theirs = found.candidacy.person_id == actor.person_id
    sealed_so = not theirs and deposits.confidential(reading(), found.candidacy.id, row.id)
    stop_reading()  # what follows writes: one request never holds two connections
    if made is not None and made.pages:
        viewing.pages_viewed(services(), actor, row)
    return {
        "evidence": row,
        "confidential": row.confidential or sealed_so,
        "number": found.candidacy.number,
        "way": _way(kind, made),
        "made": made,
        "converted": kind in CONVERTED,
        "start": whole_number(request.args.get("t"), 0),
        "back_url": _back(found, actor),
    }


def _way(kind: AllowedType | None, made: shown.ShownPages | None) -> str:
    """How a file is shown: pages, waiting for them, none, or as browsers show it by themselves."""
    if kind is None:
        return "waiting"
    if kind not in previews.PREVIEWED:
        return _WAYS[kind]
    if made is None or made.preview.pages is None:
        return "waiting"
    return "pages" if made.pages else "none"


def _back(found: queries.OpenFile, actor: Actor) -> str:
    number = found.candidacy.number
    if found.message:
        return url_for("conversation.notes" if found.message.internal else "conversation.show", number=number)
    if found.candidacy.person_id == actor.person_id:
        return url_for("candidate.show", number=number)
    return url_for("candidacy.show" if found.piece else "dossier.read", number=number)
