"""Alone, then together: one's own grid, seen once all have shown theirs; the one text tells a difference."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.persistence.tables import (
    Capability,
    Interview,
    InterviewEvaluator,
    JournalRow,
    OwnAssessment,
    PreparedQuestion,
    PrivateNote,
)
from workflows.vocabulary import Step

SHARE = "J'ai terminé seul : mettre en commun"
SECRET = "zébulon"


def as_(world: World, client: PageClient, local: str) -> PageClient:
    """A browser of that person's own."""
    browser = PageClient(client.app, client.engine)
    browser.sign_in(world.email(local), PASSWORD)
    return browser


@pytest.fixture
def first(world: World, client: PageClient) -> PageClient:
    return as_(world, client, "evaluateur1")


@pytest.fixture
def second(world: World, client: PageClient) -> PageClient:
    return as_(world, client, "evaluateur2")


def mine(browser: PageClient, number: str) -> Page:
    return browser.get(f"/candidatures/{number}/ma-grille")


def typing(page: Page, *touched: str, **values: str) -> Page:
    """What static/typed.js sends: the whole form, and which fields it changed."""
    form = page.form("Enregistrer ma grille")
    named = {name.replace("_", "-"): value for name, value in values.items()}
    data = {**form.values, **named, "touched": list(touched or named)}
    return page.client.post(f"{form.action}/saisie", data, expect=(200, 409, 422))


def rows(world: World, table: type) -> int:
    with world.services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def filled(value: str, **more: str) -> dict[str, str]:
    return {f"verdict-C{n}": value for n in range(1, 9)} | {k.replace("_", "-"): v for k, v in more.items()}


# Alone


def test_a_grid_is_read_before_the_evaluation_and_written_from_its_opening(world: World, first: PageClient) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    page = mine(first, story.number)
    assert "La grille s'ouvre avec l'évaluation" in page.text
    assert not page.soup.find("button", string="Enregistrer ma grille")
    first.post(
        f"/candidatures/{story.number}/ma-grille",
        {"csrf_token": page.form("Se déconnecter").values["csrf_token"], **filled("acquired")},
        expect=409,
    )
    assert rows(world, OwnAssessment) == 0


def test_each_capability_is_saved_as_typed_under_its_own_revision(world: World, first: PageClient) -> None:
    number = world.candidacy(Step.EVALUATION).number
    phone, desk = mine(first, number), mine(first, number)
    assert typing(phone, verdict_C1="acquired", observations_C1="Vu sur pièces").status == 200
    # The other device has read nothing of it: another capability is saved beside, the same one is refused.
    beside = typing(desk, verdict_C2="not_acquired", reason_C2="Rien de daté")
    assert beside.status == 200
    assert "C2:1" in beside.response.json["revision"]
    late = typing(desk, verdict_C1="not_acquired", reason_C1="Rien vu")
    assert late.status == 409
    assert late.response.json["kind"] == "stale"
    assert all(words in late.response.json["table"] for words in ("Vu sur pièces", "Rien vu", "non acquise"))
    page = mine(first, number)
    values = page.form("Enregistrer ma grille").values
    assert (values["observations-C1"], values["verdict-C2"]) == ("Vu sur pièces", "not_acquired")
    assert typing(page, verdict_C3="acquired").status == 200
    again = typing(page, verdict_C3="acquired")  # the answer was lost: the same text again is no conflict
    assert again.status == 200
    assert again.response.json["revision"].count("C3:1")


def test_without_scripts_the_button_saves_and_two_texts_are_shown(world: World, first: PageClient) -> None:
    number = world.candidacy(Step.EVALUATION).number
    old = mine(first, number)
    page = first.follow(mine(first, number).submit("Enregistrer ma grille", {"verdict-C1": "acquired"}))
    assert "Votre grille est enregistrée" in page.text
    late = old.submit("Enregistrer ma grille", {"observations-C1": "Écrit ailleurs"}, expect=409)
    assert "modifiée sur un autre appareil" in late.text
    assert late.form("Enregistrer ma grille").values["observations-C1"] == "Écrit ailleurs"
    assert late.submit("Enregistrer ma grille").status == 302  # having read both
    long = mine(first, number).submit("Enregistrer ma grille", {"observations-C2": "x" * 5001}, expect=422)
    assert "Écrivez 5000 caractères au plus." in long.text
    assert len(long.form("Enregistrer ma grille").values["observations-C2"]) == 5001


def test_nobody_sees_a_grid_before_all_have_shown_theirs(
    world: World, client: PageClient, first: PageClient, second: PageClient
) -> None:
    number = world.candidacy(Step.EVALUATION).number
    page = first.follow(mine(first, number).submit(SHARE, filled("acquired", observations_C1=SECRET)))
    assert "D'ici là, vous pouvez la reprendre" in page.text
    for browser in (second, as_(world, client, "auditeur"), as_(world, client, "secretaire")):
        seen = browser.get(f"/candidatures/{number}/evaluation")
        assert SECRET not in str(seen.soup)
        assert not seen.soup.find("button", string="Enregistrer l'évaluation")
    assert SECRET not in str(mine(second, number).soup)
    page = first.follow(page.submit("Reprendre ma grille"))
    first.follow(page.submit(SHARE, {"observations-C2": "Ajouté"}))
    together = second.follow(mine(second, number).submit(SHARE, filled("acquired")))
    assert SECRET in together.text
    assert "Maxime Critère" in together.soup.select_one(".noted").get_text()
    assert SECRET not in str(as_(world, client, "auditeur").get(f"/candidatures/{number}/evaluation").soup)
    refused = first.follow(
        first.post(
            page.form("Se déconnecter").action.replace("/deconnexion", f"/candidatures/{number}/ma-grille/reprendre"),
            {"csrf_token": page.form("Se déconnecter").values["csrf_token"]},
        )
    )
    assert "ne se reprend plus" in refused.text


def test_an_empty_grid_is_shown_once_it_is_confirmed(world: World, first: PageClient) -> None:
    number = world.candidacy(Step.EVALUATION).number
    asked = mine(first, number).submit(SHARE, expect=422)
    assert "Votre grille est vide" in asked.text
    first.follow(asked.submit(SHARE, {"confirmed": "yes"}))
    with world.services.database.reading() as session:
        shown = session.scalars(select(InterviewEvaluator.shared_at).order_by(InterviewEvaluator.person_id)).all()
        events = session.scalars(select(JournalRow).where(JournalRow.event == "grid_shared")).all()
    assert [at is not None for at in shown] == [True, False]
    assert set(events[0].details) == {"interview", "own_sha256"}


def test_what_is_not_acquired_needs_its_reason_before_it_is_shown(world: World, first: PageClient) -> None:
    number = world.candidacy(Step.EVALUATION).number
    page = mine(first, number).submit(SHARE, {"verdict-C4": "not_acquired"}, expect=422)
    assert "indiquez pourquoi n'est pas acquise : C4" in page.text
    assert page.form(SHARE).values["verdict-C4"] == "not_acquired"


# Together


def test_agreement_is_taken_over_and_a_difference_must_be_told(
    world: World, first: PageClient, second: PageClient
) -> None:
    number = world.candidacy(Step.EVALUATION).number
    with world.services.database.writing() as session:
        session.query(Capability).filter_by(code="C3").update(
            {"criteria": ["L'écart est décrit", "La cause est cherchée"]}
        )
    given = filled("acquired", observations_C1="Pièce 2", criterion_C3_1="met", criterion_C3_2="unmet")
    first.follow(mine(first, number).submit(SHARE, given))
    given |= {"verdict-C2": "not_acquired", "reason-C2": "Sans date", "verdict-C5": "undecided"}
    page = second.follow(mine(second, number).submit(SHARE, given))
    values = page.form("Enregistrer l'évaluation").values
    ids = {
        c.get_text().split()[0]: c.parent["id"].removeprefix("verdict_") for c in page.soup.select("fieldset > legend")
    }
    assert values[f"verdict_{ids['C1']}"] == "acquired"
    assert values[f"observations_{ids['C1']}"].strip() == "Pièce 2"
    assert values[f"criterion_{ids['C3']}_1"] == "met"
    assert [f"verdict_{ids[c]}" in values for c in ("C2", "C5")] == [False, False]
    for words in ("avis différents", "avis incomplets", "avis concordants", "Sans date"):
        assert words in page.text
    given = {f"verdict_{ids['C2']}": "acquired", f"verdict_{ids['C5']}": "acquired", "modality": "projects"}
    wrong = page.submit("Enregistrer l'évaluation", given, expect=422)
    assert "Vos avis différaient sur C2 : dites en observations" in wrong.text
    told = {f"observations_{ids['C2']}": "La pièce 4 est datée.", f"modality_{ids['C2']}": "observation"}
    second.follow(wrong.submit("Enregistrer l'évaluation", told))
    text = first.get(f"/candidatures/{number}/evaluation/signature")
    c2 = next(part.get_text(" ") for part in text.soup.select(".judged") if "C2" in part.h3.get_text())
    assert "Les avis différaient ; la commission a tranché" in c2
    assert "Situation professionnelle observée" in c2
    assert "Andréa" not in c2
    assert "L'écart est décrit : rempli" in text.text
    assert "La cause est cherchée : non rempli" in text.text
    assert text.text.count("Les avis différaient") == 1


def test_presence_is_of_the_text_and_who_comes_back_joins_with_their_grid(
    world: World, first: PageClient, second: PageClient
) -> None:
    number = world.candidacy(Step.EVALUATION).number
    second.follow(
        mine(second, number).submit("Enregistrer ma grille", {"verdict-C1": "not_acquired", "reason-C1": "Non"})
    )
    first.follow(mine(first, number).submit(SHARE, filled("acquired")))
    page = first.follow(first.get(f"/candidatures/{number}/evaluation").submit("Noter absent"))
    first.follow(page.submit("Enregistrer l'évaluation", {"modality": "projects"}))
    before = hash_of(world)
    page = first.follow(first.get(f"/candidatures/{number}/evaluation").submit("Noter présent"))
    assert hash_of(world) != before
    assert "avis différents" in page.text
    assert "C1" in first.get(f"/candidatures/{number}/evaluation/signature").soup.select_one("#signatures .notice").text


def hash_of(world: World) -> str:
    with world.services.database.reading() as session:
        return session.scalars(select(Interview.text_hash)).one()


# Preparation


def test_notes_are_read_by_their_author_alone(
    world: World, client: PageClient, first: PageClient, second: PageClient
) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    address = f"/candidatures/{number}/dossier"
    old = first.get(address)
    first.follow(first.get(address).submit("Enregistrer mes notes", {"note-C1": SECRET, "note-dossier": "En tout"}))
    assert first.get(address).form("Enregistrer mes notes").values["note-C1"] == SECRET
    late = old.submit("Enregistrer mes notes", {"note-C1": "Autre"}, expect=409)
    assert late.form("Enregistrer mes notes").values["note-C1"] == "Autre"
    assert SECRET in late.soup.select_one("#preparation table").text
    for local in ("evaluateur2", "conseiller", "planificateur", "secretaire", "admin", "auditeur", "candidat"):
        browser = as_(world, client, local)
        for path in (address, f"/candidatures/{number}/ma-grille", f"/candidatures/{number}/evaluation"):
            assert SECRET not in browser.http.get(path).get_data(as_text=True), (local, path)
    with world.services.database.reading() as session:
        assert SECRET not in str([row.details for row in session.scalars(select(JournalRow))])
        assert session.scalar(select(func.count()).select_from(PrivateNote)) == 2
    assert not second.get(address).form("Enregistrer mes notes").values["note-C1"]


def test_questions_are_shared_inside_the_commission_and_answered_on_the_day(
    world: World, client: PageClient, first: PageClient, second: PageClient
) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    address = f"/candidatures/{story.number}/dossier"
    page = first.get(address)
    assert page.submit("Ajouter la question sur C1", {"question": " "}, expect=422).status == 422
    first.follow(page.submit("Ajouter la question sur C1", {"question": f"Qui a validé {SECRET} ?"}))
    assert SECRET in second.get(address).text
    assert "Retirer cette question" not in second.get(address).text
    assert SECRET not in as_(world, client, "conseiller").get(address).text
    world.clock.move_to(story.interview_at)
    story.clock.at(story.interview_at)
    story.open_evaluation()
    mine_first, mine_second = mine(first, story.number), mine(second, story.number)
    with world.services.database.reading() as session:
        key = session.scalars(select(PreparedQuestion.id)).one()
    assert typing(mine_first, **{f"answer_{key}": "La direction"}).status == 200
    late = typing(mine_second, **{f"answer_{key}": "Le chef"})
    assert late.status == 409
    assert "Un autre membre de la commission" in late.response.json["why"]
    assert mine(second, story.number).form("Enregistrer ma grille").values[f"answer-{key}"] == "La direction"


def test_only_who_sits_has_a_grid(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.EVALUATION).number
    for local, status in (
        ("evaluateur1", 200),
        ("evaluateur3", 404),
        ("auditeur", 404),
        ("candidat", 404),
        ("conseiller.b", 404),
    ):
        as_(world, client, local).get(f"/candidatures/{number}/ma-grille", status)
