"""What anyone may read, and whether the portal is well."""

from __future__ import annotations

import sqlalchemy.exc
from flask import Blueprint, Response, jsonify, redirect, render_template
from flask.typing import ResponseReturnValue

from vae_portal.persistence.queries.health import living_workers
from vae_portal.web.access import public, signed_in_person
from vae_portal.web.context import reading, services
from vae_portal.web.navigation import first_page

blueprint = Blueprint("public", __name__)
_NO_DATABASE = "la base de données ne répond pas"


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """What the portal is for; whoever is signed in goes straight to their own page."""
    person = signed_in_person()
    return redirect(first_page(person)) if person else render_template("public/home.html")


@blueprint.get("/aide")
@public
def help_page() -> str:
    """The questions people ask most."""
    return render_template("public/help.html")


@blueprint.get("/accessibilite")
@public
def accessibility() -> str:
    """How far the portal serves everybody."""
    return render_template("public/accessibility.html")


@blueprint.get("/donnees-personnelles")
@public
def privacy() -> str:
    """What is kept of people, who sees it and for how long."""
    return render_template("public/privacy.html")


@blueprint.get("/healthz")
@public
def health() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readiness() -> ResponseReturnValue:
    """Whether each part answers, or the sentence of the one that does not (503)."""
    parts = {**_database(), "storage": "ok" if services().store.ready() else "le stockage des fichiers ne répond pas"}
    return jsonify(parts), 200 if set(parts.values()) == {"ok"} else 503


def _database() -> dict[str, str]:
    try:
        workers = living_workers(reading())
    except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError):
        return {"database": _NO_DATABASE, "jobs": _NO_DATABASE}
    except sqlalchemy.exc.ProgrammingError:
        return {"database": "ok", "jobs": "la file des travaux manque : lancez « vae-portal migrate »"}
    return {"database": "ok", "jobs": "ok" if workers else "aucun ouvrier"}
