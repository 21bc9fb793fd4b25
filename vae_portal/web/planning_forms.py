"""The planner's forms: a slot with its commission, an evaluator's qualifications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from vae_portal.web.forms import PortalForm, Required, line, options, stripped
from vae_portal.web.moments import NO_SUCH_HOUR, Day, Hour, instant
from vae_portal.web.places import whole_number

DURATIONS = [(30, "30 minutes"), (45, "45 minutes"), (60, "1 heure"), (90, "1 heure 30"), (120, "2 heures")]
DURATIONS += [(150, "2 heures 30"), (180, "3 heures"), (240, "4 heures")]


class Ticks(SelectMultipleField):
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keeps what can be a choice; the rest is refused with what is not in the list."""
        self.data = [whole_number(value, 0) for value in valuelist]

    def pre_validate(self, form: Any) -> None:
        """A choice that is not in the list is refused in French."""
        allowed = {self.coerce(choice.value) for choice in self.choices}
        if not allowed.issuperset(self.data or []):
            raise ValidationError("Choisissez dans la liste : elle a changé entre-temps.")


class SlotForm(PortalForm):
    """A date, an hour, somewhere, a commission."""

    day = Day(
        "Date",
        "Indiquez la date de l'entretien, par exemple 18/03/2026.",
        validators=[Required("Indiquez la date de l'entretien.")],
    )
    hour = Hour(
        "Heure de début",
        "Indiquez l'heure de début, par exemple 14:00.",
        validators=[Required("Indiquez l'heure de début.")],
        description="À l'heure de Paris.",
    )
    duration = SelectField("Durée", choices=options((str(m), words) for m, words in DURATIONS), validate_choice=False)
    room = SelectField("Salle", validate_choice=False, description="Une salle du centre, ou un autre lieu.")
    place = line("Lieu", most=200, description="Hors des salles du centre : salle et adresse.")
    video_link = StringField(
        "Lien de visioconférence",
        [
            Length(max=500, message="Écrivez 500 caractères au plus."),
            Regexp(r"^$|^https://\S+$", message="Copiez l'adresse entière, qui commence par https://."),
        ],
        filters=[stripped],
        description="Sans salle du centre, un lieu ou un lien : l'un des deux suffit.",
    )
    evaluators = Ticks("Commission", coerce=int)
    revision = HiddenField()
    anyway = HiddenField()  # keys of the objections overridden: a box, shown once there are some
    action = HiddenField()  # what the page was about when it was shown

    def offer(self, rooms: Iterable[tuple[int, str]], minutes: int) -> None:
        """Gives the form the centre's rooms, and the length it usually gives to a sitting."""
        self.room.choices = options([("", "Un autre lieu"), *((str(key), name) for key, name in rooms)])
        known = dict(DURATIONS) | ({} if minutes in dict(DURATIONS) else {minutes: f"{minutes} minutes"})
        self.duration.choices = options((str(key), known[key]) for key in sorted(known))

    def slot(self) -> tuple[datetime, datetime] | None:
        """Start and end as instants; None when a field is wrong, which then says so."""
        if self.day.data is None or self.hour.data is None:
            return None
        starts_at = instant(self.day.data, self.hour.data)
        if starts_at is None:
            self.hour.errors = [*self.hour.errors, NO_SUCH_HOUR]
            return None
        raw = self.duration.data
        if raw not in {choice.value for choice in self.duration.choices}:
            self.duration.errors = [*self.duration.errors, "Choisissez la durée dans la liste."]
            return None
        return starts_at, starts_at + timedelta(minutes=int(raw))


class MoveForm(SlotForm):
    """Another slot, and why."""

    reason = TextAreaField(
        "Motif du changement",
        [
            Required("Indiquez le motif : le candidat et les évaluateurs le liront."),
            Length(max=2000, message="Écrivez 2000 caractères au plus."),
        ],
        description="Le candidat et les évaluateurs le liront.",
    )


class QualificationForm(PortalForm):
    """What one evaluator is qualified for, and who employs them."""

    person_id = HiddenField()
    certifications = Ticks("Qualifié pour", coerce=int)
    employer = line("Employeur", most=200, description="Pour voir d'avance un lien possible avec un candidat.")
    past_employers = TextAreaField("Employeurs passés", filters=[stripped], description="Un par ligne.")
