"""The candidate sees who opened which of their files, and when: what the journal holds, by person and day."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import accesses as queries
from vae_portal.persistence.queries import files
from vae_portal.persistence.queries.accesses import Opening
from vae_portal.web.access import requires
from vae_portal.web.context import reading
from vae_portal.web.own import own
from vae_portal.web.places import whole_number
from vae_portal.web.presentation import civil, hour, label
from workflows.vocabulary import Right, Role

blueprint = Blueprint("accesses", __name__)


@blueprint.get("/ma-candidature/<number>/dossier/acces")
@requires(Right.START_CANDIDACY)
def show(number: str) -> ResponseReturnValue:
    """Everyone who opened a file or took the dossier; `fichier` keeps to one file, and to the ZIPs, which hold it."""
    mine = own(number)
    asked = whole_number(request.args.get("fichier"), 0)
    every = queries.openings(reading(), mine.candidacy.id)
    name = ""
    if asked:
        name = files.names(reading(), mine.candidacy.id).get(asked, "")
        if not name:
            raise NotVisible("Ce fichier n'est pas de votre dossier.")
        every = [row for row in every if row.evidence_id in (asked, None)]
    others = [row for row in every if row.person_id != mine.actor.person_id]
    return render_template(
        "dossier/accesses.html",
        **mine.frame(),
        days=days(others),
        people=len({row.person_id for row in others}),
        own_openings=len(every) - len(others),
        file_name=name,
    )


def days(openings: Iterable[Opening]) -> list[dict[str, Any]]:
    """The latest day first; within a day each person once, with what they opened and at what times."""
    shown = []
    for day, of_day in groupby(openings, key=lambda row: civil(row.at)):
        by_person: dict[int, list[Opening]] = {}
        for row in of_day:
            by_person.setdefault(row.person_id, []).append(row)
        shown.append({"day": day, "people": [_person(rows) for rows in by_person.values()]})
    return shown


def _person(rows: list[Opening]) -> dict[str, Any]:
    lines: dict[str, dict[str, Any]] = {}
    for row in reversed(rows):  # within the day, in the order it happened
        line = lines.setdefault(_what(row), {"what": _what(row), "taken": row.evidence_id is None, "at": []})
        if hour(row.at) not in line["at"]:  # several ranges of one file within a minute are one opening to people
            line["at"].append(hour(row.at))
    roles = [label("role", role) for role in rows[0].roles if role != Role.CANDIDATE]
    return {"name": rows[0].name, "roles": roles, "lines": list(lines.values())}


def _what(row: Opening) -> str:
    if row.evidence_id is not None:
        return row.file or f"Fichier n° {row.evidence_id}"
    deposit = row.details.get("deposit")
    return f"Tout le dépôt {deposit}, en ZIP" if deposit else "Tout le dossier en préparation, en ZIP"
