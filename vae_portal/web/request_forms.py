"""The request for admissibility as a form: its sections, what was typed, its problems beside the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import Field, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from vae_portal.actions.answers import said
from vae_portal.actions.requests import Target
from vae_portal.web.forms import PortalForm, options
from vae_portal.web.presentation import choices, label
from workflows.request_form import EXPERIENCE_FIELDS, FIELDS, Problem, as_date

_EXPERIENCE = re.compile(r"experiences-(\d{1,4})-(\w+)")
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("objet", "Ce que vous demandez", ("nature", "whole", "blocks", "held")),
    (
        "etat-civil",
        "Votre état civil",
        (
            "birth_name",
            "usual_name",
            "given_names",
            "sex",
            "birth_date",
            "birth_town",
            "birth_department",
            "birth_country",
            "nationality",
        ),
    ),
    ("coordonnees", "Vos coordonnées et votre situation", ("address", "phone", "situation", "disability")),
    (
        "formation",
        "Votre formation",
        ("last_class", "highest_degree", "other_certification", "short_courses"),
    ),
    ("experiences", "Vos expériences", ("experiences",)),
    ("pieces", "Vos pièces", ("piece-identity", "piece-experience_proof")),
)


class DayField(StringField):
    """A civil day; text that is none is shown as it was typed, which the browser's own picker would hide."""

    def __call__(self, **attributes: Any) -> Any:
        """Renders the field."""
        plain = bool(self.data) and as_date(self.data) is None
        return super().__call__(**{"type": "text" if plain else "date", **attributes})


def _one_of(text: str, kind: str) -> SelectField:
    known = options([("", "Choisissez"), *choices(kind)])
    return SelectField(text, choices=known, validate_choice=False)


def _several(text: str) -> SelectMultipleField:
    return SelectMultipleField(
        text, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), choices=[], validate_choice=False
    )


class ExperienceForm(Form):
    """One line of experience."""

    status = _one_of("Statut", "status")
    job = StringField("Emploi ou fonction")
    organisation = StringField("Entreprise ou organisation")
    organisation_address = StringField("Adresse de l'organisation")
    started_on = DayField("Début")
    ended_on = DayField("Fin")
    total_hours = StringField("Nombre total d'heures")
    activities = TextAreaField("Activités en rapport avec la certification")


class RequestForm(PortalForm):
    """The whole request: shown from what is kept or what was typed, read by `typed`."""

    request_revision = HiddenField()
    nature = _one_of(label("answer", "nature"), "nature")
    whole = RadioField(
        "Vous demandez",
        choices=options([("yes", "La certification entière"), ("no", "Un ou plusieurs blocs seulement")]),
        validate_choice=False,
    )
    blocks = _several("Blocs demandés")
    held = _several("Blocs que vous détenez déjà")
    birth_name = StringField(label("answer", "birth_name"))
    usual_name = StringField(label("answer", "usual_name"))
    given_names = StringField(label("answer", "given_names"))
    sex = _one_of(label("answer", "sex"), "sex")
    birth_date = DayField(label("answer", "birth_date"))
    birth_town = StringField(label("answer", "birth_town"))
    birth_department = StringField(label("answer", "birth_department"))
    birth_country = StringField(label("answer", "birth_country"))
    nationality = _one_of(label("answer", "nationality"), "nationality")
    address = TextAreaField(label("answer", "address"))
    phone = StringField(label("answer", "phone"))
    situation = _one_of(label("answer", "situation"), "situation")
    disability = _one_of(label("answer", "disability"), "disability")
    last_class = StringField(label("answer", "last_class"))
    highest_degree = StringField(label("answer", "highest_degree"))
    other_certification = StringField(label("answer", "other_certification"))
    short_courses = TextAreaField(label("answer", "short_courses"))
    experiences = FieldList(FormField(ExperienceForm))


def shown(
    answers: Mapping[str, Any], target: Target, revision: int, blocks: Iterable[Any], one_more: bool = False
) -> RequestForm:
    """The form with these answers; a blank line of experience when there is none or one more is asked for."""
    lines = list(answers.get("experiences") or [])
    if one_more or not lines:
        lines.append({})
    data = {**answers, "experiences": lines, "whole": "yes" if target.whole else "no"}
    data |= {
        "blocks": [] if target.whole else sorted(target.blocks),
        "held": sorted(target.held),
        "request_revision": str(revision),
    }
    form = RequestForm(formdata=None, data=data)
    form.blocks.choices = form.held.choices = options((b.code, f"{b.code} {b.title}") for b in blocks)
    return form


def typed(sent: MultiDict[str, str], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed; a field that did not come keeps what is stored, one that came twice counts once."""
    answers: dict[str, Any] = {name: sent.get(name, kept.get(name, "")) for name in FIELDS}
    stored = list(kept.get("experiences") or [])
    lines: dict[int, dict[str, Any]] = {}
    for key in sent:
        found = _EXPERIENCE.fullmatch(key)
        if found and found[2] in EXPERIENCE_FIELDS:
            index = int(found[1])
            before = stored[index] if index < len(stored) else {}
            lines.setdefault(index, dict(before))[found[2]] = sent[key]
    answers["experiences"] = [lines[index] for index in sorted(lines)] if lines else stored
    return answers


def aim(sent: MultiDict[str, str]) -> Target | None:
    """What the request is for, when the form that was sent showed it."""
    if sent.get("whole") not in ("yes", "no"):
        return None
    return Target(sent["whole"] == "yes", frozenset(sent.getlist("blocks")), frozenset(sent.getlist("held")))


def attach(form: RequestForm, problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Puts each sentence beside its field; returns them as the error summary shows them, pieces included."""
    told = []
    for problem in problems:
        field = _field(form, problem.field)
        target = problem.field
        if field is not None:
            field.errors = [*field.errors, problem.sentence]
        if problem.field == "whole":
            target = "whole-0"
        elif problem.field == "experiences":
            target = "experiences-0-job"
        told.append({"text": problem.sentence, "target": target})
    return told


def _field(form: RequestForm, name: str) -> Field | None:
    line = _EXPERIENCE.fullmatch(name)
    if line:
        entries = form.experiences.entries
        return entries[int(line[1])].form[line[2]] if int(line[1]) < len(entries) else None
    return form[name] if name in form and name != "experiences" else None


def missing_by_section(problems: Iterable[Problem]) -> dict[str, int]:
    """How many points each section still lacks, by its anchor."""
    counts = {anchor: 0 for anchor, _, _ in SECTIONS}
    for problem in problems:
        start = problem.field.partition("-")[0] if problem.field.startswith("experiences") else problem.field
        for anchor, _, names in SECTIONS:
            counts[anchor] += start in names
    return counts


def differences(yours: Mapping[str, Any], stored: Mapping[str, Any]) -> list[dict[str, str]]:
    """Where what was typed and what is stored say different things: {label, yours, stored}."""
    rows = []
    for name in FIELDS:
        one, other = said(name, yours.get(name)), said(name, stored.get(name))
        if one != other:
            rows.append({"label": label("answer", name), "yours": one, "stored": other})
    mine, theirs = yours.get("experiences") or [], stored.get("experiences") or []
    for index in range(max(len(mine), len(theirs))):
        one = _line(mine[index]) if index < len(mine) else ""
        other = _line(theirs[index]) if index < len(theirs) else ""
        if one != other:
            rows.append({"label": f"Expérience {index + 1}", "yours": one, "stored": other})
    return rows


def summary(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every answer under its label, as the page of sending shows it."""
    return [(label("answer", name), said(name, answers.get(name))) for name in FIELDS]


def experience_lines(answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each line of experience in words, by field."""
    return [{n: said(n, line.get(n)) for n in EXPERIENCE_FIELDS} for line in answers.get("experiences") or []]


def _line(line: Mapping[str, Any]) -> str:
    return "\n".join(text for name in EXPERIENCE_FIELDS if (text := said(name, line.get(name))))
