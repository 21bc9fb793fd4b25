"""A form of many parts, each saved under its own revision: two devices meet only where both wrote in the same part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from vae_portal.actions.sitting import Saved
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.web.places import whole_number
from vae_portal.web.presentation import in_paris


def written(revisions: Mapping[str, int]) -> str:
    """The revision of each part as one hidden field carries them: « C1:3 C2:0 »."""
    return " ".join(f"{part}:{revision}" for part, revision in sorted(revisions.items()))


def seen() -> dict[str, int]:
    """The revision of each part as the page that was sent had read it."""
    pairs = (pair.rpartition(":") for pair in request.form.get("revision", "").split())
    return {part: whole_number(revision, -1) for part, _, revision in pairs}


def wrote(names: Iterable[str]) -> bool:
    """Whether a part is to be saved: each one sent by the button; while typing, those that the page says it changed."""
    names, touched = set(names), set(request.form.getlist("touched"))
    return bool(names & set(request.form)) and (not touched or bool(names & touched))


def saved(kept: Saved, address: str, typing: str) -> ResponseReturnValue:
    """What static/typed.js reads once its text is kept."""
    return jsonify(
        id="",
        revision=written(kept.revisions),
        said=f"Enregistré à {in_paris(kept.at):%H:%M}",
        address=address,
        typing=typing,
    )


def not_saved(fault: Exception) -> ResponseReturnValue:
    """What it reads when its text is refused."""
    fields = getattr(fault, "fields", {})
    named = [f"{name.replace('-', ' ')} : {sentence}" for name, sentence in fields.items()]
    status = 422 if isinstance(fault, InputRefused) else 404 if isinstance(fault, NotVisible) else 409
    return jsonify(kind="refused", why=" ".join(named) or str(fault)), status
