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
from vae_portal.persistence.tables import Candidacy, OpeningDecision, SupplementItem
from workflows.vocabulary import Step

CIVIL_STATUS = {"birth_date": "14/5/1987", "birth_town": "Ville-Fictive", "nationality": "FR"}
CONTACT = {"address": "12 allée de l'Invention\r\n00000 Ville-Fictive", "phone": "00 00 00 00 00"}
EXPERIENCE = {
    "experiences-0-status": "employee",
    "experiences-0-job": "Responsable QSE",
    "experiences-0-organisation": "Mécanique & Fils <SAS>",
    "experiences-0-started_on": "2018-09-03",
    "experiences-0-activities": "Audits internes, indicateurs.",
}
SAVE = "Enregistrer et continuer"


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


def section(client: PageClient, number: str, name: str) -> Page:
    return client.get(f"/ma-candidature/{number}/demande/{name}")


def fill(client: PageClient, number: str, name: str, typed: dict[str, Any], expect: int = 302) -> Page:
    return section(client, number, name).submit(SAVE, typed, expect=expect)


def join(client: PageClient, number: str, place: str, kind: str = "", name: str = "piece.pdf") -> Page:
    """Joins a file in the place of that code, as the kind named or the only one there is."""
    page = client.get(f"/ma-candidature/{number}/pieces")
    data = {"files": (io.BytesIO(samples.PDF), name), **({"kind": kind} if kind else {})}
    return page.submit(f"place={place}&", data)


def place_of(services: Services, number: str, rank: int) -> str:
    """The place for the proof of an experience."""
    return f"piece-experience-{stored(services, number).request['experiences'][rank]['id']}"


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
    page = client.follow(section(client, number, "objet").submit(SAVE))
    for heading, typed in (("État civil", CIVIL_STATUS), ("Coordonnées et situation", CONTACT)):
        assert page.heading == heading
        page = client.follow(page.submit(SAVE, typed))
    for heading in ("Formation", "Blocs déjà acquis"):
        assert page.heading == heading
        page = client.follow(page.submit(SAVE))
    page = client.follow(page.submit(SAVE, EXPERIENCE))
    assert page.heading == "Mes pièces"
    page = client.get(f"/ma-candidature/{number}/envoyer")
    assert "2 points à compléter" in page.text
    assert "Mécanique & Fils <SAS>" in page.text
    assert page.soup.find("button", disabled=True, string="Envoyer ma demande")
    join(client, number, "piece-identity", name="cni.pdf")
    join(client, number, place_of(services, number, 0), "employer_statement", "attestation.pdf")
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


def test_a_stale_page_of_sending_is_refused(client: PageClient, services: Services, world: World) -> None:
    story = world.candidacy(Step.DRAFT, world.candidate("brouillon"))
    mine = signed_in(client.app, services, world, "brouillon")
    old = mine.get(f"/ma-candidature/{story.number}/envoyer")
    fill(mine, story.number, "formation", {"last_class": "CAP"})
    assert "relisez-la" in old.submit("Envoyer ma demande", {"sworn": "yes"}, expect=409).text
    assert stored(services, story.number).step == Step.DRAFT


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
    join(mine, story.number, "piece-degree", name="diplome.pdf")
    page = mine.get(f"/ma-candidature/{story.number}/pieces").submit("Retirer")
    assert "« diplome.pdf » est retiré" in mine.follow(page).text


def test_nobody_else_sees_a_candidate_s_pages(client: PageClient, services: Services, world: World) -> None:
    number = begin(client, world)
    world.candidate("autre")
    for who in ("autre", "conseiller", "candidat.b"):
        other = signed_in(client.app, services, world, who)
        for address in (
            "",
            "/demande",
            "/demande/experiences",
            "/pieces",
            "/envoyer",
            "/dossier",
            "/deposer",
            "/recepisse",
        ):
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
    assert page.statements <= 32
