"""The forms of one's own account."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import EqualTo, InputRequired, ValidationError

from vae_portal.actions import passwords
from vae_portal.web.forms import PortalForm, line, options, secret
from vae_portal.web.presentation import choices

_EMAIL = ("Adresse électronique", "Indiquez votre adresse électronique.")
_SIZE = f"{passwords.SHORTEST} caractères au moins. Une phrase convient très bien."
_AGAIN = "Les deux mots de passe diffèrent : tapez deux fois le même."


class SignInForm(PortalForm):
    """Who signs in."""

    email = line(*_EMAIL, most=254)
    password = secret("Mot de passe", "Indiquez votre mot de passe.")


class RegisterForm(PortalForm):
    """What a candidate gives to open an account."""

    given_names = line("Prénoms", "Indiquez vos prénoms.")
    family_name = line("Nom", "Indiquez votre nom.")
    email = line(*_EMAIL, most=254, description="Un message y sera envoyé pour la vérifier.")
    centre_id = SelectField(
        "Centre", validate_choice=False, description="L'UIMM territoriale qui recevra votre candidature."
    )
    password = secret("Mot de passe", "Choisissez un mot de passe.", description=_SIZE)

    def validate_centre_id(self, field: SelectField) -> None:
        """One of the centres of the list must be chosen."""
        if field.data not in [choice.value for choice in field.choices if choice.value]:
            raise ValidationError("Choisissez votre centre dans la liste.")


class EmailForm(PortalForm):
    """Whose password was forgotten."""

    email = line(*_EMAIL, most=254)


class NewPasswordForm(PortalForm):
    """A password, typed twice."""

    password = secret("Nouveau mot de passe", "Choisissez un mot de passe.", description=_SIZE)
    again = secret("Le même, une seconde fois", "Tapez le mot de passe une seconde fois.")

    def validate_again(self, field: object) -> None:
        """Both must be the same."""
        EqualTo("password", _AGAIN)(self, field)


class ChangePasswordForm(NewPasswordForm):
    """A new password, proved by the current one."""

    current = secret("Mot de passe actuel", "Indiquez votre mot de passe actuel.")


class NameForm(PortalForm):
    """One's own name; `seen` is the one the page showed."""

    given_names = line("Prénoms", "Indiquez vos prénoms.")
    family_name = line("Nom", "Indiquez votre nom.")
    seen = HiddenField()


class MailsForm(PortalForm):
    """When one is mailed that messages wait."""

    message_mails = RadioField(
        "Quand un message vous attend",
        [InputRequired("Choisissez quand être prévenu.")],
        description="Ces courriels ne disent jamais ce qui est écrit. Ceux des décisions partent toujours.",
        choices=options(choices("message_mails")),
    )


class NewcomerForm(NewPasswordForm):
    """What someone invited gives to open an account."""

    given_names = line("Prénoms", "Indiquez vos prénoms.")
    family_name = line("Nom", "Indiquez votre nom.")


class ProofForm(PortalForm):
    """The password of the account that is already there."""

    password = secret("Mot de passe de votre compte", "Indiquez le mot de passe de votre compte.")
