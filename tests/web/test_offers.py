"""Slots offered: judged when offered and again when taken; one is booked, the others are let go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from tests.support.team import mails
from vae_portal.actions.perform import perform
from vae_portal.demonstration.story import Story
from vae_portal.errors import ActionRefused
from vae_portal.persistence.queries import candidacies, offers, planning
from vae_portal.persistence.tables import (
    Candidacy,
    Convocation,
    Interview,
    OfferedSlot,
    PlanningHabits,
    Room,
    RoomClosure,
)
from workflows import clocks
from workflows.facts import Given
from workflows.vocabulary import Action, Step

COMMISSION = ("evaluateur1", "evaluateur2")


@pytest.fixture
def rooms(world: World) -> list[int]:
    """A centre that lets candidates choose, with a room and a video room."""
    with world.services.database.writing() as session:
        session.add(PlanningHabits(centre_id=world.cast.centre_id, candidate_chooses=True, sitting_minutes=90))
        added = [
            Room(centre_id=world.cast.centre_id, kind="room", name="Salle 1", address="12 rue de l'Essai\n99000 Ville"),
            Room(
                centre_id=world.cast.centre_id, kind="video", name="Visio A", video_link="https://visio.example/salle-a"
            ),
        ]
        session.add_all(added)
        session.flush()
        return [room.id for room in added]


@pytest.fixture
def story(world: World, rooms: list[int]) -> Story:
    return world.candidacy(Step.INTERVIEW_PENDING)


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


def day(world: World, days: int) -> date:
    return clocks.civil_date(world.clock()) + timedelta(days=days)


def typed(world: World, *slots: tuple[int, int, tuple[str, ...]], hour: str = "14:00") -> dict[str, Any]:
    """What a planner types: (days from now, room, commission) for each slot."""
    values: dict[str, Any] = {}
    for n, (days, room, people) in enumerate(slots):
        row = {
            "day": day(world, days).isoformat(),
            "hour": hour,
            "duration": "60",
            "room": str(room),
            "evaluators": [str(world.cast.people[local]) for local in people],
        }
        values |= {f"rows-{n}-{name}": value for name, value in row.items()}
    return values


def propose(world: World, app: Flask, story: Story, *slots: tuple[int, int, tuple[str, ...]], **more: Any) -> Page:
    page = signed_in(world, app, "planificateur").get(f"/candidatures/{story.number}/creneaux")
    return page.submit("Proposer ces créneaux", typed(world, *slots), **more)


def rows(world: World) -> list[OfferedSlot]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(OfferedSlot).order_by(OfferedSlot.id)))


def choices(page: Page) -> list[str]:
    return [str(tag["value"]) for tag in page.soup.select('input[name="offer"]')]


def test_the_candidate_takes_one_and_is_convoked(world: World, app: Flask, story: Story, rooms: list[int]) -> None:
    planner = signed_in(world, app, "planificateur")
    propose(world, app, story, (25, rooms[0], COMMISSION), (26, rooms[1], COMMISSION))
    assert mails(world.services, world.email("candidat"))[0].template == "slots_offered"
    assert "créneaux proposés" in planner.get("/entretiens").text
    candidate = signed_in(world, app, "candidat")
    home = candidate.get("/ma-candidature")
    assert "Votre centre vous propose des créneaux" in home.text
    page = candidate.get(home.soup.find("a", string="Choisir un créneau")["href"])
    assert "Salle 1, 12 rue de l'Essai 99000 Ville" in page.text
    assert "Maxime Critère, Andréa Indicateur" in page.text
    _, second = choices(page)
    convoked = candidate.follow(
        candidate.post(f"/ma-candidature/{story.number}/creneaux", token(page) | {"offer": second})
    )
    assert "Vous êtes convoqué(e)" in convoked.text
    with world.services.database.reading() as session:
        interview = session.scalars(select(Interview)).one()
        assert len(session.scalars(select(Convocation)).all()) == 3
    assert (interview.room_id, interview.place, interview.video_link) == (rooms[1], "", "https://visio.example/salle-a")
    assert interview.during.lower == datetime.combine(day(world, 26), time(14), clocks.PARIS)
    assert [(row.taken, row.closed_at is not None) for row in rows(world)] == [(False, True), (True, True)]
    assert mails(world.services, world.email("planificateur"))[0].template == "slot_taken"
    (act,) = (d for _, event, d in journal(world.services) if event == "schedule_interview")
    assert act["to"] == "interview_scheduled"
    assert "Rien à choisir" in candidate.get(f"/ma-candidature/{story.number}/creneaux").text


def token(page: Page) -> dict[str, str]:
    return {"csrf_token": str(page.soup.select_one('input[name="csrf_token"]')["value"])}


def test_what_is_wrong_is_said_slot_by_slot_and_nothing_typed_is_lost(
    world: World, app: Flask, story: Story, rooms: list[int]
) -> None:
    page = propose(world, app, story, (25, rooms[0], COMMISSION), (16, rooms[0], ("evaluateur2",)), expect=409)
    assert "Créneau 2 : Une commission compte au moins deux évaluateurs." in page.text
    assert "Créneau 2 : Au moins un évaluateur doit être qualifié" in page.text
    assert "Créneau 2 : La convocation part au moins 15 jours avant, et le candidat peut répondre" in page.text
    assert page.soup.select_one("#rows-1-day")["value"] == day(world, 16).isoformat()
    assert len(page.soup.select('input[name="rows-0-evaluators"][checked]')) == 2
    assert rows(world) == []
    propose(world, app, story, (25, rooms[0], COMMISSION), expect=409)
    page = propose(world, app, story, (25, rooms[0], COMMISSION), (26, 0, COMMISSION), expect=422)
    assert "Choisissez une salle." in page.text
    stranger = (26, 10**6, COMMISSION)
    assert (
        "elle a changé entre-temps" in propose(world, app, story, (25, rooms[0], COMMISSION), stranger, expect=422).text
    )
    assert rows(world) == []


def test_a_slot_taken_meanwhile_is_refused_and_the_others_stay(
    world: World, app: Flask, story: Story, rooms: list[int]
) -> None:
    other = world.candidacy(Step.INTERVIEW_PENDING, world.candidate("candidat2"))
    for one in (story, other):
        propose(world, app, one, (30, rooms[0], COMMISSION), (31, rooms[0], COMMISSION))
    slow, quick = signed_in(world, app, "candidat"), signed_in(world, app, "candidat2")
    page = slow.get(f"/ma-candidature/{story.number}/creneaux")
    there = quick.get(f"/ma-candidature/{other.number}/creneaux")
    quick.post(f"/ma-candidature/{other.number}/creneaux", token(there) | {"offer": choices(there)[0]})
    late = slow.post(f"/ma-candidature/{story.number}/creneaux", token(page) | {"offer": choices(page)[0]}, expect=409)
    assert "vient d'être pris par quelqu'un d'autre" in late.text
    assert choices(late) == choices(page)[1:]
    slow.post(f"/ma-candidature/{story.number}/creneaux", token(late) | {"offer": choices(late)[0]})
    busy, today = (31, rooms[0], ("evaluateur3", "evaluateur1")), world.clock()
    third = world.candidacy(Step.INTERVIEW_PENDING, world.candidate("candidat3"))
    world.clock.move_to(today)
    told = propose(world, app, third, busy, (32, rooms[0], COMMISSION), expect=409)
    assert "Créneau 1 : Cette salle n'est pas libre à cette heure-là." in told.text


def test_a_room_closed_since_is_not_booked(world: World, app: Flask, story: Story, rooms: list[int]) -> None:
    propose(world, app, story, (25, rooms[0], COMMISSION), (26, rooms[1], COMMISSION))
    candidate = signed_in(world, app, "candidat")
    page = candidate.get(f"/ma-candidature/{story.number}/creneaux")
    whole_day = Range(clocks.midnight(day(world, 25)), clocks.midnight(day(world, 26)), bounds="[)")
    with world.services.database.writing() as session:
        session.add(RoomClosure(room_id=rooms[0], during=whole_day, reason="Travaux"))
    first, second = choices(page)
    late = candidate.post(f"/ma-candidature/{story.number}/creneaux", token(page) | {"offer": first}, expect=409)
    assert "Ce créneau n'est plus possible." in late.text
    assert choices(late) == [second]
    candidate.post(f"/ma-candidature/{story.number}/creneaux", token(late) | {"offer": second})


def test_a_candidate_books_nothing_that_was_not_offered_nor_too_late(
    world: World, app: Flask, story: Story, rooms: list[int]
) -> None:
    def at(days: int) -> Callable[[Any, Candidacy], Given]:
        starts_at = datetime.combine(day(world, days), time(14), clocks.PARIS)

        def given(session: Any, candidacy: Candidacy) -> Given:
            people = planning.commission(session, candidacy, [world.cast.people[local] for local in COMMISSION])
            during = Range(starts_at, starts_at + timedelta(hours=1), bounds="[)")
            return Given(slot=offers.slot(session.get_one(Room, rooms[0]), during, people))

        return given

    def book(given: Callable[[Any, Candidacy], Given]) -> None:
        perform(world.services, story.candidate, story.number, Action.SCHEDULE_INTERVIEW, given)

    offered, other = at(25), at(27)
    with pytest.raises(ActionRefused, match="Aucun créneau ne vous est proposé"):
        book(offered)
    propose(world, app, story, (25, rooms[0], COMMISSION), (26, rooms[0], COMMISSION))
    with pytest.raises(ActionRefused, match="ne vous est plus proposé"):
        book(other)
    world.clock.advance(days=8)
    with pytest.raises(ActionRefused, match="Vous pouviez choisir jusqu'au"):
        book(offered)
    page = signed_in(world, app, "candidat").get(f"/ma-candidature/{story.number}/creneaux")
    assert "Vous pouviez choisir" in page.text
    world.clock.advance(days=-1)
    book(offered)


def test_the_planner_takes_them_back_or_books_and_nothing_stays_open(
    world: World, app: Flask, story: Story, rooms: list[int]
) -> None:
    planner = signed_in(world, app, "planificateur")
    propose(world, app, story, (25, rooms[0], COMMISSION), (26, rooms[0], COMMISSION))
    page = planner.get(f"/candidatures/{story.number}/creneaux")
    planner.follow(page.submit("Retirer ces créneaux"))
    assert mails(world.services, world.email("candidat"))[0].template == "offers_withdrawn"
    assert all(row.closed_at and not row.taken for row in rows(world))
    world.clock.advance(minutes=5)
    for _ in range(2):  # the second press offers nothing more
        propose(world, app, story, (25, rooms[0], COMMISSION), (26, rooms[0], COMMISSION))
    assert len(rows(world)) == 4
    story.clock.at(world.clock())
    story.schedule()
    assert all(row.closed_at and not row.taken for row in rows(world))
    assert planner.get(f"/candidatures/{story.number}/creneaux", expect=302).location


def test_where_the_centre_decides_nothing_is_offered(world: World, app: Flask, story: Story, rooms: list[int]) -> None:
    with world.services.database.writing() as session:
        session.get_one(PlanningHabits, world.cast.centre_id).candidate_chooses = False
    planner = signed_in(world, app, "planificateur")
    assert "Proposer des créneaux" not in planner.get("/entretiens").text
    assert "Le candidat ne choisit pas" in planner.get(f"/candidatures/{story.number}/creneaux").text


def test_nobody_else_chooses_for_the_candidate(world: World, app: Flask, story: Story, rooms: list[int]) -> None:
    propose(world, app, story, (25, rooms[0], COMMISSION), (26, rooms[0], COMMISSION))
    for local in ("planificateur", "evaluateur1", "candidat.b", "conseiller.b"):
        signed_in(world, app, local).get(f"/ma-candidature/{story.number}/creneaux", expect=404)
    signed_in(world, app, "candidat").get(f"/candidatures/{story.number}/creneaux", expect=404)
    with world.services.database.reading() as session:
        whole = candidacies.by_number(session, story.candidate, story.number)
        assert len(offers.view(session, whole)) == 2
