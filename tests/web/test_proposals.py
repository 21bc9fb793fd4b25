"""Importing a certification by a page: what is read is proposed, corrected, confirmed, and nothing is half done."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.persistence.test_referential import SMALL
from tests.persistence.test_rncp_export import export
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.persistence.tables import (
    Block,
    Candidacy,
    CandidacyBlock,
    Capability,
    Certification,
    CertificationVersion,
    JournalRow,
    ReferentialProposal,
    VersionRegime,
)
from workflows.vocabulary import Step

IMPORT = "/certifications/importer"


@pytest.fixture
def admin(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("admin"), PASSWORD)
    return client


def send(client: PageClient, content: bytes, number: str = "28242", name: str = "fichier") -> Page:
    form = client.get(IMPORT).form(IMPORT)
    data = {**form.values, "number": number, "file": (io.BytesIO(content), name)}
    return Page(client, client.http.post(form.action, data=data, content_type="multipart/form-data"), [])


def zipped(content: bytes, *names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("export.xml",):
            archive.writestr(name, content)
    return made.getvalue()


def count(world: World, table: Any) -> int:
    with world.services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_fiche_is_proposed_corrected_and_confirmed(world: World, admin: PageClient) -> None:
    story = world.candidacy(Step.DOSSIER_PREPARATION)
    before = shape(world, story.number)
    for content in (export(), zipped(export())):
        page = admin.follow(send(admin, content))
        assert "Bloc 2 : code donné deux fois" in page.text
        assert page.form("Créer la version").values["block-1-capabilities"].splitlines() == [
            "C1 : Préparer les éléments",
            "C2 : Décrire un processus",
        ]
    assert count(world, CertificationVersion) == 1
    refused = page.submit("Créer la version", {"block-1-title": "Analyser mieux"}, expect=422)
    assert "Bloc 3 : relisez ses capacités" in refused.text
    kept = admin.get(str(page.response.request.path))  # what was corrected is kept
    assert kept.form("Créer la version").values["block-1-title"] == "Analyser mieux"
    ticks = {f"block-{rank}-read": "yes" for rank in (1, 2, 3)}
    lines = "C1 : Préparer les éléments\nC1b : Relire les éléments\n\nC2 : Décrire un processus"
    corrected = {"block-1-code": "BC09", "block-1-capabilities": lines, "registered_until": "", **name_of(world)}
    shown = admin.follow(kept.submit("Créer la version", {**ticks, **corrected}))
    assert "Relire les éléments" in shown.text
    with world.services.database.reading() as session:
        made = session.scalars(select(CertificationVersion).order_by(CertificationVersion.id.desc())).first()
        codes = session.scalars(select(Block.code).where(Block.version_id == made.id).order_by(Block.position)).all()
        events = session.scalars(select(JournalRow.event).order_by(JournalRow.id.desc()).limit(3)).all()
    assert codes == ["BC09", "BC02", "BC03"]
    assert events[0] == "certification_imported"
    assert shape(world, story.number) == before  # a running candidacy keeps its version
    candidate = PageClient(admin.app)
    candidate.sign_in(world.email("candidat.b"), PASSWORD)
    chosen = candidate.get(f"/ma-candidature/nouvelle?certification={made.id}")
    number = chosen.submit("Commencer ma demande", {"whole": "yes"}).location.split("/")[2]
    assert shape(world, number)[0] == made.id  # a new request takes the new one


def name_of(world: World) -> dict[str, str]:
    """What the certification is called, which running candidacies keep."""
    with world.services.database.reading() as session:
        row = session.scalars(select(Certification)).one()
        return {"title": row.title, "code": row.code}


def shape(world: World, number: str) -> tuple[Any, ...]:
    """What a candidacy rests on, word for word."""
    with world.services.database.reading() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == number)).one()
        blocks = session.execute(
            select(Block.code, Block.title, Capability.code, Capability.title)
            .join(CandidacyBlock, CandidacyBlock.block_id == Block.id)
            .join(Capability, Capability.block_id == Block.id)
            .where(CandidacyBlock.candidacy_id == row.id)
            .order_by(Capability.id)
        ).all()
        version = session.get_one(CertificationVersion, row.version_id)
        named = session.get_one(Certification, version.certification_id)
        texts = (named.title, named.code, version.label, version.registered_until)
        return row.version_id, row.revision, texts, [tuple(found) for found in blocks]


def test_a_yaml_is_proposed_too(world: World, admin: PageClient) -> None:
    page = admin.follow(send(admin, SMALL.encode(), number=""))
    assert page.heading == "Une certification"
    made = page.submit("Créer la version", {"block-1-read": "yes"})
    assert "Une capacité" in admin.follow(made).text
    assert "À relire" not in admin.get("/certifications").text


def test_the_regimes_of_a_file_stay_with_its_proposal(world: World, admin: PageClient) -> None:
    told = "regimes:\n  - {regime: transitional, since: 2020-01-01, until: 2026-06-30}\n"
    page = admin.follow(send(admin, (SMALL + told).encode(), number=""))
    kept = admin.follow(page.submit("Enregistrer sans créer", {"title": "Une certification, corrigée"}))
    kept.submit("Créer la version", {"block-1-read": "yes"})
    with world.services.database.reading() as session:
        wanted = select(VersionRegime.regime, VersionRegime.since, VersionRegime.until)
        rows = [tuple(row) for row in session.execute(wanted.where(VersionRegime.regime == "transitional"))]
    assert rows == [("transitional", date(2020, 1, 1), date(2026, 6, 30))]


BOMB = b'<?xml version="1.0"?><!DOCTYPE FICHES [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><FICHES>&b;</FICHES>'
BAD = {
    "nothing": (b"", "28242", "Choisissez un fichier"),
    "no such number": (export(), "99999", "n'est pas dans cet export"),
    "no number": (export(), "abc", "n'est pas un numéro RNCP"),
    "malformed": (b"<FICHES><FICHE></FICHES>", "28242", "XML lisible"),
    "cut": (export()[:-900], "99999", "XML lisible"),
    "bombed": (BOMB, "28242", "déclare des entités"),
    "another version": (export(version="3.0"), "28242", "version « 3.0 »"),
    "another document": (b"<html></html>", "28242", "export du RNCP"),
    "two files": (zipped(export(), "a.xml", "b.xml"), "28242", "2 fichiers XML"),
    "cut zip": (zipped(export())[:-40], "28242", "XML lisible|ne peut pas être lu"),
    "unknown key": ((SMALL + "humeur: bonne\n").encode(), "", "Clé inconnue : « humeur »"),
    "too long": (SMALL.replace("Une certification", "x" * 501).encode(), "", "dépasse 500 caractères"),
    "old": ((SMALL + "registered_from: 1815-06-18\n").encode(), "", "entre 1900 et 2200"),
    "backwards": ((SMALL + "registered_from: 2020-01-01\nregistered_until: 2019-01-01\n").encode(), "", "finit avant"),
    "no calendar": ((SMALL + "registered_from: 2020-13-45\n").encode(), "", "YAML lisible"),
    "aliases": (b"a: &a [x]\nb: [*a, *a]\n", "", "renvois"),
    "endless": (b"[" * 50_000, "", "YAML lisible"),
    "control": (SMALL.replace("Une certification", '"a\\0b"').encode(), "", "caractère interdit"),
    "not text": (b"\x93\xff\x00\x01", "", "UTF-8"),
    "heavy": (b"#" * ((1 << 20) + 5), "", "trop long"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_said_in_french_and_leaves_nothing(world: World, admin: PageClient, case: str) -> None:
    content, number, sentence = BAD[case]
    page = send(admin, content, number, name="" if case == "nothing" else "fichier")
    assert page.status == 422
    assert any(one in page.text for one in sentence.split("|")), page.text[:600]
    assert page.form(IMPORT).values.get("number", "") == number
    assert count(world, ReferentialProposal) == 0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("registered_from", "1815-06-18", "entre 1900 et 2200"),
        ("registered_until", "2016-01-01", "finit avant de commencer"),
        ("registered_until", "31/02/2020", "indiquez une date"),
        ("title", "x" * 501, "500 caractères"),
        ("title", "", "remplissez ce champ"),
        ("rncp", "RNCP-1", "en chiffres"),
        ("block_validity_months", "-3", "entre 1 et 600"),
        ("block-2-code", "BC01", "déjà celui d'un autre bloc"),
        ("block-2-capabilities", "C1 : Encore", "est déjà donné"),
        ("block-2-capabilities", "Sans code", "commencez par un code"),
        ("block-2-capabilities", "- Un critère sans capacité", "commencez par un code"),
        ("block-2-capabilities", "C9 : Neuve\n- " + "x" * 501, "un critère de 500"),
        ("block-2-capabilities", "", "au moins une capacité"),
        ("block-2-capabilities", "C9 : " + "x" * 1001, "1000 au plus"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_kept(
    world: World, admin: PageClient, field: str, value: str, sentence: str
) -> None:
    page = admin.follow(send(admin, export()))
    ticks = {f"block-{rank}-read": "yes" for rank in (1, 2, 3)}
    again = page.submit("Créer la version", {**ticks, field: value}, expect=422)
    assert sentence in again.text
    assert again.soup.select(f'#erreurs a[href="#{field}"]')
    kept = admin.get(str(page.response.request.path)).form("Créer la version")
    assert kept.values[field] == value
    assert count(world, CertificationVersion) == 1


def test_a_version_in_use_is_never_rewritten(world: World, admin: PageClient) -> None:
    world.candidacy(Step.DOSSIER_PREPARATION)
    with world.services.database.reading() as session:
        label = session.scalars(select(CertificationVersion.label)).one()
    page = admin.follow(send(admin, export()))
    ticks = {f"block-{rank}-read": "yes" for rank in (1, 2, 3)}
    renamed = page.submit("Créer la version", ticks, expect=422)
    assert renamed.soup.select('#erreurs a[href="#title"]')
    assert "Des candidatures portent l'intitulé" in renamed.text
    page = admin.get(str(page.response.request.path))
    again = page.submit("Créer la version", {**ticks, "version": label, "title": "Autre titre"}, expect=422)
    assert "sert déjà à une candidature" in again.text
    assert (count(world, CertificationVersion), count(world, Block)) == (1, 3)
    assert again.form("Créer la version").values["title"] == "Autre titre"


def test_two_tabs_do_not_overwrite_each_other(world: World, admin: PageClient) -> None:
    first = admin.follow(send(admin, export()))
    second = admin.get(str(first.response.request.path))
    first.submit("Enregistrer sans créer", {"title": "Le premier titre"})
    stale = second.submit("Enregistrer sans créer", {"title": "Le second titre"}, expect=409)
    assert stale.form("Créer la version").values["title"] == "Le second titre"
    assert "Le premier titre" in stale.text
    stale.submit("Enregistrer sans créer")
    assert admin.get(str(first.response.request.path)).heading == "Le second titre"


def test_blocks_come_and_go(world: World, admin: PageClient) -> None:
    page = admin.follow(send(admin, SMALL.encode(), ""))
    more = admin.follow(page.submit("Ajouter un bloc"))
    kept = admin.follow(
        more.submit(
            "Enregistrer sans créer",
            {
                "block-2-code": "B2",
                "block-2-title": "Deux",
                "block-1-code": None,
                "block-1-title": "",
                "block-1-capabilities": "",
            },
        )
    )
    values = kept.form("Créer la version").values
    assert (values["block-1-code"], "block-2-code" in values) == ("B2", False)
    kept.submit("Abandonner cette proposition")
    admin.get(str(page.response.request.path), 302)
    assert "À relire" not in admin.get("/certifications").text


def test_a_proposal_is_its_centre_s(world: World, admin: PageClient) -> None:
    page = admin.follow(send(admin, export()))
    path = str(page.response.request.path)
    for stranger in ("admin.b", "auditeur", "conseiller", "candidat"):
        client = PageClient(admin.app)
        client.sign_in(world.email(stranger), PASSWORD)
        client.get(path, 404)
        if stranger != "admin.b":
            client.get(IMPORT, 404)
