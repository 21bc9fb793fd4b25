"""A year of VAE for the certifying authority, on screen and as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from vae_portal.actions import taking_away
from vae_portal.documents import sheets
from vae_portal.persistence.queries import statistics as queries
from vae_portal.persistence.queries.statistics import YearOfVae
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.places import whole_number
from workflows import clocks
from workflows.vocabulary import Right

blueprint = Blueprint("statistics", __name__)

# What each column says, and what it is made of.
COLUMNS: dict[str, Any] = {
    "Demandes": lambda line: line.requests,
    "Recevables": lambda line: line.admissible,
    "Dossiers déposés": lambda line: line.deposited,
    "Décisions du jury": lambda line: line.decided,
    "Certifications": lambda line: line.certified,
    "Partielles": lambda line: line.partial,
    "Refus": lambda line: line.none,
    "Abandons": lambda line: line.withdrawn,
    "Jours jusqu'à la recevabilité": lambda line: line.days_to_admission,
    "Jours jusqu'au jury": lambda line: line.days_to_decision,
}


@blueprint.get("/statistiques")
@requires(Right.SEE_REGISTER)
def show() -> str:
    """The figures of a year: the present one unless the address says which."""
    year = _year()
    this_year = clocks.civil_date(now()).year
    return render_template(
        "register/statistics.html",
        year=year,
        year_options=[(str(y), str(y)) for y in range(this_year, this_year - 8, -1)],
        lines=[(line, _figures(line)) for line in queries.of_year(reading(), current_actor(), year)],
    )


@blueprint.post("/statistiques/export")
@requires(Right.EXPORT_REGISTER)
def export() -> Response:
    """The same as CSV."""
    year, actor = _year(), current_actor()
    lines = queries.of_year(reading(), actor, year)
    stop_reading()
    taking_away.note(services(), actor, Right.EXPORT_REGISTER, "statistics_exported", rows=len(lines), format="csv")
    titles = ["Année", "RNCP", "Certification", *COLUMNS]
    rows = ([year, line.rncp, line.title, *(cell(line) for cell in COLUMNS.values())] for line in lines)
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="statistiques-vae-{year}.csv"',
    }
    return Response(sheets.table(titles, rows), headers=headers)


def _figures(line: YearOfVae) -> list[tuple[str, str]]:
    return [(name, "sans objet" if cell(line) is None else str(cell(line))) for name, cell in COLUMNS.items()]


def _year() -> int:
    today = clocks.civil_date(now())
    year = whole_number(request.values.get("annee"), 0)
    return year if 2000 <= year <= today.year else today.year
