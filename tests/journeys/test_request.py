"""A request filled in a real browser: saved as typed, gone on with on another device, its pieces joined, sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import papers
from tests.journeys.candidate import joins_a_piece
from tests.journeys.portal import Portal
from tests.journeys.visitor import PATIENCE, Visitor
from tests.support.builders import PASSWORD, World
from tests.web.test_candidate import stored
from workflows.vocabulary import Step

pytestmark = pytest.mark.journey


def types(candidate: Visitor, texts: dict[str, str]) -> None:
    """Writes without pressing any button, until the page says that all is kept."""
    said = candidate.page.locator("#enregistrement")
    with candidate.page.expect_response(lambda answer: answer.url.endswith("/saisie"), timeout=PATIENCE):
        candidate.fills(texts)
    expect(said).to_contain_text("Enregistré à", timeout=PATIENCE)


def test_begun_on_one_device_gone_on_with_on_another_and_sent(
    arrives: Callable[..., Visitor], portal: Portal, world: World, tmp_path: Path
) -> None:
    world.candidate("nouvelle", "Nora", "Exemple")
    telephone, computer = arrives(), arrives()
    telephone.signs_in(world.email("nouvelle"), PASSWORD)
    telephone.follows("Demander cette certification")
    telephone.ticks(["La certification entière"])
    telephone.presses("Commencer ma demande")
    number = telephone.page.url.split("/")[-2]
    telephone.follows("État civil")
    types(telephone, {"Date de naissance": "1987-05-14", "Commune de naissance": "Ville-Fictive"})
    telephone.opens(f"{portal.address}/ma-candidature/{number}/demande/experiences")
    types(telephone, {"Emploi ou fonction": "Animatrice sécurité"})
    telephone.page.close(run_before_unload=False)
    assert stored(portal.services, number).request["experiences"][0]["job"] == "Animatrice sécurité"
    computer.signs_in(world.email("nouvelle"), PASSWORD)
    computer.follows("Continuer ma demande")
    computer.follows("État civil")
    expect(computer.field("Commune de naissance")).to_have_value("Ville-Fictive")
    computer.chooses("Nationalité", "Française")
    computer.presses("Enregistrer et continuer")
    computer.fills({"Adresse postale": "1 rue Inventée\n00000 Ville-Fictive", "Téléphone": "00 00 00 00 00"})
    computer.presses("Enregistrer et revenir à la demande")
    computer.follows("Expériences")
    expect(computer.field("Emploi ou fonction")).to_have_value("Animatrice sécurité")
    computer.chooses("À quel titre", "Bénévole")
    computer.fills(
        {
            "Entreprise ou organisation": "Association Exemple",
            "Début": "2019-03-01",
            "Nombre total d'heures": "1 200 h",
            "Activités en rapport avec la certification": "Accueil et consignes.",
        }
    )
    computer.presses("Enregistrer et continuer")
    computer.is_at("Mes pièces")
    for place in ("Pièce d'identité", "Expérience 1 : Animatrice sécurité"):
        joins_a_piece(computer, place, papers.a_pdf(tmp_path, f"{place[:5]}.pdf", place))
    computer.follows("Relire avant l'envoi")
    computer.reads("1\u202f200 heures")
    computer.ticks(["Je déclare sur l'honneur"])
    computer.presses("Envoyer ma demande")
    computer.reads("Recevabilité à l'étude")


def test_two_tabs_of_one_section_are_told_and_a_cut_line_loses_nothing(
    arrives: Callable[..., Visitor], portal: Portal, world: World
) -> None:
    story = world.candidacy(Step.DRAFT)
    candidate = arrives()
    candidate.bears("status of 409", "ERR_INTERNET_DISCONNECTED")
    candidate.signs_in(world.email("candidat"), PASSWORD)
    candidate.opens(f"{portal.address}/ma-candidature/{story.number}/demande/formation")
    page = candidate.page
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Dernière classe suivie").fill("Terminale")
    expect(other.locator("#enregistrement")).to_contain_text("Enregistré à", timeout=PATIENCE)
    candidate.field("Autre certification obtenue").fill("Brevet <inventé>")
    expect(page.locator("#arret")).to_contain_text("modifiée ailleurs", timeout=PATIENCE)
    expect(page.locator("#arret")).to_contain_text("Brevet <inventé>")
    assert not stored(portal.services, story.number).request["other_certification"]
    page.context.set_offline(True)
    other.get_by_label("Formations courtes").fill("Écrit hors ligne")
    expect(other.locator("#enregistrement")).to_contain_text("Pas de connexion", timeout=PATIENCE)
    address = other.url
    other.close(run_before_unload=False)
    page.close(run_before_unload=False)
    candidate.page.context.set_offline(False)
    third = candidate.page.context.new_page()
    third.goto(address)
    third.get_by_role("button", name="Reprendre ce texte").click()
    expect(third.locator("#enregistrement")).to_contain_text("Enregistré à", timeout=PATIENCE)
    assert stored(portal.services, story.number).request["short_courses"] == "Écrit hors ligne"
