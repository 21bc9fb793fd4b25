"""Each deposit stays readable as it was; the next one says what changed, and each remark has its answer beside it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.actions.services import Services
from vae_portal.demonstration import contents, papers
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Evidence, JournalRow, Remark, Situation, SituationEvidence
from workflows.facts import Given
from workflows.vocabulary import Action, Step


@pytest.fixture
def story(world: World) -> Story:
    return world.candidacy(Step.DOSSIER_REVIEW)


def signed_in(app: Flask, services: Services, world: World, local: str) -> PageClient:
    client = PageClient(app, services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


@pytest.fixture
def reader(app: Flask, services: Services, world: World) -> PageClient:
    return signed_in(app, services, world, "conseiller")


@pytest.fixture
def candidate(app: Flask, services: Services, world: World) -> PageClient:
    return signed_in(app, services, world, "candidat")


def give_back(reader: PageClient, number: str, *remarks: tuple[str, str]) -> Page:
    page = reader.get(f"/candidatures/{number}/faire/return_dossier")
    typed = {}
    for rank, (about, why) in enumerate(remarks):
        typed |= {f"rows-{rank}-about": about, f"rows-{rank}-why": why}
    return page.submit("return_dossier", typed)


def rows(services: Services, table: type) -> list:  # type: ignore[type-arg]
    with services.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))  # type: ignore[attr-defined]


def change(services: Services, **texts: str) -> None:
    with services.database.writing() as session:
        first = session.scalars(select(Situation.id).order_by(Situation.position)).first()
        session.execute(update(Situation).where(Situation.id == first).values(**texts))


@pytest.fixture
def twice(services: Services, story: Story, reader: PageClient, candidate: PageClient, world: World) -> Story:
    """Returned with three remarks, one answered; a text changed and a file removed; deposited again."""
    first, second, _ = rows(services, Situation)
    file = next(e for e in rows(services, Evidence) if e.name == "tableau-de-bord-2023.pdf")
    give_back(
        reader,
        story.number,
        (f"situation:{first.id}", "Datez la politique."),
        ("capability:C5", "Montrez un suivi."),
        (f"evidence:{file.id}", "Page 3 illisible."),
        ("dossier", "Relisez l'ensemble."),
    )
    page = candidate.get(f"/ma-candidature/{story.number}/dossier")
    remark = rows(services, Remark)[0]
    page.submit(f"/remarques/{remark.id}", {"answer": "Datée du 3 mars, <page> 1."})
    change(services, context="Atelier B, en 2022")
    with services.database.writing() as session:
        session.get_one(Evidence, file.id).removed_at = services.clock()
    story.clock.now = world.clock()
    contents_file(services, story, second.id)
    story.clock.wait(days=1)
    story.deposit()
    world.clock.move_to(story.clock.now)
    return story


def contents_file(services: Services, story: Story, situation_id: int) -> None:
    """One more file, for what the removed one showed."""
    with story.services.database.writing() as session:
        candidacy_id = session.get_one(Situation, situation_id).candidacy_id
        data = papers.pdf("Tableau daté", story.number)
        file = contents.give(story.services, session, candidacy_id, story.candidate, "tableau-date.pdf", data)
        session.add(SituationEvidence(situation_id=situation_id, evidence_id=file.id))


def test_the_first_deposit_stays_as_it_was(services: Services, twice: Story, reader: PageClient) -> None:
    address = f"/candidatures/{twice.number}/dossier"
    old, new = reader.get(address, query={"depot": 1}), reader.get(address)
    assert "Un dépôt plus récent existe" in old.text
    assert "Un dépôt plus récent existe" not in new.text
    assert "Atelier B, en 2022" in new.text
    assert "Atelier B, en 2022" not in old.text
    file = next(e for e in rows(services, Evidence) if e.name == "tableau-de-bord-2023.pdf")
    assert f"/preuves/{file.id}" in str(old.soup)
    reader.get(f"/preuves/{file.id}", check=False)
    for asked in ("3", "0", "x"):
        reader.get(address, query={"depot": asked}, expect=404)


def test_the_second_deposit_says_what_changed(twice: Story, reader: PageClient) -> None:
    page = reader.get(f"/candidatures/{twice.number}/dossier")
    changes = " ".join(page.soup.find(id="changements").get_text(" ").split())
    for told in ("contexte", "tableau-de-bord-2023.pdf", "tableau-date.pdf"):
        assert told in changes
    assert page.statements <= 20


def test_each_remark_stands_beside_what_it_is_about_with_its_answer(twice: Story, reader: PageClient) -> None:
    for query in ({}, {"depot": 1}):
        page = reader.get(f"/candidatures/{twice.number}/dossier", query=query)
        listed = page.soup.find(id="remarques").get_text(" ")
        assert all(why in listed for why in ("Datez la politique", "Montrez un suivi", "Page 3", "Relisez"))
        assert listed.count("Sans réponse du candidat") == 3
        situation = page.soup.select_one("section.panel[id^=situation-]").get_text(" ")
        assert "Datez la politique." in situation
        assert "Datée du 3 mars, <page> 1." in situation
        assert "Montrez un suivi." in page.soup.find(id="montre-C5").get_text(" ")


def test_answers_are_kept_with_their_row_and_can_be_changed_until_the_deposit(
    services: Services, story: Story, reader: PageClient, candidate: PageClient
) -> None:
    give_back(reader, story.number, ("capability:C5", "Montrez un suivi."))
    (remark,) = rows(services, Remark)
    address = f"/ma-candidature/{story.number}/dossier"
    assert "sans réponse" in candidate.get(f"/ma-candidature/{story.number}/deposer").text
    for text in ("Fait.", "Fait, page 4."):
        candidate.get(address).submit(f"/remarques/{remark.id}", {"answer": text})
    candidate.get(address).submit(f"/remarques/{remark.id}", {"answer": "  "}, expect=422)
    candidate.get(address).submit(f"/remarques/{remark.id}", {"answer": "é" * 5001}, expect=422)
    assert rows(services, Remark)[0].answer == "Fait, page 4."
    told = [row for row in rows(services, JournalRow) if row.event == "remark_answered"]
    assert [row.details["remark"] for row in told] == [remark.id] * 2
    assert "Des remarques sont encore sans réponse" not in candidate.get(f"/ma-candidature/{story.number}/deposer").text


def test_nobody_answers_for_another_nor_after_the_deposit(
    app: Flask, services: Services, world: World, story: Story, reader: PageClient, candidate: PageClient
) -> None:
    give_back(reader, story.number, ("dossier", "Relisez."))
    (remark,) = rows(services, Remark)
    page = candidate.get(f"/ma-candidature/{story.number}/dossier")
    other = signed_in(app, services, world, "candidat.b")
    token = other.get("/compte").soup.find("input", attrs={"name": "csrf_token"})["value"]
    address = f"/ma-candidature/{story.number}/dossier/remarques/{remark.id}"
    other.post(address, {"csrf_token": token, "answer": "Moi."}, expect=404)
    story.act(Action.DEPOSIT_DOSSIER, story.candidate, Given(sworn=True))
    page.submit(f"/remarques/{remark.id}", {"answer": "Trop tard."}, expect=409)
    assert rows(services, Remark)[0].answer == ""


def test_the_receipt_gives_the_code_of_each_deposit(twice: Story, candidate: PageClient) -> None:
    codes = set()
    for query in ({"depot": 1}, {"depot": 2}, {}):
        page = candidate.get(f"/ma-candidature/{twice.number}/recepisse", query=query)
        code = page.soup.select_one(".seal-code").get_text(strip=True)
        check = candidate.get("/verifier", query={"code": code}).submit("Vérifier", expect=200)
        assert "Authentique" in check.text
        codes.add(code)
    assert len(codes) == 2


def test_the_candidate_goes_from_each_deposited_file_to_who_opened_it(twice: Story, candidate: PageClient) -> None:
    home = candidate.get(f"/ma-candidature/{twice.number}")
    assert home.soup.find("a", href=f"/ma-candidature/{twice.number}/dossier/acces")
    page = candidate.get(f"/candidatures/{twice.number}/dossier")
    links = page.soup.select('a[href*="/dossier/acces?fichier="]')
    assert len(links) == 3
    candidate.get(links[0]["href"])


def test_staff_never_read_what_is_being_written(services: Services, story: Story, reader: PageClient) -> None:
    give_back(reader, story.number, ("dossier", "Relisez l'ensemble."))
    change(services, title="Brouillon de la candidate")
    page = reader.get(f"/candidatures/{story.number}")
    assert "Refonte de la politique QSE" in page.text
    assert "Brouillon de la candidate" not in page.text


def test_what_was_deposited_as_confidential_stays_so_for_its_readers(
    services: Services, world: World, story: Story, reader: PageClient
) -> None:
    secret = rows(services, Evidence)[-1]

    def mark(confidential: bool) -> None:
        with services.database.writing() as session:
            session.execute(update(Evidence).where(Evidence.id == secret.id).values(confidential=confidential))

    give_back(reader, story.number, ("dossier", "Relisez l'ensemble."))
    mark(True)
    story.clock.now = world.clock()
    story.clock.wait(days=1)
    story.deposit()
    world.clock.move_to(story.clock.now)
    mark(False)
    assert "Confidentiel : ne pas diffuser" in reader.get(f"/preuves/{secret.id}/voir").text
