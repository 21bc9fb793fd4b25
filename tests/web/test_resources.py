"""What a plan is made of: habits, rooms, when evaluators are free; each said by who may, each refusal a sentence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.persistence.queries import free_time, habits
from vae_portal.persistence.tables import Availability, JournalRow, PlanningHabits, Room, RoomClosure
from workflows import clocks


@pytest.fixture
def planner(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("planificateur"), PASSWORD)
    return client


@pytest.fixture
def evaluator(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("evaluateur1"), PASSWORD)
    return client


def events(world: World) -> list[str]:
    with world.services.database.reading() as session:
        chain = f"centre:{world.cast.centre_id}"
        return list(session.scalars(select(JournalRow.event).where(JournalRow.chain == chain).order_by(JournalRow.seq)))


def monday(world: World) -> date:
    """A Monday that is neither past nor a holiday."""
    today = clocks.civil_date(world.clock())
    return today + timedelta(days=7 - today.weekday())


ROOM = {"kind": "room", "name": "Salle Étau", "address": "1 rue de l'Exemple", "video_link": ""}


# Habits


def test_habits_are_set_and_shown_with_the_holidays(world: World, planner: PageClient) -> None:
    page = planner.get("/entretiens/reglages")
    assert "Fête nationale" in page.text
    assert "Vendredi saint" not in page.text
    page.submit("Enregistrer", {"sitting_minutes": "45", "holidays_of": "57", "candidate_chooses": "y"})
    page = planner.get("/entretiens/reglages")
    assert "Vendredi saint" in page.text
    with world.services.database.reading() as session:
        kept = session.get_one(PlanningHabits, world.cast.centre_id)
    assert (kept.sitting_minutes, kept.holidays_of, kept.candidate_chooses) == (45, "57", True)
    assert "planning_habits_changed" in events(world)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"sitting_minutes": "5"}, "Indiquez un nombre de 15 à 480."),
        ({"break_minutes": "beaucoup"}, "Indiquez un nombre de 0 à 240."),
        ({"evaluators": "1"}, "Indiquez un nombre de 2 à 6."),
        ({"day_begins": "18:00", "day_ends": "09:00"}, "La journée doit finir après avoir commencé."),
        ({"holidays_of": "Zone A"}, "Choisissez dans la liste."),
        ({"day_ends": "tard"}, "Indiquez une heure, par exemple"),
    ],
)
def test_impossible_habits_are_refused(planner: PageClient, changed: dict[str, str], sentence: str) -> None:
    page = planner.get("/entretiens/reglages").submit("Enregistrer", {"most_a_day": "7", **changed}, expect=422)
    assert sentence in page.text
    assert page.soup.select_one("#most_a_day")["value"] == "7"


# Rooms


def test_a_room_is_added_changed_closed_and_retired(world: World, planner: PageClient) -> None:
    page = planner.follow(planner.get("/entretiens/salles").submit("Ajouter la salle", ROOM))
    path = page.soup.select_one("#salles a[href*='/salles/']")["href"]
    planner.get(path).submit("Enregistrer la salle", {"address": "2 rue de l'Exemple"})
    day = monday(world)
    closure = {"f-closed_from": day.isoformat(), "f-closed_at": "09:00", "f-reason": "Travaux"}
    closure |= {"f-closed_to": day.isoformat(), "f-open_at": "12:00"}
    page = planner.follow(planner.get(path).submit("Noter la fermeture", closure))
    assert "Travaux" in page.text
    with world.services.database.reading() as session:
        (room,) = session.scalars(select(Room))
        (free,) = free_time.rooms(session, world.cast.centre_id, day, day)[room.id]
    assert room.address == "2 rue de l'Exemple"
    assert free.starts_at.astimezone(clocks.PARIS).hour == 12
    planner.get(path).submit("Lever")
    planner.get(path).submit("Mettre hors service")
    with world.services.database.reading() as session:
        assert free_time.rooms(session, world.cast.centre_id, day, day) == {}
        assert session.scalars(select(RoomClosure)).all() == []
    planner.get(path).submit("Remettre en service")
    told = ["room_added", "room_changed", "room_closed", "room_reopened", "room_retired", "room_back"]
    assert [e for e in events(world) if e.startswith("room_")] == told


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Donnez un nom à cette salle."),
        ({"name": "SALLE ÉTAU"}, "Une salle du centre porte déjà ce nom"),
        ({"name": "Autre", "address": ""}, "Indiquez l'adresse de la salle"),
        ({"name": "Autre", "kind": "video"}, "Indiquez le lien de la salle de visioconférence."),
        ({"name": "Autre", "kind": "video", "video_link": "http://visio.example"}, "qui commence par https://"),
        ({"name": "Autre", "kind": "tente"}, "Choisissez : une salle"),
    ],
)
def test_a_room_that_cannot_be_is_refused(planner: PageClient, changed: dict[str, str], sentence: str) -> None:
    planner.get("/entretiens/salles").submit("Ajouter la salle", ROOM)
    page = planner.get("/entretiens/salles").submit("Ajouter la salle", {**ROOM, **changed}, expect=422)
    assert sentence in page.text
    assert page.soup.select_one("#name")["value"] == {**ROOM, **changed}["name"]


def test_rooms_are_those_of_ones_own_centre(world: World, planner: PageClient) -> None:
    with world.services.database.writing() as session:
        room = Room(centre_id=world.elsewhere.centre_id, kind="room", name="Là-bas", address="Ailleurs")
        session.add(room)
    assert "Là-bas" not in planner.get("/entretiens/salles").text
    planner.get(f"/entretiens/salles/{room.id}", 404)


# When someone is free


def free_hours(world: World, local: str, day: date) -> list[tuple[int, int]]:
    with world.services.database.reading() as session:
        found = free_time.evaluators(session, world.cast.centre_id, day, day)[world.cast.people[local]]
    return [(w.starts_at.astimezone(clocks.PARIS).hour, w.ends_at.astimezone(clocks.PARIS).hour) for w in found]


def test_an_evaluator_says_when_they_are_free(world: World, evaluator: PageClient) -> None:
    day = monday(world)
    page = evaluator.get("/mes-disponibilites")
    assert "Aucune heure disponible" in page.text
    page = evaluator.follow(
        page.submit("Noter chaque semaine", {"s-weekday": "0", "s-begins": "09:00", "s-ends": "17:00"})
    )
    assert "chaque lundi de 09:00 à 17:00" in page.text
    assert "disponible de 9 h à 17 h" in page.text
    gone = {"u-free": "no", "u-first": day.isoformat(), "u-begins": "12:00", "u-ends": "14:00", "u-note": "Dentiste"}
    page = evaluator.follow(page.submit("Noter une fois", gone))
    assert "Dentiste" in page.text
    assert "Noté par Maxime Critère, le" in page.text
    assert free_hours(world, "evaluateur1", day) == [(9, 12), (14, 17)]
    assert "Dentiste" not in str(_details(world))
    page.submit(f"/lignes/{_line(world, once=True)}/supprimer")
    assert free_hours(world, "evaluateur1", day) == [(9, 17)]
    assert events(world)[-1] == "availability_forgotten"


def test_a_whole_day_said_once_is_kept_and_a_holiday_stays_one(world: World, evaluator: PageClient) -> None:
    year = clocks.civil_date(world.clock()).year
    christmas = date(year, 12, 25)
    page = evaluator.get("/mes-disponibilites", query={"du": christmas.isoformat()})
    assert "férié : Noël" in page.text
    for day in (christmas, christmas - timedelta(days=1)):
        page.submit("Noter une fois", {"u-first": day.isoformat()})
    assert free_hours(world, "evaluateur1", christmas - timedelta(days=1)) == [(9, 18)]
    assert free_hours(world, "evaluateur1", christmas) == []


def _details(world: World) -> list[object]:
    with world.services.database.reading() as session:
        return [dict(d) for d in session.scalars(select(JournalRow.details))]


def _line(world: World, once: bool) -> int:
    with world.services.database.reading() as session:
        return session.scalars(select(Availability.id).where(Availability.during.is_not(None) if once else True)).one()


def test_a_planner_says_it_for_anyone_and_the_evaluator_sees_who(world: World, planner: PageClient, app) -> None:  # type: ignore[no-untyped-def]
    person = world.cast.people["evaluateur2"]
    listing = planner.get("/entretiens/disponibilites")
    assert listing.text.count("n'a rien dit") - 1 == 3  # the first is the page's own sentence
    page = planner.get(f"/disponibilites/{person}")
    page.submit("Noter chaque semaine", {"s-weekday": "2", "s-begins": "09:00", "s-ends": "12:00"})
    assert planner.get("/entretiens/disponibilites").text.count("n'a rien dit") - 1 == 2
    theirs = PageClient(app, world.services.database.engine)
    theirs.sign_in(world.email("evaluateur2"), PASSWORD)
    assert "Noté par Alix Calendrier, coordination" in theirs.get("/mes-disponibilites").text


@pytest.mark.parametrize(
    ("button", "given", "sentence"),
    [
        ("Noter chaque semaine", {"s-begins": "12:00", "s-ends": "09:00"}, "L'heure de fin doit suivre"),
        ("Noter chaque semaine", {"s-begins": "12:00", "s-ends": ""}, "Indiquez une heure"),
        ("Noter chaque semaine", {"s-begins": "9:00", "s-ends": "10:00", "s-weekday": "8"}, "Choisissez le jour"),
        (
            "Noter chaque semaine",
            {"s-begins": "9:00", "s-ends": "10:00", "s-since": "2026-05-04", "s-until": "2026-05-03"},
            "Le dernier jour ne peut pas précéder le premier.",
        ),
        ("Noter une fois", {"u-first": ""}, "Indiquez un jour"),
        ("Noter une fois", {"u-first": "2020-01-01"}, "Ces heures sont passées"),
        ("Noter une fois", {"u-first": "2027-03-28", "u-begins": "02:30"}, "Cette heure n'existe pas"),
        ("Noter une fois", {"u-first": "2030-01-02", "u-last": "2030-01-01"}, "La fin doit suivre le début."),
        ("Noter une fois", {"u-first": "2030-01-02", "u-last": "2032-01-01"}, "Un an au plus."),
    ],
)
def test_what_cannot_be_said_is_refused(
    world: World, evaluator: PageClient, button: str, given: dict[str, str], sentence: str
) -> None:
    page = evaluator.get("/mes-disponibilites").submit(button, given, expect=422)
    assert sentence in page.text
    for name, value in given.items():
        field = page.soup.select_one(f'[name="{name}"]')
        assert field.name == "select" or field.get("value", "") in (value, f"0{value}"), name
    with world.services.database.reading() as session:
        assert session.scalars(select(Availability)).all() == []


def test_nobody_says_it_for_another_but_a_planner_of_the_centre(world: World, evaluator: PageClient) -> None:
    form = evaluator.get("/mes-disponibilites").form("Noter chaque semaine")
    values = {**form.values, "s-begins": "09:00", "s-ends": "12:00"}
    for other in ("evaluateur2", "candidat"):
        person = world.cast.people[other]
        evaluator.get(f"/disponibilites/{person}", 404)
        evaluator.post(f"/disponibilites/{person}/chaque-semaine", values, expect=404)
    own = world.cast.people["evaluateur1"]
    evaluator.post(form.action, values)
    evaluator.post(f"/disponibilites/{own}/lignes/999999/supprimer", {"csrf_token": values["csrf_token"]}, expect=404)


def test_the_page_costs_the_same_however_much_was_said(world: World, evaluator: PageClient) -> None:
    cost = evaluator.get("/mes-disponibilites").statements
    with world.services.database.writing() as session:
        usual = habits.of_centre(session, world.cast.centre_id)
        session.add_all(
            Availability(
                person_id=world.cast.people["evaluateur1"],
                free=True,
                source="self",
                weekday=rank % 5,
                begins=usual.day_begins,
                ends=usual.day_ends,
                since=monday(world),
                recorded_by=world.cast.people["evaluateur1"],
                recorded_at=world.clock(),
            )
            for rank in range(40)
        )
    assert evaluator.get("/mes-disponibilites").statements == cost
