"""A slot chosen from those that are possible: rooms, free time, bookings; why the others are not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.persistence.tables import Availability, Interview, PlanningHabits, Room, RoomClosure
from workflows import clocks
from workflows.vocabulary import Step


@pytest.fixture
def planner(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("planificateur"), PASSWORD)
    return client


def a_tuesday(world: World) -> date:
    """After the notice, and no holiday."""
    day = clocks.civil_date(world.clock()) + timedelta(days=21)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def prepare(world: World, *locals_: str, weekday: int = 1) -> dict[str, int]:
    """Two rooms, and evaluators who are free every Tuesday from nine to noon."""
    centre = world.cast.centre_id
    with world.services.database.writing() as session:
        rooms = [
            Room(centre_id=centre, kind="room", name="Salle Étau", address="1 rue de l'Exemple"),
            Room(centre_id=centre, kind="video", name="Visio A", video_link="https://visio.example/a"),
        ]
        session.add_all(rooms)
        session.add_all(
            Availability(
                person_id=world.cast.people[local],
                free=True,
                source="planner",
                weekday=weekday,
                begins=time(9),
                ends=time(12),
                since=clocks.civil_date(world.clock()),
                recorded_by=world.cast.people["planificateur"],
                recorded_at=world.clock(),
            )
            for local in locals_
        )
    return {room.name: room.id for room in rooms}


def hours(page: Page) -> dict[str, str]:
    """What is said of each hour of the chosen day, spaces made ordinary."""
    rows = page.soup.select("#journee tbody tr")
    return {" ".join(row.th.get_text().split()): " ".join(row.td.get_text(" ").split()) for row in rows}


def interview(world: World) -> Interview:
    with world.services.database.reading() as session:
        return session.scalars(select(Interview).where(Interview.live)).one()


def test_a_possible_slot_fills_the_form_and_is_booked_in_its_room(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    rooms = prepare(world, "evaluateur1", "evaluateur2")
    day = a_tuesday(world)
    page = planner.get(f"/candidatures/{number}/entretien", query={"du": day.isoformat()})
    links = [a["href"] for a in page.soup.select("#possibles .slots a") if "heure=" in a["href"]]
    assert f"/candidatures/{number}/entretien?jour={day}&heure=09:00" in {a.split("#")[0] for a in links}
    assert not [a for a in links if "heure=11:30" in a]  # an hour from half past eleven ends too late
    page = planner.get(f"/candidatures/{number}/entretien?jour={day}&heure=10:30")
    assert page.soup.select_one("#room option[selected]")["value"] == str(rooms["Salle Étau"])
    planner.follow(page.submit("Planifier l'entretien"))
    booked = interview(world)
    assert (booked.room_id, booked.place) == (rooms["Salle Étau"], "Salle Étau, 1 rue de l'Exemple")
    assert booked.during.lower.astimezone(clocks.PARIS).time() == time(10, 30)


def test_the_impossible_hours_of_a_day_say_why(world: World, planner: PageClient) -> None:
    first = world.candidacy(Step.INTERVIEW_PENDING).number
    second = world.candidacy(Step.INTERVIEW_PENDING, world.candidate("candidat2")).number
    prepare(world, "evaluateur1", "evaluateur2")
    day = a_tuesday(world)
    planner.get(f"/candidatures/{first}/entretien?jour={day}&heure=10:00").submit("Planifier l'entretien")
    page = planner.get(f"/candidatures/{second}/entretien?jour={day}")
    told = hours(page)
    assert "aucun évaluateur n'est libre" in told["10 h"]
    assert "aucun évaluateur n'est libre" in told["9 h"]  # a break of a quarter of an hour before ten
    assert "aucun évaluateur n'est libre" in told["14 h"]
    assert [hour for hour, words in told.items() if "possible Salle" in words] == []
    with world.services.database.writing() as session:
        session.add(PlanningHabits(centre_id=world.cast.centre_id, sitting_minutes=30, break_minutes=0))
    page = planner.get(f"/candidatures/{second}/entretien?jour={day}")
    told = hours(page)
    assert "possible Salle Étau" in told["9 h 30"]
    early = clocks.civil_date(world.clock()) + timedelta(days=2)
    assert "avant le préavis" in planner.get(f"/candidatures/{second}/entretien?jour={early}").text
    christmas = date(day.year, 12, 25)
    assert "jour férié : Noël" in planner.get(f"/candidatures/{second}/entretien?jour={christmas}").text


def test_a_room_that_is_taken_is_refused_and_nothing_is_lost(world: World, planner: PageClient) -> None:
    first = world.candidacy(Step.INTERVIEW_PENDING).number
    second = world.candidacy(Step.INTERVIEW_PENDING, world.candidate("candidat2")).number
    rooms = prepare(world, "evaluateur1", "evaluateur2", "evaluateur3")
    day = a_tuesday(world)
    people = world.cast.people
    given = {"day": day.isoformat(), "hour": "10:00", "room": str(rooms["Visio A"])}
    given |= {"evaluators": [str(people["evaluateur1"]), str(people["evaluateur2"])]}  # type: ignore[dict-item]
    planner.get(f"/candidatures/{first}/entretien").submit("Planifier l'entretien", given)
    assert interview(world).video_link == "https://visio.example/a"
    page = planner.get(f"/candidatures/{second}/entretien")
    with world.services.database.writing() as session:
        # A planner evaluates too: two who are free, the room is not.
        others = [people["evaluateur3"], people["evaluateur2"]]
        session.execute(Interview.__table__.update().values(room_id=rooms["Visio A"]))
    later = given | {"hour": "10:30", "evaluators": [str(p) for p in others]}
    refused = page.submit("Planifier l'entretien", later, expect=422)
    assert "est déjà pris" in refused.text or "est déjà convoqué" in refused.text or "est déjà prise" in refused.text
    assert refused.soup.select_one("#room option[selected]")["value"] == str(rooms["Visio A"])
    assert refused.soup.select_one("#hour")["value"] == "10:30"
    strange = page.submit("Planifier l'entretien", given | {"room": "999999"}, expect=422)
    assert "Choisissez une salle dans la liste" in strange.text


def test_a_room_that_is_closed_then_is_refused_whatever_is_overridden(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    room = prepare(world, "evaluateur1", "evaluateur2")["Salle Étau"]
    day = a_tuesday(world)
    page = planner.get(f"/candidatures/{number}/entretien?jour={day}&heure=10:00")
    within = Range(*(datetime.combine(day, time(hour), clocks.PARIS) for hour in (9, 12)), bounds="[)")
    with world.services.database.writing() as session:
        session.add(RoomClosure(room_id=room, during=within, reason="Travaux"))
    page = page.submit("Planifier l'entretien", {"anyway": "room_closed holiday"}, expect=422)
    assert "Cette salle est fermée à cette heure-là" in page.text
    assert page.soup.select_one("#hour")["value"] == "10:00"
    with world.services.database.writing() as session:
        session.execute(delete(RoomClosure))
        session.get_one(Room, room).retired_at = world.clock()
    assert "elle a changé entre-temps" in page.submit("Planifier l'entretien", expect=422).text


def test_hours_said_once_make_nobody_free_on_a_holiday(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    prepare(world, "evaluateur1", "evaluateur2")
    whole = Range(*(clocks.midnight(date(2026, 7, day)) for day in (13, 16)), bounds="[)")
    with world.services.database.writing() as session:
        session.add_all(
            Availability(
                person_id=world.cast.people[local],
                free=True,
                source="planner",
                during=whole,
                recorded_by=world.cast.people["planificateur"],
                recorded_at=world.clock(),
            )
            for local in ("evaluateur1", "evaluateur2")
        )
    told = hours(planner.get(f"/candidatures/{number}/entretien?jour=2026-07-14"))
    assert set(told.values()) == {"impossible jour férié : Fête nationale"}
    told = hours(planner.get(f"/candidatures/{number}/entretien?jour=2026-07-15"))
    assert all(words.startswith("possible Salle Étau") for words in told.values())
    own = {"day": "2026-07-14", "hour": "10:00", "place": "Salle bleue"}
    own |= {"evaluators": [str(world.cast.people[e]) for e in ("evaluateur1", "evaluateur2")]}  # type: ignore[dict-item]
    page = planner.get(f"/candidatures/{number}/entretien").submit("Planifier l'entretien", own, expect=409)
    assert [tag.get_text() for tag in page.soup.select("#anyway li")] == ["Jour férié : Fête nationale."]


def test_a_move_keeps_the_room_and_the_commission_where_it_can(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    rooms = prepare(world, "evaluateur1", "evaluateur2", "evaluateur3")
    day = a_tuesday(world)
    given = {
        "room": str(rooms["Visio A"]),
        "evaluators": [str(world.cast.people[e]) for e in ("evaluateur2", "evaluateur3")],
    }
    planner.get(f"/candidatures/{number}/entretien?jour={day}&heure=09:00").submit("Planifier l'entretien", given)
    page = planner.get(f"/candidatures/{number}/entretien?jour={day}&heure=11:00")
    page.submit("Déplacer l'entretien", {"reason": "Travaux le matin"})
    moved = interview(world)
    assert moved.room_id == rooms["Visio A"]
    assert moved.during.lower.astimezone(clocks.PARIS).hour == 11
    page = planner.get(f"/candidatures/{number}/entretien")
    ticked = {int(tag["value"]) for tag in page.soup.select('input[name="evaluators"][checked]')}
    assert ticked == {world.cast.people[e] for e in ("evaluateur2", "evaluateur3")}


def test_the_page_costs_the_same_with_many_rooms_and_people(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    prepare(world, "evaluateur1")
    cost = planner.get(f"/candidatures/{number}/entretien").statements
    with world.services.database.writing() as session:
        session.add_all(
            Room(centre_id=world.cast.centre_id, kind="room", name=f"Salle {rank}", address="Ici") for rank in range(12)
        )
    by = {"recorded_by": world.cast.people["planificateur"], "recorded_at": world.clock()}
    with world.services.database.writing() as session:
        session.add_all(
            Availability(
                person_id=world.cast.people[f"evaluateur{1 + rank % 3}"],
                free=True,
                weekday=rank % 5,
                begins=time(9),
                ends=time(18),
                since=clocks.civil_date(world.clock()),
                source="planner",
                **by,
            )
            for rank in range(30)
        )
    assert planner.get(f"/candidatures/{number}/entretien").statements == cost <= 40


def test_the_week_by_room_and_by_evaluator(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    rooms = prepare(world, "evaluateur1", "evaluateur2")
    day = a_tuesday(world)
    planner.get(f"/candidatures/{number}/entretien?jour={day}&heure=10:00").submit("Planifier l'entretien")
    week = {"semaine": day.isoformat()}
    by_day = planner.get("/entretiens", query=week)
    assert number in by_day.text
    by_room = planner.get("/entretiens", query=week | {"vue": "salle"})
    taken = by_room.soup.select_one(f'[aria-labelledby="ligne-{rooms["Salle Étau"]}"]').get_text(" ")
    assert "pris de 10 h à 11 h" in " ".join(taken.split())
    assert "9 h à 10 h, 11 h à 18 h" in " ".join(taken.split())
    assert number not in by_room.soup.select_one(f'[aria-labelledby="ligne-{rooms["Visio A"]}"]').get_text(" ")
    by_evaluator = planner.get("/entretiens", query=week | {"vue": "evaluateur"})
    person = world.cast.people["evaluateur1"]
    theirs = " ".join(by_evaluator.soup.select_one(f'[aria-labelledby="ligne-{person}"]').get_text(" ").split())
    assert "libre 9 h à 10 h, 11 h à 12 h" in theirs
    assert theirs.count("pas disponible") == 4
    alone = planner.get("/entretiens", query=week | {"vue": "salle", "salle": str(rooms["Visio A"])})
    assert alone.soup.select_one(f'[aria-labelledby="ligne-{rooms["Salle Étau"]}"]') is None
    following = alone.soup.select_one("a[rel=next]")["href"]
    assert "vue=salle" in following
    assert f"salle={rooms['Visio A']}" in following
    assert by_room.statements <= 40
    for odd in ({"vue": "mois"}, {"salle": "x"}, {"evaluateur": "-1"}):
        planner.get("/entretiens", query=odd)
