"""Files sent by an ordinary form: each its verdict, whatever their names, types and bodies; rights and room first."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from storage.keys import INCOMING
from tests.storage import samples
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.database import application
from tests.support.dossier import Dossier, multipart, post_raw, verdict
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Situation, SituationEvidence, StoredObject


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    return Dossier(app, services, world)


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
    kind, large = "multipart/form-data; boundary=b", bytes(300_000)  # a small body is read, to give its text back
    token = other.get("/ma-candidature/nouvelle?certification=" + str(dossier.world.cast.version_id))
    csrf = token.form("Commencer ma demande").values["csrf_token"]
    for address, status in (
        (f"{dossier.address}/fichiers?csrf_token={csrf}", 404),
        (f"{dossier.address}/fichiers", 400),
    ):
        answer = other.http.post(address, input_stream=Untouchable(large), content_type=kind)
        assert answer.status_code == status
    nobody = PageClient(dossier.client.app)
    answer = nobody.http.post(f"{dossier.address}/fichiers", input_stream=Untouchable(large), content_type=kind)
    assert answer.status_code == 302


def test_a_file_is_linked_in_one_gesture_and_taken_out(dossier: Dossier) -> None:
    dossier.describe("Première", "C1")
    dossier.describe("Deuxième", "C2")
    dossier.send(("a.pdf", samples.PDF))
    key, ids = dossier.files()[0].id, [str(s.id) for s in dossier.rows(Situation)]
    file = f"{dossier.address}/fichiers/{key}"
    dossier.client.get(file).submit("Enregistrer les liens", {"situations": ids})
    assert len(dossier.rows(SituationEvidence)) == 2
    dossier.settle()
    assert dossier.page().text.count("une seule preuve") == 3  # C1, C2, and what the word thin means
    dossier.client.get(file).submit("Enregistrer les liens", {"situations": ids[1]})
    assert [row.situation_id for row in dossier.rows(SituationEvidence)] == [int(ids[1])]
    dossier.page().submit(f"/fichiers/{key}/retirer")
    assert "Aucun fichier reçu" in dossier.page().text
    token = dossier.page().form("Envoyer les fichiers").values["csrf_token"]
    stranger = {"csrf_token": token, "situations": "999999"}
    dossier.client.post(f"{dossier.address}/fichiers/{key}/liens", stranger, expect=404)
