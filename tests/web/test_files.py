"""Evidence and documents through the portal: who may open them, ranges, harmless headers, the journal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.storage import samples
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.database import application
from vae_portal.actions.evidence import give
from vae_portal.actions.evidence import remove as remove_evidence
from vae_portal.actions.services import Services
from vae_portal.jobs.documents import issue_document
from vae_portal.persistence.queries import dossiers
from vae_portal.persistence.tables import Candidacy, Document, Evidence, JournalRow, Piece
from workflows.facts import Actor
from workflows.vocabulary import EvidenceState, Role, Step


class Files:
    """A candidacy with its files, and the people who try to open them."""

    def __init__(self, app: Flask, services: Services, world: World, step: Step) -> None:
        self.app = app
        self.services = services
        self.world = world
        self.story = world.candidacy(step)
        with services.database.reading() as session:
            self.candidacy = session.scalars(select(Candidacy).where(Candidacy.number == self.story.number)).one()
            self.evidence = [e.id for e in dossiers.files_of(session, self.candidacy.id)]
            self.pieces = list(session.scalars(select(Piece.evidence_id).order_by(Piece.id)))

    def as_(self, local: str, app: Flask | None = None) -> Any:
        """A browser signed in as someone."""
        client = PageClient(app or self.app, self.services.database.engine)
        client.sign_in(self.world.email(local), PASSWORD)
        return client.http

    def candidate(self) -> Actor:
        """The candidate, for the acts."""
        return Actor(self.candidacy.person_id, self.candidacy.centre_id, frozenset({Role.CANDIDATE}))

    def set_state(self, evidence_id: int, state: EvidenceState) -> None:
        """What the job of the antivirus would leave."""
        with self.services.database.writing() as session:
            session.execute(update(Evidence).where(Evidence.id == evidence_id).values(state=state.value))

    def rows(self, event: str) -> list[dict[str, Any]]:
        """Details of the journal's rows of one kind, oldest first."""
        with self.services.database.reading() as session:
            found = session.scalars(select(JournalRow).where(JournalRow.event == event).order_by(JournalRow.id))
            return [row.details for row in found]


@pytest.fixture
def files(app: Flask, services: Services, world: World) -> Files:
    return Files(app, services, world, Step.DOSSIER_REVIEW)


def given(files: Files, name: str, data: bytes) -> int:
    """One more file in the candidate's dossier, checked."""
    found = give(files.services, files.candidate(), files.story.number, name, io.BytesIO(data))
    assert found.evidence_id, found.refusal
    files.set_state(found.evidence_id, EvidenceState.USABLE)
    return found.evidence_id


def test_a_file_opens_harmless_and_is_told(files: Files) -> None:
    reader = files.as_("conseiller")
    answer = reader.get(f"/preuves/{files.evidence[0]}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Content-Disposition"].startswith('inline; filename="politique-qse-2021.pdf"')
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert files.rows("evidence_viewed") == [{"evidence": files.evidence[0]}]
    kept = reader.get(f"/preuves/{files.evidence[0]}?telecharger=1").headers["Content-Disposition"]
    assert kept.startswith("attachment;")


WHO = {
    "candidat": (200, 200),
    "conseiller": (200, 200),
    "admin": (200, 200),
    "auditeur": (200, 200),
    "planificateur": (200, 404),
    "secretaire": (200, 404),
    "evaluateur1": (404, 404),  # not of this candidacy's commission
    "jury-employeurs": (404, 404),
    "autre": (404, 404),
    "candidat.b": (404, 404),
    "conseiller.b": (404, 404),
}


@pytest.mark.parametrize("who", WHO)
def test_each_opens_what_is_theirs_to_open(files: Files, who: str) -> None:
    if who == "autre":
        files.world.candidate("autre")
    reader = files.as_(who)
    dossier, piece = WHO[who]
    assert reader.get(f"/preuves/{files.evidence[0]}").status_code == dossier
    assert reader.get(f"/preuves/{files.pieces[0]}").status_code == piece
    assert len(files.rows("evidence_viewed")) == (dossier == 200) + (piece == 200)


def test_evaluators_read_the_files_of_their_own_commission(app: Flask, services: Services, world: World) -> None:
    files = Files(app, services, world, Step.INTERVIEW_SCHEDULED)
    reader = files.as_("evaluateur1")
    assert reader.get(f"/preuves/{files.evidence[0]}").status_code == 200
    assert reader.get(f"/preuves/{files.pieces[0]}").status_code == 404


def test_nobody_signed_in_is_asked_to_sign_in(files: Files) -> None:
    answer = PageClient(files.app).http.get(f"/preuves/{files.evidence[0]}")
    assert answer.status_code == 302
    assert "/connexion" in answer.headers["Location"]


@pytest.mark.parametrize(
    "address", ["/preuves/999999", "/preuves/0", f"/preuves/{10**30}", "/documents/2026-AAAAA-BBBBB"]
)
def test_an_unknown_id_is_an_unknown_page(files: Files, address: str) -> None:
    assert files.as_("conseiller").get(address).status_code == 404


def test_what_is_not_deposited_yet_is_the_candidate_s_alone(app: Flask, services: Services, world: World) -> None:
    files = Files(app, services, world, Step.DOSSIER_INCOMPLETE)
    fresh = given(files, "brouillon.pdf", samples.PDF)
    assert files.as_("candidat").get(f"/preuves/{fresh}").status_code == 200
    assert files.as_("conseiller").get(f"/preuves/{fresh}").status_code == 404
    remove_evidence(services, files.candidate(), files.story.number, files.evidence[0])
    remove_evidence(services, files.candidate(), files.story.number, fresh)
    assert files.as_("conseiller").get(f"/preuves/{files.evidence[0]}").status_code == 200  # sealed once
    assert files.as_("candidat").get(f"/preuves/{fresh}").status_code == 404


@pytest.mark.parametrize("state", [EvidenceState.INFECTED, EvidenceState.REFUSED, EvidenceState.RECEIVING])
def test_a_refused_or_infected_file_is_never_served(files: Files, state: EvidenceState) -> None:
    files.set_state(files.evidence[0], state)
    for who in ("candidat", "conseiller"):
        answer = files.as_(who).get(f"/preuves/{files.evidence[0]}")
        assert answer.status_code == 409
        assert b"%PDF" not in answer.data
    assert files.rows("evidence_viewed") == []


@pytest.mark.parametrize("state", [EvidenceState.CHECKING, EvidenceState.NOT_SCANNED])
def test_staff_do_not_open_what_was_not_scanned_where_scanning_is_on(files: Files, state: EvidenceState) -> None:
    scanning = application(files.services, clamd_url="tcp://127.0.0.1:1")
    files.set_state(files.evidence[0], state)
    assert files.as_("conseiller", scanning).get(f"/preuves/{files.evidence[0]}").status_code == 409
    assert files.as_("candidat", scanning).get(f"/preuves/{files.evidence[0]}").status_code == 200
    assert files.as_("conseiller").get(f"/preuves/{files.evidence[0]}").status_code == 200


RANGES = {
    "bytes=0-3": (206, slice(0, 4)),
    "bytes=5-": (206, slice(5, None)),
    "bytes=-4": (206, slice(-4, None)),
    "bytes=2-999999": (206, slice(2, None)),
    "bytes=999999-": (416, None),
    "bytes=0-1,4-5": (200, slice(None)),
    "bytes=abc": (200, slice(None)),
    "octets=0-1": (200, slice(None)),
    "bytes=9-3": (200, slice(None)),
}


@pytest.mark.parametrize("asked", RANGES)
def test_ranges(files: Files, asked: str) -> None:
    status, part = RANGES[asked]
    reader, address = files.as_("candidat"), f"/preuves/{files.evidence[0]}"
    whole = reader.get(address).data
    answer = reader.get(address, headers={"Range": asked})
    assert answer.status_code == status
    if part is None:
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
    else:
        assert answer.data == whole[part]
        assert answer.headers["Content-Length"] == str(len(answer.data))


def test_one_row_for_each_opening_and_none_for_the_rest(files: Files) -> None:
    reader, address = files.as_("candidat"), f"/preuves/{files.evidence[0]}"
    etag = reader.head(address).headers["ETag"]
    assert files.rows("evidence_viewed") == []
    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert files.rows("evidence_viewed") == []
    reader.get(address, headers={"Range": "bytes=0-9"})
    reader.get(address, headers={"Range": "bytes=10-"})
    reader.get(address, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    key = files.evidence[0]
    assert files.rows("evidence_viewed") == [{"evidence": key, "range": "0-9"}, {"evidence": key}]


def test_a_part_that_is_not_the_first_is_an_opening_too(files: Files) -> None:
    reader, address = files.as_("candidat"), f"/preuves/{files.evidence[0]}"
    reader.get(address, headers={"Range": "bytes=1-9"})
    reader.get(address, headers={"Range": "bytes=10-19"})
    assert files.rows("evidence_viewed") == [{"evidence": files.evidence[0], "range": "1-9"}]


NAMES = ('rapport « été » "n°1".pdf', "a;b=c\\d.pdf", "日本.pdf", "50% fini.pdf")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_safe_in_a_header(app: Flask, services: Services, world: World, name: str) -> None:
    files = Files(app, services, world, Step.DOSSIER_INCOMPLETE)
    answer = files.as_("candidat").get(f"/preuves/{given(files, name, samples.PDF)}")
    plain, _, encoded = answer.headers["Content-Disposition"].partition("; filename*=UTF-8''")
    assert plain.isascii()
    assert plain.count('"') == 2
    assert encoded.isascii()
    assert '"' not in encoded
    assert ";" not in encoded


KINDS = {
    "texte.txt": (b"une note\n", "text/plain; charset=utf-8", "inline"),
    "photo.png": (samples.PNG, "image/png", "inline"),
    "film.mp4": (samples.MP4, "video/mp4", "inline"),
    "son.mp3": (samples.MP3_BARE, "audio/mpeg", "inline"),
    "page.docx": (samples.open_xml("docx"), None, "attachment"),
    "photo.heic": (samples.HEIC, "image/heic", "attachment"),
}


@pytest.mark.parametrize("name", KINDS)
def test_only_what_may_be_shown_is_shown(app: Flask, services: Services, world: World, name: str) -> None:
    data, media_type, way = KINDS[name]
    files = Files(app, services, world, Step.DOSSIER_INCOMPLETE)
    answer = files.as_("candidat").get(f"/preuves/{given(files, name, data)}")
    assert answer.data == data
    assert answer.headers["Content-Disposition"].startswith(way)
    assert answer.headers["Content-Type"] == media_type or media_type is None
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy


def test_an_object_gone_from_the_store_is_said(files: Files) -> None:
    with files.services.database.reading() as session:
        key = session.get_one(Evidence, files.evidence[0]).object_key
    files.services.store.delete(key)
    answer = files.as_("conseiller").get(f"/preuves/{files.evidence[0]}")
    assert answer.status_code == 503
    assert files.rows("evidence_viewed") == []


# Documents


def issued(files: Files, kind: str) -> Document:
    """A document of the candidacy, made by its job."""
    with files.services.database.reading() as session:
        row = session.scalars(
            select(Document).where(Document.candidacy_id == files.candidacy.id, Document.kind == kind)
        ).first()
    assert row is not None
    issue_document(files.services, row.id)
    return row


def test_a_document_is_read_by_those_who_see_the_candidacy(files: Files) -> None:
    row = issued(files, "deposit_receipt")
    for who, status in (("candidat", 200), ("conseiller", 200), ("conseiller.b", 404), ("evaluateur1", 404)):
        answer = files.as_(who).get(f"/documents/{row.number}")
        assert answer.status_code == status, who
        if status == 200:
            assert answer.data.startswith(b"PK")
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="recepisse-de-depot-')
    assert files.rows("document_read") == [{"document": row.number, "kind": "deposit_receipt"}] * 2


def test_a_document_in_preparation_says_so(files: Files) -> None:
    with files.services.database.reading() as session:
        number = session.scalars(select(Document.number).where(Document.kind == "deposit_receipt")).one()
    answer = files.as_("candidat").get(f"/documents/{number}")
    assert answer.status_code == 409
    assert "en préparation" in answer.get_data(as_text=True)


def test_what_is_for_staff_is_never_the_candidate_s(app: Flask, services: Services, world: World) -> None:
    files = Files(app, services, world, Step.JURY_PENDING)
    row = issued(files, "assessment_summary")
    assert files.as_("candidat").get(f"/documents/{row.number}").status_code == 404
    assert files.as_("secretaire").get(f"/documents/{row.number}").status_code == 200
    assert row.number not in files.as_("candidat").get("/ma-candidature").get_data(as_text=True)
