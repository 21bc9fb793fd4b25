"""The evidence dossier: situations, coverage, the deposit, and what is read of it."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from tests.storage import samples
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.dossier import Dossier
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Deposit, Situation
from workflows.clocks import civil_date
from workflows.vocabulary import Step


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    return Dossier(app, services, world)


# Situations


def test_a_situation_is_described_changed_and_taken_out(dossier: Dossier) -> None:
    assert "Décrivez une première situation" in dossier.page().text
    dossier.describe("Politique « QSE » & <site>", "C1", "C2", done="Un\r\nDeux")
    assert "à décrire" in dossier.page().text
    assert "Politique « QSE » & <site>" in dossier.page().text
    key = dossier.rows(Situation)[0].id
    page = dossier.client.get(f"{dossier.address}/situations/{key}")
    assert page.soup.find(id="capacite-C1").has_attr("checked")
    page.submit("Enregistrer la situation", {"title": "Autre titre", "capabilities": "C3"})
    assert "sans preuve" in dossier.page().text
    row = dossier.rows(Situation)[0]
    assert (row.title, row.done, row.revision) == ("Autre titre", "Un\nDeux", 2)
    dossier.client.get(f"{dossier.address}/situations/{key}").submit("Retirer la situation")
    assert "Décrivez une première situation" in dossier.page().text
    assert dossier.events()[-3:] == ["situation_created", "situation_edited", "situation_removed"]
    dossier.client.get(f"{dossier.address}/situations/{key}", expect=404)


def test_a_situation_taken_out_comes_back_as_it_was_and_where_it_was(dossier: Dossier) -> None:
    for title in ("Première", "Deuxième <b>", "Troisième"):
        dossier.describe(title, "C1", done="Long travail")
    key = dossier.rows(Situation)[1].id
    before = dossier.page()
    form = dossier.client.get(f"{dossier.address}/situations/{key}")
    page = dossier.client.follow(form.submit("Retirer la situation"))
    assert "« Deuxième <b> » est retirée" in page.soup.select_one("main > .notice.ok").get_text()
    listed = dossier.page()
    assert listed.statements == before.statements
    assert listed.soup.select_one("main > .notice.ok") is None
    fold = listed.soup.find("details", id="situations-retirees")
    assert fold.summary.get_text() == "Situations retirées (1)"
    assert not fold.has_attr("open")
    page = dossier.client.follow(page.submit("Remettre dans le dossier"))
    assert [h.get_text() for h in page.soup.select("#situations h2")][1] == "Situation 2. Deuxième <b>"
    assert page.soup.find(id="situations-retirees") is None
    row = dossier.rows(Situation)[1]
    assert (row.revision, row.done, row.removed_at) == (3, "Long travail", None)
    assert dossier.events()[-2:] == ["situation_removed", "situation_put_back"]
    listed.submit("Remettre dans le dossier « Deuxième <b> »")  # from a page open meanwhile: it is there already
    assert dossier.rows(Situation)[1].revision == 3
    assert dossier.events()[-1] == "situation_put_back"


def test_nobody_puts_back_the_situation_of_another(dossier: Dossier, app: Flask, world: World) -> None:
    dossier.describe("Titre", "C1")
    key = dossier.rows(Situation)[0].id
    dossier.client.get(f"{dossier.address}/situations/{key}").submit("Retirer la situation")
    other = Dossier(app, dossier.services, world, world.candidate("autre"))
    token = other.page().form("Envoyer les fichiers").values["csrf_token"]
    for address in (dossier.address, other.address):
        other.client.post(f"{address}/situations/{key}/remettre", {"csrf_token": token}, expect=404)
    assert dossier.rows(Situation)[0].removed_at is not None


@pytest.mark.parametrize("field", ["title", "role", "done"])
def test_what_is_too_long_is_shown_again(dossier: Dossier, field: str) -> None:
    texts = {"title": "Titre", "results": "Mes résultats", field: "é" * 20_001}
    page = dossier.describe(texts.pop("title"), "C4", expect=422, **texts)
    assert page.soup.find("a", href=f"#{field}")
    assert page.soup.find(id="results").get_text().strip() == "Mes résultats"
    assert page.soup.find(id="capacite-C4").has_attr("checked")
    assert dossier.rows(Situation) == []


def test_a_situation_without_a_title_is_asked_for_one(dossier: Dossier) -> None:
    assert "Donnez un titre" in dossier.describe("  ", expect=422).text


def test_a_stale_situation_shows_both_texts_and_loses_neither(dossier: Dossier) -> None:
    dossier.describe("Titre", "C1")
    address = f"{dossier.address}/situations/{dossier.rows(Situation)[0].id}"
    old = dossier.client.get(address)
    dossier.client.get(address).submit("Enregistrer la situation", {"done": "Texte d'un onglet"})
    page = old.submit("Enregistrer la situation", {"done": "Texte de l'autre"}, expect=409)
    row = next(row for row in page.soup.find_all("tr") if "Ce que vous avez fait" in row.get_text())
    assert [cell.get_text() for cell in row.find_all("td")] == ["Texte de l'autre", "Texte d'un onglet"]
    assert dossier.rows(Situation)[0].done == "Texte d'un onglet"
    page.submit("Enregistrer la situation")
    assert dossier.rows(Situation)[0].done == "Texte de l'autre"


def test_a_form_with_fields_missing_loses_nothing(dossier: Dossier) -> None:
    dossier.describe("Titre", "C1", done="Long travail")
    row = dossier.rows(Situation)[0]
    address = f"{dossier.address}/situations/{row.id}"
    token = dossier.client.get(address).form("Enregistrer la situation").values["csrf_token"]
    sent = {"csrf_token": token, "revision": ["1", "7"], "title": ["Nouveau", "Doublé"]}
    dossier.client.post(address, sent)
    kept = dossier.rows(Situation)[0]
    assert (kept.title, kept.done) == ("Nouveau", "Long travail")
    assert dossier.client.get(address).soup.find(id="capacite-C1").has_attr("checked")


def test_every_edit_is_a_step_for_the_six_months(dossier: Dossier) -> None:
    assert dossier.candidacy().candidate_stepped_on is None
    dossier.describe("Titre", "C1")
    assert dossier.candidacy().candidate_stepped_on == civil_date(dossier.services.clock())
    dossier.world.clock.advance(days=3)
    dossier.send(("preuve.pdf", samples.PDF))
    assert dossier.candidacy().candidate_stepped_on == civil_date(dossier.services.clock())


# The deposit


def complete(dossier: Dossier) -> None:
    dossier.describe("Tout", *(f"C{n}" for n in range(1, 9)), done="Ce que j'ai fait")
    dossier.send(("preuve.pdf", samples.PDF), situation=str(dossier.rows(Situation)[0].id))
    dossier.settle()


def test_the_deposit_says_what_it_seals_and_gives_a_receipt(dossier: Dossier) -> None:
    address = f"/ma-candidature/{dossier.number}/deposer"
    assert dossier.client.get(address).soup.find("button", disabled=True, string="Déposer mon dossier")
    complete(dossier)
    page = dossier.client.get(address)
    assert "1 situation et 1 fichier" in page.text
    assert page.submit("Déposer mon dossier", expect=422).soup.find("a", href="#sworn")
    receipt = dossier.client.follow(page.submit("Déposer mon dossier", {"sworn": "yes"}))
    assert hashlib.sha256(samples.PDF).hexdigest() in receipt.text
    assert "en préparation" in receipt.text
    assert dossier.candidacy().step == Step.DOSSIER_REVIEW
    dossier.client.get(dossier.address, expect=302)


def test_what_changed_since_the_page_is_not_sealed(dossier: Dossier) -> None:
    complete(dossier)
    old = dossier.client.get(f"/ma-candidature/{dossier.number}/deposer")
    dossier.client.get(f"{dossier.address}/situations/{dossier.rows(Situation)[0].id}").submit(
        "Enregistrer la situation", {"done": "Autre chose"}
    )
    page = old.submit("Déposer mon dossier", {"sworn": "yes"}, expect=409)
    assert "modifié ailleurs" in page.text
    assert dossier.rows(Deposit) == []
    page.submit("Déposer mon dossier", {"sworn": "yes"})
    assert len(dossier.rows(Deposit)) == 1


@pytest.mark.parametrize("who", ["conseiller", "planificateur", "secretaire", "auditeur"])
def test_staff_read_what_was_deposited_and_nothing_later(
    app: Flask, services: Services, world: World, who: str
) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    reader = PageClient(app, services.database.engine)
    reader.sign_in(world.email(who), PASSWORD)
    page = reader.get(f"/candidatures/{number}/dossier")
    assert "Situation 2. Tableau de bord sécurité de l'atelier B" in page.text
    assert not page.soup.select("main form")
    elsewhere = PageClient(app, services.database.engine)
    elsewhere.sign_in(world.email("conseiller.b"), PASSWORD)
    elsewhere.get(f"/candidatures/{number}/dossier", expect=404)


def test_before_any_deposit_there_is_nothing_to_read(app: Flask, services: Services, world: World) -> None:
    number = world.candidacy(Step.DOSSIER_PREPARATION).number
    reader = PageClient(app, services.database.engine)
    reader.sign_in(world.email("conseiller"), PASSWORD)
    assert "Rien n'est encore déposé" in reader.get(f"/candidatures/{number}/dossier").text
