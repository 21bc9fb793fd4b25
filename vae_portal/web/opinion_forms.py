"""The forms of an employer's opinion: whom the candidate asks, and what whoever has the link writes."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField

from vae_portal.actions.opinions import Employer, Written
from vae_portal.errors import InputRefused
from vae_portal.web.act_forms import LONGEST_TEXT, text
from vae_portal.web.forms import PortalForm, line, options
from vae_portal.web.presentation import choices
from workflows.vocabulary import OpinionLevel


class AskForm(PortalForm):
    """Whom the candidate asks, and that they agree to be known."""

    organisation = line("Entreprise ou organisation", "Indiquez le nom de l'entreprise.")
    contact = line(
        "Personne à qui écrire",
        "Indiquez le nom de la personne à qui écrire.",
        description="Quelqu'un qui vous a vu travailler : responsable, chef d'équipe, dirigeant.",
    )
    email = line("Son adresse électronique", "Indiquez l'adresse de cette personne.", most=254)
    agreed = BooleanField("J'accepte que cette personne apprenne que je fais une VAE")

    def employer(self) -> Employer:
        """What was given."""
        return Employer(
            self.organisation.data or "", self.contact.data or "", self.email.data or "", bool(self.agreed.data)
        )


class OpinionForm(PortalForm):
    """What an employer says; `capabilities` are (code, id) pairs."""

    revision = HiddenField()
    capabilities: tuple[tuple[str, int], ...] = ()

    def field_of(self, name: str, key: int) -> Any:
        """One field of one capability."""
        return self[f"{name}_{key}"]

    def written(self) -> Written:
        """What is there so far; a level that no button of the page sends counts for none."""
        levels, comments = {}, {}
        for code, key in self.capabilities:
            chosen = self.field_of("level", key).data
            levels[code] = OpinionLevel(chosen) if chosen in set(OpinionLevel) else None
            comments[code] = self.field_of("comment", key).data or ""
        sworn = bool(self["sworn"].data)
        return Written(levels, comments, self["general"].data or "", self["written_by"].data or "", sworn)

    def fill(self, row: Any) -> None:
        """What was kept when the page was last saved."""
        self.revision.data, self["general"].data = str(row.revision), row.general
        self["written_by"].data = row.written_by
        for kept in row.lines:
            if f"level_{kept.capability_id}" in self:
                self.field_of("level", kept.capability_id).data = kept.level
                self.field_of("comment", kept.capability_id).data = kept.comment

    def refuse(self, fault: InputRefused) -> None:
        """The rules speak of capabilities by code, the form by id."""
        keys = dict(self.capabilities)
        fields = {f"level_{keys[name]}" if name in keys else name: told for name, told in fault.fields.items()}
        super().refuse(InputRefused(str(fault), fields))


def opinion_form(capabilities: tuple[tuple[str, int, str], ...], **given: Any) -> OpinionForm:
    """The form for these capabilities: (code, id, title)."""
    fields: dict[str, Any] = {"capabilities": tuple((code, key) for code, key, _ in capabilities)}
    levels = choices("opinion_level")
    for code, key, title in capabilities:
        fields[f"level_{key}"] = RadioField(f"{code} {title}", choices=options(levels), validate_choice=False)
        fields[f"comment_{key}"] = text(f"Ce que vous avez vu, pour {code}", most=2000, render_kw={"rows": 2})
    # Last, as on the page: errors are listed in the order of the fields.
    fields["general"] = text("Votre avis en général", most=LONGEST_TEXT)
    fields["written_by"] = line("Vos nom, prénom et fonction")
    fields["sworn"] = BooleanField("J'atteste avoir vu cette personne travailler et donner cet avis en toute sincérité")
    made: OpinionForm = type("OpinionFormOfCapabilities", (OpinionForm,), fields)(**given)
    return made
