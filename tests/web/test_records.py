"""The outbox, the journal and the demonstration's mails: who reads them, what they hide, what can be asked again."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.database import application
from vae_portal.persistence.tables import Document, JournalRow, OutboxMail
from vae_portal.web import journal_words as words
from vae_portal.web.presentation import choices
from workflows.vocabulary import Step


def jobs(world: World, task: str) -> int:
    with world.services.database.reading() as session:
        count = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task"
        return int(session.execute(text(count), {"task": task}).scalar_one())


def signed_in(client: PageClient, world: World, who: str) -> PageClient:
    browser = PageClient(client.app, client.engine)
    browser.sign_in(world.email(who), PASSWORD)
    return browser


def test_a_mail_given_up_is_shown_and_sent_again(world: World, client: PageClient) -> None:
    world.candidacy(Step.DOSSIER_PREPARATION)
    with world.services.database.writing() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.template == "admissible")).one()
        mail.failed_at, mail.failure, mail.attempts = world.clock(), "Le serveur a refusé l'adresse.", 8
    admin = signed_in(client, world, "admin")
    page = admin.get("/courriels?etat=echec")
    assert "Le serveur a refusé l'adresse. (8 essais)" in page.text
    assert "est recevable" in page.text
    before = jobs(world, "send_mail")
    form = f"/courriels/{mail.id}/renvoyer"
    again = page.form(form)
    page.submit(form)
    assert jobs(world, "send_mail") == before + 1
    admin.post(form, again.values, 409)
    assert jobs(world, "send_mail") == before + 1
    with world.services.database.reading() as session:
        assert session.scalars(select(JournalRow.event).order_by(JournalRow.id.desc())).first() == "mail_retried"
    assert "Nouvel envoi de courriel demandé" in admin.get("/journal").text


def test_a_document_that_could_not_be_made_is_asked_again(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    with world.services.database.writing() as session:
        paper = session.scalars(select(Document)).one()
        paper.failure = "Le modèle nomme un champ inconnu."
    admin = signed_in(client, world, "admin")
    page = admin.get("/courriels")
    assert "Le modèle nomme un champ inconnu." in page.text
    before = jobs(world, "issue_document")
    page.submit(f"/courriels/documents/{paper.id}/refaire")
    assert jobs(world, "issue_document") == before + 1
    assert "Documents en échec" not in admin.get("/courriels").text
    assert "en préparation" in admin.get(f"/candidatures/{number}").text


def test_only_an_administrator_asks_again_and_only_in_their_centre(world: World, client: PageClient) -> None:
    world.candidacy(Step.ADMISSIBILITY_REVIEW)
    with world.services.database.writing() as session:
        mail = session.scalars(select(OutboxMail).limit(1)).one()
        mail.failed_at, mail.failure = world.clock(), "Refusé."
    for who, status in (("conseiller", 404), ("auditeur", 404), ("admin.b", 404)):
        browser = signed_in(client, world, who)
        page = browser.get("/courriels")
        assert "Renvoyer" not in page.text
        token = {"csrf_token": page.soup.select_one("[name=csrf_token]")["value"]}
        browser.post(f"/courriels/{mail.id}/renvoyer", token, status)
    assert mail.recipient not in signed_in(client, world, "admin.b").get("/courriels").text
    signed_in(client, world, "evaluateur1").get("/courriels", expect=404)


def test_a_personal_link_is_shown_to_nobody(world: World, client: PageClient) -> None:
    with world.services.database.writing() as session:
        session.add(
            OutboxMail(
                centre_id=world.cast.centre_id,
                recipient="x@demo.example",
                template="verify_address",
                subject="Vérifiez votre adresse",
                body="http://portail.example/verification/SECRET",
                secret=True,
                written_at=world.clock(),
            )
        )
    page = signed_in(client, world, "admin").get("/courriels")
    assert "Vérifiez votre adresse" in page.text
    assert "SECRET" not in str(page.soup)
    assert "lien personnel" in page.text


def test_long_lists_are_paged_at_the_same_cost(world: World, client: PageClient) -> None:
    admin = signed_in(client, world, "admin")
    first = admin.get("/courriels")
    with world.services.database.writing() as session:
        for rank in range(60):
            session.add(
                OutboxMail(
                    centre_id=world.cast.centre_id,
                    recipient="x@demo.example",
                    template="receipt",
                    subject=f"Sujet {rank}",
                    body="Texte & <b>balises</b>",
                    written_at=world.clock(),
                )
            )
    page = admin.get("/courriels")
    assert page.statements == first.statements
    assert "Page 1 sur 3" in page.text
    assert "Texte & <b>balises</b>" in page.text
    assert len(admin.get("/courriels?page=3").soup.select(".file")) == 10
    assert "Aucun courriel ici" in admin.get("/courriels?page=99999&etat=nonsense").text


def test_the_journal_of_a_candidacy_links_each_row_to_the_one_before(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    auditor = signed_in(client, world, "auditeur")
    page = auditor.get(f"/journal/{number}")
    assert "Dossier de preuves déposé" in page.text
    assert "Dominique Fictif" in page.text
    with world.services.database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.chain.like("candidacy:%"))).all()
    shown = [code.get_text() for code in page.soup.select("tbody code")]
    assert shown == [row.hash[:12] for row in sorted(rows, key=lambda r: -r.seq)][:50]
    signed_in(client, world, "conseiller").get(f"/journal/{number}", expect=404)
    signed_in(client, world, "admin.b").get(f"/journal/{number}", expect=404)
    auditor.get("/journal/2026-9999", expect=404)


def test_every_row_of_the_journal_is_told_in_french(world: World) -> None:
    world.candidacy(Step.PARTIALLY_VALIDATED)
    with world.services.database.reading() as session:
        rows = session.scalars(select(JournalRow)).all()
    assert [row.event for row in rows if words.event(row.event) == row.event] == []
    assert {key for row in rows for key in row.details} - {code for code, _ in choices("detail")} == set()
    seat = next(row for row in rows if row.event == "member_seated")
    assert "collège : Employeurs" in words.details(seat.details)
    assert "voix : oui" in words.details(seat.details)
    created = next(row for row in rows if row.event == "session_created")
    assert re.search(r"début : \w+ \d{1,2} \w+ 2026 à \d+\sh", words.details(created.details))


@pytest.fixture
def caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAE_DEMO_MAILS", str(tmp_path))
    return tmp_path


def a_mail(folder: Path, name: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"], message["Date"] = "a@demo.example", subject, "Wed, 04 Feb 2026 09:00:00 +0000"
    message.set_content(body)
    (folder / f"{name}.eml").write_bytes(bytes(message))


def test_the_demonstration_shows_the_mails_it_caught(world: World, caught: Path) -> None:
    browser = PageClient(application(world.services, demonstration=True))
    assert "Aucun courriel" in browser.get("/demonstration/courriels").text
    for rank in range(60):
        a_mail(caught, f"2026020{rank:03d}", f"Sujet {rank}", "Bonjour & <b>à vous</b>\n\nhttp://127.0.0.1/x?y=1&z=é\n")
    (caught / "20269999.eml").write_bytes(b"\xff\xfe\x00 not a mail")
    (caught / ".half.eml").write_bytes(b"Subject: half")
    page = browser.get("/demonstration/courriels")
    subjects = [h2.get_text() for h2 in page.soup.select("main h2")]
    assert subjects[:2] in (["Sans objet", "Sujet 59"], ["Sujet 59", "Sujet 58"])
    assert 49 <= len(subjects) <= 50
    assert page.soup.select_one(".letter a")["href"].startswith("http")
    assert "<b>à vous</b>" in page.text


def test_no_such_page_outside_the_demonstration(world: World, client: PageClient, caught: Path) -> None:
    a_mail(caught, "1", "Secret", "http://127.0.0.1/verification/abc")
    client.get("/demonstration/courriels", expect=404)
