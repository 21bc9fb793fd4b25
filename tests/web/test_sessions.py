"""Jury sessions as people run them: composed, opened, decided candidate by candidate, closed with their minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.actions.perform import perform
from vae_portal.documents.fill import fill
from vae_portal.persistence.tables import BlockDecision, Candidacy, Document, JournalRow, JurySeat, JurySession
from workflows import clocks
from workflows.facts import BlockDecisionFacts, Given
from workflows.vocabulary import Action, ConformityPoint, Decided, Role, Step

EVERY_POINT = {"point": [point.value for point in ConformityPoint]}


def signed_in(world: World, client: PageClient, local: str) -> PageClient:
    """A browser of that person's own."""
    browser = PageClient(client.app, client.engine)
    browser.sign_in(world.email(local), PASSWORD)
    return browser


@pytest.fixture
def secretary(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "secretaire")


@pytest.fixture
def president(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "jury-employeurs")


def session_of(world: World, number: str) -> JurySession:
    with world.services.database.reading() as session:
        wanted = text(
            "SELECT e.session_id FROM enrolment e JOIN candidacy c ON c.id = e.candidacy_id WHERE c.number = :n"
        )
        return session.get_one(JurySession, session.scalar(wanted, {"n": number}))


def step_of(world: World, number: str) -> str:
    with world.services.database.reading() as session:
        return session.scalars(select(Candidacy.step).where(Candidacy.number == number)).one()


def at_the_table(world: World, secretary: PageClient) -> tuple[str, JurySession]:
    """A candidacy whose session is open, at its hour."""
    story = world.candidacy(Step.JURY_SCHEDULED)
    row = session_of(world, story.number)
    world.clock.move_to(row.starts_at + timedelta(minutes=5))
    secretary.get(f"/jurys/{row.id}").submit("Ouvrir la séance")
    return story.number, row


def seat(page: Page, choice: str) -> int:
    """The id of someone in the list of people to seat."""
    return next(int(o["value"]) for o in page.soup.select("#person_id option") if choice in o.get_text())


def compose(secretary: PageClient, address: str, *names: str) -> Page:
    page = secretary.get(address)
    for name in names:
        page = secretary.follow(page.submit("Ajouter au jury", {"person_id": seat(page, name)}))
    return page


def convened(world: World, secretary: PageClient) -> str:
    day = clocks.civil_date(world.clock()) + timedelta(days=30)
    page = secretary.get("/jurys/nouveau")
    return page.submit("Créer la séance", {"day": day.isoformat(), "hour": "14:00", "place": "Salle du jury"}).location


def pronounce(world: World, number: str, *refused: str) -> None:
    """By consensus, as the president does."""
    president = world.cast.actor("jury-employeurs", Role.JURY_MEMBER)
    decisions = [
        BlockDecisionFacts(code, Decided.CONSENSUS, code not in refused, reason="Décision du jury.")
        for code in ("BC1", "BC2", "BC3")
    ]
    perform(world.services, president, number, Action.PRONOUNCE, Given(decisions=tuple(decisions)))


def test_a_session_is_composed_and_each_rule_shows(world: World, secretary: PageClient) -> None:
    address = convened(world, secretary)
    page = compose(secretary, address, "Ange Modèle", "Charlie Essai", "Noa Patron")
    assert "Désignez un président, et un seul." in page.text
    assert "La parité n'est pas respectée : 1 employeur votant et 2 salariés votants." in page.text
    page = compose(secretary, address, "Sasha Prototype")
    page = secretary.follow(page.submit("Enregistrer pour Ange Modèle", {"president": "on"}))
    assert "La composition est valable." in page.text
    assert "La séance s'ouvre à son heure" in page.text


def test_one_president_at_a_time_and_the_last_named_is_the_one(world: World, secretary: PageClient) -> None:
    address = convened(world, secretary)
    page = compose(secretary, address, "Ange Modèle", "Sasha Prototype")
    for name in ("Ange Modèle", "Sasha Prototype"):
        page = secretary.follow(page.submit(f"Enregistrer pour {name}", {"president": "on"}))
    with world.services.database.reading() as session:
        presidents = session.scalars(select(JurySeat.person_id).where(JurySeat.president)).all()
    assert presidents == [world.cast.people["jury-employeurs2"]]


def test_a_second_vote_of_a_union_is_refused_in_a_sentence_and_nothing_is_lost(
    world: World, secretary: PageClient
) -> None:
    address = convened(world, secretary)
    page = compose(secretary, address, "Charlie Essai")
    again = page.submit(
        "Ajouter au jury",
        {"person_id": seat(page, "Noa Patron"), "college": "employees", "union": "Syndicat UN"},
        expect=422,
    )
    assert "Un seul représentant par organisation syndicale vote" in again.text
    assert again.soup.select_one("#union")["value"] == "Syndicat UN"
    without = again.submit("Ajouter au jury", {"votes": None})
    assert "sans voix" in secretary.follow(without).text


def test_two_secretaries_at_once_the_second_sees_that_it_changed(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    address = convened(world, secretary)
    old = secretary.get(address)
    compose(secretary, address, "Ange Modèle")
    late = old.submit("Ajouter au jury", {"person_id": seat(old, "Sasha Prototype")}, expect=409)
    assert "Quelqu'un a changé cette séance pendant ce temps" in late.text


def test_a_batch_is_enrolled_with_a_result_for_each(world: World, secretary: PageClient) -> None:
    first = world.candidacy(Step.JURY_PENDING).number
    second = world.candidacy(Step.JURY_PENDING, world.candidate("candidat2")).number
    address = convened(world, secretary)
    page = secretary.get(address)
    page = page.submit("Inscrire les candidatures cochées", {"numbers": [first, second, "2026-9999"]})
    page = secretary.follow(page)
    assert f"{first} est inscrite." in page.text
    assert f"{second} est inscrite." in page.text
    assert "2026-9999 n'est pas inscrite." in page.text
    assert step_of(world, first) == Step.JURY_SCHEDULED


def test_the_president_pronounces_after_reading_it_again(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number, row = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    president = signed_in(world, client, "jury-employeurs")
    page = president.get(f"/candidatures/{number}/jury")
    keys = [tag["name"].removeprefix("way_") for tag in page.soup.select('input[name^="way_"][value="vote"]')]
    ways = {f"way_{key}": "acquired" for key in keys}
    third = keys[2]
    ways |= {f"way_{third}": "vote", f"employers_for_{third}": "2", f"employees_against_{third}": "2"}
    tied = page.submit("Relire la décision avant de prononcer", ways, expect=409)
    assert "la décision revient au président" in tied.text
    ways |= {f"chair_{third}": "against"}
    refused = page.submit("Relire la décision avant de prononcer", ways, expect=409)
    assert "son collège ne compte aucune voix contre" in refused.text
    ways |= {f"employers_for_{third}": "1", f"employers_against_{third}": "1", f"employees_for_{third}": "1"}
    ways |= {f"employees_against_{third}": "1"}
    unreasoned = page.submit("Relire la décision avant de prononcer", ways, expect=409)
    assert "s'écarte de la proposition de la commission" in unreasoned.text
    ways |= {f"reason_{third}": "L'audit décrit n'a pas été mené à son terme."}
    confirm = page.submit("Relire la décision avant de prononcer", ways, expect=200)
    assert "Prononcer : BC1 et BC2 acquis, BC3 non acquis" in confirm.text
    assert step_of(world, number) == Step.JURY_SCHEDULED
    done = president.follow(confirm.submit("Prononcer : BC1 et BC2 acquis, BC3 non acquis"))
    assert "Une décision prononcée ne se modifie pas." in done.text
    assert "employeurs 1 pour, 1 contre" in done.text
    assert step_of(world, number) == Step.PARTIALLY_VALIDATED
    with world.services.database.reading() as session:
        assert sum(session.scalars(select(BlockDecision.president_decided))) == 1
    closed = secretary.follow(secretary.get(f"/jurys/{row.id}").submit("Clore la séance"))
    assert "PV-" in closed.text


def test_the_minutes_say_everything_and_their_number_has_no_gap(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number, row = at_the_table(world, secretary)
    address = f"/jurys/{row.id}"
    page = secretary.get(address)
    assert "Avant la clôture, une candidature attend" in page.text
    secretary.post(f"{address}/cloture", {**page.form("Enregistrer les incidents").values}, expect=409)
    page.submit("Enregistrer les incidents", {"incidents": "Visioconférence coupée & reprise.\nFin avancée."})
    with world.services.database.reading() as session:
        assert session.get_one(JurySession, row.id).minutes_number is None
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    pronounce(world, number, "BC2")
    secretary.get(address).submit("Clore la séance")
    with world.services.database.reading() as session:
        closed = session.get_one(JurySession, row.id)
        document = session.scalars(select(Document).where(Document.kind == "minutes")).one()
        events = session.scalars(select(JournalRow.event).where(JournalRow.chain.like("centre:%"))).all()
    assert closed.minutes_number == f"PV-{closed.closed_at.year}-001"
    told = document.context
    assert told["members"][0]["full_name"] == "Ange Modèle"
    assert told["incidents"] == ["Visioconférence coupée & reprise.", "Fin avancée."]
    (candidate,) = told["candidates"]
    assert [b["acquired"] for b in candidate["blocks"]] == [True, False, True]
    assert candidate["blocks"][0]["employers"] == {"in_favour": 2, "against": 0, "abstained": 0}
    assert candidate["blocks"][1]["employees"] == {"in_favour": 0, "against": 2, "abstained": 0}
    assert fill("minutes", told).startswith(b"PK")
    assert {"session_opened", "incidents_recorded", "session_closed"} <= set(events)
    secretary.post(f"{address}/incidents", {"incidents": "trop tard", **_token(secretary, address)}, expect=409)


def _token(browser: PageClient, address: str) -> dict[str, str]:
    field = browser.get(address).soup.select_one('input[name="csrf_token"]')
    return {"csrf_token": str(field["value"]), "revision": "0"}


def test_a_member_who_declares_a_link_leaves_and_parity_is_looked_at_again(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number, _ = at_the_table(world, secretary)
    juror = signed_in(world, client, "jury-salaries")
    page = juror.get(f"/candidatures/{number}/jury")
    page = juror.follow(page.submit("Déclarer ce lien", {"nature": "Ancien collègue"}))
    assert "Charlie Essai se retire" in page.text
    assert "La parité n'est pas respectée : 2 employeurs votants et 1 salarié votant." in page.text
    page = secretary.get(f"/candidatures/{number}/jury")
    leaving = world.cast.people["jury-employeurs2"]
    page = page.submit("Noter le retrait", {"person_id": leaving, "reason": "Rétablissement de la parité"})
    page = secretary.follow(page)
    assert "La parité n'est pas respectée" not in page.text
    page.submit("Constater la conformité", EVERY_POINT)
    pronounce(world, number)
    assert step_of(world, number) == Step.CERTIFIED


def test_an_acting_president_pronounces_when_the_president_leaves(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number, _ = at_the_table(world, secretary)
    page = secretary.get(f"/candidatures/{number}/jury")
    people = world.cast.people
    page = secretary.follow(page.submit("Noter le retrait", {"person_id": people["jury-employeurs"], "reason": "Lien"}))
    assert "nommez un président suppléant" in page.text
    page = secretary.follow(page.submit("Noter le retrait", {"person_id": people["jury-salaries"], "reason": "Parité"}))
    page = secretary.follow(page.submit("Nommer", {"person_id": people["jury-employeurs2"]}))
    page.submit("Constater la conformité", EVERY_POINT)
    former = signed_in(world, client, "jury-employeurs").get(f"/candidatures/{number}/jury")
    assert not [b for b in former.soup.find_all("button") if "Relire la décision" in b.get_text()]
    acting = signed_in(world, client, "jury-employeurs2").get(f"/candidatures/{number}/jury")
    keys = [tag["name"] for tag in acting.soup.select('input[name^="way_"][value="vote"]')]
    confirm = acting.submit("Relire la décision avant de prononcer", dict.fromkeys(keys, "acquired"), expect=200)
    confirm.submit("Prononcer : BC1, BC2 et BC3 acquis")
    assert step_of(world, number) == Step.CERTIFIED


def test_a_composition_changed_since_the_page_was_read_stops_the_decision(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number, row = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    president = signed_in(world, client, "jury-employeurs")
    page = president.get(f"/candidatures/{number}/jury")
    keys = [tag["name"] for tag in page.soup.select('input[name^="way_"][value="vote"]')]
    confirm = page.submit("Relire la décision avant de prononcer", dict.fromkeys(keys, "acquired"), expect=200)
    secretary.get(f"/jurys/{row.id}").submit("Enregistrer pour Noa Patron", {"present": None})
    late = confirm.submit("Prononcer : BC1, BC2 et BC3 acquis", expect=409)
    assert "Quelqu'un a changé cette séance pendant ce temps" in late.text
    assert step_of(world, number) == Step.JURY_SCHEDULED


def test_votes_are_never_by_name_and_who_does_not_sit_sees_nothing(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number = world.candidacy(Step.CERTIFIED).number
    row = session_of(world, number)
    for local, session_page, decision_page in (
        ("jury-salaries", 200, 200),
        ("auditeur", 200, 200),
        ("admin", 200, 404),
        ("planificateur", 404, 404),
        ("candidat", 404, 404),
        ("admin.b", 404, 404),
    ):
        browser = signed_in(world, client, local)
        browser.get(f"/jurys/{row.id}", session_page)
        browser.get(f"/candidatures/{number}/jury", decision_page)
    auditor = signed_in(world, client, "auditeur").get(f"/jurys/{row.id}")
    assert [f.get("action") for f in auditor.soup.select("main form")] == [f"/jurys/{row.id}/dossier"]  # to take away


def test_the_page_costs_the_same_however_long_the_agenda(world: World, secretary: PageClient) -> None:
    session_id = world.jury_session(world.clock() + timedelta(days=400))
    for rank in range(4):
        world.candidacy(Step.JURY_PENDING, world.candidate(f"autre{rank}")).enrol(session_id)
        if rank == 0:
            alone = secretary.get(f"/jurys/{session_id}").statements
    page = secretary.get(f"/jurys/{session_id}")
    assert len(page.soup.select("#ordre-du-jour tbody tr")) == 4
    assert page.statements == alone
    assert page.statements <= 12, page.sql
