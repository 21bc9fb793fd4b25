"""The register of certified people: search, figures by year, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from vae_portal.actions import taking_away
from vae_portal.actions.services import Services
from vae_portal.documents import sheets
from vae_portal.persistence.queries import register as queries
from vae_portal.persistence.queries.register import PAGE, Entry, Wanted
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.places import whole_number
from vae_portal.web.presentation import label
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import AwardState, Right

blueprint = Blueprint("register", __name__)

_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_TITLES = (
    "Numéro",
    "Titulaire",
    "Date de naissance",
    "Certification",
    "Code",
    "Bloc",
    "Délivré le",
    "Valable jusqu'au",
    "État",
    "Retiré le",
    "Candidature",
    "Procès-verbal",
)


@blueprint.get("/registre")
@requires(Right.SEE_REGISTER)
def show() -> str:
    """What the centre granted, the latest first."""
    actor, today = current_actor(), clocks.civil_date(now())
    wanted, number = _wanted(), min(max(whole_number(request.args.get("page"), 1), 1), 100_000)
    entries, total = queries.page(reading(), actor, wanted, today, number)
    figures = queries.by_year(reading(), actor)
    kept = {name: value for name, value in request.args.items() if name != "page" and value}
    pages = max(1, -(-total // PAGE))
    return render_template(
        "register/show.html",
        entries=[{"entry": e, "state": e.state(today).value} for e in entries],
        total=total,
        figures=figures,
        year_options=[(str(year), str(year)) for year in sorted({f.year for f in figures}, reverse=True)],
        certifications=queries.certifications(reading(), actor),
        states=[(state.value, label("award_state", state.value)) for state in AwardState],
        asked=kept,
        kept=kept,
        page=number,
        pages=pages,
        previous_url=_address(kept, min(number - 1, pages)) if number > 1 else None,
        next_url=_address(kept, number + 1) if number < pages else None,
    )


@blueprint.post("/registre/export/<kind>")
@requires(Right.EXPORT_REGISTER)
def export(kind: str) -> Response:
    """What the address shows, to take away, made while it is sent."""
    if kind not in _KINDS:
        abort(404)
    actor, today, wanted = current_actor(), clocks.civil_date(now()), _wanted()
    rows = queries.length(reading(), actor, wanted, today)
    stop_reading()  # the lines come by a transaction of their own, for as long as they are read
    taking_away.note(services(), actor, Right.EXPORT_REGISTER, "register_exported", format=kind, rows=rows)
    headers = {
        "Content-Type": _KINDS[kind],
        "Content-Disposition": f'attachment; filename="registre-{today.isoformat()}.{kind}"',
    }
    return Response(_made(services(), actor, wanted, today, kind), headers=headers)


def _made(made_by: Services, actor: Actor, wanted: Wanted, today: date, kind: str) -> Iterator[bytes]:
    with made_by.database.reading() as session:
        rows = (_cells(entry, today) for entry in queries.every(session, actor, wanted, today))
        yield from sheets.workbook("Registre", _TITLES, rows) if kind == "xlsx" else sheets.table(_TITLES, rows)


def _cells(entry: Entry, today: date) -> list[Any]:
    return [
        entry.number,
        entry.holder,
        _day(entry.birth_date),
        entry.certification,
        entry.code,
        entry.block or "certification entière",
        entry.granted_on,
        entry.valid_until,
        label("award_state", entry.state(today).value),
        entry.withdrawn_on,
        entry.candidacy,
        entry.minutes,
    ]


def _address(kept: dict[str, Any], page: int) -> str:
    return url_for("register.show", **kept, page=page)


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _wanted() -> Wanted:
    year, certification = whole_number(request.args.get("annee"), 0), whole_number(request.args.get("certification"), 0)
    what, state = request.args.get("quoi", ""), request.args.get("etat", "")
    return Wanted(
        text=request.args.get("q", "")[:200],
        year=year if 1900 < year < 9000 else None,
        certification_id=certification or None,
        whole={"certification": True, "bloc": False}.get(what),
        state=AwardState(state) if state in set(AwardState) else None,
    )
