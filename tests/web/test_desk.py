"""The worklist: what is due first on top, the same on every page, at the same cost however long the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.team import a_person
from vae_portal.actions import desk, leaving
from vae_portal.errors import ActionRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import dues, worklist
from vae_portal.persistence.queries.worklist import Wanted
from vae_portal.persistence.tables import Candidacy, JournalRow, SupplementItem
from vae_portal.web import desk as pages
from workflows import clocks
from workflows.facts import Actor
from workflows.regimes import Regime
from workflows.steps import JURY, STEPS
from workflows.vocabulary import Role, Step

_numbers = count(1)
AFTER_DEPOSIT = [step for step in Step if STEPS[step].clock is JURY]


def a_row(world: World, step: Step, **fields: Any) -> str:
    """A candidacy's row at a step, made for its dates alone; its number."""
    number = f"2031-{next(_numbers):04d}"
    values: dict[str, Any] = {
        "number": number,
        "centre_id": world.cast.centre_id,
        "person_id": world.cast.people["candidat"],
        "version_id": world.cast.version_id,
        "step": step.value,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "stepped_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=next(_numbers)),
        "submitted_on": date(2026, 1, 2),
        "regime": Regime.FRANCE_VAE.value,
        "notified_on": date(2026, 1, 3),
    }
    with world.services.database.writing() as session:
        session.add(Candidacy(**(values | fields)))
    return number


def owed_a_result(world: World, number: str) -> str:
    """The letter with the result is not issued yet."""
    with world.services.database.writing() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == number)).one()
        leaving.owe(session, "result_none", row, {}, world.clock())
    return number


def listed(world: World, today: date, **wanted: Any) -> list[worklist.Line]:
    actor = world.cast.actor("conseiller", Role.ADVISOR)
    with world.services.database.reading() as session:
        return worklist.page(session, actor, today, Wanted(**wanted), few=True)[0]


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2024, 2, 29), date(2026, 8, 31), date(2026, 3, 1)])
def test_due_dates_in_sql_are_those_of_the_rules(world: World, day: date) -> None:
    expected = {
        a_row(world, Step.ADMISSIBILITY_REVIEW, acknowledged_on=day): clocks.answer_due(day),
        a_row(world, Step.ADMISSIBILITY_REVIEW): None,
        a_row(world, Step.DOSSIER_PREPARATION, notified_on=day): clocks.lapse_due(day),
        a_row(world, Step.DOSSIER_PREPARATION, notified_on=day, candidate_stepped_on=day): None,
        a_row(world, Step.DOSSIER_INCOMPLETE, deposited_on=day): None,
        a_row(world, Step.CERTIFIED, deposited_on=day, decided_on=day): None,
        owed_a_result(world, a_row(world, Step.NOT_VALIDATED, decided_on=day)): clocks.notification_due(day),
        **{a_row(world, step, deposited_on=day): clocks.jury_due(day) for step in AFTER_DEPOSIT},
    }
    assert {line.number: line.due_on for line in listed(world, day)} == expected
    with world.services.database.reading() as session:
        running = {c.number: dues.running(session, c) for c in session.scalars(select(Candidacy))}
    assert {number: found.on if found else None for number, found in running.items()} == expected


def test_what_is_due_first_comes_first_and_pages_follow_each_other(world: World) -> None:
    first = date(2026, 1, 1)
    days = [first + timedelta(days=n * 17 % 97) for n in range(60)]
    for n, day in enumerate(days):
        if n % 3:
            a_row(world, Step.DOSSIER_REVIEW, deposited_on=day)
        else:
            a_row(world, Step.ADMISSIBILITY_REVIEW, acknowledged_on=day if n % 2 else None)
    pages = [listed(world, first, page=n) for n in (1, 2, 3, 4)]
    lines = [line for page in pages for line in page]
    assert [len(page) for page in pages] == [25, 25, 10, 0]
    assert len({line.number for line in lines}) == 60
    dues = [line.due_on or date.max for line in lines]
    assert dues == sorted(dues)


def test_a_longer_list_costs_no_more_statements(world: World, client: PageClient) -> None:
    client.sign_in(world.email("conseiller"), PASSWORD)
    a_row(world, Step.DOSSIER_REVIEW, deposited_on=date(2026, 1, 5))
    short = client.get("/candidatures")
    for _ in range(40):
        a_row(world, Step.ADMISSIBILITY_REVIEW)
    long = client.get("/candidatures")
    assert short.statements == long.statements <= 8
    assert len(long.soup.select("tbody tr")) == worklist.PAGE
    last = client.get("/candidatures?page=2")
    assert len(last.soup.select("tbody tr")) == 41 - worklist.PAGE
    assert "Cette page est vide" in client.get("/candidatures?page=99").text


def test_late_near_new_and_answered_show(world: World, client: PageClient) -> None:
    today = clocks.civil_date(world.clock())
    late = a_row(world, Step.JURY_PENDING, deposited_on=today - timedelta(days=200))
    near = a_row(world, Step.ADMISSIBILITY_REVIEW, acknowledged_on=today - timedelta(days=50))
    fresh = a_row(world, Step.ADMISSIBILITY_REVIEW)
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get("/candidatures")
    rows = {
        row.select_one("th a")["href"].rpartition("/")[2]: row.get_text(" ") for row in page.soup.select("tbody tr")
    }
    assert "En retard" in rows[late]
    assert "Proche" in rows[near]
    assert "Nouvelle" in rows[fresh]
    assert list(rows) == [late, near, fresh]
    assert [a.get_text(" ").split()[:1] for a in page.soup.select(".counters a")][:2] == [["1"], ["1"]]
    assert late in str(client.get("/candidatures?echeance=late").soup)
    assert near not in str(client.get("/candidatures?echeance=late").soup.select_one("tbody"))


def test_a_supplement_that_came_back_is_marked(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_INCOMPLETE)
    with world.services.database.writing() as session:
        session.execute(update(SupplementItem).values(answer="La voici.", answered_at=world.clock(), closed=True))
        session.execute(update(Candidacy).values(step=Step.ADMISSIBILITY_REVIEW.value))
    client.sign_in(world.email("conseiller"), PASSWORD)
    row = client.get("/candidatures").soup.select_one("tbody tr").get_text(" ")
    assert story.number in row
    assert "Réponse reçue" in row
    assert "Nouvelle" not in row


def test_filters_stay_in_the_address(world: World, client: PageClient) -> None:
    mine = a_row(world, Step.DOSSIER_REVIEW, advisor_id=world.cast.people["conseiller"])
    other = a_row(world, Step.ADMISSIBILITY_REVIEW)
    client.sign_in(world.email("conseiller"), PASSWORD)

    def numbers(address: str) -> set[str]:
        links = client.get(address).soup.select("tbody th a")
        return {link["href"].rpartition("/")[2] for link in links}

    assert numbers("/candidatures") == {mine, other}
    assert numbers("/candidatures?conseiller=mine") == {mine}
    assert numbers("/candidatures?conseiller=none") == {other}
    assert numbers("/candidatures?phase=dossier") == {mine}
    assert numbers("/candidatures?etape=admissibility_review") == {other}
    assert numbers(f"/candidatures?q={other}") == {other}
    assert numbers("/candidatures?q=camille+exemple") == {mine, other}
    assert numbers("/candidatures?q=%25") == set()
    assert numbers(
        "/candidatures?etape=nonsense&conseiller=x&page=-3&echeance=y&phase=z&signe=w&tri=v&certification=u&col=t"
    ) == {mine, other}
    page = client.get("/candidatures?etape=admissibility_review&q=camille")
    assert page.soup.select_one("#filtre-q")["value"] == "camille"


def test_another_centre_and_candidates_see_nothing(world: World, client: PageClient) -> None:
    number = a_row(world, Step.DOSSIER_REVIEW)
    client.get("/candidatures", expect=302)
    client.sign_in(world.email("conseiller.b"), PASSWORD)
    assert number not in client.get("/candidatures").text
    client.get(f"/candidatures/{number}", expect=404)
    other = PageClient(client.app)
    other.sign_in(world.email("candidat"), PASSWORD)
    other.get("/candidatures", expect=404)


def test_an_advisor_takes_charge_and_the_journal_says_so(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get(f"/candidatures/{number}").submit("Prendre en charge")
    after = client.follow(page)
    assert "Vous suivez maintenant" in after.text
    assert "Prendre en charge" not in [b.get_text(strip=True) for b in after.soup.select("button")]
    with world.services.database.reading() as session:
        row = session.scalars(select(JournalRow).where(JournalRow.event == "candidacy_taken")).one()
    assert row.details == {"advisor": world.cast.people["conseiller"], "before": None}


def test_two_advisors_who_take_the_same_candidacy_do_not_overwrite_each_other(world: World) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    first = world.cast.actor("conseiller", Role.ADVISOR)
    person = a_person(world.services, Role.ADVISOR, centre="UIMM Démonstration")
    second = Actor(person.id, world.cast.centre_id, frozenset({Role.ADVISOR}))
    desk.take(world.services, first, number, "")
    with pytest.raises(StaleForm, match="suivie par Dominique"):
        desk.take(world.services, second, number, "")
    desk.take(world.services, second, number, str(first.person_id))


def test_whoever_refused_does_not_take_the_appeal(world: World) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW)
    with world.services.database.writing() as session:
        row = session.scalars(select(Candidacy)).one()
        row.appealed, row.refused_by = True, world.cast.people["conseiller"]
    with pytest.raises(ActionRefused, match="un autre conseiller"):
        desk.take(world.services, world.cast.actor("conseiller", Role.ADVISOR), story.number, "")
    with pytest.raises(NotVisible):
        desk.take(world.services, world.cast.actor("secretaire", Role.JURY_SECRETARY), story.number, "")


def test_each_counter_leads_to_the_list_that_it_counts(world: World, client: PageClient) -> None:
    today = clocks.civil_date(world.clock())
    a_row(world, Step.JURY_PENDING, deposited_on=today - timedelta(days=200))
    a_row(world, Step.CERTIFIED, decided_on=today, advisor_id=world.cast.people["conseiller"])
    for _ in range(3):
        a_row(world, Step.ADMISSIBILITY_REVIEW)
    client.sign_in(world.email("conseiller"), PASSWORD)
    counters = client.get("/candidatures?q=nobody&col=email").soup.select(".counters a")
    assert len(counters) == 8
    for counter in counters:
        page = client.get(counter["href"])
        assert len(page.soup.select("tbody tr")) == int(counter.select_one("b").get_text()), counter
        assert page.soup.select_one(".counters [aria-current]").get_text() == counter.get_text()
        assert "Adresse électronique" in page.soup.select_one("thead").get_text() if page.soup.thead else True


def test_filters_combine_and_columns_are_chosen(world: World, client: PageClient) -> None:
    today = clocks.civil_date(world.clock())
    mine = {"advisor_id": world.cast.people["conseiller"]}
    late = a_row(world, Step.JURY_PENDING, deposited_on=today - timedelta(days=200), **mine)
    a_row(world, Step.JURY_PENDING, deposited_on=today - timedelta(days=200))
    soon = a_row(world, Step.ADMISSIBILITY_REVIEW, acknowledged_on=today - timedelta(days=55), **mine)
    appealed = a_row(world, Step.ADMISSIBILITY_REVIEW, appealed=True)
    new = a_row(world, Step.ADMISSIBILITY_REVIEW)
    client.sign_in(world.email("conseiller"), PASSWORD)

    def numbers(address: str) -> set[str]:
        links = client.get(f"/candidatures?{address}").soup.select("tbody th a")
        return {link["href"].rpartition("/")[2] for link in links}

    named = world.cast.people["conseiller"]
    assert numbers(f"conseiller={named}&echeance=late") == {late}
    assert numbers("echeance=week") == numbers("echeance=month&phase=admissibility&conseiller=mine") == {soon}
    assert numbers("echeance=never") == {appealed, new}
    assert (numbers("signe=appealed"), numbers("signe=new")) == ({appealed}, {new})
    assert numbers("signe=fresh&etape=jury_pending") == numbers("phase=jury&etape=certified") == set()
    assert len(numbers("certification=1&phase=jury")) == 2
    assert numbers("certification=999") == set()
    page = client.get("/candidatures?col=email&col=certification")
    assert [th.get_text(strip=True) for th in page.soup.select("thead th")][2:] == [
        "Certification",
        "Adresse électronique",
    ]
    assert "candidat@demo.example" in page.soup.select_one("tbody").get_text()


def test_long_counts_stop_and_pages_go_on(world: World, client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(60):
        a_row(
            world,
            (Step.JURY_PENDING, Step.JURY_SCHEDULED)[n % 2],
            deposited_on=date(2026, 1, 1) + timedelta(days=n % 7),
        )
    everything = [listed(world, date(2026, 2, 1), page=n) for n in (1, 2, 3)]
    expected = [line.number for page in everything for line in page]
    actor = world.cast.actor("conseiller", Role.ADVISOR)
    both = (Step.JURY_PENDING, Step.JURY_SCHEDULED)
    with world.services.database.reading() as session:
        for wanted in (Wanted(), Wanted(steps=both), Wanted(advisors=(None,)), Wanted(text="camille")):
            read = [
                worklist.page(session, actor, date(2026, 2, 1), replace(wanted, page=n), few=False)[0]
                for n in (1, 2, 3)
            ]
            assert [line.number for page in read for line in page] == expected, wanted
    monkeypatch.setattr(worklist, "MOST_COUNTED", 30)
    monkeypatch.setattr(pages, "MOST_COUNTED", 30)
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get("/candidatures?phase=jury&page=3")
    assert len(page.soup.select("tbody tr")) == 10
    assert "plus de 30 résultats" in page.text
    assert "Page 3 Page" not in page.text
    assert page.soup.select_one("a[rel=prev]")["href"].endswith("page=2")
    assert page.soup.select_one("a[rel=next]") is None
