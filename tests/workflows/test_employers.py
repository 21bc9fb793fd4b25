"""Names of organisations: the same one under two spellings, two that only look alike."""

from __future__ import annotations

import pytest

from workflows.employers import in_common, plain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mécanique Exemple SAS", "mecanique  exemple", True),
        ("MÉCANIQUE-EXEMPLE", "Mécanique Exemple (S.A.S.)", True),
        ("SARL Tôlerie Modèle", "Tolerie Modele S.A.R.L", True),
        ("Société Gabarit & Fils", "gabarit et fils SA", True),
        ("S A R L Gabarit", "Gabarit", True),
        ("Fonderie Modèle", "Fonderie Modèle Nord", False),  # a branch is another one [choice]
        ("SAS", "SARL", False),
        ("Sassafras", "Safras", False),
        ("", "", False),
        (" - ", "...", False),
    ],
)
def test_the_same_organisation(one: str, other: str, same: bool) -> None:
    assert bool(in_common([one], [other])) is same
    assert bool(in_common([other], [one])) is same


def test_the_name_told_is_the_evaluators() -> None:
    assert in_common(["Autre", " Mécanique Exemple SAS "], ["MECANIQUE EXEMPLE"]) == "Mécanique Exemple SAS"
    assert plain("L'Exemple d'Été") == "l exemple d ete"
