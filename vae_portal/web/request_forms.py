"""The request for admissibility as a form: its sections, what was typed, its problems beside the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import Field, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from vae_portal.actions.answers import said
from vae_portal.actions.requests import Target, new_line
from vae_portal.web.forms import PortalForm, options
from vae_portal.web.presentation import choices, label
from workflows.request_form import EXPERIENCE_FIELDS, FIELDS, HELD_FIELDS, SECTIONS, Problem, Section, as_date

_EXPERIENCE = re.compile(r"experiences-(\d{1,4})-(\w+)")


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


def _line(name: str, kind: str = "answer") -> StringField:
    return StringField(label(kind, name))


class ExperienceForm(Form):
    """One line of experience; its identifier ties pieces to it."""

    id = HiddenField()
    status = _one_of(label("experience", "status"), "status")
    job = _line("job", "experience")
    organisation = _line("organisation", "experience")
    organisation_address = _line("organisation_address", "experience")
    family = _one_of(label("experience", "family"), "family")
    certification = _line("certification", "experience")
    started_on = DayField(label("experience", "started_on"))
    ended_on = DayField(label("experience", "ended_on"))
    working_time = _line("working_time", "experience")
    total_hours = _line("total_hours", "experience")
    activities = TextAreaField(label("experience", "activities"))


class HeldForm(Form):
    """One block, held already or not: its fields are named `held-<code>-...`."""

    holds = BooleanField("Je détiens déjà ce bloc")
    source = _line("source", "held")
    obtained_on = DayField(label("held", "obtained_on"))


class RequestForm(PortalForm):
    """The whole request: shown from what is kept or what was typed, read by `typed`."""

    revision = HiddenField()
    nature = _one_of(label("answer", "nature"), "nature")
    whole = RadioField(
        "Vous demandez",
        choices=options([("yes", "La certification entière"), ("no", "Un ou plusieurs blocs seulement")]),
        validate_choice=False,
    )
    blocks = _several("Blocs demandés")
    birth_name = _line("birth_name")
    usual_name = _line("usual_name")
    given_names = _line("given_names")
    sex = _one_of(label("answer", "sex"), "sex")
    birth_date = DayField(label("answer", "birth_date"))
    birth_town = _line("birth_town")
    birth_department = _line("birth_department")
    birth_country = _line("birth_country")
    nationality = _one_of(label("answer", "nationality"), "nationality")
    address = TextAreaField(label("answer", "address"))
    phone = _line("phone")
    situation = _one_of(label("answer", "situation"), "situation")
    disability = _one_of(label("answer", "disability"), "disability")
    last_class = _line("last_class")
    highest_degree = _line("highest_degree")
    degree_abroad = _one_of(label("answer", "degree_abroad"), "degree_abroad")
    comparability = _one_of(label("answer", "comparability"), "comparability")
    other_certification = _line("other_certification")
    short_courses = TextAreaField(label("answer", "short_courses"))
    experiences = FieldList(FormField(ExperienceForm))
    held_blocks: tuple[tuple[Any, HeldForm], ...] = ()  # each block of the certification with its own fields


def shown(
    answers: Mapping[str, Any], target: Target, stamp: str, blocks: Iterable[Any], one_more: bool = False
) -> RequestForm:
    """The form with these answers; a blank line of experience when there is none or one more is asked for."""
    lines = list(answers.get("experiences") or [])
    if one_more or not lines:
        lines.append({"id": new_line()})
    data = {**answers, "experiences": lines, "whole": "yes" if target.whole else "no"}
    data |= {"blocks": [] if target.whole else sorted(target.blocks), "revision": stamp}
    form = RequestForm(formdata=None, data=data)
    blocks = list(blocks)
    form.blocks.choices = options((b.code, f"{b.code} {b.title}") for b in blocks)
    told = answers.get("held") or {}
    form.held_blocks = tuple(
        (b, HeldForm(prefix=f"held-{b.code}-", data={**told.get(b.code, {}), "holds": b.code in target.held}))
        for b in blocks
    )
    return form


def typed(
    sent: MultiDict[str, str], kept: Mapping[str, Any], section: Section, blocks: Iterable[Any]
) -> dict[str, Any]:
    """What was typed in a section; a field that did not come keeps what is stored, one that came twice counts once."""
    answers: dict[str, Any] = {name: kept.get(name) for name in SECTIONS[section]}
    answers |= {name: sent.get(name, kept.get(name, "")) for name in SECTIONS[section] if name in FIELDS}
    if section is Section.EXPERIENCES:
        answers["experiences"] = _typed_lines(sent, list(kept.get("experiences") or []))
    if section is Section.HELD_BLOCKS:
        before = kept.get("held") or {}
        answers["held"] = {b.code: _typed_held(sent, b.code, before.get(b.code, {})) for b in blocks}
    return answers


def _typed_lines(sent: MultiDict[str, str], stored: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    lines: dict[int, dict[str, Any]] = {}
    for key in sent:
        found = _EXPERIENCE.fullmatch(key)
        if found and found[2] in {"id", *EXPERIENCE_FIELDS}:
            index = int(found[1])
            if index not in lines:
                lines[index] = dict(_stored_line(stored, index, sent.get(f"experiences-{index}-id")))
            lines[index][found[2]] = sent[key]
    return [lines[index] for index in sorted(lines)] if lines else stored


def _stored_line(stored: list[Mapping[str, Any]], index: int, key: str | None) -> Mapping[str, Any]:
    if key:
        return next((line for line in stored if line.get("id") == key), {})
    return stored[index] if index < len(stored) else {}


def _typed_held(sent: MultiDict[str, str], code: str, before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sent.get(f"held-{code}-{name}", before.get(name, "")) for name in HELD_FIELDS}


def aim(sent: MultiDict[str, str], section: Section, blocks: Iterable[Any]) -> Target | None:
    """What the section that was sent says of what the request is for; None when it did not show it."""
    if section is Section.PURPOSE and sent.get("whole") in ("yes", "no"):
        return Target(sent["whole"] == "yes", blocks=frozenset(sent.getlist("blocks")))
    if section is Section.HELD_BLOCKS and sent.get("shown"):
        return Target(held=frozenset(b.code for b in blocks if sent.get(f"held-{b.code}-holds")))
    return None


def attach(form: RequestForm, problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Puts each sentence beside its field; returns them as the error summary shows them."""
    told = []
    for problem in problems:
        field = _field(form, problem.field)
        if field is not None:
            field.errors = [*field.errors, problem.sentence]
        told.append({"text": problem.sentence, "target": anchor(problem.field)})
    return told


def anchor(field: str) -> str:
    """Where a field stands on the page of its section."""
    whole = {"whole": "whole-0", "experiences": "experiences-0-job", "held": "blocs"}
    return whole.get(field, field)


def _field(form: RequestForm, name: str) -> Field | None:
    line = _EXPERIENCE.fullmatch(name)
    if line:
        entries = form.experiences.entries
        return entries[int(line[1])].form[line[2]] if int(line[1]) < len(entries) else None
    if name.startswith("held-"):
        fields = {field.name: field for _, inner in form.held_blocks for field in inner}
        return fields.get(name)
    return form[name] if name in form and name != "experiences" else None


def differences(yours: Mapping[str, Any], stored: Mapping[str, Any], section: Section) -> list[tuple[str, str, str]]:
    """Where what was typed in a section and what is stored say different things: (label, yours, stored)."""
    rows = []
    for name in SECTIONS[section]:
        if name == "experiences":
            rows += _lines(yours.get(name) or [], stored.get(name) or [])
        elif name == "held":
            one, other = yours.get(name) or {}, stored.get(name) or {}
            rows += [(f"Bloc {c}", _held(one.get(c)), _held(other.get(c))) for c in sorted({*one, *other})]
        else:
            rows.append((label("answer", name), said(name, yours.get(name)), said(name, stored.get(name))))
    return [row for row in rows if row[1] != row[2]]


def _lines(yours: list[Any], stored: list[Any]) -> list[tuple[str, str, str]]:
    """The lines of experience side by side, each with the one of the same identifier."""
    mine, theirs = ({line.get("id"): line for line in lines} for lines in (yours, stored))
    keys = dict.fromkeys([*mine, *theirs])
    return [
        (f"Expérience {rank}", _told(mine.get(key), EXPERIENCE_FIELDS), _told(theirs.get(key), EXPERIENCE_FIELDS))
        for rank, key in enumerate(keys, 1)
    ]


def _held(told: Mapping[str, Any] | None) -> str:
    return _told(told, HELD_FIELDS)


def _told(told: Mapping[str, Any] | None, names: Iterable[str]) -> str:
    return "\n".join(text for name in names if (text := said(name, (told or {}).get(name))))
