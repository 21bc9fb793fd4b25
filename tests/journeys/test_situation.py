"""Situations written in a real browser: saved as typed, kept when the line is cut, two tabs told of each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.portal import Portal
from tests.journeys.visitor import PATIENCE, Visitor
from tests.support.builders import PASSWORD, World
from vae_portal.persistence.tables import Pointer, Situation, SituationEvidence
from workflows.vocabulary import Step

pytestmark = pytest.mark.journey


@pytest.fixture
def candidate(arrives: Callable[..., Visitor], portal: Portal, world: World) -> Visitor:
    """Someone at their dossier, which holds three situations."""
    story = world.candidacy(Step.DOSSIER_PREPARATION).describe()
    visitor = arrives()
    visitor.signs_in(world.email("candidat"), PASSWORD)
    visitor.opens(f"{portal.address}/ma-candidature/{story.number}/dossier")
    return visitor


def says(visitor: Visitor, words: str) -> None:
    expect(visitor.page.locator("#enregistrement")).to_contain_text(words, timeout=PATIENCE)


def stored(portal: Portal, key: int) -> Situation:
    with portal.services.database.reading() as session:
        return session.get_one(Situation, key)


def test_what_is_typed_is_saved_kept_and_never_overwritten(candidate: Visitor, portal: Portal) -> None:
    page = candidate.page
    candidate.bears("ERR_INTERNET_DISCONNECTED")
    candidate.follows("Décrire une autre situation")
    candidate.field("Le contexte").fill("Un atelier de douze personnes")
    says(candidate, "Enregistré à")
    page.wait_for_url("**/situations/*")
    key = int(page.url.rpartition("/")[2])
    assert stored(portal, key).context == "Un atelier de douze personnes"
    page.context.set_offline(True)
    candidate.field("Titre").fill("Audit des achats")
    says(candidate, "Pas de connexion")
    page.context.set_offline(False)
    says(candidate, "Enregistré à")
    assert stored(portal, key).title == "Audit des achats"
    page.context.set_offline(True)
    candidate.field("Les résultats").fill("Écrit hors ligne")
    says(candidate, "Pas de connexion")
    address = page.url
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    other = page.context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Reprendre ce texte").click()
    expect(other.locator("#enregistrement")).to_contain_text("Enregistré à", timeout=PATIENCE)
    assert stored(portal, key).results == "Écrit hors ligne"


def test_a_second_tab_is_told_and_overwrites_nothing(candidate: Visitor, portal: Portal) -> None:
    candidate.bears("status of 409")
    candidate.follows("Modifier la situation 1")
    page, key = candidate.page, int(candidate.page.url.rpartition("/")[2])
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Votre rôle").fill("Pilote")
    expect(other.locator("#enregistrement")).to_contain_text("Enregistré à", timeout=PATIENCE)
    candidate.field("Avec qui").fill("La direction <seule>")
    expect(page.locator("#arret")).to_contain_text("modifiée ailleurs", timeout=PATIENCE)
    expect(page.locator("#arret")).to_contain_text("La direction <seule>")
    candidate.inspection.read(page)
    assert stored(portal, key).role == "Pilote"
    candidate.presses("Enregistrer la situation", expect_status=409)
    candidate.reads("Ce qui diffère", "Pilote")


def test_a_file_is_linked_by_drag_and_by_two_choices(candidate: Visitor, portal: Portal) -> None:
    page = candidate.page
    row = page.locator(".kept-file").filter(has_text="programme-audits.pdf")
    cell = page.locator("#capacite-C1 [data-capability]").nth(1)
    row.get_by_role("button", name="Lier à… programme-audits.pdf").click()
    cell.press("Enter")
    expect(page.locator("#lier")).to_contain_text("montre maintenant C1", timeout=PATIENCE)
    row.scroll_into_view_if_needed()
    grip = row.locator(".file > .bi").bounding_box()
    place = page.locator("#capacite-C2 [data-capability]").nth(2).bounding_box()
    assert grip
    assert place
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(place["x"] + 20, place["y"] + 20, steps=8)
    page.mouse.up()
    expect(page.locator("#lier")).to_contain_text("montre maintenant C2", timeout=PATIENCE)
    candidate.inspection.read(page)
    with portal.services.database.reading() as session:
        assert session.query(SituationEvidence).count() == 4
        assert session.query(Pointer).count() == 0
