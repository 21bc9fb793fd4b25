"""The evaluators' forms: the grid, capability by capability, and the signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from vae_portal.web.forms import PortalForm, options, secret
from vae_portal.web.presentation import choices
from workflows.facts import VerdictFacts

_LONG = Length(max=5000, message="Écrivez 5000 caractères au plus.")
_HOW = "en observations comment la commission a tranché"
_MET = [("", "Non examiné"), ("met", "Rempli"), ("unmet", "Non rempli")]
_VERDICTS = [("acquired", "Acquise"), ("not_acquired", "Non acquise")]


class GridForm(PortalForm):
    """Verdicts on the targeted capabilities; `capabilities` are (code, id) pairs."""

    revision = HiddenField()
    modality = SelectField("Modalité d'évaluation", validate_choice=False)
    observations = TextAreaField(
        "Observations générales", [Length(max=20_000, message="Écrivez 20 000 caractères au plus.")]
    )
    capabilities: tuple[tuple[str, int], ...] = ()
    apart: frozenset[str] = frozenset()  # codes on which the evaluators had judged differently
    criteria: Mapping[int, list[str]] = MappingProxyType({})  # of each capability, by its id

    def field_of(self, name: str, key: int) -> Any:
        """One field of one capability."""
        return self[f"{name}_{key}"]

    def given(self) -> tuple[dict[str, VerdictFacts], dict[str, str]]:
        """The verdicts, and what is said beside them, whose fields are right; a wrong field says what is wrong."""
        self.validate()
        found = {code: told for code, key in self.capabilities if (told := self.verdict(code, key)) is not None}
        known = _known_modalities()
        for field in (f for f in self if f.name.startswith("modality") and (f.data or "") not in known):
            field.errors = ["Choisissez la modalité dans la liste."]
        sound = {code: found[code] for code, key in self.capabilities if code in found and not self.wrong(key)}
        general = {f.name: _plain(f) for f in (self.modality, self.observations) if not f.errors}
        return sound, general

    def wrong(self, key: int) -> list[str]:
        """Names of the fields of one capability of which one is wrong; all of them, since they are kept together."""
        names = [f.name for f in self if f.name.split("_")[1:2] == [str(key)]]
        return names if any(self[name].errors for name in names) else []

    def verdict(self, code: str, key: int) -> VerdictFacts | None:
        """What the fields of one capability say, right or wrong; None without a verdict."""
        verdict, reason = self.field_of("verdict", key), _plain(self.field_of("reason", key))
        noted = _plain(self.field_of("observations", key))
        if verdict.data not in ("acquired", "not_acquired"):
            if reason or noted:
                verdict.errors = [f"Choisissez acquise ou non acquise pour {code} : votre texte s'y rapporte."]
            return None
        if verdict.data == "not_acquired" and not reason:
            self.field_of("reason", key).errors = [f"Indiquez pourquoi {code} n'est pas acquise."]
        if code in self.apart and not noted:
            self.field_of("observations", key).errors = [f"Vos avis différaient sur {code} : dites {_HOW}."]
        own = self.field_of("modality", key).data or ""
        return VerdictFacts(code, verdict.data == "acquired", reason, noted, own, self._criteria_of(key))

    def _criteria_of(self, key: int) -> tuple[tuple[int, bool], ...]:
        ranks = range(1, len(self.criteria.get(key, ())) + 1)
        told = ((rank, self[f"criterion_{key}_{rank}"].data) for rank in ranks)
        return tuple((rank, value == "met") for rank, value in told if value in ("met", "unmet"))

    def put(self, key: int, told: VerdictFacts) -> None:
        """Writes what stands of one capability."""
        self.field_of("verdict", key).data = "acquired" if told.acquired else "not_acquired"
        self.field_of("reason", key).data, self.field_of("observations", key).data = told.reason, told.observations
        self.field_of("modality", key).data = told.modality
        for rank, met in told.criteria:
            if f"criterion_{key}_{rank}" in self:
                self[f"criterion_{key}_{rank}"].data = "met" if met else "unmet"


def _plain(field: Any) -> str:
    return (field.data or "").replace("\r\n", "\n").strip()


def _known_modalities() -> set[str]:
    return {"", *(code for code, _ in choices("assessment_modality"))}


def grid_form(rows: Iterable[Any], apart: Iterable[str], **given: Any) -> GridForm:
    """The grid for these capabilities; `apart` are the codes of those on which opinions differed."""
    rows = list(rows)
    capabilities, titles = tuple((c.code, c.id) for c in rows), {c.id: c.title for c in rows}
    criteria = {c.id: list(c.criteria) for c in rows if c.criteria}
    fields: dict[str, Any] = {"capabilities": capabilities, "apart": frozenset(apart), "criteria": criteria}
    modalities = options([("", "Celle de l'entretien"), *choices("assessment_modality")])
    for code, key in capabilities:
        fields[f"verdict_{key}"] = RadioField(
            f"{code} {titles[key]}", choices=options(_VERDICTS), validate_choice=False
        )
        fields[f"reason_{key}"] = TextAreaField(f"Motif, si {code} n'est pas acquise", [_LONG])
        fields[f"observations_{key}"] = TextAreaField(f"Observations sur {code}", [_LONG])
        fields[f"modality_{key}"] = SelectField(f"Modalité pour {code}", choices=modalities, validate_choice=False)
        for rank, text in enumerate(criteria.get(key, ()), 1):
            fields[f"criterion_{key}_{rank}"] = SelectField(
                f"Critère de {code} : {text}", choices=options(_MET), validate_choice=False
            )
    made: GridForm = type("GridFormOfCapabilities", (GridForm,), fields)(**given)
    made.modality.choices = options([("", "Choisissez dans la liste"), *choices("assessment_modality")])
    return made


class SignatureForm(PortalForm):
    """One's password again, under the text that was read."""

    text_hash = HiddenField()
    password = secret("Votre mot de passe", "Indiquez votre mot de passe pour signer.")
