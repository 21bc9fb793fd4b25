"""Minutes as deeds: seen before the closing, fixed by it, signed on screen or on paper, corrected by another deed."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.storage.samples import PDF
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from tests.web.test_sessions import EVERY_POINT, at_the_table, pronounce, signed_in
from vae_portal.actions import sessions as acts
from vae_portal.persistence.tables import (
    Counter,
    Document,
    JournalRow,
    JurySession,
    MinutesDeed,
    MinutesScan,
    MinutesSignature,
    OutboxMail,
)
from workflows.vocabulary import Role, Step

BY_SCREEN = "Signer le procès-verbal"


@pytest.fixture
def secretary(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "secretaire")


def closed(world: World, secretary: PageClient) -> tuple[int, str]:
    """A session closed after one decision: its id, and the number of its minutes."""
    number, row = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    pronounce(world, number, "BC2")
    secretary.get(f"/jurys/{row.id}").submit("Clore la séance")
    return row.id, deeds_of(world)[0].number


def deeds_of(world: World) -> list[MinutesDeed]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(MinutesDeed).order_by(MinutesDeed.id)))


def test_the_draft_shows_the_minutes_as_they_stand_without_a_number(world: World, secretary: PageClient) -> None:
    number, row = at_the_table(world, secretary)
    page = secretary.get(f"/jurys/{row.id}/proces-verbal")
    assert page.heading == "Projet de procès-verbal"
    assert "À examiner" in page.text
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    pronounce(world, number)
    assert "Certification obtenue" in secretary.get(f"/jurys/{row.id}/proces-verbal").text
    assert deeds_of(world) == []


def test_the_closing_fixes_one_text_shown_from_the_deed_and_not_from_what_rows_became(
    world: World, secretary: PageClient
) -> None:
    session_id, _ = closed(world, secretary)
    (deed,) = deeds_of(world)
    told = json.loads(deed.content)
    assert (deed.serial, deed.number) == (1, f"PV-{deed.year}-001")
    assert deed.sha256 == hashlib.sha256(deed.content.encode()).hexdigest()
    (candidate,) = told["candidates"]
    assert [b["acquired"] for b in candidate["blocks"]] == [True, False, True]
    assert candidate["decided_at"]
    assert "person" not in deed.content  # votes and seats by college, never a ballot's owner
    with world.services.database.reading() as session:
        document = session.get_one(Document, deed.document_id)
        row = session.get_one(JurySession, session_id)
    assert document.context["text_sha256"] == deed.sha256
    assert {key: document.context[key] for key in told} == told
    assert row.minutes_number == deed.number
    with world.services.database.engine.begin() as connection:
        connection.execute(text("UPDATE person SET family_name = 'Autrenom' WHERE family_name = 'Modèle'"))
    page = secretary.follow(secretary.get(f"/jurys/{session_id}/proces-verbal", 302))
    assert "Ange Modèle" in page.text
    assert deed.sha256 in page.text
    with pytest.raises(DBAPIError, match="corrected by a new deed"), world.services.database.writing() as session:
        session.execute(text("UPDATE minutes_deed SET reason = ''"))
        session.execute(text("UPDATE minutes_deed SET content = '{}'"))


def test_only_who_was_present_signs_once_under_the_hash_with_the_password_again(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number, row = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    pronounce(world, number)
    for name in ("Noa Patron", "Sasha Prototype"):  # parity holds
        secretary.get(f"/jurys/{row.id}").submit(f"Enregistrer pour {name}", {"present": None})
    with world.services.database.engine.begin() as connection:  # as if neither had sat for the decision
        connection.execute(text("ALTER TABLE decision DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE decision SET sat = '[]'"))
        connection.execute(text("ALTER TABLE decision ENABLE TRIGGER USER"))
    secretary.get(f"/jurys/{row.id}").submit("Clore la séance")
    (deed,) = deeds_of(world)
    with world.services.database.reading() as session:
        asked = session.scalars(select(OutboxMail.recipient).where(OutboxMail.template == "minutes_to_sign")).all()
    assert sorted(asked) == sorted(world.email(local) for local in ("jury-employeurs", "jury-salaries"))
    address = f"/jurys/{row.id}/proces-verbal/{deed.number}"
    present, absent = signed_in(world, client, "jury-salaries"), signed_in(world, client, "jury-employeurs2")
    assert f"Signer {deed.number}" in present.get("/jurys").text
    assert f"Signer {deed.number}" not in absent.get("/jurys").text
    page = present.get(f"{address}/signature")
    wrong = page.submit(BY_SCREEN, {"password": "pas le bon"}, expect=422)
    assert "rien n'a été signé" in wrong.text
    other = page.submit(BY_SCREEN, {"password": PASSWORD, "text_hash": "0" * 64}, expect=409)
    assert "Ce n'est pas le texte de ce procès-verbal" in other.text
    for _ in range(2):
        page.submit(BY_SCREEN, {"password": PASSWORD})
    shown = present.get(address)
    assert "pas encore signé" in shown.text
    assert not [a for a in shown.soup.select("main a") if "Lire et signer" in a.get_text()]
    refused = absent.get(f"{address}/signature")
    assert "Vous n'avez rien à signer ici" in refused.text
    forged = {**page.form(BY_SCREEN).values, "password": PASSWORD}
    forged["csrf_token"] = refused.soup.select_one('input[name="csrf_token"]')["value"]
    assert "ne vous nomme pas" in absent.post(f"{address}/signature", forged, expect=409).text
    secretary.get(f"{address}/signature", 404)
    with world.services.database.reading() as session:
        (kept,) = session.scalars(select(MinutesSignature)).all()
    assert (kept.person_id, kept.sha256) == (world.cast.people["jury-salaries"], deed.sha256)
    with pytest.raises(DBAPIError, match="another text"), world.services.database.writing() as session:
        session.add(
            MinutesSignature(
                deed_id=deed.id, person_id=world.cast.people["admin"], sha256="0" * 64, signed_at=world.clock()
            )
        )


def test_the_signed_sheet_is_kept_as_sent_and_a_program_is_not(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    session_id, number = closed(world, secretary)
    address = f"/jurys/{session_id}/proces-verbal/{number}"
    page = secretary.get(address)
    action = next(f["action"] for f in page.soup.select("form") if "exemplaires" in f.get("action", ""))

    def send(data: bytes, name: str, expect: int) -> Page:
        return secretary.post(action, {"file": (io.BytesIO(data), name)}, expect=expect)

    assert "programme" in send(b"MZ" + bytes(9000), "feuille.pdf", 422).text
    assert "Choisissez le fichier" in secretary.post(action, {"file": (io.BytesIO(b""), "")}, expect=422).text
    send(PDF, "feuille signée.pdf", 302)
    send(PDF, "feuille signée.pdf", 302)
    with world.services.database.reading() as session:
        (scan,) = session.scalars(select(MinutesScan)).all()
        (deed,) = session.scalars(select(MinutesDeed)).all()
    assert (scan.deed_sha256, scan.sha256) == (deed.sha256, hashlib.sha256(PDF).hexdigest())
    told = secretary.get(address)
    assert "à la main, exemplaire joint" in told.text
    got = signed_in(world, client, "auditeur").get(f"{address}/exemplaires/{scan.id}", check=False)
    assert got.response.data == PDF
    assert got.response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.response.headers["Content-Security-Policy"]
    signed_in(world, client, "admin.b").get(f"{address}/exemplaires/{scan.id}", 404)


def test_a_correction_is_another_deed_and_the_first_stays(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    session_id, number = closed(world, secretary)
    address = f"/jurys/{session_id}/proces-verbal/{number}"
    page = secretary.get(f"{address}/rectification")
    empty = page.submit("Établir l'acte rectificatif", {"reason": "Erreur de plume", "lines": " "}, expect=422)
    assert "Écrivez ce qu'il faut lire" in empty.text
    assert "Erreur de plume" in str(empty.soup.select_one("#reason"))
    lines = "Lire « BC2 acquis » au lieu de « BC2 non acquis ».\n\nLire « 15 h » au lieu de « 14 h »."
    made = secretary.follow(page.submit("Établir l'acte rectificatif", {"reason": "Erreur de plume", "lines": lines}))
    first, second = deeds_of(world)
    assert (second.serial, second.deed, second.reason) == (2, "correction", "Erreur de plume")
    assert json.loads(second.content)["corrects"]["sha256"] == first.sha256
    assert len(json.loads(second.content)["lines"]) == 2
    assert made.soup.select_one(f'a[href="{address}"]')
    assert "au lieu de « 14 h »" in made.text
    before = secretary.get(address)
    assert f"Rectifié par {second.number}" in before.text
    member = signed_in(world, client, "jury-salaries")
    member.get(f"/jurys/{session_id}/proces-verbal/{second.number}/rectification", 404)
    sheet = member.get(f"/jurys/{session_id}/proces-verbal/{second.number}/signature")
    sheet.submit(BY_SCREEN, {"password": PASSWORD})
    with world.services.database.reading() as session:
        assert session.get_one(JurySession, session_id).minutes_number == first.number
        events = session.scalars(select(JournalRow.event).where(JournalRow.chain.like("centre:%"))).all()
        rows = session.execute(text("SELECT details::text FROM journal WHERE event = 'minutes_corrected'")).scalars()
        assert not [row for row in rows if "plume" in row]
    assert {"session_closed", "minutes_corrected", "minutes_signed"} <= set(events)


def test_two_sessions_closed_at_once_have_no_gap_and_a_failed_closing_gives_its_number_back(
    world: World, secretary: PageClient
) -> None:
    ids = []
    for _ in range(3):
        ids.append(world.jury_session(world.clock() + timedelta(days=1)))
    world.clock.advance(days=1, hours=1)
    with world.services.database.engine.begin() as connection:
        connection.execute(text("UPDATE jury_session SET state = 'open', opened_at = now()"))
    actor = world.cast.actor("secretaire", Role.JURY_SECRETARY)

    def revision(session_id: int) -> int:
        with world.services.database.reading() as session:
            return session.get_one(JurySession, session_id).revision

    with world.services.database.engine.begin() as connection:  # the third closing fails after its number is drawn
        connection.execute(text(f"ALTER TABLE minutes_deed ADD CONSTRAINT fails CHECK (session_id <> {ids[0]})"))
    with pytest.raises(DBAPIError):
        acts.close_session(world.services, actor, ids[0], revision(ids[0]))
    with world.services.database.reading() as session:
        assert session.scalars(select(Counter.value).where(Counter.name.like("minutes:%"))).all() == []
    barrier, numbers = Barrier(2), []

    def close(session_id: int) -> None:
        seen = revision(session_id)
        barrier.wait()
        numbers.append(acts.close_session(world.services, actor, session_id, seen))

    threads = [Thread(target=close, args=(key,)) for key in ids[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [number[-3:] for number in sorted(numbers)] == ["001", "002"]
    assert [deed.serial for deed in deeds_of(world)] == [1, 2]


def test_the_attendance_sheet_is_made_once_until_somebody_comes_or_goes(world: World, secretary: PageClient) -> None:
    _, row = at_the_table(world, secretary)
    for _ in range(2):
        secretary.get(f"/jurys/{row.id}").submit("Établir la feuille d'émargement")
    with world.services.database.reading() as session:
        (made,) = session.scalars(select(Document).where(Document.kind == "jury_attendance_sheet")).all()
    assert made.context["members"][0]["full_name"] == "Ange Modèle"
    member = secretary.get(f"/jurys/{row.id}").submit("Enregistrer pour Noa Patron", {"president": None})
    assert member.status == 302


def test_who_does_not_know_the_session_sees_no_minutes(world: World, secretary: PageClient, client: PageClient) -> None:
    session_id, number = closed(world, secretary)
    for local, status in (("jury-salaries", 200), ("auditeur", 200), ("candidat", 404), ("admin.b", 404)):
        browser = signed_in(world, client, local)
        browser.get(f"/jurys/{session_id}/proces-verbal/{number}", status)
    assert world.candidacy(Step.JURY_PENDING, world.candidate("autre"))
    secretary.get(f"/jurys/{session_id}/proces-verbal/PV-1999-001", 404)
