"""What files prove: cells linked in one gesture, what is shown and where, confidential files, what changed since."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask import Flask

from tests.storage import samples
from tests.support.builders import World
from tests.support.client import PageClient
from tests.support.dossier import Dossier
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Evidence, Pointer, Situation, SituationCapability, SituationEvidence
from vae_portal.web.proofs import personal_data
from workflows.vocabulary import EvidenceState


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    """A dossier with one situation that shows C1, and one file that backs nothing yet."""
    dossier = Dossier(app, services, world)
    dossier.describe("Politique", "C1", done="Fait")
    dossier.send(("a.pdf", samples.PDF))
    dossier.settle()
    return dossier


def ids(dossier: Dossier) -> tuple[int, int]:
    return dossier.rows(Situation)[0].id, dossier.files()[0].id


def gesture(dossier: Dossier, expect: int = 200, **sent: Any) -> Any:
    """What the page posts when a file is dropped on a cell."""
    situation, file = ids(dossier)
    token = dossier.page().form("Envoyer les fichiers").values["csrf_token"]
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    values = {"situation": situation, "capability": "C1", **sent}
    address = f"{dossier.address}/fichiers/{file}/montrer"
    answer = dossier.client.http.post(address, data=values, headers=headers)
    assert answer.status_code == expect, answer.text
    return answer.json


def pointers(dossier: Dossier) -> list[tuple[str, str]]:
    return [(row.shows, row.place) for row in dossier.rows(Pointer)]


def test_one_gesture_links_a_file_and_makes_the_situation_show_the_capability(dossier: Dossier) -> None:
    assert "aucune preuve utilisable" in dossier.page().text
    gesture(dossier)
    assert "une seule preuve" in dossier.page().soup.find(id="capacite-C1").get_text()
    before = dossier.rows(Situation)[0].revision
    gesture(dossier, capability="C4")
    assert len(dossier.rows(SituationEvidence)) == 1
    assert len(dossier.rows(SituationCapability)) == 2
    assert dossier.rows(Situation)[0].revision == before + 1  # a tab open on the situation is told
    gesture(dossier, capability="C4")
    assert dossier.rows(Situation)[0].revision == before + 1


def test_what_a_file_shows_and_where_survives_other_saves(dossier: Dossier) -> None:
    gesture(dossier, shows=" Le suivi\n des objectifs ", place="page 3")
    assert pointers(dossier) == [("Le suivi des objectifs", "page 3")]
    situation, file = ids(dossier)
    form = dossier.client.get(f"{dossier.address}/situations/{situation}")
    form.submit("Enregistrer la situation", {"done": "Refait", "capabilities": ["C1", "C2"]})
    dossier.client.get(f"{dossier.address}/fichiers/{file}").submit("Enregistrer les liens")
    assert pointers(dossier) == [("Le suivi des objectifs", "page 3")]
    assert "Le suivi des objectifs, page 3" in dossier.page().text
    gesture(dossier, shows="", place="")
    assert pointers(dossier) == []
    assert dossier.events()[-2:] == ["evidence_linked", "pointer_removed"]


def test_a_capability_or_a_link_that_goes_takes_its_pointers_along(dossier: Dossier) -> None:
    situation, file = ids(dossier)
    gesture(dossier, place="page 3")
    dossier.client.get(f"{dossier.address}/fichiers/{file}").submit("Enregistrer les liens", {"situations": None})
    assert pointers(dossier) == []
    gesture(dossier, place="page 3")
    form = dossier.client.get(f"{dossier.address}/situations/{situation}")
    form.submit("Enregistrer la situation", {"capabilities": ["C2"]})
    assert pointers(dossier) == []


def test_the_same_by_forms_alone(dossier: Dossier) -> None:
    situation, file = ids(dossier)
    page = dossier.client.get(f"{dossier.address}/fichiers/{file}")
    sent = {"situation": str(situation), "capability": "C2", "shows": "Le processus", "place": "12:40"}
    page = dossier.client.follow(page.submit("Lier ce fichier", sent))
    assert "Le processus" in page.text
    cell = dossier.client.get(f"{dossier.address}/situations/{situation}/capacites/C2")
    assert cell.heading == "C2 dans « Politique »"
    cell.submit("Enregistrer ce que montre ce fichier de C2", {"place": "page 9"})
    assert pointers(dossier) == [("Le processus", "page 9")]
    dossier.client.get(f"{dossier.address}/situations/{situation}/capacites/C99", expect=404)


@pytest.mark.parametrize(("field", "most"), [("shows", 300), ("place", 60)])
def test_what_is_too_long_is_refused_beside_its_field(dossier: Dossier, field: str, most: int) -> None:
    situation, file = ids(dossier)
    assert f"{most} caractères" in gesture(dossier, expect=422, **{field: "é" * (most + 1)})["why"]
    page = dossier.client.get(f"{dossier.address}/fichiers/{file}")
    sent = {"situation": str(situation), "capability": "C2", field: "é" * (most + 1)}
    refused = page.submit("Lier ce fichier", sent, expect=422)
    assert "é" * (most + 1) in str(refused.soup)
    assert dossier.rows(SituationEvidence) == []


@pytest.mark.parametrize("sent", [{"capability": "C99"}, {"situation": "999999"}, {"situation": "x"}])
def test_nothing_is_linked_to_what_is_not_there(dossier: Dossier, sent: dict[str, str]) -> None:
    gesture(dossier, expect=422, **sent)
    assert dossier.rows(SituationEvidence) == []


@pytest.mark.parametrize("state", [EvidenceState.REFUSED, EvidenceState.INFECTED])
def test_a_refused_file_shows_nothing(dossier: Dossier, state: EvidenceState) -> None:
    gesture(dossier)
    dossier.settle(state)
    why = "Ce fichier a été refusé : il ne peut rien montrer. Retirez-le ou remplacez-le."
    assert gesture(dossier, expect=422, capability="C2")["why"] == why
    situation, file = ids(dossier)
    page = dossier.client.get(f"{dossier.address}/fichiers/{file}")
    sent = {"situation": str(situation), "capability": "C2", "shows": "Le suivi"}
    assert why in page.submit("Lier ce fichier", sent, expect=422).text
    page.submit("Enregistrer les liens", {"situations": None})  # a link may still be taken away
    assert dossier.rows(SituationEvidence) == []
    again = dossier.client.get(f"{dossier.address}/fichiers/{file}")
    assert why in again.submit("Enregistrer les liens", {"situations": str(situation)}, expect=422).text
    assert dossier.rows(SituationEvidence) == []
    cell = dossier.client.get(f"{dossier.address}/situations/{situation}/capacites/C2")
    assert "a.pdf" not in cell.text


def test_a_confidential_file_says_so(dossier: Dossier) -> None:
    _, file = ids(dossier)
    page = dossier.client.get(f"{dossier.address}/fichiers/{file}")
    page = dossier.client.follow(page.submit("Marquer confidentiel"))
    assert dossier.files()[0].confidential
    assert "confidentiel" in dossier.page().soup.find(id=f"fichier-{file}").get_text()
    page.submit("Ne plus le marquer confidentiel")
    assert not dossier.files()[0].confidential
    assert dossier.events()[-2:] == ["confidentiality_changed"] * 2


def test_personal_data_of_others_is_warned_about(dossier: Dossier) -> None:
    assert "Masquez ce qui concerne d'autres personnes" in dossier.page().text
    with dossier.services.database.writing() as session:
        session.get_one(Evidence, ids(dossier)[1]).personal_data = {"email": 3, "nir": 1}
    seen = "3 adresses électroniques et 1 numéro de sécurité sociale : masquez ce qui concerne d'autres personnes"
    assert seen in dossier.page().text
    assert personal_data({}) == personal_data({"email": 0}) == ""


def test_a_file_on_its_way_can_be_gone_on_with_or_given_up(dossier: Dossier) -> None:
    endpoint = dossier.page().soup.find(id="joindre")["data-tus-endpoint"]
    name = base64.b64encode("vidéo.mp4".encode()).decode()
    announced = {"Tus-Resumable": "1.0.0", "Upload-Length": "5000000", "Upload-Metadata": f"filename {name}"}
    location = dossier.client.http.post(endpoint, headers=announced).headers["Location"]
    page = dossier.page()
    row = page.soup.find(attrs={"data-name": "vidéo.mp4"})
    assert "0 octet reçus sur 5 Mo" in row.get_text().replace("\N{NO-BREAK SPACE}", " ")
    assert location.endswith(row.find(attrs={"data-resume": True})["data-resume"])
    page.submit("Abandonner")
    assert dossier.page().soup.find(attrs={"data-name": "vidéo.mp4"}) is None


def test_the_state_of_files_is_asked_lightly(dossier: Dossier) -> None:
    first = dossier.client.http.get(f"{dossier.address}/etat").json
    assert first["waiting"] == 0
    gesture(dossier)
    assert dossier.client.http.get(f"{dossier.address}/etat").json["mark"] != first["mark"]


def test_nobody_else_reaches_these_pages(dossier: Dossier, app: Flask, world: World) -> None:
    situation, file = ids(dossier)
    other = Dossier(app, dossier.services, world, world.candidate("autre"))
    stranger = PageClient(app, dossier.services.database.engine)
    stranger.sign_in(world.email("conseiller"), "une phrase de passe bien longue")
    for client in (other.client, stranger):
        for place in (
            f"fichiers/{file}",
            f"situations/{situation}/versions",
            f"situations/{situation}/capacites/C1",
            "etat",
        ):
            client.get(f"{dossier.address}/{place}", expect=404)
    other.client.get(f"{other.address}/fichiers/{file}", expect=404)
    other.client.get(f"{other.address}/situations/{situation}/versions", expect=404)
