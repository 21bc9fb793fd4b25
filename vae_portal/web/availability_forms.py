"""What someone says of when an evaluator is free: every week, or once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from wtforms import RadioField, SelectField
from wtforms.validators import Optional

from vae_portal.web.forms import PortalForm, Required, line, options
from vae_portal.web.moments import NO_SUCH_HOUR, Day, Hour, instant
from workflows import clocks

WEEKDAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")
_A_DAY, _AN_HOUR = "Indiquez un jour, par exemple 18/03/2026.", "Indiquez une heure, par exemple 14:00."
_FREE = [("yes", "Disponible"), ("no", "Pas disponible")]
_SEVERAL = "Vide : ce seul jour. Les jours fériés n'en sont jamais."
_EVERYDAY = options((str(rank), day) for rank, day in enumerate(WEEKDAYS))


def _free() -> RadioField:
    return RadioField("Vous êtes", choices=options(_FREE), default="yes", validate_choice=False)


class WeeklyForm(PortalForm):
    """Between two hours of a day of every week."""

    free = _free()
    weekday = SelectField("Chaque", choices=_EVERYDAY, validate_choice=False)
    begins = Hour("De", _AN_HOUR, validators=[Required(_AN_HOUR)])
    ends = Hour("À", _AN_HOUR, validators=[Required(_AN_HOUR)])
    since = Day("À partir du", _A_DAY, validators=[Required(_A_DAY)])
    until = Day("Jusqu'au", _A_DAY, validators=[Optional()], description="Ce jour compris. Vide : sans fin.")

    def given(self) -> dict[str, Any] | None:
        """What the action wants; None when a field is wrong, which then says so."""
        if not self.validate() or self.begins.data is None or self.ends.data is None or self.since.data is None:
            return None
        weekday = self.weekday.data if self.weekday.data in {c.value for c in _EVERYDAY} else "-1"
        return {
            "free": self.free.data != "no",
            "weekday": int(weekday),
            "hours": (self.begins.data, self.ends.data),
            "days": (self.since.data, self.until.data),
        }


class OnceForm(PortalForm):
    """One day or several, whole or between two hours."""

    free = _free()
    first = Day("Premier jour", _A_DAY, validators=[Required(_A_DAY)])
    last = Day(
        "Dernier jour",
        _A_DAY,
        validators=[Optional()],
        description="Vide : ce seul jour. Un jour férié n'en est jamais.",
    )
    begins = Hour("De", _AN_HOUR, validators=[Optional()], description="Vide : dès le début du premier jour.")
    ends = Hour("À", _AN_HOUR, validators=[Optional()], description="Vide : jusqu'à la fin du dernier jour.")
    note = line("Un mot", most=200, description="Pour vous et pour les coordinateurs du centre.")

    def given(self) -> dict[str, Any] | None:
        """What the action wants; None when a field is wrong, which then says so."""
        first, last = self.first.data, self.last.data or self.first.data
        if not self.validate() or first is None or last is None:
            return None
        starts_at = instant(first, self.begins.data or time(0))
        ends_at = instant(last, self.ends.data) if self.ends.data else _midnight_after(last)
        for hour, moment in ((self.begins, starts_at), (self.ends, ends_at)):
            if moment is None:
                hour.errors = [*hour.errors, NO_SUCH_HOUR]
                return None
        return {
            "free": self.free.data != "no",
            "starts_at": starts_at,
            "ends_at": ends_at,
            "note": self.note.data or "",
        }


def _midnight_after(day: Any) -> datetime:
    return clocks.midnight(day + timedelta(days=1)).astimezone(UTC)
