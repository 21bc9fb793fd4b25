"""The dossier as a ZIP: what it holds, who may take it, what is told of it, and how it breaks."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import zipstream.ng
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from isal import isal_zlib
from sqlalchemy import select

from storage.s3 import S3Store
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.database import application
from tests.support.live import running
from vae_portal.actions.archive_names import CONFIDENTIAL, UNLINKED, Block, arrange
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Deposit, DepositFile, Evidence, JournalRow, Situation, SituationEvidence
from workflows.vocabulary import EvidenceState, Step


@pytest.fixture
def deposited(services: Services, world: World) -> str:
    return world.candidacy(Step.DOSSIER_REVIEW).number


def taker(app: Flask, services: Services, world: World, local: str) -> PageClient:
    client = PageClient(app, services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


def unzip(data: bytes) -> zipfile.ZipFile:
    zipped = zipfile.ZipFile(io.BytesIO(data))
    assert zipped.testzip() is None
    return zipped


def told(services: Services) -> list[dict[str, object]]:
    with services.database.reading() as session:
        wanted = select(JournalRow.details).where(JournalRow.event == "dossier_taken_away").order_by(JournalRow.id)
        return list(session.scalars(wanted))


# What it holds


def test_sha256sum_is_content_with_what_is_unpacked(
    app: Flask, services: Services, world: World, deposited: str, tmp_path: Path
) -> None:
    with services.database.writing() as session:
        first = session.scalars(select(Evidence).order_by(Evidence.id.desc())).first()
        assert first is not None
        first.name = "Photo d'équipe (été), n° 1.pdf"
    client = taker(app, services, world, "candidat")
    for query in ({}, {"depot": "1"}):
        answer = client.http.get(f"/ma-candidature/{deposited}/dossier/archive", query_string=query)
        assert answer.status_code == 200
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        folder = tmp_path / str(len(query))
        unzip(answer.data).extractall(folder)
        checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert len(checked.stdout.splitlines()) == len(names) - 1


def test_the_library_still_asks_its_module_for_the_checksum(
    app: Flask, services: Services, world: World, deposited: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    summed: list[int] = []

    def counted(data: bytes, before: int = 0) -> int:
        summed.append(len(data))
        return isal_zlib.crc32(data, before)

    monkeypatch.setattr(zipstream.ng, "crc32", counted)
    data = taker(app, services, world, "candidat").http.get(f"/ma-candidature/{deposited}/dossier/archive").data
    assert sum(summed) == sum(info.file_size for info in unzip(data).infolist())


def test_files_are_under_the_first_capability_they_show_and_told_in_the_index(
    app: Flask, services: Services, world: World
) -> None:
    story = world.candidacy(Step.DOSSIER_PREPARATION).describe()
    with services.database.writing() as session:
        situations = session.scalars(select(Situation).order_by(Situation.position)).all()
        links = dict(session.execute(select(SituationEvidence.situation_id, SituationEvidence.evidence_id)).all())
        one, two, three = (links[s.id] for s in situations)
        session.add(SituationEvidence(situation_id=situations[0].id, evidence_id=two))
        session.delete(session.get_one(SituationEvidence, (situations[2].id, three)))
        session.get_one(Evidence, one).confidential = True
        names = {key: session.get_one(Evidence, key).name for key in (one, two, three)}
    client = taker(app, services, world, "candidat")
    zipped = unzip(client.http.get(f"/ma-candidature/{story.number}/dossier/archive").data)
    paths = zipped.namelist()
    folder = paths[2].partition("/")[0]
    assert folder.startswith("BC1 ")
    assert paths == [
        "manifest.json",
        "index.txt",
        f"{folder}/C1/{CONFIDENTIAL}{names[one]}",
        f"{folder}/C1/{names[two]}",
        f"{UNLINKED}/{names[three]}",
        "dossier.docx",
        "SHA256SUMS",
    ]
    assert {info.compress_type for info in zipped.infolist()} == {zipfile.ZIP_STORED}
    index = zipped.read("index.txt").decode()
    assert "montre : C1, C2, C3, C4, C5, C6" in index
    assert "confidentiel : ne pas transmettre" in index
    assert json.loads(zipped.read("manifest.json"))["deposit"] is None
    assert (
        "Tableau de bord" in zipfile.ZipFile(io.BytesIO(zipped.read("dossier.docx"))).read("word/document.xml").decode()
    )


def test_the_manifest_of_a_deposit_is_the_sealed_one_to_the_byte(
    app: Flask, services: Services, world: World, deposited: str
) -> None:
    with services.database.reading() as session:
        sealed = session.scalars(select(Deposit)).one()
    client = taker(app, services, world, "conseiller")
    zipped = unzip(client.http.get(f"/candidatures/{deposited}/dossier/archive").data)
    assert hashlib.sha256(zipped.read("manifest.json")).hexdigest() == sealed.manifest_sha256


@pytest.mark.parametrize(
    ("state", "scanning", "who", "kept"),
    [
        (EvidenceState.INFECTED, False, "candidat", 2),
        (EvidenceState.REFUSED, False, "candidat", 2),
        (EvidenceState.NOT_SCANNED, True, "candidat", 3),
        (EvidenceState.NOT_SCANNED, True, "conseiller", 0),
        (EvidenceState.USABLE, True, "conseiller", 3),
    ],
)
def test_what_does_not_open_is_left_out_and_named(
    services: Services, world: World, deposited: str, state: EvidenceState, scanning: bool, who: str, kept: int
) -> None:
    app = application(services, **({"clamd_url": "tcp://127.0.0.1:9"} if scanning else {}))
    with services.database.writing() as session:
        files = session.scalars(select(Evidence).order_by(Evidence.id)).all()
        files[-1].state = state.value
        if scanning and state is EvidenceState.USABLE:
            for file in files:
                file.state = state.value
    client = taker(app, services, world, who)
    area = "ma-candidature" if who == "candidat" else "candidatures"
    zipped = unzip(client.http.get(f"/{area}/{deposited}/dossier/archive", query_string={"depot": "1"}).data)
    inside = [path for path in zipped.namelist() if "/" in path]
    assert len(inside) == kept
    assert ("Fichiers laissés de côté" in zipped.read("index.txt").decode()) is (kept < 3)


def test_a_candidacy_without_a_dossier_has_an_empty_one(app: Flask, services: Services, world: World) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client = taker(app, services, world, "candidat")
    zipped = unzip(client.http.get(f"/ma-candidature/{number}/dossier/archive").data)
    assert zipped.namelist() == ["manifest.json", "index.txt", "dossier.docx", "SHA256SUMS"]


# Who takes it, and what is told


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("candidat", "/ma-candidature/{}/dossier/archive", 200),
        ("candidat", "/ma-candidature/{}/dossier/archive?depot=2", 404),
        ("candidat", "/ma-candidature/{}/dossier/archive?depot=x", 404),
        ("conseiller", "/candidatures/{}/dossier/archive", 200),
        ("auditeur", "/candidatures/{}/dossier/archive?depot=1", 200),
        ("conseiller", "/ma-candidature/{}/dossier/archive", 404),
        ("evaluateur1", "/candidatures/{}/dossier/archive", 404),
        ("conseiller.b", "/candidatures/{}/dossier/archive", 404),
        ("candidat.b", "/ma-candidature/{}/dossier/archive", 404),
    ],
)
def test_the_zip_goes_to_who_may_read_it_with_a_row_each_time(
    app: Flask, services: Services, world: World, deposited: str, who: str, address: str, status: int
) -> None:
    answer = taker(app, services, world, who).http.get(address.format(deposited))
    assert answer.status_code == status
    draft = "ma-candidature" in address and "depot" not in address
    assert told(services) == ([] if status != 200 else [{"draft": True} if draft else {"deposit": 1}])


def test_staff_never_take_a_draft(app: Flask, services: Services, world: World) -> None:
    number = world.candidacy(Step.DOSSIER_PREPARATION).describe().number
    assert (
        taker(app, services, world, "conseiller").http.get(f"/candidatures/{number}/dossier/archive").status_code == 404
    )


def test_asking_for_the_headers_alone_takes_nothing(
    app: Flask, services: Services, world: World, deposited: str
) -> None:
    client = taker(app, services, world, "candidat")
    answer = client.http.head(f"/ma-candidature/{deposited}/dossier/archive?depot=1")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="dossier-{deposited}-depot-1.zip"'
    assert told(services) == []


def test_the_candidate_reads_who_opened_and_took_what(
    app: Flask, services: Services, world: World, deposited: str
) -> None:
    with services.database.reading() as session:
        file = session.scalars(select(Evidence).order_by(Evidence.id.desc())).first()
        assert file is not None
    mine, reader = (taker(app, services, world, who) for who in ("candidat", "conseiller"))
    address = f"/ma-candidature/{deposited}/dossier/acces"
    assert "Personne d'autre que vous" in mine.get(address).text
    mine.get(f"/preuves/{file.id}", check=False)
    reader.get(f"/preuves/{file.id}", check=False)
    world.clock.advance(days=1)
    reader.http.get(f"/candidatures/{deposited}/dossier/archive")
    page = mine.get(address)
    assert [" ".join(h.get_text().split()) for h in page.soup.select("main h3")] == 2 * [
        "Dominique Fictif Chargé de recevabilité"
    ]
    assert page.text.index("Tout le dépôt 1") < page.text.index(file.name)
    assert "Vos propres ouvertures (1)" in page.text
    few = page.statements
    for _ in range(3):
        world.clock.advance(days=1)
        reader.get(f"/preuves/{file.id}", check=False)
    assert mine.get(address).statements == few
    one = mine.get(address, query={"fichier": file.id})
    assert file.name in one.heading + one.text
    mine.get(address, query={"fichier": 10_000}, expect=404)
    reader.get(address, expect=404)


# Names


_TEXT = st.text(max_size=180) | st.sampled_from(
    ["../../etc/passwd", "C:\\a", "con", "a.pdf", "A.PDF", "", ".", "a" * 300]
)
_NAMED = st.lists(st.tuples(_TEXT, st.booleans(), st.sets(st.sampled_from(["C1", "C2", "C4"]))), max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_NAMED, _TEXT, _TEXT)
def test_no_two_names_are_the_same_and_none_leaves_the_folder(
    files: list[tuple[str, bool, set[str]]], one: str, two: str
) -> None:
    blocks = [Block("BC1", one, ("C1", "C2")), Block("BC2", two, ("C4",))]
    manifest = {
        "files": [{"id": n, "name": name, "confidential": secret} for n, (name, secret, _) in enumerate(files)],
        "situations": [{"capabilities": sorted(codes), "files": [n]} for n, (_, _, codes) in enumerate(files)],
    }
    placed = arrange(manifest, blocks)
    assert sorted(p.file["id"] for p in placed) == list(range(len(files)))
    assert len({p.path.casefold() for p in placed}) == len(placed)
    for p in placed:
        parts = p.path.split("/")
        assert len(parts) == (3 if p.shows else 2)
        assert all(part.strip(". ") == part and part for part in parts)
        assert not re.search(r'[\x00-\x1f\\:*?"<>|]', p.path)
        assert len(p.path) < 230
        assert parts[-1].startswith(CONFIDENTIAL) >= p.file["confidential"]


# Breaking


def test_a_store_that_fails_in_the_middle_breaks_the_download(services: Services, world: World, deposited: str) -> None:
    with services.database.reading() as session:
        last = session.scalars(select(DepositFile.object_key).order_by(DepositFile.evidence_id.desc())).first()
    services.store.delete(last)
    with running(services.settings) as server:
        server.sign_in(world.email("candidat"), PASSWORD)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", f"/ma-candidature/{deposited}/dossier/archive", headers={"Cookie": server.cookie()})
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        connection.close()
    assert cut.value.partial.startswith(b"PK")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(cut.value.partial))


def test_a_store_that_is_down_is_said_before_anything_is_told(services: Services, world: World, deposited: str) -> None:
    app = application(replace(services, store=S3Store("127.0.0.1:9", "x", "y", "nowhere")))
    client = taker(app, services, world, "candidat")
    client.get(f"/ma-candidature/{deposited}/dossier/archive", expect=503)
    assert told(services) == []
