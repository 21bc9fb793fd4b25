"""With the keyboard alone and without JavaScript: signing in, saving a request, what bad input gets, signing out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.support.builders import PASSWORD, World
from workflows.request_form import LONGEST_LINE
from workflows.vocabulary import Step

pytestmark = pytest.mark.journey

MOST_TABS = 120
TOO_LONG = "Lefèvre-" * (LONGEST_LINE // 8) + "Œuvray"


def test_the_request_by_keyboard_and_without_scripts(
    arrives: Callable[..., Visitor], portal: Portal, world: World
) -> None:
    story = world.candidacy(Step.DRAFT)
    candidate = arrives(scripts=False)
    _signs_in(candidate, portal, world.email("candidat"))
    _enters(candidate, _link(candidate, "Continuer ma demande"))
    candidate.is_at("Ma demande de recevabilité")
    _enters(candidate, _link(candidate, "État civil"))
    _types(candidate, "Nom d'usage", "Exemple-Zoé")
    _sends(candidate)
    candidate.reads("Enregistré.")
    _enters(candidate, _link(candidate, "Partie précédente"))
    expect(candidate.field("Nom d'usage")).to_have_value("Exemple-Zoé")
    _is_told_that_a_name_is_too_long(candidate)
    candidate.page.keyboard.press("Escape")
    _types(candidate, "Nom de naissance", "Lefèvre d'Œuvray")
    _sends(candidate)
    _enters(candidate, _link(candidate, "Partie précédente"))
    expect(candidate.field("Nom de naissance")).to_have_value("Lefèvre d'Œuvray")
    expect(candidate.field("Commune de naissance")).to_have_value("L'Haÿ-Fictive")
    _enters(candidate, candidate.page.get_by_role("button", name="Se déconnecter"))
    candidate.opens(f"{portal.address}/ma-candidature/{story.number}")
    candidate.is_at("Se connecter")


def _signs_in(candidate: Visitor, portal: Portal, email: str) -> None:
    candidate.opens(portal.address)
    candidate.page.keyboard.press("Tab")
    expect(candidate.page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    _enters(candidate, candidate.page.get_by_role("link", name="Se connecter").first)
    _types(candidate, "Adresse électronique", email)
    _types(candidate, "Mot de passe", PASSWORD)
    _sends(candidate)


def _is_told_that_a_name_is_too_long(candidate: Visitor) -> None:
    """The sentence stands beside the field, and nothing of what was typed is lost, there or elsewhere."""
    _types(candidate, "Commune de naissance", "L'Haÿ-Fictive")
    _types(candidate, "Nom de naissance", TOO_LONG)
    _sends(candidate, expect_status=422)
    candidate.reads("Un point à corriger", f"Écrivez {LONGEST_LINE} caractères au plus.")
    expect(candidate.field("Nom de naissance")).to_have_value(TOO_LONG)
    expect(candidate.field("Commune de naissance")).to_have_value("L'Haÿ-Fictive")


def _link(candidate: Visitor, name: str) -> Locator:
    return candidate.part.get_by_role("link", name=name)


def _reaches(candidate: Visitor, target: Locator) -> None:
    """Presses the tab key until the target has the focus."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        candidate.page.keyboard.press("Tab")
    pytest.fail(f"{target} is not reached by {MOST_TABS} tabs")


def _types(candidate: Visitor, label: str, text: str) -> None:
    """Replaces what a field holds."""
    _reaches(candidate, candidate.field(label))
    candidate.page.keyboard.press("ControlOrMeta+a")
    candidate.page.keyboard.insert_text(text)


def _enters(candidate: Visitor, target: Locator) -> None:
    _reaches(candidate, target)
    _sends(candidate)


def _sends(candidate: Visitor, expect_status: int = 200) -> None:
    """Presses Enter, which follows a link, presses a button or sends the form of a field."""
    candidate.navigates(lambda: candidate.page.keyboard.press("Enter"), expect_status)
