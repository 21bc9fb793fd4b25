"""The register: searched, counted by year, taken away; participation and statistics beside it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.demonstration import sittings
from vae_portal.persistence.tables import Award, Candidacy, Decision
from workflows.vocabulary import Role, Step

# A hundred times the sixty-seven people whom fiche 28242 certifies in a year.
MANY = 6_700


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


@pytest.fixture
def number(world: World) -> str:
    """Someone certified, their award in the register, and a withdrawn one of the year before."""
    story = world.candidacy(Step.CERTIFIED)
    with world.services.database.writing() as session:
        session.execute(text("DROP TRIGGER award_kept ON award"))
        session.execute(text("DELETE FROM award"))
        candidacy = session.scalars(select(Candidacy).where(Candidacy.number == story.number)).one()
        decision = session.scalars(select(Decision).where(Decision.candidacy_id == candidacy.id)).one()
        block = session.scalar(text("SELECT min(id) FROM block"))
        shared = {"centre_id": candidacy.centre_id, "candidacy_id": candidacy.id, "decision_id": decision.id}
        at = datetime(2026, 3, 3, tzinfo=UTC)
        session.add_all(
            [
                Award(**shared, year=2026, serial=1, number="CERT-2026-0001", code="A" * 20,
                      granted_on=date(2026, 3, 3), issued_at=at),
                Award(**shared, block_id=block, year=2025, serial=1, number="CERT-2025-0001", code="B" * 20,
                      granted_on=date(2025, 3, 3), issued_at=at, withdrawn_at=at, withdrawn_reason="fraude"),
            ]
        )  # fmt: skip
    return story.number


def test_searched_by_name_number_year_and_state(world: World, app: Flask, number: str) -> None:
    secretary = signed_in(world, app, "secretaire")
    assert "2 lignes" in secretary.get("/registre").text
    for query, found in (
        ("q=CERT-2025", 1),
        (f"q={number}", 2),
        ("q=Personne", 0),
        ("annee=2026", 1),
        ("quoi=bloc", 1),
        ("etat=withdrawn", 1),
        ("etat=valid", 1),
    ):
        assert f"{found} ligne" in secretary.get(f"/registre?{query}").text, query
    assert "retiré" in secretary.get("/registre?etat=withdrawn").text


def test_another_centre_sees_nothing_and_who_has_no_right_nothing_at_all(world: World, app: Flask, number: str) -> None:
    assert "Aucun titre délivré" in signed_in(world, app, "admin.b").get("/registre").text
    assert signed_in(world, app, "evaluateur1").get("/registre", 404).status == 404
    assert signed_in(world, app, "candidat").get("/registre", 404).status == 404


def test_taken_away_whole_and_the_journal_says_who(world: World, app: Flask, number: str) -> None:
    secretary = signed_in(world, app, "secretaire")
    made = secretary.get("/registre?etat=valid").submit("Emporter en CSV", expect=200)
    lines = made.response.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("CERT-2026-0001;")
    assert "2026-03-03" in lines[1]
    book = secretary.get("/registre").submit("Emporter en tableur", expect=200).response.data
    assert b"CERT-2025-0001" in zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    _, event, details = journal(world.services)[-1]
    assert (event, details["rows"]) == ("register_exported", 2)


def test_a_hundred_times_the_people_of_a_year_cost_the_same_page(world: World, app: Flask, number: str) -> None:
    secretary = signed_in(world, app, "auditeur")
    few = secretary.get("/registre").statements
    with world.services.database.writing() as session:
        session.execute(text("ALTER TABLE award DROP CONSTRAINT IF EXISTS uq_award_of_decision"))
        session.execute(text("DROP INDEX uq_award_of_decision"))
        session.execute(
            text(
                """INSERT INTO award (centre_id, candidacy_id, decision_id, year, serial, number, code, granted_on,
                       issued_at, withdrawn_reason)
                   SELECT centre_id, candidacy_id, decision_id, 2024, n, 'CERT-2024-' || n, lpad(n::text, 20, '0'),
                          DATE '2024-01-01' + (n % 366), now(), ''
                     FROM award, generate_series(1, :many) n WHERE serial = 1 AND year = 2026"""
            ),
            {"many": MANY},
        )
    page = secretary.get("/registre")
    assert page.statements == few
    assert f"{MANY + 2}" in page.text.replace("\u202f", "").replace("\xa0", "")


def test_the_half_year_of_each_organisation_and_its_attestation(world: World, app: Flask) -> None:
    world.candidacy(Step.CERTIFIED)
    close(world)
    secretary = signed_in(world, app, "secretaire")
    with world.services.database.reading() as session:
        starts_at = session.scalar(text("SELECT starts_at FROM jury_session WHERE state = 'closed'"))
    half = 1 if starts_at.month < 7 else 2
    page = secretary.get(f"/jurys/participation?annee={starts_at.year}&semestre={half}")
    assert "1 séance close" in page.text
    assert "1 sur 1" in page.text
    empty = secretary.get(f"/jurys/participation?annee={starts_at.year - 1}&semestre={half}")
    assert "Aucune séance close" in empty.text
    data = {"organisation": "Syndicat Un", "annee": starts_at.year, "semestre": half}
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    made = secretary.post("/jurys/participation/attestation", {**data, "csrf_token": token}, 200)
    assert "Attestation de participation" in word_text(made.response.data)
    assert journal(world.services)[-1][1] == "participation_attested"


def test_a_year_of_vae_for_the_certifying_authority(world: World, app: Flask) -> None:
    story = world.candidacy(Step.CERTIFIED)
    with world.services.database.reading() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == story.number)).one()
        sent, decided = row.submitted_on, row.decided_on
    assert sent is not None
    assert decided is not None
    secretary = signed_in(world, app, "secretaire")
    page = secretary.get(f"/statistiques?annee={decided.year}")
    assert figure(page, "Certifications") == "1"
    assert figure(page, "Jours jusqu'au jury") == str((decided - sent).days)
    lines = page.submit("Emporter en CSV", expect=200).response.data.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[1] == "28242"
    assert "Rien cette année" in secretary.get(f"/statistiques?annee={sent.year - 3}").text


def figure(page: object, name: str) -> str:
    title = next(dt for dt in page.soup.select("dt") if dt.get_text(strip=True) == name)  # type: ignore[attr-defined]
    return str(title.find_next("dd").get_text(strip=True))


def word_text(data: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


def close(world: World) -> None:
    """The session that pronounced is closed, if nobody did yet."""
    with world.services.database.reading() as session:
        row = session.execute(text("SELECT id, state, revision FROM jury_session")).one()
    if row.state != "closed":
        sittings.close_session(
            world.services, world.cast.actor("secretaire", Role.JURY_SECRETARY), row.id, world.clock()
        )
