"""The form of a request, section by section: saved by its button or as typed, merged, never lost; pieces in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.web.test_candidate import EXPERIENCE, SAVE, begin, fill, join, place_of, section, signed_in, stored
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import JournalRow, Piece
from workflows.vocabulary import Step

ADDRESSES = ("objet", "etat-civil", "coordonnees", "formation", "blocs-acquis", "experiences")


@pytest.fixture
def client(app: Flask, services: Services, world: World) -> PageClient:
    return signed_in(app, services, world)


@pytest.fixture
def number(client: PageClient, world: World) -> str:
    return begin(client, world)


def type_on(client: PageClient, number: str, name: str, typed: dict[str, Any], expect: int = 200) -> dict[str, Any]:
    """What a page does while someone types."""
    form = section(client, number, name).form(SAVE)
    sent = {**form.values, **typed}
    told = client.post(f"/ma-candidature/{number}/demande/{name}/saisie", sent, expect=expect).response.get_json()
    return {**told, "sent": sent}


def test_the_sections_say_what_they_lack_and_lead_there(client: PageClient, number: str) -> None:
    page = client.get(f"/ma-candidature/{number}/demande")
    assert page.statements <= 25
    link = page.soup.find("a", string="Indiquez la commune de naissance.")
    there = client.get(str(link["href"]))
    assert there.heading == "État civil"
    assert "Indiquez la commune de naissance." in there.soup.find(id="birth_town-erreur").get_text()
    fill(client, number, "etat-civil", {"birth_town": "Ici", "birth_date": "1990-01-01", "nationality": "FR"})
    part = client.get(f"/ma-candidature/{number}/demande").soup.select(".parts li")[1]
    assert "complet" in part.get_text()


def test_named_blocks_and_blocks_held_with_their_proof(client: PageClient, services: Services, world: World) -> None:
    number = begin(client, world, whole="no", blocks=["BC2", "BC3"])
    held = {"held-BC3-holds": "y", "held-BC3-source": "Centre Exemple", "held-BC3-obtained_on": "12/3/2020"}
    fill(client, number, "blocs-acquis", held)
    page = client.get(f"/ma-candidature/{number}")
    assert "BC3 L'audit QSE acquis" in page.text
    assert "BC1 L'analyse de la politique QSE en place non visé" in page.text
    assert "Joignez l'attestation du bloc BC3" in client.get(f"/ma-candidature/{number}/demande").text
    join(client, number, "piece-block-BC3")
    assert "Joignez l'attestation du bloc BC3" not in client.get(f"/ma-candidature/{number}/demande").text
    told = client.get(f"/ma-candidature/{number}/envoyer").text
    assert "Bloc BC3 Centre Exemple, obtenu le 12 mars 2020" in told
    alone = {"held-BC2-holds": "y"}
    page = fill(client, number, "blocs-acquis", alone, expect=422)
    assert page.soup.find("a", href="#blocs")
    assert page.soup.find(id="held-BC3-source")["value"] == "Centre Exemple"


def test_lines_of_experience_come_and_go_without_javascript(
    client: PageClient, services: Services, number: str
) -> None:
    add = "Enregistrer et ajouter une expérience"
    page = client.follow(section(client, number, "experiences").submit(add, {"experiences-0-job": "Première"}))
    page = client.follow(page.submit(add, {"experiences-1-job": "Deuxième"}))
    assert page.soup.find(id="experiences-2-job")
    key = stored(services, number).request["experiences"][1]["id"]
    client.follow(page.submit("Retirer l'expérience 1"))
    assert [(line["id"], line["job"]) for line in stored(services, number).request["experiences"]] == [
        (key, "Deuxième")
    ]


def test_a_request_that_could_not_be_sent_says_so_before_it_is_filled_in(client: PageClient, world: World) -> None:
    world.candidacy(Step.WITHDRAWN)
    mine = PageClient(client.app)
    mine.sign_in(world.email("candidat"), PASSWORD)
    begun = mine.get(f"/ma-candidature/nouvelle?certification={world.cast.version_id}")
    page = mine.follow(begun.submit("Commencer ma demande", {"whole": "yes"}))
    assert "R6412-3" in page.text
    number = page.response.request.path.split("/")[2]
    section(mine, number, "objet").submit(SAVE, {"whole": "no", "blocks": "BC1"})
    assert "R6412-3" not in mine.get(f"/ma-candidature/{number}/demande").text  # requests for blocks do not count


@pytest.mark.parametrize(
    ("name", "field", "beside"),
    [
        ("etat-civil", "birth_name", "birth_town"),
        ("coordonnees", "address", "phone"),
        ("experiences", "experiences-0-activities", "experiences-0-job"),
        ("blocs-acquis", "held-BC1-source", "held-BC2-source"),
    ],
)
def test_what_is_too_long_is_shown_again_and_nothing_else_is_lost(
    client: PageClient, services: Services, number: str, name: str, field: str, beside: str
) -> None:
    before = stored(services, number).request
    page = fill(client, number, name, {field: "é" * 20_000, beside: "Précieux"}, expect=422)
    shown = page.soup.find(id=field)
    assert "é" * 20_000 in (shown.get("value") or shown.get_text())
    assert page.soup.find("a", href=f"#{field}")
    assert page.soup.find(id=beside)["value"] == "Précieux"
    assert stored(services, number).request == before
    client.follow(page.submit(SAVE, {field: "court"}))
    assert section(client, number, name).soup.find(id=beside)["value"] == "Précieux"


@pytest.mark.parametrize(
    ("name", "field", "typed"),
    [
        ("etat-civil", "birth_date", "1899-12-31"),
        ("etat-civil", "birth_date", "pas une date"),
        ("experiences", "experiences-0-started_on", "2100-01-01"),
        ("experiences", "experiences-0-ended_on", "2100-01-01"),
        ("experiences", "experiences-0-total_hours", "beaucoup"),
    ],
)
def test_what_cannot_be_is_kept_and_told_beside_its_field(
    client: PageClient, services: Services, number: str, name: str, field: str, typed: str
) -> None:
    page = client.follow(fill(client, number, name, {field: typed}))
    assert page.soup.find(id=field)["value"] == typed
    assert page.soup.find(id=f"{field}-erreur")
    assert len(page.soup.select("#erreurs li")) == 1


def test_fields_missing_keep_what_is_stored_and_doubled_ones_count_once(
    client: PageClient, services: Services, number: str
) -> None:
    fill(client, number, "experiences", EXPERIENCE)
    values = section(client, number, "experiences").form(SAVE).values
    sent = {name: values[name] for name in ("csrf_token", "revision")} | {"experiences-0-job": ["Autre", "Encore"]}
    client.post(f"/ma-candidature/{number}/demande/experiences", sent)
    line = stored(services, number).request["experiences"][0]
    assert (line["job"], line["organisation"]) == ("Autre", "Mécanique & Fils <SAS>")


def test_two_tabs_on_two_sections_do_not_disturb_each_other(
    client: PageClient, services: Services, number: str
) -> None:
    tabs = {name: section(client, number, name) for name in ("etat-civil", "coordonnees", "experiences")}
    tabs["experiences"].submit(SAVE, EXPERIENCE)
    tabs["etat-civil"].submit(SAVE, {"birth_town": "Ici"})
    tabs["coordonnees"].submit(SAVE, {"phone": "01"})
    request = stored(services, number).request
    assert (request["birth_town"], request["phone"], request["experiences"][0]["job"]) == (
        "Ici",
        "01",
        "Responsable QSE",
    )


def test_two_tabs_on_one_section_overwrite_nothing_and_lose_nothing(
    client: PageClient, services: Services, number: str
) -> None:
    old = section(client, number, "etat-civil")
    fill(client, number, "etat-civil", {"birth_town": "Ici"})
    page = old.submit(SAVE, {"birth_town": "Là-bas"}, expect=409)
    row = next(row for row in page.soup.find_all("tr") if "Commune de naissance" in row.get_text())
    assert [cell.get_text() for cell in row.find_all("td")] == ["Là-bas", "Ici"]
    assert stored(services, number).request["birth_town"] == "Ici"
    client.follow(page.submit(SAVE))
    assert stored(services, number).request["birth_town"] == "Là-bas"
    old.submit(SAVE, {"birth_town": "Là-bas"})  # the same words, sent twice: nothing to choose between
    other = type_on(client, number, "objet", {"whole": "no", "blocks": "BC1"})
    assert other["said"].startswith("Enregistré à")


def test_what_is_typed_is_kept_in_the_background(client: PageClient, services: Services, number: str) -> None:
    told = type_on(client, number, "experiences", {"experiences-0-job": "Cheffe"})
    key = told["sent"]["experiences-0-id"]
    assert (
        stored(services, number).request["experiences"][0] | {"id": key, "job": "Cheffe"}
        == (stored(services, number).request["experiences"][0])
    )
    further = {**told["sent"], "revision": told["revision"], "experiences-0-job": "Cheffe d'équipe"}
    address = f"/ma-candidature/{number}/demande/experiences/saisie"
    client.post(address, further, expect=200)
    assert [line["job"] for line in stored(services, number).request["experiences"]] == ["Cheffe d'équipe"]
    stale = client.post(address, told["sent"] | {"experiences-0-job": "Autre"}, expect=409).response.get_json()
    assert stale["kind"] == "stale"
    assert "Cheffe d&#39;équipe" in stale["table"]
    refused = type_on(client, number, "etat-civil", {"birth_name": "x" * 300}, expect=422)
    assert refused["why"] == "Écrivez 200 caractères au plus."


def test_typed_text_is_given_back_when_the_request_has_left_meanwhile(
    client: PageClient, services: Services, world: World
) -> None:
    story = world.candidacy(Step.DRAFT, world.candidate("brouillon"))
    mine = signed_in(client.app, services, world, "brouillon")
    old = section(mine, story.number, "formation")
    mine.get(f"/ma-candidature/{story.number}/envoyer").submit("Envoyer ma demande", {"sworn": "yes"})
    page = old.submit(SAVE, {"last_class": "Mon texte précieux"}, expect=409)
    assert "Mon texte précieux" in page.text
    assert "ne se modifie plus" in mine.follow(mine.get(f"/ma-candidature/{story.number}/demande", expect=302)).text


def test_pieces_follow_the_answers_and_stay_with_their_line(
    client: PageClient, services: Services, number: str
) -> None:
    second = {name.replace("-0-", "-1-"): text for name, text in EXPERIENCE.items()}
    page = client.follow(
        section(client, number, "experiences").submit("Enregistrer et ajouter une expérience", EXPERIENCE)
    )
    page.submit(SAVE, {**second, "experiences-1-status": "volunteer"})
    first, volunteer = place_of(services, number, 0), place_of(services, number, 1)
    join(client, number, first, "contract", "contrat.pdf")
    assert "ajoutez des bulletins de salaire" in client.get(f"/ma-candidature/{number}/pieces").text
    join(client, number, volunteer, name="association.pdf")
    section(client, number, "experiences").submit("Retirer l'expérience 1")
    page = client.get(f"/ma-candidature/{number}/pieces")
    assert "association.pdf" in page.soup.find(id=volunteer).get_text()
    assert "contrat.pdf" in page.soup.find(id="a-classer").get_text()
    page.submit("Mettre à cette place : contrat.pdf", {"place": "identity "})
    page = client.get(f"/ma-candidature/{number}/pieces")
    assert page.soup.find(id="a-classer") is None
    assert "contrat.pdf" in page.soup.find(id="piece-identity").get_text()
    assert page.submit(f"place={volunteer}&", {"kind": "payslips"}, expect=422)


def test_a_proof_from_before_places_is_asked_where_it_goes_and_still_counts_once_sent(
    client: PageClient, services: Services, world: World
) -> None:
    draft = world.candidacy(Step.DRAFT, world.candidate("brouillon"))
    sent = world.candidacy(Step.ADMISSIBILITY_INCOMPLETE, world.candidate("incomplet"))
    with services.database.writing() as session:
        for piece in session.scalars(select(Piece).where(Piece.about != "")):
            piece.kind, piece.about = "experience_proof", ""
    mine = signed_in(client.app, services, world, "brouillon")
    assert "Dites ce que prouve" in mine.get(f"/ma-candidature/{draft.number}/pieces").text
    assert "Expérience 1 : joignez" in mine.get(f"/ma-candidature/{draft.number}/demande").text
    other = signed_in(client.app, services, world, "incomplet")
    assert "joignez" not in other.get(f"/ma-candidature/{sent.number}/demande").text


def test_every_save_has_its_row_without_a_word_typed(client: PageClient, services: Services, number: str) -> None:
    fill(client, number, "formation", {"last_class": "Secret"})
    for words in ("Secret 1", "Secret 2"):
        type_on(client, number, "formation", {"last_class": words})  # goes on in the row of the section
    services.clock.advance(minutes=11)  # type: ignore[attr-defined]
    type_on(client, number, "formation", {"last_class": "Secret 3"})
    with services.database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.chain.like("candidacy:%"))).all()
    assert [row.event for row in rows] == ["candidacy_started", "request_saved", "request_saved"]
    assert rows[2].at - rows[1].at == timedelta(minutes=11)
    assert "Secret" not in str([row.details for row in rows])


def test_who_studies_the_request_reads_every_answer_by_section(
    client: PageClient, services: Services, world: World
) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW)
    advisor = signed_in(client.app, services, world, "conseiller")
    page = advisor.get(f"/candidatures/{story.number}")
    for words in ("État civil", "Commune de naissance Ville-Fictive", "Famille professionnelle", "Bénévole"):
        assert words in page.text
    assert "Les expériences 1 et 2 se recouvrent de mars 2019 à juin 2021." in page.text
    assert "loi n° 2022-1598" in page.text
