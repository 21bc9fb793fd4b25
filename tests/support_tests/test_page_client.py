"""Proves that each check of the page client can fail: a check that never fails protects nobody."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, redirect, request
from sqlalchemy import create_engine, text

from tests.support.client import PageClient, PageError

GOOD = """<!doctype html><html lang="fr"><head><title>Ma page - Portail VAE</title></head><body><h1>Ma page</h1>
<h2>Suite</h2><img src="/a.png" alt=""><table><tr><th scope="col">Nom</th></tr></table>
<form method="post" action="/envoi"><input type="hidden" name="csrf_token" value="jeton">
<label for="nom">Nom</label><input id="nom" name="nom" value="Exemple">
<label>Choix <select name="choix"><option value="a">A</option><option value="b" selected>B</option></select></label>
<label><input type="checkbox" name="bloc" value="1" checked> 1</label>
<label><input type="checkbox" name="bloc" value="2" checked> 2</label>
<label><input type="checkbox" name="bloc" value="3"> 3</label>
<label for="texte">Texte</label><textarea id="texte" name="texte">
ligne</textarea>
<button name="suite" value="oui">Envoyer</button><button name="suite" value="non">Plus tard</button></form>
<form action="/recherche"><label for="q">Chercher</label><input id="q" name="q"><button>Filtrer</button></form>
</body></html>"""

FAULTS = {
    "lang": ('lang="fr"', 'lang="en"', 'lang="fr"'),
    "two h1": ("<h2>Suite</h2>", "<h1>Suite</h1>", "2 h1"),
    "no h1": ("<h1>Ma page</h1>", "<h2>Ma page</h2>", "0 h1"),
    "title": ("<title>Ma page", "<title>Page", "does not start"),
    "heading skipped": ("<h2>Suite</h2>", "<h3>Suite</h3>", "followed by h3"),
    "duplicate id": ('id="texte"', 'id="nom"', "stands 2 times"),
    "points nowhere": ("<h2>", '<h2 aria-describedby="rien">', "points at 'rien'"),
    "unlabelled": ('<label for="nom">Nom</label>', "", "'nom' has no label"),
    "empty label": ('<label for="nom">Nom</label>', '<label for="nom"></label>', "'nom' has no label"),
    "wordless button": (">Filtrer<", "><", "a button without words"),
    "wordless link": ("<h2>Suite</h2>", '<h2><a href="/x"></a>Suite</h2>', "a a without words"),
    "empty href": ("<h2>Suite</h2>", '<h2><a href="">Suite</a></h2>', "an empty href"),
    "href to nothing": ("<h2>Suite</h2>", '<h2><a href="#">Suite</a></h2>', "an empty href"),
    "empty action": ('action="/envoi"', 'action=""', "an empty action"),
    "inline script": ("</body>", "<script>1</script></body>", "an inline script"),
    "style element": ("</body>", "<style>a{}</style></body>", "a style element"),
    "style attribute": ("<h2>", '<h2 style="color:red">', "an inline style"),
    "event attribute": ("<h2>", '<h2 onclick="x()">', "an inline onclick"),
    "javascript address": ("<h2>Suite</h2>", '<h2><a href="javascript:x()">Suite</a></h2>', "a javascript:"),
    "no token": ('name="csrf_token"', 'name="autre"', "has no csrf_token"),
    "empty token": ('value="jeton"', 'value=""', "has no csrf_token"),
    "no alt": (' alt=""', "", "without alt"),
    "no th": ('<th scope="col">Nom</th>', "<td>Nom</td>", "a table without th"),
    "no scope": (' scope="col"', "", "has no scope"),
}


def an_app(page: str = GOOD) -> Flask:
    app = Flask(__name__)
    app.secret_key = "for these tests only"
    app.add_url_rule("/", "page", lambda: page)
    app.add_url_rule("/ailleurs", "ailleurs", lambda: redirect("/"))
    app.add_url_rule("/absente", "absente", lambda: (page, 404))
    app.add_url_rule("/donnees", "donnees", lambda: {"html": False})

    @app.post("/envoi")
    def envoi() -> dict[str, object]:
        return {**request.form.to_dict(flat=False), "fichiers": [f.filename for f in request.files.values()]}

    app.add_url_rule("/recherche", "recherche", lambda: {"q": request.args["q"]})
    return app


def test_a_good_page_passes() -> None:
    page = PageClient(an_app()).get("/")
    assert (page.status, page.heading) == (200, "Ma page")
    assert "Suite" in page.text


@pytest.mark.parametrize("name", FAULTS)
def test_each_check_can_fail(name: str) -> None:
    good, bad, sentence = FAULTS[name]
    assert good in GOOD
    client = PageClient(an_app(GOOD.replace(good, bad, 1)))
    with pytest.raises(PageError) as fault:
        client.get("/")
    assert sentence in str(fault.value)
    client.get("/", check=False)


def test_the_status_is_stated_and_an_error_page_is_checked_too() -> None:
    with pytest.raises(PageError, match="404 instead of 200"):
        PageClient(an_app()).get("/absente")
    PageClient(an_app()).get("/absente", expect=404)
    with pytest.raises(PageError, match="0 h1"):
        PageClient(an_app(GOOD.replace("h1", "p"))).get("/absente", expect=404)


def test_a_redirect_must_be_stated_and_can_be_followed() -> None:
    client = PageClient(an_app())
    with pytest.raises(PageError, match="302 instead of 200 to /"):
        client.get("/ailleurs")
    assert client.follow(client.get("/ailleurs", expect=302)).heading == "Ma page"
    with pytest.raises(PageError, match="redirects nowhere"):
        client.follow(client.get("/"))


def test_a_form_is_sent_as_a_browser_would() -> None:
    page = PageClient(an_app()).get("/")
    sent = page.submit("Plus tard", nom="Autre", expect=200).response.get_json()
    assert sent == {
        "csrf_token": ["jeton"],
        "nom": ["Autre"],
        "choix": ["b"],
        "bloc": ["1", "2"],
        "texte": ["ligne"],
        "suite": ["non"],
        "fichiers": [],
    }
    assert "suite" not in page.form("/envoi").values


def test_fields_can_be_taken_away_and_files_added() -> None:
    page = PageClient(an_app()).get("/")
    values = {"bloc": None, "piece": (BytesIO(b"x"), "piece.pdf")}
    sent = page.submit("Envoyer", values, expect=200).response.get_json()
    assert "bloc" not in sent
    assert sent["fichiers"] == ["piece.pdf"]


def test_a_search_form_goes_into_the_address() -> None:
    assert PageClient(an_app()).get("/").submit("Filtrer", q="vae").response.get_json() == {"q": "vae"}


def test_a_form_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(PageError, match="0 forms match 'Supprimer'"):
        PageClient(an_app()).get("/").form("Supprimer")


def test_what_is_not_html_is_not_checked() -> None:
    assert PageClient(an_app()).get("/donnees").response.get_json() == {"html": False}


def test_sql_statements_are_counted_by_request() -> None:
    engine = create_engine("sqlite://")
    app = an_app()

    @app.get("/sql")
    def sql() -> str:
        with engine.connect() as connection:
            connection.execute(text("select 1"))
            connection.execute(text("select 2"))
        return GOOD

    client = PageClient(app, engine)
    assert client.get("/sql").statements == 2
    assert client.get("/").statements == 0
    assert client.get("/sql").sql == ["select 1", "select 2"]
    engine.dispose()


def test_signing_in_goes_through_the_form() -> None:
    app = an_app()
    form = GOOD.replace('action="/envoi"', 'action="/connexion"').replace('name="nom"', 'name="email"')

    @app.route("/connexion", methods=["GET", "POST"])
    def connexion() -> object:
        if request.method == "GET":
            return form
        known = request.form["email"], request.form["password"], request.form["csrf_token"]
        return redirect("/") if known == ("candidat@demo.example", "secret", "jeton") else (form, 422)

    client = PageClient(app)
    assert client.sign_in("candidat@demo.example", "secret").location == "/"
    with pytest.raises(PageError, match="422 instead of 302"):
        client.sign_in("candidat@demo.example", "faux")
