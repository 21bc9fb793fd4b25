"""Evidence in place: who may open it, what is shown of each kind, and that nothing of it runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.decoding import samples as whole
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from tests.web.test_files import Files, given
from vae_portal.actions import previews as asking
from vae_portal.actions.services import Services
from vae_portal.decoding import office
from vae_portal.jobs.previews import make_preview
from vae_portal.persistence.tables import Evidence, Preview
from workflows.vocabulary import EvidenceState, Step


class Shown(Files):
    """A candidacy whose files are shown in place."""

    def page(self, who: str, evidence_id: int, expect: int = 200, **query: str) -> Page:
        """The viewer's page of a file, checked like every page."""
        client = PageClient(self.app, self.services.database.engine)
        client.sign_in(self.world.email(who), PASSWORD)
        return client.get(f"/preuves/{evidence_id}/voir", expect, query=query)

    def make(self, services: Services | None = None) -> None:
        """Makes every preview that lacks, as the jobs would."""
        services = services or self.services
        asking.ask_missing(services)
        with services.database.reading() as session:
            keys = list(session.scalars(select(Preview.source_key).where(Preview.pages.is_(None))))
        for key in keys:
            make_preview(services, key)

    def key(self, evidence_id: int) -> str:
        """Where the bytes of a file are."""
        with self.services.database.reading() as session:
            return str(session.get_one(Evidence, evidence_id).object_key)


@pytest.fixture
def files(app: Flask, services: Services, world: World) -> Shown:
    return Shown(app, services, world, Step.DOSSIER_REVIEW)


@pytest.fixture
def preparing(app: Flask, services: Services, world: World) -> Shown:
    return Shown(app, services, world, Step.DOSSIER_INCOMPLETE)


def test_the_pages_of_a_file_are_shown_with_their_texts(files: Shown) -> None:
    files.make()
    page = files.page("conseiller", files.evidence[0])
    assert page.heading == "politique-qse-2021.pdf"
    picture = page.soup.select_one("#page-1 img")
    assert picture["src"] == f"/preuves/{files.evidence[0]}/pages/1"
    assert (picture["width"], picture["height"]) == ("910", "1287")
    assert "Politique QSE 2021" in page.soup.select_one("#page-1 details").get_text()
    assert page.soup.select_one(f"a[href='/preuves/{files.evidence[0]}?telecharger=1']")
    answer = page.client.http.get(picture["src"])
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.data[8:12] == b"WEBP"
    assert page.statements < 30


def test_one_opening_is_one_row_however_many_pages(preparing: Shown) -> None:
    evidence = given(preparing, "long.pdf", whole.long_pdf(8))
    preparing.make()
    page = preparing.page("candidat", evidence)
    for picture in page.soup.select(".sheet img"):
        assert page.client.http.get(picture["src"]).status_code == 200
    preparing.page("candidat", evidence)
    assert preparing.rows("evidence_viewed") == [{"evidence": evidence}]
    preparing.world.clock.advance(hours=13)
    assert preparing.as_("candidat").get(f"/preuves/{evidence}/pages/3").status_code == 200
    assert preparing.rows("evidence_viewed") == [{"evidence": evidence}] * 2
    assert [link["href"] for link in page.soup.select(".page-list a")][-1] == "#page-8"


def test_a_page_that_is_not_there(files: Shown) -> None:
    files.make()
    reader = files.as_("conseiller")
    for number in (0, 2, 999):
        assert reader.get(f"/preuves/{files.evidence[0]}/pages/{number}").status_code == 404
    assert reader.get("/preuves/999999/voir").status_code == 404
    assert files.rows("evidence_viewed") == []


WHO = {
    "candidat": (200, 200),
    "conseiller": (200, 200),
    "auditeur": (200, 200),
    "planificateur": (200, 404),
    "evaluateur1": (404, 404),  # not of this candidacy's commission
    "jury-employeurs": (404, 404),
    "candidat.b": (404, 404),
    "conseiller.b": (404, 404),
}


@pytest.mark.parametrize("who", WHO)
def test_who_opens_a_file_opens_its_pages_and_nobody_else(files: Shown, who: str) -> None:
    files.make()
    reader = files.as_(who)
    for evidence_id, status in zip((files.evidence[0], files.pieces[0]), WHO[who], strict=True):
        for place in ("", "/voir", "/volet", "/pages/1"):
            assert reader.get(f"/preuves/{evidence_id}{place}").status_code == status, place


def test_what_is_not_scanned_is_shown_to_nobody_but_its_owner(files: Shown) -> None:
    files.make()
    scanning = replace(files.services, settings=replace(files.services.settings, clamd_url="unix:///nowhere"))
    files.app.extensions["vae"] = scanning
    for place in ("voir", "volet", "pages/1"):
        assert files.as_("conseiller").get(f"/preuves/{files.evidence[0]}/{place}").status_code == 409
        assert files.as_("candidat").get(f"/preuves/{files.evidence[0]}/{place}").status_code == 200


@pytest.mark.parametrize("state", [EvidenceState.INFECTED, EvidenceState.REFUSED])
def test_what_is_closed_is_closed_page_by_page(files: Shown, state: EvidenceState) -> None:
    files.make()
    files.set_state(files.evidence[0], state)
    for place in ("voir", "volet", "pages/1"):
        assert files.as_("candidat").get(f"/preuves/{files.evidence[0]}/{place}").status_code == 409


KINDS: dict[str, tuple[bytes, str, dict[str, str]]] = {
    "photo.jpg": (whole.picture("JPEG"), ".shown img", {}),
    "note.txt": (b"une note\n", "iframe.shown[sandbox='']", {}),
    "film.mp4": (whole.FILM, "video.shown[controls]", {"t": "740"}),
    "son.mp3": (whole.SOUND, "audio.shown[controls]", {"t": "61"}),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_browsers_show_is_shown_by_them(preparing: Shown, name: str) -> None:
    data, selector, query = KINDS[name]
    evidence = given(preparing, name, data)
    page = preparing.page("candidat", evidence, **query)
    shown = page.soup.select_one(selector)
    moment = f"#t={query['t']}" if query else ""
    assert shown["src"] == f"/preuves/{evidence}{moment}"
    assert preparing.rows("evidence_viewed") == []  # its bytes have not left yet


def test_a_preview_in_preparation_says_so_and_leads_back(files: Shown) -> None:
    page = files.page("conseiller", files.evidence[0])
    assert "en préparation" in page.text
    assert page.soup.select_one("[data-again]")["href"] == f"/preuves/{files.evidence[0]}/voir"
    assert files.rows("evidence_viewed") == []


def test_without_libreoffice_the_original_is_offered(preparing: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    evidence = given(preparing, "notes.docx", whole.word("Bonjour"))
    preparing.make()
    assert asking.NO_CONVERTER in preparing.page("candidat", evidence).text


def test_a_long_file_says_what_is_not_shown(preparing: Shown) -> None:
    evidence = given(preparing, "long.pdf", whole.long_pdf(5))
    preparing.make(replace(preparing.services, settings=replace(preparing.services.settings, preview_pages=3)))
    assert "Seules les 3 premières pages" in preparing.page("candidat", evidence).text


def test_a_confidential_file_says_so_in_both_places(files: Shown) -> None:
    files.make()
    with files.services.database.writing() as session:
        session.execute(update(Evidence).values(confidential=True))
    words = "Confidentiel : ne pas diffuser."
    assert words in files.page("conseiller", files.evidence[0]).text
    assert words in files.as_("conseiller").get(f"/preuves/{files.evidence[0]}/volet").get_data(as_text=True)


def test_the_panel_is_the_same_without_the_frame_of_the_site(files: Shown) -> None:
    files.make()
    told: Any = files.as_("conseiller").get(f"/preuves/{files.evidence[0]}/volet").get_data(as_text=True)
    assert "<html" not in told
    assert 'id="page-1"' in told


def test_the_dossier_and_the_pieces_lead_to_the_viewer(files: Shown) -> None:
    reader = files.as_("conseiller")
    dossier = reader.get(f"/candidatures/{files.story.number}/dossier").get_data(as_text=True)
    assert f'href="/preuves/{files.evidence[0]}/voir"' in dossier
    candidacy = reader.get(f"/candidatures/{files.story.number}").get_data(as_text=True)
    assert f'href="/preuves/{files.pieces[0]}/voir"' in candidacy
