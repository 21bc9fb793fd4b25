"""The candidate's pages: beginning, the form kept as one goes, the pieces, the sending, and what each step shows."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.storage import samples
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Candidacy, JournalRow, OpeningDecision, SupplementItem
from workflows.vocabulary import Step

COMPLETE = {
    "birth_date": "14/5/1987",
    "birth_town": "Ville-Fictive",
    "nationality": "FR",
    "address": "12 allée de l'Invention\r\n00000 Ville-Fictive",
    "phone": "00 00 00 00 00",
    "experiences-0-status": "employee",
    "experiences-0-job": "Responsable QSE",
    "experiences-0-organisation": "Mécanique & Fils <SAS>",
    "experiences-0-started_on": "2018-09-03",
    "experiences-0-activities": "Audits internes, indicateurs.",
}


def signed_in(app: Flask, services: Services, world: World, local: str = "candidat") -> PageClient:
    client = PageClient(app, services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


@pytest.fixture
def client(app: Flask, services: Services, world: World) -> PageClient:
    return signed_in(app, services, world)


def begin(client: PageClient, world: World, **picked: Any) -> str:
    page = client.get(f"/ma-candidature/nouvelle?certification={world.cast.version_id}")
    return page.submit("Commencer ma demande", picked or {"whole": "yes"}).location.split("/")[2]


def stored(services: Services, number: str) -> Candidacy:
    with services.database.reading() as session:
        return session.scalars(select(Candidacy).where(Candidacy.number == number)).one()


def join(client: PageClient, number: str, kind: str, name: str = "piece.pdf", data: bytes = samples.PDF) -> Page:
    page = client.get(f"/ma-candidature/{number}/pieces")
    return page.submit("Envoyer les fichiers", {"kind": kind, "files": (io.BytesIO(data), name)})


def test_who_has_no_candidacy_is_taught_how_to_begin(client: PageClient, world: World) -> None:
    page = client.get("/ma-candidature")
    assert page.heading == "Commencer ma candidature"
    assert "par décision du centre" in page.text
    assert page.statements <= 12


def test_an_expired_certification_says_why_it_takes_no_request(
    client: PageClient, services: Services, world: World
) -> None:
    with services.database.writing() as session:
        session.execute(update(OpeningDecision).values(until=date(2026, 1, 1)))
    page = client.get("/ma-candidature")
    assert "a pris fin le 21/04/2022" in page.text
    assert not page.soup.find("a", string=lambda text: text and text.startswith("Demander cette certification"))
    chosen = client.get(f"/ma-candidature/nouvelle?certification={world.cast.version_id}")
    assert "Commencer ma demande" not in chosen.text
    token = chosen.soup.find(attrs={"name": "csrf_token"})
    sent = {"csrf_token": token["value"], "certification": world.cast.version_id, "whole": "yes"}
    assert "a pris fin" in client.post("/ma-candidature/nouvelle", sent, expect=409).text


def test_the_whole_request_from_its_beginning_to_its_sending(
    client: PageClient, services: Services, world: World
) -> None:
    number = begin(client, world)
    page = client.get(f"/ma-candidature/{number}/demande").submit("Enregistrer et relire avant l'envoi", COMPLETE)
    page = client.follow(page)
    assert "2 points à compléter" in page.text
    assert "Mécanique & Fils <SAS>" in page.text
    assert page.soup.find("button", disabled=True, string="Envoyer ma demande")
    join(client, number, "identity", "cni.pdf")
    join(client, number, "experience_proof", "attestation.pdf")
    page = client.get(f"/ma-candidature/{number}/envoyer")
    refused = page.submit("Envoyer ma demande", expect=422)
    assert refused.soup.find("a", href="#sworn")
    sent = refused.submit("Envoyer ma demande", {"sworn": "yes"})
    assert "Votre demande est envoyée." in client.follow(sent).text
    candidacy = stored(services, number)
    assert candidacy.step == Step.ADMISSIBILITY_REVIEW
    assert candidacy.request["birth_date"] == "1987-05-14"
    assert candidacy.request["address"] == "12 allée de l'Invention\n00000 Ville-Fictive"


def test_one_draft_at_a_time_for_a_certification(client: PageClient, world: World) -> None:
    other_tab = client.get(f"/ma-candidature/nouvelle?certification={world.cast.version_id}")
    number = begin(client, world)
    page = other_tab.submit("Commencer ma demande", {"whole": "yes"}, expect=409)
    assert f"Vous préparez déjà la demande {number}" in page.text
    assert f"Continuer la demande {number}" in client.get("/ma-candidature/nouvelle").text


@pytest.mark.parametrize("picked", [{"whole": "no"}, {"whole": None}, {"whole": "no", "blocks": "BC9"}, {"whole": "?"}])
def test_a_target_that_is_none_is_asked_again(client: PageClient, world: World, picked: dict[str, Any]) -> None:
    page = client.get(f"/ma-candidature/nouvelle?certification={world.cast.version_id}")
    assert page.submit("Commencer ma demande", picked, expect=422).soup.find("a", href="#whole-0")


def test_named_blocks_and_blocks_held(client: PageClient, services: Services, world: World) -> None:
    number = begin(client, world, whole="no", blocks=["BC2", "BC3"])
    form = client.get(f"/ma-candidature/{number}/demande")
    client.follow(form.submit("Enregistrer : Ce que vous demandez", {"held": "BC3"}))
    page = client.get(f"/ma-candidature/{number}")
    assert "BC3 L'audit QSE acquis" in page.text
    assert "BC1 L'analyse de la politique QSE en place non visé" in page.text


def test_lines_of_experience_come_and_go_without_javascript(
    client: PageClient, services: Services, world: World
) -> None:
    number = begin(client, world)
    page = client.get(f"/ma-candidature/{number}/demande")
    page = client.follow(page.submit("Enregistrer et ajouter une expérience", {"experiences-0-job": "Première"}))
    page = client.follow(page.submit("Enregistrer et ajouter une expérience", {"experiences-1-job": "Deuxième"}))
    assert page.soup.find(id="experiences-2-job")
    client.follow(page.submit("Retirer l'expérience 1"))
    assert [line["job"] for line in stored(services, number).request["experiences"]] == ["Deuxième"]


@pytest.mark.parametrize("field", ["birth_name", "address", "experiences-0-activities"])
def test_what_is_too_long_is_shown_again_and_nothing_else_is_lost(
    client: PageClient, services: Services, world: World, field: str
) -> None:
    number = begin(client, world)
    page = client.get(f"/ma-candidature/{number}/demande")
    typed = {field: "é" * 20_000, "last_class": "Terminale"}
    page = page.submit("Enregistrer : Votre formation", typed, expect=422)
    shown = page.soup.find(id=field)
    assert "é" * 20_000 in (shown.get("value") or shown.get_text())
    assert page.soup.find("a", href=f"#{field}")
    assert page.soup.find(id="last_class")["value"] == "Terminale"
    assert "last_class" not in stored(services, number).request
    kept = page.submit("Enregistrer : Votre formation", {field: "court"})
    assert client.follow(kept).soup.find(id="last_class")["value"] == "Terminale"


def test_fields_missing_keep_what_is_stored_and_doubled_ones_count_once(
    client: PageClient, services: Services, world: World
) -> None:
    number = begin(client, world)
    client.get(f"/ma-candidature/{number}/demande").submit("Enregistrer : Votre formation", COMPLETE)
    page = client.get(f"/ma-candidature/{number}/demande")
    token, revision = page.form("Enregistrer : Votre formation").values["csrf_token"], stored(services, number)
    sent = {
        "csrf_token": token,
        "request_revision": str(revision.request_revision),
        "phone": ["01", "02"],
        "experiences-0-job": "Autre",
    }
    client.post(f"/ma-candidature/{number}/demande", sent)
    request = stored(services, number).request
    assert request["birth_town"] == "Ville-Fictive"
    assert request["phone"] == "01"
    assert request["experiences"][0]["job"] == "Autre"
    assert request["experiences"][0]["organisation"] == "Mécanique & Fils <SAS>"


def test_a_stale_tab_overwrites_nothing_and_loses_nothing(client: PageClient, services: Services, world: World) -> None:
    number = begin(client, world)
    old = client.get(f"/ma-candidature/{number}/demande")
    client.get(f"/ma-candidature/{number}/demande").submit("Enregistrer : Votre formation", {"birth_town": "Ici"})
    page = old.submit("Enregistrer : Votre formation", {"birth_town": "Là-bas"}, expect=409)
    row = next(row for row in page.soup.find_all("tr") if "Commune de naissance" in row.get_text())
    assert [cell.get_text() for cell in row.find_all("td")] == ["Là-bas", "Ici"]
    assert stored(services, number).request["birth_town"] == "Ici"
    client.follow(page.submit("Enregistrer : Votre formation"))
    assert stored(services, number).request["birth_town"] == "Là-bas"


def test_sending_what_another_tab_has_changed_is_refused(client: PageClient, services: Services, world: World) -> None:
    story = world.candidacy(Step.DRAFT, world.candidate("brouillon"))
    mine = signed_in(client.app, services, world, "brouillon")
    old = mine.get(f"/ma-candidature/{story.number}/envoyer")
    mine.get(f"/ma-candidature/{story.number}/demande").submit("Enregistrer : Votre formation", {"last_class": "CAP"})
    assert "relisez-la" in old.submit("Envoyer ma demande", {"sworn": "yes"}, expect=409).text
    assert stored(services, story.number).step == Step.DRAFT


def test_typed_text_is_given_back_when_the_request_has_left_meanwhile(
    client: PageClient, services: Services, world: World
) -> None:
    story = world.candidacy(Step.DRAFT, world.candidate("brouillon"))
    mine = signed_in(client.app, services, world, "brouillon")
    old = mine.get(f"/ma-candidature/{story.number}/demande")
    mine.get(f"/ma-candidature/{story.number}/envoyer").submit("Envoyer ma demande", {"sworn": "yes"})
    page = old.submit("Enregistrer : Votre formation", {"last_class": "Mon texte précieux"}, expect=409)
    assert "Mon texte précieux" in page.text
    assert "ne se modifie plus" in mine.follow(mine.get(f"/ma-candidature/{story.number}/demande", expect=302)).text


def test_the_centre_asks_and_the_candidate_answers(client: PageClient, services: Services, world: World) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_INCOMPLETE, world.candidate("incomplet"))
    mine = signed_in(client.app, services, world, "incomplet")
    address = f"/ma-candidature/{story.number}/envoyer"
    with services.database.reading() as session:
        item = session.scalars(select(SupplementItem)).one()
    old = mine.get(address)
    mine.get(address).submit(f"/complements/{item.id}", {f"answer-{item.id}": "Ma réponse"})
    stale = old.submit(f"/complements/{item.id}", {f"answer-{item.id}": "Autre réponse"}, expect=409)
    assert "Ma réponse" in stale.text
    assert stale.soup.find(id=f"answer-{item.id}").get_text().strip() == "Autre réponse"
    long = mine.get(address).submit(f"/complements/{item.id}", {f"answer-{item.id}": "x" * 6000}, expect=422)
    assert "5000 caractères" in long.text
    mine.get(address).submit(f"item={item.id}", {"files": (io.BytesIO(samples.PDF), "preuve.pdf")})
    page = mine.get(address)
    assert "preuve.pdf" in page.soup.find(id=f"point-{item.id}").get_text()
    mine.follow(page.submit("Envoyer mes compléments", {"sworn": "yes"}))
    assert stored(services, story.number).step == Step.ADMISSIBILITY_REVIEW


def test_a_piece_sent_to_the_centre_is_not_taken_back(client: PageClient, services: Services, world: World) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_INCOMPLETE, world.candidate("incomplet"))
    mine = signed_in(client.app, services, world, "incomplet")
    page = mine.get(f"/ma-candidature/{story.number}/pieces")
    assert "Retirer" not in page.text
    services.clock.advance(hours=1)  # type: ignore[attr-defined]
    join(mine, story.number, "degree", "diplome.pdf")
    page = mine.get(f"/ma-candidature/{story.number}/pieces").submit("Retirer")
    assert "« diplome.pdf » est retiré" in mine.follow(page).text


def test_nobody_else_sees_a_candidate_s_pages(client: PageClient, services: Services, world: World) -> None:
    number = begin(client, world)
    world.candidate("autre")
    for who in ("autre", "conseiller", "candidat.b"):
        other = signed_in(client.app, services, world, who)
        for address in ("", "/demande", "/pieces", "/envoyer", "/dossier", "/deposer", "/recepisse"):
            other.get(f"/ma-candidature/{number}{address}", expect=404)
    client.get("/ma-candidature/2026-9999", expect=404)


@pytest.mark.parametrize("step", list(Step))
def test_every_step_says_where_it_stands_and_what_to_do(
    client: PageClient, services: Services, world: World, step: Step
) -> None:
    story = world.candidacy(step, world.candidate("parcours"))
    mine = signed_in(client.app, services, world, "parcours")
    page = mine.get(f"/ma-candidature/{story.number}")
    assert len(page.soup.select(".phases li")) == 5
    assert len(page.soup.select(".panel.next")) == 1
    assert len(page.soup.select("main .btn-primary")) <= 1
    assert page.statements <= 30


def test_every_save_has_its_row_without_a_word_typed(client: PageClient, services: Services, world: World) -> None:
    number = begin(client, world)
    client.get(f"/ma-candidature/{number}/demande").submit("Enregistrer : Votre formation", {"last_class": "Secret"})
    with services.database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.chain.like("candidacy:%"))).all()
    assert [row.event for row in rows] == ["candidacy_started", "request_saved"]
    assert "Secret" not in str([row.details for row in rows])
