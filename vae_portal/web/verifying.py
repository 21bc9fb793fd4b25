"""The public page that checks a receipt's code or a file's hash: authentic since when, or unknown, and nothing else."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from vae_portal import seal_code
from vae_portal.actions import authenticity
from vae_portal.web.access import public
from vae_portal.web.context import now, services
from workflows import clocks

blueprint = Blueprint("verifying", __name__)

LONGEST = 200  # characters
_SAME_SIZE = 2400  # bytes of every verdict: the length of an answer tells nothing
_NOT_A_CODE = (
    "Indiquez le code du récépissé ou du titre (20 caractères, en groupes de quatre)"
    " ou une empreinte SHA-256 entière (64 caractères)."
)


@blueprint.get("/verifier")
@public
def form() -> str:
    """Asks for a code or a file; a link, or a QR code, may bring the code, which is checked by the button."""
    return _page(request.args.get("code", "")[:LONGEST])


@blueprint.post("/verifier")
@public
def check() -> ResponseReturnValue:
    """The verdict on what was typed, pasted, or computed by the browser."""
    typed = request.form.get("code", "").strip()
    digits = seal_code.read(typed[:1000])
    if digits is None:
        return _page(typed[:LONGEST], error=_NOT_A_CODE), 422
    found = authenticity.check(services(), digits, request.remote_addr or "")
    shown = seal_code.code_of(digits) if len(digits) == seal_code.DIGITS else digits
    return _page(
        shown, verdict=_padded(render_template("public/_verdict.html", found=found, today=clocks.civil_date(now())))
    )


def _page(typed: str, error: str = "", verdict: str = "") -> str:
    return render_template("public/verify.html", typed=typed, error=error, verdict=verdict)


def _padded(html: str) -> Markup:
    size = len(html.encode())
    if size > _SAME_SIZE:
        raise ValueError(f"a verdict of {size} bytes does not fit in {_SAME_SIZE}")
    return Markup(html + " " * (_SAME_SIZE - size))  # noqa: S704 - rendered by our own template, which escapes
