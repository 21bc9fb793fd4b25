"""Whatever goes wrong, a page says what happened, what is kept and what to do; passwords are never given back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request

from storage.errors import StoreDown
from tests.support.client import PageClient
from tests.support.database import application
from tests.support.team import PASSWORD, a_centre, a_person
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm, StoreUnavailable
from vae_portal.persistence.database import Database
from vae_portal.web.access import public, reads_its_own_body, require_token
from workflows.vocabulary import Role

TYPED = {"given_names": "Léa & <b>Zoé</b>", "family_name": "Martin", "password": PASSWORD}


def raising(services: Services, fault: Exception) -> Flask:
    """The application with a view that fails that way once its form has been read."""

    @public
    def fails() -> str:
        raise fault

    app = application(services)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/panne", "panne", fails, methods=["GET", "POST"])
    return app


def send(app: Flask, values: dict[str, Any], expect: int) -> Any:
    """Sends a form with its token to the view that fails."""
    client = PageClient(app)
    token = client.get("/connexion").form("/connexion").values["csrf_token"]
    return client.post("/panne", {"csrf_token": token, **values}, expect)


@pytest.mark.parametrize(
    ("fault", "status", "sentence"),
    [
        (NotVisible("Rien ici."), 404, "Rien ici."),
        (ActionRefused("Pas maintenant."), 409, "Pas maintenant."),
        (StaleForm("Changé entre-temps."), 409, "Changé entre-temps."),
        (InputRefused("À corriger.", {"x": "Indiquez x."}), 422, "À corriger. Indiquez x."),
        (StoreUnavailable("Le stockage ne répond pas."), 503, "Le stockage ne répond pas."),
        (StoreDown("S3 says no"), 503, "Le stockage des fichiers ne répond pas"),
        (ValueError("un détail interne"), 500, "Référence"),
    ],
)
def test_each_error_has_its_page_and_gives_back_what_was_typed(
    fault: Exception, status: int, sentence: str, services: Services
) -> None:
    page = send(raising(services, fault), TYPED, status)
    assert sentence in page.text and "un détail interne" not in page.text
    kept = {area.get_text().strip() for area in page.soup.find_all("textarea")}
    assert kept == {"Léa & <b>Zoé</b>", "Martin"}
    assert "Prénoms" in page.text and PASSWORD not in str(page.soup)


def test_a_changed_page_says_who_did_what(services: Services) -> None:
    happened = [{"at": services.clock(), "who": "Nora Petit", "event": "declare_admissible"}]
    page = send(raising(services, StaleForm("Trop tard.", happened)), {}, 409)
    assert "Déclarée recevable (Nora Petit) mercredi 4 février 2026 à 10 h" in page.text.replace("\xa0", " ")


def test_an_unknown_error_is_logged_without_what_was_typed(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    page = send(raising(services, ValueError(f"{PASSWORD} lea@essai.example")), TYPED, 500)
    told = capsys.readouterr().err
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    failure = next(line for line in lines if line["event"] == "unknown error")
    assert failure["request_id"] in page.text
    assert failure["kinds"] == ["builtins.ValueError"] and failure["frames"]
    assert PASSWORD not in told and "essai.example" not in told and "Martin" not in told


def test_links_to_accounts_are_not_logged(client: PageClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/verification/un-jeton-secret", 404)
    told = capsys.readouterr().err
    assert "un-jeton-secret" not in told and "/verification/<token>" in told


def test_a_form_without_its_token_is_given_back(client: PageClient, services: Services) -> None:
    a_centre(services)
    page = client.post("/inscription", TYPED, 400)
    assert "Martin" in page.text and PASSWORD not in page.text
    client.post("/inscription", {**TYPED, "csrf_token": "faux"}, 400)


def test_a_session_that_ended_gives_back_what_was_typed(client: PageClient) -> None:
    page = client.post("/compte/nom", {"given_names": "Un long prénom", "csrf_token": "x"}, 401)
    assert "Un long prénom" in page.text
    assert page.soup.select_one("a.btn-primary")["href"] == "/connexion"  # type: ignore[index]


@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ({"family_name": "Mar\0tin"}, 422, "caractère interdit (NUL)"),
        ({"na\0me": "x"}, 422, "caractère interdit (NUL)"),
        ({f"f{rank}": "" for rank in range(2001)}, 422, "trop de champs"),
        ({"family_name": ["Martin", "Durand"]}, 422, "Indiquez vos prénoms."),  # doubled: the first is read
        ({"family_name": "x" * 1_100_000}, 413, "dépasse la taille"),
    ],
)
def test_forms_that_no_page_sends_get_a_sentence(
    values: dict[str, Any], status: int, sentence: str, client: PageClient, services: Services
) -> None:
    a_centre(services)
    token = client.get("/inscription").form("/inscription").values["csrf_token"]
    page = client.post("/inscription", {"csrf_token": token, **values}, status)
    assert sentence in page.text


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/nulle-part", 404),
        ("/connexion?suite=%00", 422),
        ("/deconnexion", 405),
        ("/%00", 404),
        ("/candidatures/%00/dossier", 404),
        ("/documents/%00", 404),
    ],
)
def test_odd_addresses_get_a_page(url: str, status: int, client: PageClient) -> None:
    client.get(url, status)


def test_the_database_down_keeps_the_text(services: Services) -> None:
    down = Database("postgresql://postgres@127.0.0.1:1/none")
    app = application(replace(services, database=down))
    client = PageClient(app)
    token = client.get("/connexion").form("/connexion").values["csrf_token"]
    page = client.post("/mot-de-passe-oublie", {"csrf_token": token, "email": "lea@essai.example"}, 503)
    assert "La base de données ne répond pas" in page.text and "lea@essai.example" in page.text
    client.get("/healthz", check=False)
    ready = client.get("/readyz", 503).response.get_json()
    assert ready["database"] == "la base de données ne répond pas" and ready["storage"] == "ok"
    with client.http.session_transaction() as session:
        session["_user_id"] = "1:0"
    client.get("/compte", 503)
    client.get("/nulle-part", 404)  # an error page does not need the database


def test_readiness_names_the_part_that_fails(services: Services) -> None:
    client = PageClient(application(services))
    assert client.get("/readyz", 503).response.get_json() == {
        "database": "ok",
        "storage": "ok",
        "jobs": "aucun ouvrier",
    }
    with services.database.writing() as session:
        session.connection().exec_driver_sql("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert client.get("/readyz").response.get_json() == {"database": "ok", "storage": "ok", "jobs": "ok"}


def streaming(services: Services) -> Flask:
    """The application with a view that reads its own body, without any limit but its own."""

    @public
    @reads_its_own_body
    def takes() -> str:
        require_token()
        return str(sum(len(chunk) for chunk in iter(lambda: request.stream.read(65536), b"")))

    app = application(services)
    app.add_url_rule("/envoi", "envoi", takes, methods=["POST"])
    return app


@pytest.mark.parametrize("place", ["header", "address", "nowhere"])
def test_a_view_that_streams_checks_the_token_itself(place: str, services: Services) -> None:
    client = PageClient(streaming(services))
    token = client.get("/connexion").form("/connexion").values["csrf_token"]
    options: dict[str, dict[str, Any]] = {
        "header": {"headers": {"X-CSRF-Token": token}},
        "address": {"query_string": {"csrf_token": token}},
        "nowhere": {},
    }
    answer = client.http.post("/envoi", data=b"x" * 3_000_000, **options[place])
    assert (answer.status_code, answer.text == "3000000") == ((400, False) if place == "nowhere" else (200, True))


def test_someone_signed_in_sees_error_pages_with_their_navigation(client: PageClient, services: Services) -> None:
    client.sign_in(a_person(services, Role.ADMINISTRATOR).email, PASSWORD)
    assert "Équipe" in client.get("/nulle-part", 404).text


def test_views_are_wrapped_in_a_known_order(app: Flask) -> None:
    asked: list[Callable[..., Any]] = app.before_request_funcs[None]
    names = [function.__name__ for function in asked]
    assert names.index("_begin") < names.index("admit") < names.index("check_form")
