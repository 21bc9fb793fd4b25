"""What a change of people or rooms does to interviews that are booked: shown from then on, and told when it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.actions import independence, qualifications, rooms, team
from vae_portal.actions.posts import Post, fingerprint, post_of
from vae_portal.persistence.tables import Interview, OutboxMail, Person, Qualification
from workflows.vocabulary import Role, RoomKind, Step


@pytest.fixture
def planner(world: World, client: PageClient) -> PageClient:
    client.sign_in(world.email("planificateur"), PASSWORD)
    return client


def in_conflict(planner: PageClient, number: str) -> str:
    """What the week says of an interview among those to look at again; nothing when it is not there."""
    found = planner.get("/entretiens").soup.select(".notice.bad li")
    return " ".join(tag.get_text(" ") for tag in found if number in tag.get_text())


def told(world: World) -> list[str]:
    """The mails that told planners of interviews that can no longer be held."""
    with world.services.database.reading() as session:
        wanted = select(OutboxMail.body).where(OutboxMail.template == "interviews_in_conflict")
        return list(session.scalars(wanted))


def test_a_qualification_taken_back_is_told_once_and_shown_until_it_is_given_again(
    world: World, planner: PageClient
) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    assert in_conflict(planner, number) == ""
    people = [world.cast.people["evaluateur1"], world.cast.people["evaluateur2"]]
    with world.services.database.reading() as session:
        able = {p: list(session.scalars(select(Qualification.certification_id).filter_by(person_id=p))) for p in people}
    for person in people:
        qualifications.record(world.services, world.cast.actor("planificateur", Role.PLANNER), person, [], "")
    assert "Au moins un évaluateur doit être qualifié" in in_conflict(planner, number)
    assert "Au moins un évaluateur doit être qualifié" in planner.get("/entretiens/convocations").text
    (mail,) = told(world)
    assert number in mail
    assert "/entretiens" in mail
    for person in people:
        qualifications.record(world.services, world.cast.actor("planificateur", Role.PLANNER), person, able[person], "")
    assert in_conflict(planner, number) == ""
    assert len(told(world)) == 1


def test_an_employer_that_the_candidate_names_is_told_until_no_link_is_declared(
    world: World, planner: PageClient
) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    one, actor = world.cast.people["evaluateur1"], world.cast.actor("planificateur", Role.PLANNER)
    with world.services.database.reading() as session:
        able = list(session.scalars(select(Qualification.certification_id).filter_by(person_id=one)))
    qualifications.record(world.services, actor, one, able, "", ["MECANIQUE-EXEMPLE"])
    assert "une organisation en commun (MECANIQUE-EXEMPLE)" in in_conflict(planner, number)
    assert len(told(world)) == 1
    independence.declare(world.services, world.cast.actor("evaluateur1", Role.EVALUATOR), number, False, "")
    assert in_conflict(planner, number) == ""


@pytest.mark.parametrize("how", ["disable", "give_roles"])
def test_an_evaluator_who_leaves_the_centre_is_told(world: World, planner: PageClient, how: str) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    admin, leaver = world.cast.actor("admin", Role.ADMINISTRATOR), world.cast.people["evaluateur2"]
    if how == "disable":
        team.disable(world.services, admin, leaver)
    else:
        with world.services.database.reading() as session:
            seen = fingerprint(post_of(session.get_one(Person, leaver)))
        team.give_roles(world.services, admin, leaver, Post(frozenset({Role.PLANNER})), seen)
    assert "Andréa Indicateur n'évalue plus dans ce centre" in in_conflict(planner, number)
    assert number in told(world)[0]


def test_a_room_that_closes_is_told_of_the_interviews_of_that_hour_alone(world: World, planner: PageClient) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    actor, begins = world.cast.actor("planificateur", Role.PLANNER), story.interview_at
    room = rooms.add(world.services, actor, rooms.RoomGiven(RoomKind.ROOM, "Salle Étau", "1 rue de l'Exemple"))
    with world.services.database.writing() as session:
        session.execute(update(Interview).values(room_id=room))
    rooms.close(world.services, actor, room, begins + timedelta(hours=1), begins + timedelta(hours=3), "Travaux")
    assert (in_conflict(planner, story.number), told(world)) == ("", [])
    rooms.close(world.services, actor, room, begins + timedelta(minutes=59), begins + timedelta(hours=3), "Travaux")
    assert "« Salle Étau » est fermée à cette heure-là" in in_conflict(planner, story.number)
    rooms.retire(world.services, actor, room, True)
    assert "« Salle Étau » n'est plus en service" in in_conflict(planner, story.number)
    assert len(told(world)) == 2


def test_the_week_asks_no_more_of_the_database_for_more_conflicts(world: World, planner: PageClient) -> None:
    counted = []
    for candidate in ("candidat", world.candidate("autre")):
        world.candidacy(Step.INTERVIEW_SCHEDULED, candidate)
        with world.services.database.writing() as session:
            able = [(one.person_id, one.certification_id) for one in session.scalars(select(Qualification))]
            session.execute(delete(Qualification))
        page = planner.get("/entretiens")
        with world.services.database.writing() as session:
            session.add_all(Qualification(person_id=one, certification_id=other) for one, other in able)
        counted.append((len(page.soup.select(".notice.bad li")), page.statements))
    assert [found for found, _ in counted] == [1, 2]
    assert counted[0][1] == counted[1][1]
