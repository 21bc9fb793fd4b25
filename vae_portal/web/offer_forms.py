"""The form of the slots offered to a candidate: up to five rows, a blank one counts for nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wtforms import FieldList, Form, FormField, SelectField

from vae_portal.actions.offers import Proposed
from vae_portal.web.forms import PortalForm, Required, options
from vae_portal.web.moments import NO_SUCH_HOUR, Day, Hour, instant
from vae_portal.web.places import whole_number
from vae_portal.web.planning_forms import DURATIONS, Ticks
from workflows.offer import MOST


class OfferRow(Form):
    """One slot: when, how long, in which room, before whom."""

    day = Day("Date", "Indiquez une date, par exemple 18/03/2026.")
    hour = Hour("Heure de début", "Indiquez une heure, par exemple 14:00.")
    duration = SelectField("Durée", choices=options((str(m), words) for m, words in DURATIONS), validate_choice=False)
    room = SelectField("Salle", validate_choice=False)
    evaluators = Ticks("Commission", coerce=int)

    @property
    def blank(self) -> bool:
        """Whether no date, hour or person was given."""
        return not (self.day.raw_data and self.day.raw_data[0]) and not (self.hour.raw_data and self.hour.raw_data[0])

    def validate(self, extra_validators: Any = None) -> bool:
        """A row that is begun is complete."""
        if self.blank:
            return True
        super().validate(extra_validators)
        if self.day.data is None and not self.day.errors:
            self.day.errors = ["Indiquez la date."]
        if self.hour.data is None and not self.hour.errors:
            self.hour.errors = ["Indiquez l'heure de début."]
        if self.day.data and self.hour.data and self.starts_at() is None:
            self.hour.errors = [NO_SUCH_HOUR]
        if self.duration.data not in {str(minutes) for minutes, _ in DURATIONS}:
            self.duration.errors = ["Choisissez la durée dans la liste."]
        if not whole_number(self.room.data, 0):
            self.room.errors = ["Choisissez une salle."]
        return not self.errors

    def starts_at(self) -> datetime | None:
        """The instant typed."""
        return instant(self.day.data, self.hour.data) if self.day.data and self.hour.data else None

    def proposed(self) -> Proposed:
        """What a valid row offers."""
        starts_at = self.starts_at()
        if starts_at is None:
            raise ValueError("only a valid row is read")
        ends_at = starts_at + timedelta(minutes=int(self.duration.data))
        return Proposed(starts_at, ends_at, whole_number(self.room.data, 0), tuple(self.evaluators.data or ()))


class OffersForm(PortalForm):
    """The slots, and until when the candidate answers."""

    answer_by = Day(
        "Réponse du candidat jusqu'au",
        "Indiquez une date, jour, mois et année.",
        validators=[Required("Indiquez jusqu'à quand le candidat peut choisir.")],
        description="Ce jour compris. Le délai de convocation est compté à partir de là.",
    )
    rows = FieldList(FormField(OfferRow), min_entries=MOST, max_entries=MOST)

    def ask(self, rooms: list[tuple[str, str]], people: list[tuple[str, str]], minutes: str) -> None:
        """Gives each row the centre's rooms and evaluators, and its usual duration."""
        for entry in self.rows:
            entry.form.room.choices = options([("", "Choisissez"), *rooms])
            entry.form.evaluators.choices = options(people)
            entry.form.evaluators.data = entry.form.evaluators.data or []
            entry.form.duration.data = entry.form.duration.data or minutes

    def proposed(self) -> list[Proposed]:
        """What is offered."""
        return [entry.form.proposed() for entry in self.rows if not entry.form.blank]
