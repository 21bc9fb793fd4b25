"""What the portal's forms share: sentences that say what a field is about, limits, and text kept when all fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length, ValidationError

from vae_portal.errors import InputRefused


class PortalForm(FlaskForm):
    """A form that can take what an action refused."""

    def refuse(self, fault: InputRefused) -> None:
        """Puts what an action refused beside the fields it is about, or on top of the form."""
        for name, sentence in fault.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, sentence]
            else:
                self.form_errors.append(sentence)
        if not fault.fields:
            self.form_errors.append(str(fault))


class Required(InputRequired):
    """Something other than spaces must be given; the sentence says what."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raises the sentence when nothing was typed."""
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise ValidationError(self.message)


def typed_fields(names: Iterable[str]) -> dict[str, str]:
    """Labels of the texts that people type, by field name, in the form of the portal closest to the names sent."""
    sent = set(names)
    forms = list(_descendants(FlaskForm))
    closest = max(forms, key=lambda form: len(sent & set(dir(form))), default=None)
    labels: dict[str, str] = {}
    for form in [*forms, closest]:  # the closest has the last word
        for name in dir(form):
            field = getattr(form, name)
            if isinstance(field, UnboundField) and _is_typed(field):
                labels[name] = str(field.args[0] if field.args else field.kwargs.get("label", name))
    return labels


def _descendants(form: type[FlaskForm]) -> Iterator[type[FlaskForm]]:
    child: type[FlaskForm]
    for child in form.__subclasses__():
        yield child
        yield from _descendants(child)


def _is_typed(field: UnboundField) -> bool:
    return issubclass(field.field_class, StringField) and not issubclass(field.field_class, PasswordField | HiddenField)


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Choices as fields want them, from (code, words)."""
    return [SelectChoice(code, words) for code, words in pairs]


def stripped(text: str | None) -> str | None:
    """The text without the spaces around it, and without the NUL that no database keeps."""
    return text.replace("\0", "").strip() if text else text


def line(label: str, sentence: str = "", most: int = 200, **options: Any) -> StringField:
    """One line of text; required when `sentence` says what to give."""
    limit = Length(max=most, message=f"Écrivez {most} caractères au plus.")
    checks = [Required(sentence), limit] if sentence else [limit]
    return StringField(label, checks, filters=[stripped], **options)


def secret(label: str, sentence: str, **options: Any) -> PasswordField:
    """A password, never shown again."""
    return PasswordField(
        label, [InputRequired(sentence), Length(max=400, message="Ce mot de passe est trop long.")], **options
    )
