"""Which unions and employers' bodies sat in the juries of a half-year, and the attestation of each."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from vae_portal.actions import participation as acts
from vae_portal.persistence.queries import participation as queries
from vae_portal.web.access import current_actor, holds, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.places import whole_number
from workflows import clocks
from workflows.vocabulary import Right

blueprint = Blueprint("participation", __name__)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/jurys/participation")
@requires(Right.SEE_REGISTER)
def show() -> str:
    """The organisations of a half-year: the present one unless the address says which."""
    year, half = _asked()
    since, until = acts.bounds(year, half)
    organisations, held = queries.half_year(reading(), current_actor(), since, until)
    this_year = clocks.civil_date(now()).year
    return render_template(
        "register/participation.html",
        year=year,
        half=half,
        organisations=organisations,
        held=held,
        year_options=[(str(y), str(y)) for y in range(this_year, this_year - 6, -1)],
        attests=holds(Right.ATTEST_PARTICIPATION),
    )


@blueprint.post("/jurys/participation/attestation")
@requires(Right.ATTEST_PARTICIPATION)
def attest() -> ResponseReturnValue:
    """The attestation of one organisation, as a Word file."""
    year, half = _asked()
    name = request.form.get("organisation", "")[:200]
    stop_reading()
    file_name, made = acts.attestation(services(), current_actor(), year, half, name)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Content-Type": _WORD}
    return Response(made, headers=headers)


def _asked() -> tuple[int, int]:
    today = clocks.civil_date(now())
    year = whole_number(request.values.get("annee"), 0)
    half = whole_number(request.values.get("semestre"), 0)
    return year if 2000 <= year <= today.year + 1 else today.year, half if half in (1, 2) else 1 + (today.month > 6)
