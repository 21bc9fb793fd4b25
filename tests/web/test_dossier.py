"""The evidence dossier: situations, files sent by an ordinary form, coverage, the deposit and what is read of it."""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from storage.keys import INCOMING
from tests.storage import samples
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from tests.support.database import application
from tests.support.live import LiveServer, running
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import dossiers
from vae_portal.persistence.tables import (
    Candidacy,
    Deposit,
    Evidence,
    JournalRow,
    Situation,
    SituationEvidence,
    StoredObject,
)
from workflows.clocks import civil_date
from workflows.vocabulary import EvidenceState, Step

MEBIBYTE = 1024 * 1024


class Dossier:
    """A candidate in front of their own dossier."""

    def __init__(self, app: Flask, services: Services, world: World, local: str = "candidat") -> None:
        self.services = services
        self.world = world
        self.number = world.candidacy(Step.DOSSIER_PREPARATION, local).number
        self.client = PageClient(app, services.database.engine)
        self.client.sign_in(world.email(local), PASSWORD)
        self.address = f"/ma-candidature/{self.number}/dossier"

    def page(self) -> Page:
        """The dossier as it is now."""
        return self.client.get(self.address)

    def describe(self, title: str, *codes: str, expect: int = 302, **texts: str) -> Page:
        """One more situation."""
        page = self.client.get(f"{self.address}/situations/nouvelle")
        return page.submit(
            "Enregistrer la situation", {"title": title, "capabilities": list(codes), **texts}, expect=expect
        )

    def send(self, *files: tuple[str, bytes], situation: str = "", expect: int = 302, **kinds: str) -> Page:
        """Sends files by the form of the page."""
        parts = [(io.BytesIO(data), name, *kinds.values()) for name, data in files]
        return self.page().submit("Envoyer les fichiers", {"situation": situation, "files": parts}, expect=expect)

    def rows(self, table: Any) -> list[Any]:
        """Every row of a table, oldest first."""
        with self.services.database.reading() as session:
            return list(session.scalars(select(table).order_by(*table.__table__.primary_key)))

    def files(self) -> list[Evidence]:
        """The files of the dossier, pieces of the request left out."""
        with self.services.database.reading() as session:
            return dossiers.files_of(session, self.candidacy().id)

    def candidacy(self) -> Candidacy:
        """The candidacy as it is stored."""
        return next(row for row in self.rows(Candidacy) if row.number == self.number)

    def events(self) -> list[str]:
        """What the journal tells of the candidacy."""
        chain = f"candidacy:{self.candidacy().id}"
        return [row.event for row in self.rows(JournalRow) if row.chain == chain]

    def settle(self, state: EvidenceState = EvidenceState.NOT_SCANNED) -> None:
        """What the job of the antivirus leaves."""
        with self.services.database.writing() as session:
            for row in session.scalars(select(Evidence)):
                row.state = state.value


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    return Dossier(app, services, world)


def verdict(page: Page, name: str) -> str:
    """What the page says of one file."""
    rows = page.soup.select("#verdicts .file")
    return next(" ".join(row.get_text(" ").split()) for row in rows if name in row.get_text())


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


# Files


def test_files_are_kept_behind_their_situation(dossier: Dossier) -> None:
    dossier.describe("Titre", "C1")
    situation = str(dossier.rows(Situation)[0].id)
    sent = dossier.send(("a.pdf", samples.PDF), ("b.png", samples.PNG), situation=situation)
    assert "2 fichiers reçus : a.pdf, b.png." in dossier.client.follow(sent).text
    files = dossier.files()
    assert [f.state for f in files] == ["checking", "checking"]
    assert len(dossier.rows(SituationEvidence)) == 2
    assert dossier.events()[-2:] == ["evidence_given", "evidence_given"]
    stored = {row.key: row for row in dossier.rows(StoredObject)}
    assert stored[files[0].object_key].size == len(samples.PDF)
    assert dossier.services.store.read_bytes(files[0].object_key) == samples.PDF


REFUSED = {
    "vide.pdf": (b"", "vide"),
    "image.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "page.pdf": (b"<!doctype html><script>1</script>", "page web"),
    "macro.docx": (samples.open_xml("docm"), "macros"),
    "programme.pdf": (b"MZ\x90\x00" + bytes(100), "programme"),
    "trop.pdf": (samples.PDF + bytes(200_000), "taille permise"),
    "fantome.bin": (b"\x00\x01\x02\x03" * 10, "n'est pas accepté"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_bad_file_says_why_and_never_loses_the_good_ones(services: Services, world: World, name: str) -> None:
    data, word = REFUSED[name]
    dossier = Dossier(application(services, max_file_bytes=100_000), services, world)
    files = (("avant.pdf", samples.PDF), (name, data), ("apres.png", samples.PNG))
    page = dossier.send(*files, expect=422, type="application/pdf")
    assert word in verdict(page, name)
    assert "Fichier reçu" in verdict(page, "avant.pdf")
    assert "Fichier reçu" in verdict(page, "apres.png")
    assert [f.name for f in dossier.files()] == ["avant.pdf", "apres.png"]
    assert list(services.store.list(INCOMING)) == []


NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Temp\\rapport.pdf": "rapport.pdf",
    "nul\x00caché.pdf": "nulcaché.pdf",
    "droite\u202egauche.pdf": "droitegauche.pdf",
    "photo.pdf.exe": "photo.pdf.exe.pdf",
    "é" * 300 + ".pdf": "é" * 146 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_harmful_name_is_made_harmless_and_the_person_is_told(dossier: Dossier, name: str) -> None:
    body, kind = multipart([("files", name, samples.PDF)])
    answer = post_raw(dossier, body, kind)
    assert answer.status_code == 302
    assert [f.name for f in dossier.files()] == [NAMES[name]]
    assert f"gardé sous le nom « {NAMES[name]} »" in dossier.page().text


def test_a_file_without_a_name_is_refused_with_a_sentence(dossier: Dossier) -> None:
    body, kind = multipart([("files", "", samples.PDF), ("files", "bon.pdf", samples.PDF)])
    answer = post_raw(dossier, body, kind)
    assert answer.status_code == 422
    assert "pas de nom" in answer.get_data(as_text=True)
    assert [f.name for f in dossier.files()] == ["bon.pdf"]


def test_a_lying_content_type_changes_nothing_to_what_a_file_is(dossier: Dossier) -> None:
    body, kind = multipart([("files", "photo.pdf", samples.PNG)], claimed="application/pdf")
    assert post_raw(dossier, body, kind).status_code == 302
    assert "image/png" in {row.media_type for row in dossier.rows(StoredObject)}
    assert dossier.files()[-1].name == "photo.pdf.png"


def test_nothing_chosen_is_said(dossier: Dossier) -> None:
    body, kind = multipart([("files", "", b"")])
    answer = post_raw(dossier, body, kind)
    assert answer.status_code == 422
    assert "Choisissez au moins un fichier" in answer.get_data(as_text=True)


MALFORMED = {
    "no boundary": (b"x", "multipart/form-data"),
    "another type": (b"a=b", "application/x-www-form-urlencoded"),
    "no part": (b"", "multipart/form-data; boundary=b"),
    "cut in a header": (b"--b\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=b"),
    "a header without end": (b"--b\r\nX: " + b"a" * 600_000, "multipart/form-data; boundary=b"),
    "no disposition": (b"--b\r\nX: y\r\n\r\nz\r\n--b--\r\n", "multipart/form-data; boundary=b"),
    "not utf-8": (
        b'--b\r\nContent-Disposition: form-data; filename="\xff"\r\n\r\nz\r\n--b--',
        "multipart/form-data; boundary=b",
    ),
    "a long field": (
        b'--b\r\nContent-Disposition: form-data; name="situation"\r\n\r\n' + b"1" * 600_000 + b"\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_none_gets_a_sentence(dossier: Dossier, name: str) -> None:
    answer = post_raw(dossier, *MALFORMED[name])
    assert answer.status_code == 422
    assert "verdicts" in answer.get_data(as_text=True)
    assert dossier.files() == []


def test_too_many_parts_stop_at_the_limit(dossier: Dossier) -> None:
    body, kind = multipart([("other", None, b"x")] * 250 + [("files", "a.pdf", samples.PDF)])
    answer = post_raw(dossier, body, kind)
    assert answer.status_code == 422
    assert "fichiers au plus à la fois" in answer.get_data(as_text=True)


def test_a_full_candidacy_is_refused_before_the_body_is_read(services: Services, world: World) -> None:
    dossier = Dossier(application(services, max_candidacy_bytes=10_000), services, world)
    read: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            read.append(1)
            return super().read(size)

        def readinto(self, buffer: Any, /) -> int:
            read.append(1)
            return super().readinto(buffer)

    body, kind = multipart([("files", "a.pdf", samples.PDF + bytes(20_000))])
    answer = post_raw(dossier, Watched(body), kind, length=len(body))
    assert answer.status_code == 413
    assert "est pleine" in answer.get_data(as_text=True)
    assert read == []


def test_the_right_is_asked_before_the_body_is_read(dossier: Dossier) -> None:
    class Untouchable(io.BytesIO):
        def readinto(self, buffer: Any, /) -> int:
            raise AssertionError("the body was read")

        read = readinto  # type: ignore[assignment]

    dossier.world.candidate("autre")
    other = PageClient(dossier.client.app, dossier.services.database.engine)
    other.sign_in(dossier.world.email("autre"), PASSWORD)
    kind = "multipart/form-data; boundary=b"
    token = other.get("/ma-candidature/nouvelle?certification=" + str(dossier.world.cast.version_id))
    csrf = token.form("Commencer ma demande").values["csrf_token"]
    for address, status in (
        (f"{dossier.address}/fichiers?csrf_token={csrf}", 404),
        (f"{dossier.address}/fichiers", 400),
    ):
        answer = other.http.post(address, input_stream=Untouchable(b"x"), content_type=kind, content_length=10_000)
        assert answer.status_code == status
    nobody = PageClient(dossier.client.app)
    answer = nobody.http.post(f"{dossier.address}/fichiers", input_stream=Untouchable(b"x"), content_type=kind)
    assert answer.status_code == 302


def test_a_file_is_linked_in_one_gesture_and_taken_out(dossier: Dossier) -> None:
    dossier.describe("Première", "C1")
    dossier.describe("Deuxième", "C2")
    dossier.send(("a.pdf", samples.PDF))
    key, ids = dossier.files()[0].id, [str(s.id) for s in dossier.rows(Situation)]
    dossier.page().submit(f"/fichiers/{key}/liens", {"situations": ids})
    assert len(dossier.rows(SituationEvidence)) == 2
    dossier.settle()
    assert dossier.page().text.count("1 preuve") == 2
    dossier.page().submit(f"/fichiers/{key}/liens", {"situations": ids[1]})
    assert [row.situation_id for row in dossier.rows(SituationEvidence)] == [int(ids[1])]
    dossier.page().submit(f"/fichiers/{key}/retirer")
    assert "Aucun fichier reçu" in dossier.page().text
    token = dossier.page().form("Envoyer les fichiers").values["csrf_token"]
    stranger = {"csrf_token": token, "situations": "999999"}
    dossier.client.post(f"{dossier.address}/fichiers/{key}/liens", stranger, expect=404)


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


# A real server


@pytest.fixture
def live(dossier: Dossier) -> Any:
    with running(dossier.services.settings) as server:
        server.sign_in(dossier.world.email("candidat"), PASSWORD)
        yield server


def head_and_tail(name: str) -> tuple[bytes, bytes]:
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    return head + b"%PDF-1.7\n", b"\r\n--b--\r\n"


@pytest.mark.slow
def test_a_large_upload_grows_the_server_by_little(dossier: Dossier, live: LiveServer) -> None:
    def sent(mebibytes: int) -> int:
        head, tail = head_and_tail(f"{mebibytes}.pdf")
        block = bytes(range(256)) * 4096
        length = len(head) + mebibytes * MEBIBYTE + len(tail)
        token = live.token(dossier.address)
        body = (head, *(block for _ in range(mebibytes)), tail)
        address = f"{dossier.address}/fichiers?csrf_token={token}"
        kind = "multipart/form-data; boundary=b"
        return live.ask("POST", address, iter(body), Content_Type=kind, Content_Length=str(length))[0]

    for _ in range(4):
        assert sent(1) == 302  # both workers warm
    before = live.peak_bytes()
    assert sent(200) == 302
    grown = live.peak_bytes() - before
    assert dossier.files()[-1].name == "200.pdf"
    assert grown < 64 * MEBIBYTE, f"{grown / MEBIBYTE:.0f} MiB more for a file of 200 MiB"


def test_a_cut_connection_leaves_nothing_half_done(dossier: Dossier, live: LiveServer) -> None:
    whole, _ = head_and_tail("entier.pdf")
    head, _ = head_and_tail("coupe.pdf")
    body = whole + b"\r\n" + head + bytes(12 * MEBIBYTE)
    token = live.token(dossier.address)
    request = (
        f"POST {dossier.address}/fichiers?csrf_token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {live.cookie()}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {500 * MEBIBYTE}\r\n\r\n"
    ).encode()
    connection = live.raw()
    connection.sendall(request + body)
    connection.close()
    end = time.monotonic() + 30
    while time.monotonic() < end and (not dossier.files() or list(dossier.services.store.list(INCOMING))):
        time.sleep(0.2)
    assert [f.name for f in dossier.files()] == ["entier.pdf"]
    assert list(dossier.services.store.list(INCOMING)) == []
    assert live.ask("GET", dossier.address)[0] == 200


def test_the_store_down_is_said_and_nothing_is_recorded(services: Services, world: World) -> None:
    dossier = Dossier(application(services), services, world)
    nowhere = replace(services.settings, s3_endpoint="127.0.0.1:1")
    with running(nowhere) as server:
        server.sign_in(world.email("candidat"), PASSWORD)
        head, tail = head_and_tail("a.pdf")
        address = f"{dossier.address}/fichiers?csrf_token={server.token(dossier.address)}"
        status, page, _ = server.ask("POST", address, head + tail, Content_Type="multipart/form-data; boundary=b")
    assert status == 503
    assert "stockage des fichiers ne répond pas" in page.decode()
    assert dossier.files() == []


def multipart(parts: list[tuple[str, str | None, bytes]], claimed: str = "text/plain") -> tuple[bytes, str]:
    """The body that a browser would send, and its content type; names go as they are."""
    body = b""
    for field, name, data in parts:
        body += b'--b\r\nContent-Disposition: form-data; name="' + field.encode() + b'"'
        if name is not None:
            body += b'; filename="' + name.replace("\\", "\\\\").encode() + b'"\r\nContent-Type: ' + claimed.encode()
        body += b"\r\n\r\n" + data + b"\r\n"
    return body + b"--b--\r\n", "multipart/form-data; boundary=b"


def post_raw(dossier: Dossier, body: Any, kind: str, length: int | None = None) -> Any:
    """Sends a body as it is to the page's address of files."""
    token = dossier.page().form("Envoyer les fichiers").values["csrf_token"]
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    size = len(body) if length is None else length
    return dossier.client.http.post(
        f"{dossier.address}/fichiers?csrf_token={token}", input_stream=stream, content_type=kind, content_length=size
    )
