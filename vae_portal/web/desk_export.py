"""The worklist as a workbook or as CSV: the same rows, columns and order as on the screen, all pages, as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort, request

from vae_portal.actions import exports
from vae_portal.actions.services import Services
from vae_portal.documents import sheets
from vae_portal.documents.sheets import Cell
from vae_portal.persistence.queries import worklist as lists
from vae_portal.persistence.queries.worklist import Wanted
from vae_portal.persistence.queries.worklist_lines import Line
from vae_portal.web import desk_address
from vae_portal.web.access import requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.desk import looking_at
from vae_portal.web.desk_address import Column, Desk
from vae_portal.web.presentation import ball, civil, label
from workflows.vocabulary import Right

blueprint = Blueprint("desk_export", __name__)

_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_ALWAYS: dict[str, Callable[[Line], Cell]] = {
    "Numéro": lambda line: line.number,
    "Candidat": lambda line: line.candidate,
    "Code": lambda line: line.code or line.certification,
    "Parcours": lambda line: line.round,
}
_CELLS: dict[Column, dict[str, Callable[[Line], Cell]]] = {
    Column.CERTIFICATION: {"Certification": lambda line: line.certification},
    Column.STEP: {
        "Étape": lambda line: label("step", line.step),
        "À regarder": lambda line: label("desk_badge", line.badge) if line.badge else None,
        "À faire": lambda line: label("todo", line.step),
        "Qui agit": lambda line: ball(line.step),
        "Depuis le": lambda line: civil(line.since),
    },
    Column.DUE: {
        "Échéance légale": lambda line: line.due_on,
        "Urgence": lambda line: "En retard" if line.late else "Proche" if line.soon else None,
    },
    Column.ADVISOR: {"Suivi par": lambda line: line.advisor},
    Column.SENT: {"Demande envoyée le": lambda line: line.submitted_on},
    Column.EMAIL: {"Adresse électronique": lambda line: line.email},
}


@blueprint.post("/candidatures/export/<kind>")
@requires(Right.EXPORT_WORKLIST)
def make(kind: str) -> Response:
    """What the address shows, to take away."""
    if kind not in _KINDS:
        abort(404)
    looking = looking_at()
    address = desk_address.read(request.args, looking)
    wanted = lists.weighed(reading(), looking.actor, address.wanted)
    stop_reading()  # the rows come by a transaction of their own, for as long as they are read
    exports.note(services(), looking.actor, looking.today, wanted, kind, address.kept)
    columns = dict(_ALWAYS)
    for column in address.columns:
        columns |= _CELLS[column]
    if Column.ADVISOR in address.columns and looking.covered:
        columns["Vous remplacez"] = lambda line: "oui" if line.advisor_id in looking.covered else None
    headers = {
        "Content-Type": _KINDS[kind],
        "Content-Disposition": f'attachment; filename="candidatures-{looking.today.isoformat()}.{kind}"',
    }
    return Response(_made(services(), looking, wanted, kind, columns), headers=headers)


def _made(
    made_by: Services, looking: Desk, wanted: Wanted, kind: str, columns: dict[str, Callable[[Line], Cell]]
) -> Iterator[bytes]:
    """The file as it is made; the transaction ends with it, or when nobody reads on."""
    with made_by.database.reading() as session:
        lines = lists.every(session, looking.actor, looking.today, wanted)
        rows = ([cell(line) for cell in columns.values()] for line in lines)
        titles = list(columns)
        yield from sheets.workbook("Candidatures", titles, rows) if kind == "xlsx" else sheets.table(titles, rows)
