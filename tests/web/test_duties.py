"""What is owed before a jury, on its page: members called, organisations written to, noted by hand, late, moved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused
from vae_portal.persistence.queries import juries
from vae_portal.persistence.tables import Document, Enrolment, JurySession, OutboxMail, SessionDuty
from workflows import clocks
from workflows.facts import Given
from workflows.vocabulary import Action, Duty, Role, Step

UNION = {"college": "employees", "name": "Syndicat Un", "email": "syndicat1@demo.example", "address": "1 rue Fictive"}


@pytest.fixture
def secretary(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("secretaire"), PASSWORD)
    return client


def page_of(world: World, secretary: PageClient, days: int = 30) -> tuple[int, Page]:
    """A composed session that many days ahead, and its page."""
    session_id = world.jury_session(world.clock() + timedelta(days=days))
    return session_id, secretary.get(f"/jurys/{session_id}")


def mails(world: World, template: str) -> list[OutboxMail]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id)))


def done(world: World) -> list[SessionDuty]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(SessionDuty).order_by(SessionDuty.id)))


def test_members_are_called_once_and_who_is_added_later_too(world: World, secretary: PageClient) -> None:
    session_id, page = page_of(world, secretary)
    gone = page.submit("Retirer Noa Patron")
    page = secretary.follow(secretary.follow(gone).submit("Convoquer les membres"))
    assert "Jury convoqué" in page.text
    assert len(mails(world, "jury_convoked")) == 3
    noa = next(o["value"] for o in page.soup.select("#person_id option") if "Noa" in o.get_text())
    added = page.submit("Ajouter au jury", {"person_id": noa, "college": "employees", "union": "Syndicat Deux"})
    page = secretary.follow(secretary.follow(added).submit("Convoquer les nouveaux membres"))
    assert not page.soup.select("form[action$='/convocation']")
    assert len({mail.recipient for mail in mails(world, "jury_convoked")}) == len(mails(world, "jury_convoked")) == 4
    with world.services.database.reading() as session:
        kinds = list(session.scalars(select(Document.kind)))
        assert kinds.count("jury_convocation") == 4
        assert session.get_one(JurySession, session_id).convened_at is not None


def test_an_organisation_is_written_to_with_its_letter_or_noted_by_hand(world: World, secretary: PageClient) -> None:
    secretary.get("/jurys/organisations").submit("Ajouter l'organisation", UNION)
    by_post = {**UNION, "name": "Syndicat Deux", "email": ""}
    secretary.get("/jurys/organisations").submit("Ajouter l'organisation", by_post)
    _, page = page_of(world, secretary)
    assert "Pas d'adresse électronique au registre." in page.text
    page = secretary.follow(page.submit("Demander à Syndicat Un"))
    (mail,) = mails(world, "union_request")
    assert mail.recipient == UNION["email"]
    forms = page.soup.select(f"form[action$='{Duty.UNIONS_ASKED.value}/note']")
    two = next(form for form in forms if "Syndicat Deux" in form.get_text())
    today = clocks.civil_date(world.clock())
    hidden = {str(field["name"]): str(field["value"]) for field in two.select("input[type=hidden]")}
    noted = {**hidden, "how": "Lettre recommandée"}
    refused = secretary.post(str(two["action"]), {**noted, "done_on": (today + timedelta(days=1)).isoformat()})
    assert "aujourd'hui ou avant" in secretary.follow(refused).text
    assert len(done(world)) == 1
    secretary.post(str(two["action"]), {**noted, "done_on": (today - timedelta(days=1)).isoformat()})
    found = {(row.duty, row.how, row.done_on) for row in done(world)}
    assert (Duty.UNIONS_ASKED.value, "Lettre recommandée", today - timedelta(days=1)) in found


def test_what_is_late_shows_on_the_session_and_in_the_list(world: World, secretary: PageClient) -> None:
    secretary.get("/jurys/organisations").submit("Ajouter l'organisation", UNION)
    _, page = page_of(world, secretary, days=14)
    assert "1 obligation est en retard" in page.text
    assert "1 obligation en retard" in secretary.get("/jurys").text
    page.submit("Demander à Syndicat Un")
    assert "en retard" not in secretary.get("/jurys").text


def test_a_moved_session_calls_again_and_tells_the_candidates(world: World, secretary: PageClient) -> None:
    number = world.candidacy(Step.JURY_SCHEDULED).number
    with world.services.database.reading() as session:
        row = session.scalars(select(JurySession)).one()
    secretary.get(f"/jurys/{row.id}").submit("Convoquer les membres")
    before = len(mails(world, "jury_convoked")), len(mails(world, "enrolled_in_jury"))
    form = secretary.get(f"/jurys/{row.id}/modification")
    day = clocks.civil_date(row.starts_at) + timedelta(days=1)
    secretary.follow(form.submit("Enregistrer la séance", {"day": day.isoformat(), "hour": "10:00"}))
    assert len(mails(world, "jury_convoked")) == before[0] + 4
    told = mails(world, "enrolled_in_jury")
    assert len(told) == before[1] + 1
    with world.services.database.reading() as session:
        assert clocks.civil_date(session.get_one(JurySession, row.id).starts_at) == day
    stale = form.submit("Enregistrer la séance", {"place": "Ailleurs"}, expect=409)
    assert "Ailleurs" in str(stale.soup)
    assert number


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"day": "2020-01-01"}, "Choisissez une date à venir."),
        ({"place": "", "video_link": ""}, "lieu"),
        ({"capacity": "0"}, "Indiquez un nombre de candidatures"),
        ({"video_link": "http://visio.example"}, "https://"),
    ],
)
def test_a_session_that_cannot_be_is_refused(
    world: World, secretary: PageClient, changed: dict[str, str], sentence: str
) -> None:
    session_id, _ = page_of(world, secretary)
    page = secretary.get(f"/jurys/{session_id}/modification").submit("Enregistrer la séance", changed, expect=422)
    assert sentence in page.text


def test_the_last_seat_of_an_agenda_is_taken_once(world: World, secretary: PageClient) -> None:
    numbers = [
        world.candidacy(Step.JURY_PENDING).number,
        world.candidacy(Step.JURY_PENDING, world.candidate("candidat2")).number,
    ]
    session_id, _ = page_of(world, secretary)
    form = secretary.get(f"/jurys/{session_id}/modification")
    form.submit("Enregistrer la séance", {"capacity": "1"})
    actor, together = world.cast.actor("secretaire", Role.JURY_SECRETARY), Barrier(2)

    def enrol(number: str) -> bool:
        together.wait()
        try:
            perform(
                world.services,
                actor,
                number,
                Action.ENROL_IN_JURY,
                lambda session, _: Given(session=juries.to_enrol_in(session, actor, session_id)),
            )
        except ActionRefused as refused:
            assert "complète" in str(refused)
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(enrol, numbers)) == [False, True]
    with world.services.database.reading() as session:
        assert len(session.scalars(select(Enrolment).where(Enrolment.live)).all()) == 1


def test_only_the_secretary_of_the_centre_keeps_the_register(world: World, secretary: PageClient) -> None:
    secretary.get("/jurys/organisations").submit("Ajouter l'organisation", UNION)
    twice = secretary.get("/jurys/organisations").submit("Ajouter l'organisation", UNION, expect=422)
    assert UNION["address"] in str(twice.soup)
    own = next(
        str(a["href"]) for a in secretary.get("/jurys/organisations").soup.select("a[href*='/jurys/organisations/']")
    )
    assert "retirée" in secretary.follow(secretary.get(own).submit("Retirer du registre")).text.lower()
    other = PageClient(secretary.app)
    other.sign_in(world.email("jury-employeurs"), PASSWORD)
    other.get(own, expect=(403, 404))
