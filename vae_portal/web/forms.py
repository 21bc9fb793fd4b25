"""What the portal's forms share: sentences that say what a field is about, limits, and text kept when all fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from vae_portal.errors import InputRefused


class PortalForm(FlaskForm):
    """A form whose labels name what was typed, if it has to be given back on an error page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        g.form = self

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


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Choices as fields want them, from (code, words)."""
    return [SelectChoice(code, words) for code, words in pairs]


def stripped(text: str | None) -> str | None:
    """The text without the spaces around it."""
    return text.strip() if text else text


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
