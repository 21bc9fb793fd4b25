"""Deny by default: every view says who may see it, nobody else gets anything, and reading never writes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import Rule

from tests.support.client import PageClient
from tests.support.database import application
from tests.support.team import PASSWORD, a_person
from vae_portal.actions.services import Services
from vae_portal.web.access import ASSETS, Access, local_path, public, requires, right_of
from vae_portal.web.context import reading
from workflows.vocabulary import Right, Role
from workflows.who_may_do_what import RIGHTS

# The whole list of what anyone may see. Whoever adds to it says why in the commit.
OPEN_TO_ALL = {
    "public.home",
    "public.help_page",
    "public.accessibility",
    "public.privacy",
    "verifying.form",
    "verifying.check",
    "public.health",
    "public.readiness",
    "records.demonstration_mails",  # in the demonstration only, where every mail is invented; 404 elsewhere
    "opinions.write",  # an employer has no account: a personal link, which expires, is what lets them in
    "opinions.give",
    "accounts.register",
    "accounts.check_mail",
    "accounts.verification",
    "accounts.verify",
    "accounts.invitation",
    "accounts.sign_in",
    "accounts.forgotten",
    "accounts.reset_asked",
    "accounts.reset",
}
OPEN_TO_WHOEVER_IS_SIGNED_IN = {
    "accounts.account",
    "accounts.rename",
    "accounts.change_password",
    "accounts.choose_mails",
    "accounts.sign_out",
}


def views(app: Flask) -> list[Rule]:
    """Every rule of the application that leads to a view."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ASSETS]


def path_of(rule: Rule) -> str:
    """An address that the rule matches, about things that do not exist."""
    values = {
        name: "1" if "Integer" in type(c).__name__ or "Key" in type(c).__name__ else "x"
        for name, c in rule._converters.items()
    }
    return str(rule.build(values, append_unknown=False)[1])


def test_every_view_says_who_may_see_it(app: Flask) -> None:
    rights = {rule.endpoint: right_of(app.view_functions[rule.endpoint]) for rule in views(app)}
    assert [endpoint for endpoint, right in rights.items() if right is None] == []
    assert {endpoint for endpoint, right in rights.items() if right is Access.PUBLIC} == OPEN_TO_ALL
    signed_in = {endpoint for endpoint, right in rights.items() if right is Access.SIGNED_IN}
    assert signed_in == OPEN_TO_WHOEVER_IS_SIGNED_IN
    assert {right for right in rights.values() if isinstance(right, Right)} <= set(RIGHTS)


def test_a_view_without_a_right_is_shown_to_nobody(services: Services, client: PageClient) -> None:
    app = application(services)
    app.add_url_rule("/oubli", "oubli", lambda: "secret")
    with pytest.raises(RuntimeError, match="does not say who may see it"):
        app.test_client().get("/oubli")
    app = application(services)
    app.add_url_rule("/oubli", "oubli", lambda: "secret")
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    answer = app.test_client().get("/oubli")
    assert (answer.status_code, "secret" in answer.text) == (403, False)


def test_anonymous_gets_nothing(app: Flask, client: PageClient) -> None:
    token = client.get("/connexion").form("/connexion").values["csrf_token"]
    for rule in views(app):
        if right_of(app.view_functions[rule.endpoint]) is Access.PUBLIC:
            continue
        machines = getattr(app.view_functions[rule.endpoint], "answers_machines", False)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "HEAD", "PATCH", "DELETE", "OPTIONS"}):
            path = path_of(rule)
            if machines:
                answer = client.http.open(path, method=method)
                assert (answer.status_code, answer.mimetype) == (401, "text/plain"), f"{method} {path}"
            if machines or method not in ("GET", "POST"):
                continue
            page = client.get(path, 302) if method == "GET" else client.post(path, {"csrf_token": token}, 302)
            assert page.location.startswith("/connexion"), f"{method} {path}"


@pytest.mark.parametrize(
    "role", [Role.CANDIDATE, *(r for r in Role if r not in (Role.CANDIDATE, Role.CLOCK, Role.JURY_PRESIDENT))]
)
def test_nobody_sees_what_their_role_does_not_open(
    role: Role, app: Flask, client: PageClient, services: Services
) -> None:
    person = a_person(services, role)
    client.sign_in(person.email, PASSWORD)
    for rule in views(app):
        right = right_of(app.view_functions[rule.endpoint])
        if isinstance(right, Right) and role not in RIGHTS[right].by and "GET" in (rule.methods or ()):
            client.get(path_of(rule), 404)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.CLOCK, Role.JURY_PRESIDENT)])
def test_navigation_leads_only_where_one_may_go(role: Role, client: PageClient, services: Services) -> None:
    person = a_person(services, role)
    client.sign_in(person.email, PASSWORD)
    page = client.get("/compte")
    links = page.soup.select("nav[aria-label=Principale] a")
    for link in links:
        answer = client.http.get(str(link["href"]))
        assert answer.status_code in (200, 302), f"{role} {link['href']}: {answer.status_code}"


def test_navigation_costs_the_same_for_all(client: PageClient, services: Services) -> None:
    costs = set()
    for roles in ([Role.CANDIDATE], [Role.ADMINISTRATOR], [Role.ADVISOR, Role.PLANNER, Role.JURY_SECRETARY]):
        person = a_person(services, *roles)
        client.sign_in(person.email, PASSWORD)
        costs.add(client.get("/compte").statements)
        client.get("/compte").submit("Se déconnecter")
    assert costs == {2}  # the transaction made read only, then the person


def test_reading_cannot_write(services: Services) -> None:
    app = application(services)

    @public
    def writes() -> str:
        reading().execute(text("INSERT INTO counter (name, value) VALUES ('x', 1)"))
        return "done"

    app.add_url_rule("/ecrit", "ecrit", writes)
    with pytest.raises(DBAPIError, match="read-only transaction"):
        app.test_client().get("/ecrit")
    with services.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM counter")).scalar_one() == 0


def test_a_right_is_asked_of_the_account_as_it_is_now(services: Services, client: PageClient) -> None:
    person = a_person(services, Role.ADMINISTRATOR)
    client.sign_in(person.email, PASSWORD)
    client.get("/equipe")
    with services.database.writing() as session:
        session.execute(text("UPDATE person_role SET role = 'auditor' WHERE person_id = :id"), {"id": person.id})
    client.get("/equipe", 404)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("/equipe?x=1", "/equipe?x=1"),
        ("//mechant.example", ""),
        ("https://mechant.example/", ""),
        ("/\\mechant.example", ""),
        ("/a\r\nSet-Cookie: x", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
        ("/" + "a" * 600, ""),
    ],
)
def test_one_is_only_led_back_to_this_site(raw: str, kept: str) -> None:
    assert local_path(raw) == kept


def test_signing_in_leads_back_to_the_page_asked_for(services: Services, client: PageClient) -> None:
    person = a_person(services, Role.ADMINISTRATOR)
    asked = client.get("/equipe?tri=nom", 302)
    page = client.follow(asked).submit("/connexion", {"email": person.email, "password": PASSWORD})
    assert page.location == "/equipe?tri=nom"


def test_the_mark_is_left_on_the_view() -> None:
    @requires(Right.READ_JOURNAL)
    def view() -> str:
        return ""

    assert right_of(view) is Right.READ_JOURNAL
    assert right_of(lambda: "") is None
