"""What the evaluators of the demonstration note alone, and the one text that they agree on."""

from __future__ import annotations

from collections.abc import Iterable

from vae_portal.actions.alone import OwnPart
from workflows.facts import VerdictFacts
from workflows.vocabulary import OwnVerdict

_SEEN = "Exemples précis, documents datés ; le candidat explique ses choix."
_WEAK = "Aucun résultat chiffré dans les pièces, réponses générales à l'entretien."
_SETTLED = "Après relecture des pièces ensemble, la commission s'en tient à ce que le dossier montre."


def own_parts(targeted: Iterable[str], lacking: tuple[str, ...], lenient: tuple[str, ...]) -> dict[str, OwnPart]:
    """One evaluator's own grid: what is lacking is not acquired, unless this one is lenient on it."""
    lacks = {c for c in lacking if c not in lenient}
    return {
        c: OwnPart(OwnVerdict.NOT_ACQUIRED, _WEAK, modality="projects")
        if c in lacks
        else OwnPart(OwnVerdict.ACQUIRED, observations=_SEEN, modality="projects")
        for c in targeted
    }


def verdicts(targeted: Iterable[str], lacking: tuple[str, ...]) -> tuple[VerdictFacts, ...]:
    """The one text: what is lacking is not acquired, and where the grids differed it says how that was settled."""
    return tuple(
        VerdictFacts(c, False, f"{c} n'est appuyée par aucun résultat.", _SETTLED if c in lacking[:1] else "")
        if c in lacking
        else VerdictFacts(c, True)
        for c in targeted
    )
