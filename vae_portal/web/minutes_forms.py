"""What people write about minutes: why they are corrected, and what to read in the place of what."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Length

from vae_portal.actions.minutes import LONGEST_LINE, MOST_LINES
from vae_portal.web.forms import PortalForm, Required, stripped


class CorrectionForm(PortalForm):
    """A correction, line by line."""

    reason = TextAreaField(
        "Motif de la rectification",
        [
            Required("Indiquez pourquoi le procès-verbal est corrigé."),
            Length(max=2000, message="Écrivez 2000 caractères au plus."),
        ],
        filters=[stripped],
    )
    lines = TextAreaField(
        "Ce qu'il faut lire",
        [
            Required("Écrivez ce qu'il faut lire, et au lieu de quoi."),
            Length(max=MOST_LINES * LONGEST_LINE, message="Ce texte est trop long."),
        ],
        description="Une rectification par ligne : « Lire … au lieu de … ».",
        filters=[stripped],
    )
