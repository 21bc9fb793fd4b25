"""A calendar given for an evaluator: a file, or an address that is read again and again."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from vae_portal.actions import calendars
from vae_portal.errors import InputRefused
from vae_portal.web import uploads
from vae_portal.web.access import current_actor, reads_its_own_body, require_token, requires
from vae_portal.web.availabilities import done, page
from vae_portal.web.calendar_forms import AddressForm
from vae_portal.web.context import services, stop_reading
from vae_portal.web.presentation import plural
from workflows.vocabulary import CalendarMeans, Right

blueprint = Blueprint("calendars", __name__)
_NO_FILE = "Choisissez un fichier .ics."
_ROUND_BYTES = 64 * 1024  # what a form adds around its file


@blueprint.post("/disponibilites/<int:person_id>/agendas")
@requires(Right.SAY_AVAILABILITY)
def add_address(person_id: int) -> ResponseReturnValue:
    """Keeps the address of a calendar, which a job then reads."""
    form = AddressForm(prefix="a-")
    if form.validate():
        means = _means(form.means.data)
        stop_reading()
        try:
            calendars.add_address(services(), current_actor(), person_id, means, form.name.data, form.url.data)
            return done(person_id, "L'adresse est gardée. L'agenda est lu dans les minutes qui viennent.")
        except InputRefused as fault:
            form.refuse(fault)
    return page(person_id, address=form), 422


@blueprint.post("/disponibilites/<int:person_id>/agendas/fichier")
@requires(Right.SAY_AVAILABILITY)
@reads_its_own_body
def add_file(person_id: int) -> ResponseReturnValue:
    """Reads a file as it comes; only the hours of its events are kept."""
    require_token()
    actor, means, error = current_actor(), CalendarMeans.BUSY, _NO_FILE
    stop_reading()
    try:
        if uploads.announced_bytes(request) > calendars.MOST_BYTES + _ROUND_BYTES:
            raise InputRefused("Ce fichier est trop gros : 2 Mo au plus. Exportez une période plus courte.")
        for part in uploads.parts(request):
            if isinstance(part, uploads.SentField):
                means = _means(part.text) if part.name == "means" else means
            elif part.name.strip():
                kept = calendars.add_file(services(), actor, person_id, means, part.name.strip()[:80], part)
                return done(person_id, f"Le fichier est lu : {plural(kept, 'période')} dans les douze mois.")
    except InputRefused as fault:
        error = str(fault)
    except EOFError:
        error = "L'envoi a été interrompu : rien n'a été gardé. Recommencez."
    return page(person_id, file_error=error), 422


@blueprint.post("/disponibilites/<int:person_id>/agendas/<int:calendar_id>/retirer")
@requires(Right.SAY_AVAILABILITY)
def remove(person_id: int, calendar_id: int) -> ResponseReturnValue:
    """Forgets a calendar and what was read of it."""
    calendars.remove(services(), current_actor(), person_id, calendar_id)
    return done(person_id, "L'agenda est retiré, avec ce qui en avait été lu.")


def _means(raw: str | None) -> CalendarMeans:
    return CalendarMeans.FREE if raw == CalendarMeans.FREE.value else CalendarMeans.BUSY
