"""One's own account, as people live it: opening it, signing in, forgetting, being invited."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.support.client import Page, PageClient
from tests.support.database import TestClock, application
from tests.support.team import PASSWORD, a_centre, a_person, mails
from vae_portal.actions import accounts, accounts_cli, passwords, team, throttle
from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import accounts as queries
from workflows.facts import Actor
from workflows.vocabulary import Role

NEW = "une autre phrase assez longue"
ADDRESS = "lea.martin@essai.example"


def registration(services: Services, **changed: Any) -> dict[str, Any]:
    """What a candidate types, some fields changed."""
    return {
        "given_names": "Léa",
        "family_name": "Martin",
        "email": ADDRESS,
        "centre_id": str(a_centre(services)),
        "password": PASSWORD,
        **changed,
    }


def register(client: PageClient, services: Services, expect: int = 302, **changed: Any) -> Page:
    a_centre(services)
    return client.get("/inscription").submit("/inscription", registration(services, **changed), expect=expect)


def link_in(services: Services, address: str) -> str:
    """The local path of the link in the latest mail to an address."""
    found = re.search(r"http://portail\.example(/\S+)", mails(services, address)[0].body or "")
    assert found
    return found[1]


def events(services: Services) -> list[str]:
    """The journal of the centre, oldest first."""
    with services.database.reading() as session:
        return list(session.execute(text("SELECT event FROM journal ORDER BY id")).scalars())


def sign_in(client: PageClient, email: str, password: str = PASSWORD, expect: int = 302) -> Page:
    return client.get("/connexion").submit("/connexion", {"email": email, "password": password}, expect=expect)


def test_from_registration_to_the_first_page(client: PageClient, services: Services) -> None:
    sent = register(client, services)
    assert client.follow(sent).heading == "Vérifiez votre messagerie"
    refused = sign_in(client, ADDRESS, expect=422)
    assert "ou adresse non vérifiée" in refused.text
    link = link_in(services, ADDRESS)
    assert ADDRESS not in link and "martin" not in link
    page = client.get(link)
    assert page.heading == "Confirmer mon adresse"
    assert client.follow(page.submit("Confirmer mon adresse")).heading == "Se connecter"
    sign_in(client, ADDRESS.upper())
    assert client.get("/compte").text.count("Léa Martin") >= 1
    assert client.post(link, {"csrf_token": client.get("/compte").form("nom").values["csrf_token"]}, 404).status == 404
    assert events(services) == ["registered", "sign_in_refused", "address_verified", "signed_in"]


def test_the_journal_never_holds_an_address(client: PageClient, services: Services) -> None:
    register(client, services)
    sign_in(client, ADDRESS, expect=422)
    with services.database.reading() as session:
        kept = session.execute(text("SELECT string_agg(details::text, ' ') FROM journal")).scalar_one()
    assert "@" not in kept and "artin" not in kept


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"given_names": " "}, "Indiquez vos prénoms."),
        ({"family_name": None}, "Indiquez votre nom."),
        ({"email": ""}, "Indiquez votre adresse électronique."),
        ({"email": "lea"}, "Indiquez une adresse électronique complète"),
        ({"email": "a" * 300 + "@essai.example"}, "Écrivez 254 caractères au plus."),
        ({"given_names": "L" * 201}, "Écrivez 200 caractères au plus."),
        ({"centre_id": ""}, "Choisissez votre centre dans la liste."),
        ({"password": "court"}, "Choisissez un mot de passe d'au moins 12 caractères"),
        ({"password": "x" * 201 + "abc"}, "200 caractères au plus"),
        ({"password": ADDRESS}, "ni votre adresse ni votre nom"),
        ({"given_names": "Maximilienne", "password": "maximilienne martin"}, "ni votre adresse ni votre nom"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "moins répétitif"),
    ],
)
def test_what_is_wrong_in_a_registration_is_said_and_the_rest_kept(
    changed: dict[str, Any], sentence: str, client: PageClient, services: Services
) -> None:
    page = register(client, services, 422, **changed)
    assert sentence in page.text
    assert page.soup.select(".summary a[href^='#']")
    if "email" not in changed:
        assert page.form("/inscription").values["email"] == ADDRESS
    assert PASSWORD not in str(page.soup)
    assert mails(services, ADDRESS) == []


def test_an_unknown_centre_is_refused(client: PageClient, services: Services) -> None:
    register(client, services, 422, centre_id="999999")
    register(client, services, 422, centre_id="99999999999999999999999")


def test_known_and_unknown_addresses_get_the_same_answers(client: PageClient, services: Services) -> None:
    known = a_person(services, Role.CANDIDATE)
    answers = []
    for email in (known.email, "personne@essai.example"):
        registered = client.follow(register(client, services, email=email)).text
        refused = sign_in(client, email, "un mauvais mot de passe", expect=422).text
        page = client.get("/mot-de-passe-oublie").submit("/mot-de-passe-oublie", {"email": email})
        answers.append((registered, refused, client.follow(page).text))
    assert answers[0] == answers[1]
    assert [mail.template for mail in mails(services, known.email)] == ["reset_password", "already_registered"]
    assert [mail.template for mail in mails(services, "personne@essai.example")] == ["reset_password", "verify_address"]


@pytest.mark.parametrize("page", ["/connexion", "/mot-de-passe-oublie", "/inscription"])
def test_no_answer_about_an_address_comes_sooner_than_another(
    page: str, client: PageClient, services: Services
) -> None:
    known = a_person(services, Role.CANDIDATE)
    form = client.get(page).form(page)
    for email in (known.email, "personne@essai.example"):
        values = {**form.values, **registration(services, email=email, password="un mauvais mot de passe")}
        began = time.monotonic()
        client.post(page, values, 422 if page == "/connexion" else 302)
        # The lower bound only: a loaded machine makes the upper one say nothing.
        assert time.monotonic() - began >= passwords.EVEN_SECONDS


def test_registering_a_known_address_changes_nothing(client: PageClient, services: Services) -> None:
    known = a_person(services, Role.CANDIDATE)
    register(client, services, email=known.email, password=NEW)
    sign_in(client, known.email)
    assert "Camille Essai" in client.get("/compte").text


def test_whoever_registers_last_before_verification_is_the_one_verified(client: PageClient, services: Services) -> None:
    register(client, services, password="le mot de passe de quelqu'un d'autre")
    first = link_in(services, ADDRESS)
    register(client, services)
    client.get(first).submit("Confirmer mon adresse", expect=404)
    client.get(link_in(services, ADDRESS)).submit("Confirmer mon adresse")
    sign_in(client, ADDRESS, "le mot de passe de quelqu'un d'autre", expect=422)
    sign_in(client, ADDRESS)


def test_a_verification_link_lasts_three_days(client: PageClient, services: Services, clock: TestClock) -> None:
    register(client, services)
    link = link_in(services, ADDRESS)
    clock.advance(days=3)
    assert client.get(link, 404).heading == "Ce lien ne vaut plus"
    assert client.get("/verification/rien", 404).heading == "Ce lien ne vaut plus"
    reset = link.replace("/verification/", "/mot-de-passe/")
    assert client.get(reset, 404).heading == "Ce lien ne vaut plus"  # made for something else


@pytest.mark.parametrize("why", ["unverified", "disabled", "wrong", "empty"])
def test_sign_in_is_refused_with_one_sentence(why: str, client: PageClient, services: Services) -> None:
    person = a_person(services, Role.ADVISOR, verified=why != "unverified")
    if why == "disabled":
        with services.database.writing() as session:
            session.execute(text("UPDATE person SET disabled_at = now()"))
    page = sign_in(client, person.email, {"wrong": PASSWORD + "!", "empty": " "}.get(why, PASSWORD), expect=422)
    assert "Adresse ou mot de passe incorrect, ou adresse non vérifiée." in page.text
    client.get("/compte", 302)


def test_too_many_tries_are_slowed_down_with_a_sentence(services: Services, clock: TestClock) -> None:
    client = PageClient(application(services, sign_in_attempts=2))
    person = a_person(services, Role.ADVISOR)
    for _ in range(2):
        sign_in(client, person.email, "un mauvais mot de passe", expect=422)
    page = sign_in(client, person.email, expect=429)
    assert page.heading == "Trop de tentatives"
    assert "Réessayez à partir de 10 h 15." in page.text
    assert int(page.response.headers["Retry-After"]) == 900
    assert PASSWORD not in page.text
    sign_in(client, a_person(services, Role.ADVISOR).email)  # another address is not slowed down
    client.post("/deconnexion", {"csrf_token": client.get("/compte").form("nom").values["csrf_token"]})
    clock.advance(minutes=15)
    sign_in(client, person.email)


def test_getting_in_takes_the_tries_back(services: Services) -> None:
    client = PageClient(application(services, sign_in_attempts=2))
    person = a_person(services, Role.ADVISOR)
    for _ in range(4):
        sign_in(client, person.email)
        client.get("/compte").submit("Se déconnecter")


def test_one_network_cannot_try_every_address(services: Services) -> None:
    client = PageClient(application(services, sign_in_attempts=1))
    form = client.get("/mot-de-passe-oublie").form("/mot-de-passe-oublie")
    for rank in range(throttle.NETWORK_FACTOR):
        client.post("/mot-de-passe-oublie", {**form.values, "email": f"x{rank}@essai.example"})
    client.post("/mot-de-passe-oublie", {**form.values, "email": "encore@essai.example"}, 429)
    with services.database.reading() as session:
        kept = session.execute(text("SELECT string_agg(key, ' ') FROM throttle")).scalar_one()
    assert "@" not in kept


def test_a_forgotten_password_is_changed_once_and_ends_sessions(
    app: Flask, client: PageClient, services: Services, clock: TestClock
) -> None:
    person = a_person(services, Role.ADVISOR)
    elsewhere = PageClient(app)
    sign_in(elsewhere, person.email)
    client.get("/mot-de-passe-oublie").submit("/mot-de-passe-oublie", {"email": person.email})
    link = link_in(services, person.email)
    page = client.get(link).submit("/mot-de-passe/", {"password": NEW, "again": NEW + "!"}, expect=422)
    assert "Les deux mots de passe diffèrent" in page.text
    page = client.get(link).submit("/mot-de-passe/", {"password": NEW, "again": NEW})
    assert client.follow(page).heading == "Se connecter"
    assert elsewhere.get("/compte", 302).location.startswith("/connexion")
    assert client.get(link, 404).heading == "Ce lien ne vaut plus"
    sign_in(client, person.email, expect=422)
    sign_in(client, person.email, NEW)
    assert mails(services, person.email)[0].template == "password_changed"
    assert "password_changed" in events(services)


def test_a_reset_link_lasts_two_hours(client: PageClient, services: Services, clock: TestClock) -> None:
    person = a_person(services, Role.ADVISOR)
    client.get("/mot-de-passe-oublie").submit("/mot-de-passe-oublie", {"email": person.email})
    clock.advance(hours=2)
    client.get(link_in(services, person.email), 404)


def test_changing_one_s_password_keeps_this_session_and_ends_the_others(
    app: Flask, client: PageClient, services: Services
) -> None:
    person = a_person(services, Role.ADVISOR)
    elsewhere = PageClient(app)
    sign_in(client, person.email)
    sign_in(elsewhere, person.email)
    given = {"current": "pas celui-là", "password": NEW, "again": NEW}
    page = client.get("/compte").submit("Changer le mot de passe", given, expect=422)
    assert "Ce n'est pas votre mot de passe actuel." in page.text
    client.get("/compte").submit("Changer le mot de passe", {**given, "current": PASSWORD})
    assert "Votre mot de passe est changé" in client.get("/compte").text
    elsewhere.get("/compte", 302)


def test_one_corrects_one_s_name_and_a_stale_page_overwrites_nothing(client: PageClient, services: Services) -> None:
    person = a_person(services, Role.CANDIDATE)
    sign_in(client, person.email)
    stale = client.get("/compte")
    client.get("/compte").submit("Enregistrer le nom", {"given_names": "Léa & Zoé"})
    assert "Léa & Zoé Essai" in client.get("/compte").text
    page = stale.submit("Enregistrer le nom", {"given_names": "Autre"}, expect=409)
    assert "entre-temps" in page.text and "Autre" in page.text  # what was typed is given back
    assert "Léa & Zoé Essai" in client.get("/compte").text


def test_a_session_ends_with_its_hours_and_its_cookie_is_kept_from_scripts(services: Services) -> None:
    client = PageClient(application(services, base_url="https://portail.example"))
    page = sign_in(client, a_person(services, Role.ADVISOR).email, expect=400)  # the test client speaks plain http
    client = PageClient(application(services))
    page = sign_in(client, a_person(services, Role.ADVISOR).email)
    cookie = page.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Expires=" in cookie


def test_invited_staff_open_their_account_once(client: PageClient, services: Services, clock: TestClock) -> None:
    admin = a_person(services, Role.ADMINISTRATOR)
    sign_in(client, admin.email)
    given = {"email": "Nouveau@essai.example", "roles": ["advisor", "planner"]}
    page = client.get("/equipe").submit("Envoyer l'invitation", given)
    assert "nouveau@essai.example" in client.follow(page).text
    client.get("/equipe").submit("Envoyer l'invitation", given, expect=422)  # one already waits
    first = link_in(services, "nouveau@essai.example")
    client.get("/equipe").submit("Renvoyer")
    client.get("/compte").submit("Se déconnecter")
    assert client.get(first, 404).heading == "Cette invitation ne vaut plus"
    page = client.get(link_in(services, "nouveau@essai.example"))
    assert "Chargé de recevabilité, Coordinateur de commission" in page.text
    names = {"given_names": "Noé", "family_name": "Nouveau", "password": PASSWORD, "again": PASSWORD}
    page.submit("Ouvrir mon accès", names)
    client.get(link_in(services, "nouveau@essai.example"), 404)
    sign_in(client, "nouveau@essai.example")
    client.get("/equipe", 404)
    told = ["invited", "invitation_renewed", "invitation_accepted"]
    assert [event for event in events(services) if event.startswith("invit")] == told


def test_an_invitation_lasts_fourteen_days_and_can_be_withdrawn(
    client: PageClient, services: Services, clock: TestClock
) -> None:
    sign_in(client, a_person(services, Role.ADMINISTRATOR).email)
    client.get("/equipe").submit("Envoyer l'invitation", {"email": "tard@essai.example", "roles": ["auditor"]})
    link = link_in(services, "tard@essai.example")
    client.get(link)
    clock.advance(days=14)
    client.get(link, 404)
    assert "expirée" in client.get("/equipe").text
    client.get("/equipe").submit("Annuler")
    assert "tard@essai.example" not in client.get("/equipe").text


def test_a_candidate_invited_keeps_one_account(client: PageClient, services: Services) -> None:
    person = a_person(services, Role.CANDIDATE)
    sign_in(client, a_person(services, Role.ADMINISTRATOR).email)
    client.get("/equipe").submit("Envoyer l'invitation", {"email": person.email, "roles": ["evaluator"]})
    client.get("/compte").submit("Se déconnecter")
    page = client.get(link_in(services, person.email))
    refused = page.submit("Ajouter ce rôle à mon compte", {"password": NEW}, expect=422)
    refused.submit("Ajouter ce rôle à mon compte", {"password": PASSWORD})
    sign_in(client, person.email)
    with services.database.reading() as session:
        viewer = queries.viewer(session, person.id, 0)
    assert viewer and viewer.roles == {Role.CANDIDATE, Role.EVALUATOR}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"email": "x@essai.example", "roles": None}, "Choisissez au moins un rôle."),
        ({"email": "x", "roles": ["auditor"]}, "Indiquez une adresse électronique complète"),
        ({"email": "x@essai.example", "roles": ["jury_member"]}, "Choisissez le collège"),
        (
            {"email": "x@essai.example", "roles": ["jury_member"], "college": "employees"},
            "Indiquez l'organisation syndicale",
        ),
        ({"email": "x@essai.example", "roles": ["candidate"]}, "Rôles"),
    ],
)
def test_what_is_wrong_in_an_invitation_is_said(
    given: dict[str, Any], sentence: str, client: PageClient, services: Services
) -> None:
    sign_in(client, a_person(services, Role.ADMINISTRATOR).email)
    page = client.get("/equipe").submit("Envoyer l'invitation", given, expect=422)
    assert sentence in page.text
    assert mails(services, "x@essai.example") == []


def test_roles_change_at_once_and_never_over_someone_else_s_change(client: PageClient, services: Services) -> None:
    sign_in(client, a_person(services, Role.ADMINISTRATOR).email)
    person = a_person(services, Role.ADVISOR)
    stale = client.get(f"/equipe/{person.id}")
    chosen = {"roles": ["jury_member"], "college": "employees", "union_name": "Union des essais"}
    client.get(f"/equipe/{person.id}").submit("Enregistrer les rôles", chosen)
    assert "Union des essais" in client.get("/equipe").text
    stale.submit("Enregistrer les rôles", {"roles": ["auditor"]}, expect=409)
    with services.database.reading() as session:
        viewer = queries.viewer(session, person.id, 0)
    assert viewer and viewer.roles == {Role.JURY_MEMBER}


def test_nobody_takes_away_their_own_administration(client: PageClient, services: Services) -> None:
    admin = a_person(services, Role.ADMINISTRATOR)
    sign_in(client, admin.email)
    page = client.get(f"/equipe/{admin.id}")
    assert "Désactiver" not in page.text
    page.submit("Enregistrer les rôles", {"roles": ["auditor"]}, expect=409)
    client.post(f"/equipe/{admin.id}/desactiver", {"csrf_token": page.form("roles").values["csrf_token"]}, 409)
    client.get("/equipe")


def test_a_disabled_account_is_out_at_once_and_may_come_back(
    app: Flask, client: PageClient, services: Services
) -> None:
    person, theirs = a_person(services, Role.ADVISOR), PageClient(app)
    sign_in(theirs, person.email)
    sign_in(client, a_person(services, Role.ADMINISTRATOR).email)
    client.get(f"/equipe/{person.id}").submit("Désactiver le compte")
    theirs.get("/compte", 302)
    sign_in(theirs, person.email, expect=422)
    client.get(f"/equipe/{person.id}").submit("Réactiver le compte")
    sign_in(theirs, person.email)
    assert [event for event in events(services) if event.endswith("abled")] == ["disabled", "enabled"]


def test_the_staff_of_another_centre_is_not_there(client: PageClient, services: Services) -> None:
    theirs = a_person(services, Role.ADVISOR, centre="UIMM Ailleurs")
    sign_in(client, a_person(services, Role.ADMINISTRATOR).email)
    token = client.get("/equipe").form("/equipe/invitations").values["csrf_token"]
    assert theirs.email not in client.get("/equipe").text
    client.get(f"/equipe/{theirs.id}", 404)
    for act in ("desactiver", "reactiver", "roles"):
        client.post(f"/equipe/{theirs.id}/{act}", {"csrf_token": token, "roles": "auditor", "seen": "x"}, 404)
    client.get("/equipe/99999999999999999999", 404)


def test_two_administrators_cannot_remove_each_other_together(services: Services) -> None:
    first, second = (a_person(services, Role.ADMINISTRATOR) for _ in range(2))

    def remove(actor: Any, other: Any) -> bool:
        try:
            team.disable(services, Actor(actor.id, actor.centre_id, frozenset({Role.ADMINISTRATOR})), other.id)
        except NotVisible:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(remove, (first, second), (second, first)))
    assert sorted(done) == [False, True]


def test_one_address_registered_twice_at_once_is_one_account(services: Services) -> None:
    given = accounts.Registration(ADDRESS, PASSWORD, "Léa", "Martin", a_centre(services))
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: accounts.register(services, given, "127.0.0.1"), range(2)))
    with services.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 1


def test_the_first_centre_and_administrator_come_from_the_command_line(
    client: PageClient, services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*args: str) -> int:
        return accounts_cli.run(services.settings, list(args))

    monkeypatch.setenv("VAE_PASSWORD", PASSWORD)
    assert run("create-centre", "UIMM Neuve") == 0
    assert run("create-centre", "UIMM Neuve") == 1
    assert run("create-admin", "--centre", "Nulle part", "--email", "chef@essai.example") == 1
    assert run("create-admin", "--centre", "UIMM Neuve", "--email", "chef@essai.example") == 0
    assert run("list") == 0
    told = capsys.readouterr()
    assert "chef@essai.example\tadministrator\touvert" in told.out and "existe déjà" in told.err
    assert PASSWORD not in told.out + told.err
    sign_in(client, "chef@essai.example")
    client.get("/equipe")
