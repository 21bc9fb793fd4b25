"""How the centre plans: lengths, hours, holidays, and whether candidates choose among slots."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from vae_portal.actions import planning_habits
from vae_portal.actions.planning_habits import BOUNDS, Habits
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import habits
from vae_portal.web.access import current_actor, current_person, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import PortalForm, Required, options
from vae_portal.web.moments import Hour
from vae_portal.web.presentation import label
from workflows import clocks
from workflows.vocabulary import Right

blueprint = Blueprint("planning_habits", __name__)
_AN_HOUR = "Indiquez une heure, par exemple 09:00."


def _number(words: str, name: str, description: str) -> IntegerField:
    least, most = BOUNDS[name]
    sentence = f"Indiquez un nombre de {least} à {most}."
    return WholeNumber(
        words, [InputRequired(sentence), NumberRange(least, most, sentence)], description=description, sentence=sentence
    )


class WholeNumber(IntegerField):
    """A whole number; what cannot be read gets the sentence given, and stays as typed."""

    def __init__(self, label: str, validators: list[object], sentence: str = "", **options: object) -> None:
        super().__init__(label, validators, **options)
        self.sentence = sentence

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the number, or raises the sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError as fault:
            raise ValueError(self.sentence) from fault


class HabitsForm(PortalForm):
    """What `planning_habits.Habits` holds."""

    sitting_minutes = _number("Durée d'un entretien", "sitting_minutes", "En minutes.")
    break_minutes = _number("Pause entre deux entretiens d'un évaluateur", "break_minutes", "En minutes.")
    most_a_day = _number("Entretiens par jour au plus", "most_a_day", "Pour un même évaluateur.")
    evaluators = _number(
        "Évaluateurs dans une commission", "evaluators", "Pour les propositions. La loi en demande deux au moins."
    )
    day_begins = Hour("Les entretiens commencent à partir de", _AN_HOUR, validators=[Required(_AN_HOUR)])
    day_ends = Hour("Ils finissent au plus tard à", _AN_HOUR, validators=[Required(_AN_HOUR)])
    holidays_of = SelectField("Jours fériés de", validate_choice=False)
    candidate_chooses = BooleanField("Les candidats choisissent parmi les créneaux qui leur sont proposés")


@blueprint.route("/entretiens/reglages", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def show() -> ResponseReturnValue:
    """The centre's habits, and the holidays of this year and the next."""
    form = HabitsForm()
    form.holidays_of.choices = options((code, label("part_of_france", code)) for code in habits.PARTS_OF_FRANCE)
    kept = habits.of_centre(reading(), current_person().centre_id)
    names = [field.name for field in fields(Habits)]
    status = 200
    if request.method == "GET":
        for name in names:
            form[name].data = getattr(kept, name)
    elif _changed(form, names):
        flash("C'est enregistré. Les prochaines propositions en tiennent compte.", "success")
        return redirect(url_for("planning_habits.show"))
    else:
        status = 422
    year = clocks.civil_date(now()).year
    off = habits.days_off(kept, date(year, 1, 1), date(year + 1, 12, 31))
    years = {y: [(day, name) for day, name in off.items() if day.year == y] for y in (year, year + 1)}
    return render_template("planning/habits.html", form=form, years=years), status


def _changed(form: HabitsForm, names: list[str]) -> bool:
    if not form.validate():
        return False
    stop_reading()
    try:
        planning_habits.change(services(), current_actor(), Habits(**{name: form[name].data for name in names}))
    except InputRefused as fault:
        form.refuse(fault)
        return False
    return True
