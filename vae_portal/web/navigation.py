"""What the frame of every page shows: where this person may go, who they are, the way in or out."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for

from vae_portal.persistence.queries.accounts import Viewer
from vae_portal.web.access import signed_in_person
from vae_portal.web.context import now, services
from workflows.machine import may
from workflows.vocabulary import Right


class Entry(NamedTuple):
    """One place of the portal, shown to whoever holds the right."""

    label: str
    endpoint: str
    right: Right


NAVIGATION = (
    Entry("Ma candidature", "candidate.home", Right.START_CANDIDACY),
    Entry("Candidatures", "desk.worklist", Right.SEE_WORKLIST),
    Entry("Entretiens", "planning.week", Right.PLAN_INTERVIEWS),
    Entry("Mes entretiens", "commission.interviews", Right.SIT_IN_COMMISSION),
    Entry("Mes disponibilités", "availabilities.mine", Right.SIT_IN_COMMISSION),
    Entry("Jurys", "sessions.listing", Right.SEE_SESSIONS),
    Entry("Registre", "register.show", Right.SEE_REGISTER),
    Entry("Équipe", "people.team", Right.MANAGE_PEOPLE),
    Entry("Certifications", "centre.certifications", Right.MANAGE_CERTIFICATIONS),
    Entry("Courriels", "records.outbox", Right.SEE_OUTBOX),
    Entry("Journal", "records.journal", Right.READ_JOURNAL),
)
FOOTER = (
    ("Aide", "public.help_page"),
    ("Vérifier un titre", "verifying.form"),
    ("Accessibilité", "public.accessibility"),
    ("Données personnelles", "public.privacy"),
)


def register(app: Flask) -> None:
    """Gives the frame to every page."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """The context that `_layout.html` names."""
    # An error page of a database that is down must not ask it who is signed in.
    person = None if g.get("without_person") else signed_in_person()
    known: dict[str, Any] = {
        "navigation": navigation(person) if person else [],
        "footer_links": [_link(label, endpoint) for label, endpoint in FOOTER],
        "demonstration": services().settings.demonstration,
        "home_url": url_for("public.home"),
        "now": now(),
    }
    if person:
        sign_out = url_for("accounts.sign_out")
        known["account"] = {"name": person.full_name, "url": url_for("accounts.account"), "sign_out_url": sign_out}
    else:
        known["sign_in_url"], known["sign_up_url"] = url_for("accounts.sign_in"), url_for("accounts.register")
    return known


def navigation(person: Viewer) -> list[dict[str, Any]]:
    """The places this person may go to, in order."""
    return [
        _link(entry.label, entry.endpoint)
        for entry in NAVIGATION
        if may(entry.right, person.actor) and entry.endpoint in current_app.view_functions
    ]


def first_page(person: Viewer) -> str:
    """Where a person starts once signed in."""
    places = navigation(person)
    return str(places[0]["url"]) if places else url_for("accounts.account")


def _link(label: str, endpoint: str) -> dict[str, Any]:
    return {"label": label, "url": url_for(endpoint), "current": request.endpoint == endpoint, "badge": ""}
