"""Certifications, the decisions that open them, and how a centre is reached."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files

import pytest
from sqlalchemy import select

from tests.persistence.test_referential import SMALL
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.actions import referential
from vae_portal.demonstration import contents
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Centre, JournalRow, OpeningDecision
from workflows import clocks
from workflows.vocabulary import Step


@pytest.fixture
def admin(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("admin"), PASSWORD)
    return client


def test_the_fiche_is_shown_word_for_word(world: World, admin: PageClient) -> None:
    page = admin.get(f"/certifications/{world.cast.version_id}")
    for words in (
        "Préparer les éléments pour définir ou améliorer une politique Q, S, E",
        "Réaliser un audit au regard d'un référentiel interne ou externe",
        "Seul un représentant par organisation syndicale siège dans le jury avec droit de vote.",
        "en moyenne 67 fois par an",
    ):
        assert words in page.text
    assert "ouverte" in admin.get("/certifications").text


def test_an_opening_is_a_decision_with_a_name_a_ground_and_a_term(world: World, admin: PageClient) -> None:
    url = f"/certifications/{world.cast.version_id}/ouvertures"
    page = admin.get(f"/certifications/{world.cast.version_id}")
    until = clocks.civil_date(world.clock()) + timedelta(days=100)
    page.submit(url, {"until": until.isoformat(), "ground": "Décision du bureau & « vote »"})
    shown = admin.get(f"/certifications/{world.cast.version_id}").text
    assert "Décision du bureau & « vote »" in shown
    assert "remplacée" in shown
    with world.services.database.reading() as session:
        latest = session.scalars(select(OpeningDecision).order_by(OpeningDecision.id.desc())).first()
        row = session.scalars(select(JournalRow).order_by(JournalRow.id.desc())).first()
    assert (latest.until, latest.decided_by) == (until, world.cast.people["admin"])
    assert (row.event, row.chain) == ("certification_opened", f"centre:{world.cast.centre_id}")
    assert "bureau" not in str(row.details)


def test_the_latest_opening_alone_lets_requests_in(world: World, admin: PageClient) -> None:
    story = world.candidacy(Step.DRAFT)
    url = f"/certifications/{world.cast.version_id}/ouvertures"
    today = clocks.civil_date(world.clock())
    admin.get(url.rpartition("/")[0]).submit(url, {"until": today.isoformat(), "ground": "Un jour seulement."})
    with world.services.database.reading() as session:
        candidacy = contents.whole(session, story.number)
        assert facts_of.opened_until(session, candidacy) == today


@pytest.mark.parametrize(
    ("until", "ground", "sentence"),
    [
        ("", "Parce que", "Indiquez jusqu'à quel jour"),
        ("2020-01-01", "Parce que", "Choisissez une date à venir"),
        ("2099-01-01", "Parce que", "5 ans au plus"),
        ("31/02/2027", "Parce que", "Indiquez une date"),
        ("2026-12-31", "  ", "Indiquez sur quoi se fonde"),
        ("2026-12-31", "x" * 2001, "2000 caractères"),
    ],
)
def test_a_wrong_opening_is_refused_in_words(
    world: World, admin: PageClient, until: str, ground: str, sentence: str
) -> None:
    url = f"/certifications/{world.cast.version_id}/ouvertures"
    again = admin.get(url.rpartition("/")[0]).submit(url, {"until": until, "ground": ground}, expect=422)
    assert sentence in again.text
    with world.services.database.reading() as session:
        assert len(session.scalars(select(OpeningDecision)).all()) == 2  # one for each centre, from the start


def test_others_read_and_do_not_decide(world: World, client: PageClient) -> None:
    client.sign_in(world.email("auditeur"), PASSWORD)
    page = client.get(f"/certifications/{world.cast.version_id}")
    assert "Enregistrer la décision" not in page.text
    token = {"csrf_token": page.soup.select_one("[name=csrf_token]")["value"]}
    day = (date(2026, 12, 31)).isoformat()
    client.post(f"/certifications/{world.cast.version_id}/ouvertures", {"until": day, "ground": "Moi", **token}, 404)
    client.get("/centre", expect=404)
    client.get("/certifications/99999", expect=404)
    stranger = PageClient(client.app)
    stranger.sign_in(world.email("candidat"), PASSWORD)
    stranger.get("/certifications", expect=404)


def test_each_centre_has_its_own_openings(world: World, admin: PageClient) -> None:
    url = f"/certifications/{world.cast.version_id}/ouvertures"
    admin.get(url.rpartition("/")[0]).submit(url, {"until": "2026-12-31", "ground": "Pour nous seuls."})
    other = PageClient(admin.app)
    other.sign_in(world.email("admin.b"), PASSWORD)
    assert "Pour nous seuls." not in other.get(url.rpartition("/")[0]).text


def test_the_centre_changes_and_nobody_overwrites_anybody(world: World, admin: PageClient) -> None:
    page = admin.get("/centre")
    typed = {"address": "1 rue de l'Essai\r\n00000 Ville", "email": "Centre@Demo.Example", "notice_days": "21"}
    page.submit("Enregistrer", typed)
    with world.services.database.reading() as session:
        centre = session.get_one(Centre, world.cast.centre_id)
        row = session.scalars(select(JournalRow).order_by(JournalRow.id.desc())).first()
    assert (centre.address, centre.email, centre.notice_days) == (
        "1 rue de l'Essai\n00000 Ville",
        "centre@demo.example",
        21,
    )
    assert row.event == "centre_changed"
    assert set(row.details["fields"]) <= {"address", "email", "notice_days", "phone"}
    stale = page.submit("Enregistrer", {"phone": "01 02 03"}, expect=409)
    assert "01 02 03" in [t.get_text().strip() for t in stale.soup.select("textarea")]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Indiquez le nom"),
        ("name", "UIMM Ailleurs", "Un autre centre porte déjà ce nom"),
        ("email", "pas une adresse", "adresse électronique complète"),
        ("notice_days", "91", "entre 0 et 90"),
        ("notice_days", "x", "Indiquez un nombre"),
        ("phone", "0" * 41, "40 caractères"),
    ],
)
def test_a_wrong_detail_is_refused_in_words(
    world: World, admin: PageClient, field: str, value: str, sentence: str
) -> None:
    again = admin.get("/centre").submit("Enregistrer", {field: value}, expect=422)
    assert sentence in again.text
    assert again.form("Enregistrer").values.get(field, "") == value


def test_an_opening_is_ended_by_a_decision_with_its_reason(world: World, admin: PageClient) -> None:
    sent, draft = world.candidacy(Step.ADMISSIBILITY_REVIEW), world.candidacy(Step.DRAFT, world.candidate("autre"))
    page = f"/certifications/{world.cast.version_id}"
    admin.get(page).submit(f"{page}/fermeture", {"reason": "  "}, expect=422)
    admin.get(page).submit(f"{page}/fermeture", {"reason": "Une autre certification la remplace."})
    shown = admin.get(page)
    assert "fin anticipée" in shown.text
    assert "Une autre certification la remplace." in shown.text
    assert "remplacée" in shown.text
    assert "Mettre fin" not in shown.text
    with world.services.database.reading() as session:
        row = session.scalars(select(JournalRow).order_by(JournalRow.id.desc())).first()
    assert row.event == "certification_closed"
    assert "remplace" not in str(row.details)
    stranger = PageClient(admin.app)
    stranger.sign_in(world.email("autre"), PASSWORD)
    assert "aucune nouvelle demande" in stranger.get("/ma-candidature/nouvelle").text
    assert "Demande possible" not in stranger.get(f"/ma-candidature/{draft.number}").text
    candidate = PageClient(admin.app)
    candidate.sign_in(world.email("candidat"), PASSWORD)
    assert "Ouverture décidée pour les essais." in candidate.get(f"/ma-candidature/{sent.number}").text


def test_nothing_is_ended_twice_nor_elsewhere(world: World, admin: PageClient, client: PageClient) -> None:
    page = f"/certifications/{world.cast.version_id}"
    stale = admin.get(page)
    stale.submit(f"{page}/fermeture", {"reason": "Terminé."})
    stale.submit(f"{page}/fermeture", {"reason": "Terminé encore."}, expect=409)
    other = PageClient(client.app)
    other.sign_in(world.email("candidat.b"), PASSWORD)
    assert "par décision du centre" in other.get("/ma-candidature").text


def test_candidates_read_the_decision_that_lets_them_in(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.DRAFT)
    client.sign_in(world.email("candidat"), PASSWORD)
    for address in ("/ma-candidature/nouvelle", f"/ma-candidature/nouvelle?certification={world.cast.version_id}"):
        shown = client.get(address).text
        assert "Ouverture décidée pour les essais." in shown
        assert "Eden Réglage" in shown
    assert "Demande possible par décision" in client.get(f"/ma-candidature/{story.number}").text


def test_two_versions_are_shown_side_by_side_with_who_runs_on_each(world: World, admin: PageClient) -> None:
    world.candidacy(Step.DOSSIER_PREPARATION)
    data = referential.read(files("vae_portal.data").joinpath("rncp-28242.yaml").read_text("utf-8"))
    blocks = [dict(block) for block in data["blocks"]]
    blocks[0] = {**blocks[0], "capabilities": [{"code": "C1", "title": "Préparer tous les éléments"}]}
    blocks[2] = {**blocks[2], "code": "BC4"}
    with world.services.database.writing() as session:
        changed = {**data, "version": "Version d'essai", "blocks": blocks, "registered_until": date(2030, 1, 1)}
        newer = referential.import_data(session, changed)
        other = referential.import_yaml(session, SMALL)
    page = admin.get(f"/certifications/{world.cast.version_id}")
    assert "1 candidature en cours" in page.text
    assert "0 candidature en cours" in page.text
    shown = admin.get(f"/certifications/{newer}/comparer/{world.cast.version_id}")
    assert "5 différences" in shown.text  # the end of registration, C1 changed, C2 and C3 removed, BC3 now BC4
    assert "21 avril 2022 1er janvier 2030 modifié" in shown.text
    assert "1 candidature sur la première, 0 candidature sur la seconde" in shown.text
    assert "était BC3" in shown.text
    assert [" ".join(one.get_text().split()) for one in shown.soup.select("ins")] == ["ajouté : tous"]
    admin.get(f"/certifications/{newer}/comparer/{other}", 404)
    admin.get(f"/certifications/{newer}/comparer/{newer}", 404)


def test_an_older_version_read_later_takes_nobody_s_place(world: World, client: PageClient) -> None:
    data = referential.read(files("vae_portal.data").joinpath("rncp-28242.yaml").read_text("utf-8"))
    older = {"registered_from": date(2012, 4, 21), "registered_until": date(2017, 4, 20)}
    client.sign_in(world.email("candidat"), PASSWORD)

    def offered() -> set[str]:
        page = client.get("/ma-candidature/nouvelle")
        return {str(link["href"]).rpartition("=")[2] for link in page.soup.select("a[href*='certification=']")}

    assert offered() == {str(world.cast.version_id)}
    with world.services.database.writing() as session:
        referential.import_data(session, {**data, **older, "version": "Enregistrement de 2012"})
    assert offered() == {str(world.cast.version_id)}
    with world.services.database.writing() as session:
        newer = {"registered_from": date(2025, 1, 1), "registered_until": date(2030, 1, 1)}
        made = referential.import_data(session, {**data, **newer, "version": "Enregistrement de 2025"})
    assert offered() == {str(made)}
