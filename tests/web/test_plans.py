"""A plan for everyone: asked for, searched by a job, changed, locked, accepted all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.jobs import plans as job
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.tables import Availability, Candidacy, Convocation, Interview, OutboxMail, Plan, Room
from workflows import clocks
from workflows.vocabulary import AvailabilitySource, PlanState, RoomKind, Step

PAGE = "/entretiens/proposition"


@pytest.fixture
def planner(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("planificateur"), PASSWORD)
    return client


def free(world: World, *locals_: str, hours: tuple[time, time] = (time(9), time(12))) -> None:
    """These evaluators are free every morning; there is one room."""
    with world.services.database.writing() as session:
        for local in locals_:
            session.add_all(
                Availability(
                    person_id=world.cast.people[local],
                    free=True,
                    source=AvailabilitySource.SELF.value,
                    weekday=weekday,
                    begins=hours[0],
                    ends=hours[1],
                    since=date(2020, 1, 1),
                    recorded_by=world.cast.people[local],
                    recorded_at=world.clock(),
                )
                for weekday in range(5)
            )
        room = Room(
            centre_id=world.cast.centre_id, kind=RoomKind.ROOM.value, name="Salle Modèle", address="1 rue de l'Exemple"
        )
        session.add(room)


def waiting(world: World, many: int) -> list[str]:
    numbers = [world.candidacy(Step.INTERVIEW_PENDING).number]
    for rank in range(1, many):
        numbers.append(
            world.candidacy(Step.INTERVIEW_PENDING, world.candidate(f"autre{rank}", family=f"N{rank}")).number
        )
    return numbers


def asked(world: World, planner: PageClient) -> Page:
    """A plan asked for and searched for."""
    begun = planner.get(PAGE).submit("Demander une proposition", {})
    assert "Recherche en cours" in planner.follow(begun).text
    run_until_empty(world.services)
    return planner.get(PAGE)


def rows(world: World, kind: type) -> list:  # type: ignore[type-arg]
    with world.services.database.reading() as session:
        return list(session.scalars(select(kind)))


def test_everyone_gets_a_place_and_accepting_books_and_calls_them(world: World, planner: PageClient) -> None:
    free(world, "evaluateur1", "evaluateur2", "evaluateur3")
    numbers = waiting(world, 3)
    proposed = asked(world, planner)
    assert "3 entretiens" in proposed.text
    assert all(number in proposed.text for number in numbers)
    assert rows(world, Interview) == []
    planner.follow(proposed.submit("Accepter et convoquer", {}))
    run_until_empty(world.services)
    after = planner.get(PAGE)
    assert after.soup.find("h2", string="Entre quels jours ?")
    assert "3 entretiens réservés" in after.text
    booked = rows(world, Interview)
    assert len(booked) == 3
    assert {interview.room_id for interview in booked} == {rows(world, Room)[0].id}
    assert all("Salle Modèle" in interview.place for interview in booked)
    assert len(rows(world, Convocation)) == 9
    told = [mail.template for mail in rows(world, OutboxMail)]
    assert told.count("interview_scheduled") == 3
    assert told.count("interview_scheduled_evaluator") == 6
    assert [plan.state for plan in rows(world, Plan)] == [PlanState.ACCEPTED.value]


def test_who_has_no_place_is_told_why(world: World, planner: PageClient) -> None:
    waiting(world, 1)
    free(world, "evaluateur2")
    proposed = asked(world, planner)
    reason = proposed.soup.select_one("#sans-place").get_text()
    assert "Aucun évaluateur qualifié et indépendant n'est disponible sur ces jours." in reason


def test_accepting_is_all_or_nothing(world: World, planner: PageClient) -> None:
    free(world, "evaluateur1", "evaluateur2")
    waiting(world, 3)
    proposed = asked(world, planner)
    with world.services.database.writing() as session:  # one of them is no longer to be planned
        gone = session.scalars(select(Candidacy).order_by(Candidacy.id.desc())).first()
        assert gone
        gone.step = Step.WITHDRAWN.value
    planner.follow(proposed.submit("Accepter et convoquer", {}))
    run_until_empty(world.services)
    after = planner.get(PAGE)
    assert "Rien n'a été réservé" in after.text
    assert gone.number in after.soup.select_one(".notice.bad").get_text()
    assert rows(world, Interview) == []
    taken_out = after.soup.select_one(f"#entretien-{gone.id}")
    assert taken_out
    planner.follow(after.submit(f"/{gone.id}/retirer"))
    planner.follow(planner.get(PAGE).submit("Accepter et convoquer", {}))
    run_until_empty(world.services)
    assert len(rows(world, Interview)) == 2


def test_a_sitting_that_is_moved_is_locked_and_stays_when_asked_again(world: World, planner: PageClient) -> None:
    free(world, "evaluateur1", "evaluateur2")
    number = waiting(world, 2)[0]
    asked(world, planner)
    plan = rows(world, Plan)[0]
    day = next(d for k in range(9) if (d := plan.first_day + timedelta(days=14 + k)).weekday() == 2)
    with world.services.database.reading() as session:
        mine = session.scalars(select(Candidacy.id).where(Candidacy.number == number)).one()
    page = planner.get(f"{PAGE}/{mine}")
    wrong = page.submit("Placer dans la proposition", {"day": day.isoformat(), "hour": "15:00"}, expect=422)
    assert "Un évaluateur n'est pas disponible à cette heure-là." in wrong.text
    assert wrong.soup.select_one("#hour")["value"] == "15:00"
    placed = planner.follow(wrong.submit("Placer dans la proposition", {"hour": "10:30"}))
    assert "verrouillé" in placed.soup.select_one(f"#entretien-{mine}").get_text()
    planner.follow(planner.get(PAGE).submit("Demander à nouveau", {}))
    run_until_empty(world.services)
    again = planner.get(PAGE).soup.select_one(f"#entretien-{mine}")
    assert "10 h 30" in " ".join(again.get_text().split())
    assert "2 entretiens" in planner.get(PAGE).text


def nobody_free(world: World) -> None:
    """Nobody said anything any more."""
    with world.services.database.writing() as session:
        session.execute(delete(Availability))


def retired(world: World) -> None:
    """The room is out of service."""
    with world.services.database.writing() as session:
        session.execute(update(Room).values(retired_at=world.clock()))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [(nobody_free, "Un évaluateur n'est pas disponible à cette heure-là."), (retired, "La salle n'est pas libre")],
)
def test_what_changed_since_is_told_and_stops_the_acceptance(
    world: World, planner: PageClient, changed: Callable[[World], None], sentence: str
) -> None:
    free(world, "evaluateur1", "evaluateur2")
    waiting(world, 1)
    proposed = asked(world, planner)
    changed(world)
    assert "n'est plus possible" in planner.get(PAGE).text
    planner.follow(proposed.submit("Accepter et convoquer", {}))
    run_until_empty(world.services)
    assert sentence in planner.get(PAGE).soup.select_one(".notice.bad").get_text()
    assert rows(world, Interview) == []


def test_a_locked_sitting_that_is_no_longer_possible_is_let_go(world: World, planner: PageClient) -> None:
    free(world, "evaluateur1", "evaluateur2")
    waiting(world, 1)
    asked(world, planner)
    planner.follow(planner.get(PAGE).submit("Verrouiller", {}))
    nobody_free(world)
    planner.follow(planner.get(PAGE).submit("Demander à nouveau", {}))
    run_until_empty(world.services)
    assert "disponible sur ces jours" in planner.get(PAGE).soup.select_one("#sans-place").get_text()


def test_a_stale_page_is_shown_what_the_plan_is_now_and_can_go_on(world: World, planner: PageClient) -> None:
    free(world, "evaluateur1", "evaluateur2")
    waiting(world, 1)
    asked(world, planner)
    with world.services.database.reading() as session:
        mine = session.scalars(select(Candidacy.id)).one()
    page = planner.get(f"{PAGE}/{mine}")
    planner.follow(planner.get(PAGE).submit("Verrouiller", {}))
    stale = page.submit("Placer dans la proposition", {}, expect=409)
    assert "Dans la proposition :" in stale.text
    assert "verrouillé" in planner.follow(stale.submit("Placer dans la proposition", {})).text
    far = planner.get(f"{PAGE}/{mine}").submit("Placer dans la proposition", {"day": "2066-01-07"}, expect=422)
    assert "dans les 120 jours" in far.text


def test_a_page_that_is_no_longer_true_changes_nothing(world: World, planner: PageClient) -> None:
    free(world, "evaluateur1", "evaluateur2")
    waiting(world, 1)
    stale = asked(world, planner)
    planner.follow(planner.get(PAGE).submit("Verrouiller", {}))
    refused = planner.follow(stale.submit("Retirer", {}))
    assert "La proposition a changé pendant ce temps" in refused.text
    assert "1 entretien" in refused.text


def test_a_search_can_be_stopped_and_given_up(world: World, planner: PageClient) -> None:
    free(world, "evaluateur1", "evaluateur2")
    waiting(world, 1)
    begun = planner.follow(planner.get(PAGE).submit("Demander une proposition", {}))
    planner.follow(begun.submit("Arrêter et garder ce qui est trouvé", {}))
    run_until_empty(world.services)
    proposed = planner.get(PAGE)
    assert "1 entretien" in proposed.text
    planner.follow(proposed.submit("Abandonner la proposition", {}))
    assert [plan.state for plan in rows(world, Plan)] == [PlanState.GIVEN_UP.value]
    assert rows(world, Interview) == []


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [(2, 30, "La convocation part au moins 15 jours avant"), (40, 20, "La fin vient"), (20, 200, "120 jours au plus")],
)
def test_days_that_cannot_be_are_refused_and_kept(
    world: World, planner: PageClient, first: int, last: int, sentence: str
) -> None:
    today = clocks.civil_date(world.clock())
    typed = {"first": (today + timedelta(days=first)).isoformat(), "last": (today + timedelta(days=last)).isoformat()}
    refused = planner.get(PAGE).submit("Demander une proposition", typed, expect=422)
    assert sentence in refused.text
    assert refused.soup.select_one("#first")["value"] == typed["first"]


def test_what_the_search_is_asked_holds_only_this_centre_and_whoever_may_sit(world: World) -> None:
    free(world, "evaluateur1", "evaluateur3")
    waiting(world, 1)
    with world.services.database.writing() as session:
        today = clocks.civil_date(world.clock())
        last = today + timedelta(days=30)
        plan = Plan(
            centre_id=world.cast.centre_id,
            state=PlanState.ASKED.value,
            first_day=today + timedelta(days=15),
            last_day=last,
            asked_by=world.cast.people["planificateur"],
            asked_at=world.clock(),
            sittings=[],
            left_out=[],
        )
        session.add(plan)
        session.flush()
        asked_of = job.problem_of(session, plan, today)
    people = {local: world.cast.people[local] for local in ("evaluateur1", "evaluateur2", "evaluateur3")}
    assert {e.id for e in asked_of.evaluators} == set(people.values())
    assert {e.id for e in asked_of.evaluators if e.free} == {people["evaluateur1"], people["evaluateur3"]}
    assert asked_of.waiting[0].due is not None
    assert asked_of.first == (today + timedelta(days=15)).toordinal()
