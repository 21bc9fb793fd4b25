"""The forms of a plan: between which days, and where one sitting is to go."""

from __future__ import annotations

from datetime import datetime, timedelta

from wtforms import HiddenField, SelectField
from wtforms.validators import ValidationError

from vae_portal.web.forms import PortalForm, Required
from vae_portal.web.moments import NO_SUCH_HOUR, Day, Hour, instant
from vae_portal.web.places import whole_number
from vae_portal.web.planning_forms import Ticks
from workflows.availability import Window


class DaysForm(PortalForm):
    """Between which days interviews may be held."""

    first = Day(
        "Du",
        "Indiquez le premier jour, par exemple 18/03/2026.",
        validators=[Required("Indiquez le premier jour.")],
    )
    last = Day(
        "Au",
        "Indiquez le dernier jour, par exemple 30/04/2026.",
        validators=[Required("Indiquez le dernier jour.")],
        description="Ce jour compris.",
    )


def _room(raw: object) -> int:
    """A room's id; 0 for what is none, which no list holds."""
    return whole_number(str(raw), 0)


class SittingForm(PortalForm):
    """One sitting of a plan: a day, an hour, a room, a commission; it lasts as long as the centre's others."""

    day = Day("Date", "Indiquez la date, par exemple 18/03/2026.", validators=[Required("Indiquez la date.")])
    hour = Hour("Heure de début", "Indiquez l'heure, par exemple 14:00.", validators=[Required("Indiquez l'heure.")])
    room = SelectField("Salle", coerce=_room, validate_choice=False)
    evaluators = Ticks("Commission", coerce=int)
    revision = HiddenField()

    def validate_room(self, field: SelectField) -> None:
        """One of the centre's rooms that is in use."""
        if not field.data or field.data not in {_room(choice.value) for choice in field.choices}:
            raise ValidationError("Choisissez la salle dans la liste.")

    def window(self, minutes: int) -> Window | None:
        """From when to when; None when a field is wrong, which then says so."""
        if self.day.data is None or self.hour.data is None:
            return None
        begins: datetime | None = instant(self.day.data, self.hour.data)
        if begins is None:
            self.hour.errors = [NO_SUCH_HOUR]
            return None
        return Window(begins, begins + timedelta(minutes=minutes))
