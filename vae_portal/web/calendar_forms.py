"""A calendar of an evaluator: the address where it is read."""

from __future__ import annotations

from wtforms import RadioField, StringField
from wtforms.validators import Length

from vae_portal.web.forms import PortalForm, Required, line, options, stripped
from vae_portal.web.presentation import choices
from workflows.vocabulary import CalendarMeans

ADDRESS_MOST = 1000


class AddressForm(PortalForm):
    """An address, and what its events say."""

    name = line("Nom de cet agenda", "Donnez un nom à cet agenda, par exemple « Travail ».", most=80)
    means = RadioField(
        "Ses évènements disent quand vous êtes",
        choices=options(choices("calendar_means")),
        default=CalendarMeans.BUSY.value,
        validate_choice=False,
    )
    url = StringField(
        "Adresse de l'agenda",
        [
            Required("Copiez l'adresse de l'agenda."),
            Length(max=ADDRESS_MOST, message=f"Une adresse d'agenda a {ADDRESS_MOST} caractères au plus."),
        ],
        filters=[stripped],
        description="Elle commence par https:// ou webcal://. Elle est secrète : elle ne sera plus jamais montrée.",
    )
