"""The evaluators' forms: the grid, capability by capability, and the signature."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from vae_portal.web.forms import PortalForm, options, secret
from vae_portal.web.presentation import choices
from workflows.facts import VerdictFacts

_LONG = Length(max=5000, message="Écrivez 5000 caractères au plus.")
_VERDICTS = [("acquired", "Acquise"), ("not_acquired", "Non acquise")]


class GridForm(PortalForm):
    """Verdicts on the targeted capabilities; `capabilities` are (code, id) pairs."""

    revision = HiddenField()
    modality = SelectField("Modalité d'évaluation", validate_choice=False)
    observations = TextAreaField(
        "Observations générales", [Length(max=20_000, message="Écrivez 20 000 caractères au plus.")]
    )
    capabilities: tuple[tuple[str, int], ...] = ()

    def field_of(self, name: str, key: int) -> Any:
        """One field of one capability."""
        return self[f"{name}_{key}"]

    def verdicts(self) -> tuple[VerdictFacts, ...] | None:
        """What is given so far; None when a field is wrong, which then says so."""
        found, sound = [], True
        for code, key in self.capabilities:
            verdict, reason = self.field_of("verdict", key), (self.field_of("reason", key).data or "").strip()
            noted = (self.field_of("observations", key).data or "").strip()
            if verdict.data not in ("acquired", "not_acquired"):
                if reason or noted:
                    verdict.errors = [f"Choisissez acquise ou non acquise pour {code} : votre texte s'y rapporte."]
                    sound = False
                continue
            if verdict.data == "not_acquired" and not reason:
                self.field_of("reason", key).errors = [f"Indiquez pourquoi {code} n'est pas acquise."]
                sound = False
            found.append(VerdictFacts(code, verdict.data == "acquired", reason))
        if self.modality.data not in {choice.value for choice in self.modality.choices}:
            self.modality.errors = ["Choisissez la modalité dans la liste."]
            sound = False
        return tuple(found) if sound else None

    def notes(self) -> dict[str, str]:
        """Observations by capability."""
        return {code: (self.field_of("observations", key).data or "").strip() for code, key in self.capabilities}


def grid_form(capabilities: tuple[tuple[str, int], ...], titles: dict[int, str], **given: Any) -> GridForm:
    """The grid for these capabilities, whose titles are by id."""
    fields: dict[str, Any] = {"capabilities": capabilities}
    for code, key in capabilities:
        fields[f"verdict_{key}"] = RadioField(
            f"{code} {titles[key]}", choices=options(_VERDICTS), validate_choice=False
        )
        fields[f"reason_{key}"] = TextAreaField(f"Motif, si {code} n'est pas acquise", [_LONG])
        fields[f"observations_{key}"] = TextAreaField(f"Observations sur {code}", [_LONG])
    made: GridForm = type("GridFormOfCapabilities", (GridForm,), fields)(**given)
    made.modality.choices = options([("", "Choisissez dans la liste"), *choices("assessment_modality")])
    return made


class SignatureForm(PortalForm):
    """One's password again, under the text that was read."""

    text_hash = HiddenField()
    password = secret("Votre mot de passe", "Indiquez votre mot de passe pour signer.")
