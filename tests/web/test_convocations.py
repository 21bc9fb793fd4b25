"""A convocation is read, answered until the interview begins, and shown to the planner person by person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import vobject
from flask import Flask
from sqlalchemy import select, text

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.team import mails
from vae_portal.actions import assessments
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Convocation, Interview
from workflows.facts import Given
from workflows.vocabulary import Action, Step


@pytest.fixture
def story(world: World) -> Story:
    return world.candidacy(Step.INTERVIEW_SCHEDULED)


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


def row(world: World, local: str) -> Convocation:
    with world.services.database.reading() as session:
        called = select(Convocation).where(Convocation.person_id == world.cast.people[local], Convocation.live)
        return session.scalars(called).one()


def url(story: Story) -> str:
    return f"/candidatures/{story.number}/convocation"


def test_opening_it_is_recorded_once(world: World, app: Flask, story: Story) -> None:
    candidate = signed_in(world, app, "candidat")
    assert candidate.get("/ma-candidature").soup.select_one(f'a[href="{url(story)}"]')
    page = candidate.get(url(story))
    assert "Maxime Critère, Andréa Indicateur" in page.text
    assert "Munissez-vous d'une pièce d'identité" in page.text
    first = row(world, "candidat").seen_at
    world.clock.advance(hours=2)
    candidate.get(url(story))
    assert row(world, "candidat").seen_at == first is not None
    assert row(world, "evaluateur1").seen_at is None
    assert [event for _, event, _ in journal(world.services)].count("convocation_seen") == 1


def test_the_candidate_confirms_then_asks_for_another_date_and_nothing_moves(
    world: World, app: Flask, story: Story
) -> None:
    candidate = signed_in(world, app, "candidat")
    candidate.get(url(story)).submit("Envoyer ma réponse", {"answer": "confirmed"})
    assert row(world, "candidat").answer == "confirmed"
    page = candidate.get(url(story)).submit("Changer ma réponse", {"answer": "other_date"}, expect=422)
    assert "Dites pourquoi cette date ne convient pas" in page.text
    asked = {"answer": "other_date", "reason": "Je suis en déplacement ce jour-là."}
    page = candidate.follow(page.submit("Changer ma réponse", asked))
    assert "L'entretien reste prévu" in page.text
    with world.services.database.reading() as session:
        assert session.scalars(select(Interview)).one().live
    (mail,) = (m for m in mails(world.services, world.email("planificateur")) if m.template == "convocation_declined")
    assert "déplacement" not in mail.body
    assert "ne peut plus siéger" not in mail.body
    page.submit("Changer ma réponse", asked | {"reason": "En déplacement jusqu'au soir."})
    told = [m for m in mails(world.services, world.email("planificateur")) if m.template == "convocation_declined"]
    assert len(told) == 1  # the planner reads the last words on the page
    rows = [details for _, event, details in journal(world.services) if event == "convocation_answered"]
    assert [found["answer"] for found in rows] == ["confirmed", "other_date", "other_date"]
    assert "déplacement" not in str(rows)


def test_an_evaluator_who_cannot_come_leaves_too_few(world: World, app: Flask, story: Story) -> None:
    evaluator = signed_in(world, app, "evaluateur2")
    page = evaluator.get("/mes-entretiens")
    assert page.soup.select_one(f'a[href="{url(story)}"]')
    evaluator.get(url(story)).submit("Envoyer ma réponse", {"answer": "other_date", "reason": "Souffrante"})
    told = mails(world.services, world.email("planificateur"))[0]
    assert told.template == "convocation_declined"
    assert "ne peut plus siéger" in " ".join(told.body.split())


def test_an_evaluator_marked_absent_on_the_day_is_told_to_the_planner(world: World, story: Story) -> None:
    world.clock.move_to(story.interview_at + timedelta(minutes=5))
    absent = world.cast.people["evaluateur2"]
    assessments.mark_presence(world.services, story.evaluators[0], story.number, absent, False)
    assert mails(world.services, world.email("planificateur"))[0].template == "commission_short"
    assessments.mark_presence(world.services, story.evaluators[0], story.number, absent, True)
    assert [m.template for m in mails(world.services, world.email("planificateur"))].count("commission_short") == 1


def test_once_it_has_begun_it_waits_for_no_answer(world: World, app: Flask, story: Story) -> None:
    candidate = signed_in(world, app, "candidat")
    form = candidate.get(url(story)).form("Envoyer ma réponse")
    world.clock.move_to(story.interview_at)
    page = candidate.post(form.action, {**form.values, "answer": "confirmed"}, expect=409)
    assert "L'entretien a commencé" in page.text
    assert row(world, "candidat").answer is None


def test_an_answer_to_what_was_moved_meanwhile_is_not_taken(world: World, app: Flask, story: Story) -> None:
    candidate = signed_in(world, app, "candidat")
    page = candidate.get(url(story))
    with story.services.database.reading() as session:
        old = session.scalars(select(Interview)).one()
    planner = signed_in(world, app, "planificateur")
    moved = planner.get(f"/candidatures/{story.number}/entretien")
    day = (story.interview_at + timedelta(days=5)).date().isoformat()
    moved = moved.submit("Déplacer l'entretien", {"day": day, "reason": "Salle fermée"}, expect=409)
    moved.submit("Déplacer l'entretien", {"anyway": str(moved.soup.select_one("#anyway-box")["value"])})
    late = page.submit("Envoyer ma réponse", {"answer": "other_date", "reason": "Non"}, expect=409)
    assert "a changé pendant que vous lisiez" in late.text
    assert "Non" in late.soup.select_one("#reason").get_text()
    assert row(world, "candidat").answer is None
    assert row(world, "candidat").interview_id != old.id
    late.submit("Envoyer ma réponse", {"answer": "confirmed"})
    assert row(world, "candidat").answer == "confirmed"


def test_the_file_for_a_calendar_invites_nobody(world: World, app: Flask, story: Story) -> None:
    answer = signed_in(world, app, "evaluateur1").http.get(f"{url(story)}.ics")
    assert answer.mimetype == "text/calendar"
    calendar = vobject.readOne(answer.get_data(as_text=True))
    assert calendar.method.value == "PUBLISH"
    assert not hasattr(calendar.vevent, "attendee")
    assert calendar.vevent.dtstart.value == story.interview_at.replace(microsecond=0)


def test_only_those_called_see_it_and_only_while_it_stands(world: World, app: Flask, story: Story) -> None:
    for local in ("evaluateur3", "candidat.b"):
        signed_in(world, app, local).get(url(story), expect=404)
    for local in ("planificateur", "conseiller", "admin", "auditeur"):
        signed_in(world, app, local).get(url(story), expect=404)
    story.act(Action.CANCEL_INTERVIEW, story.planner, Given(reason="Salle fermée"))
    candidate = signed_in(world, app, "candidat")
    page = candidate.follow(candidate.get(url(story), expect=302))
    assert "Vous n'avez pas de convocation en cours" in page.text


def test_the_planner_sees_who_read_and_answered_with_counters_and_filters(
    world: World, app: Flask, story: Story
) -> None:
    planner = signed_in(world, app, "planificateur")
    signed_in(world, app, "candidat").get(url(story)).submit(
        "Envoyer ma réponse", {"answer": "other_date", "reason": "Un mariage"}
    )
    signed_in(world, app, "evaluateur1").get(url(story))
    week = planner.get("/entretiens")
    assert "1 autre date demandée" in week.text
    page = planner.get("/entretiens/convocations")
    assert "Un mariage" in page.text
    counted = [" ".join(tag.get_text(" ").split()) for tag in page.soup.select(".counters li")]
    assert counted == [
        "3 en attente d'envoi",
        "1 sans lecture",
        "2 sans réponse",
        "1 demandant une autre date",
    ]
    assert story.number in planner.get("/entretiens/convocations?voir=other_date").text
    with world.services.database.engine.begin() as connection:
        connection.execute(text("UPDATE convocation SET answer = 'confirmed' WHERE answer IS NOT NULL"))
    assert "Personne à relancer" in planner.get("/entretiens/convocations?voir=other_date&page=7").text
    elsewhere = signed_in(world, app, "conseiller.b")
    elsewhere.get("/entretiens/convocations", expect=404)


def test_the_list_costs_the_same_however_long(world: World, app: Flask, story: Story) -> None:
    planner = signed_in(world, app, "planificateur")
    alone, today = planner.get("/entretiens/convocations").statements, world.clock()
    for n in range(2):
        Story.schedule(world.candidacy(Step.INTERVIEW_PENDING, world.candidate(f"candidat-{n}")))
    world.clock.move_to(today)
    page = planner.get("/entretiens/convocations")
    assert len(page.soup.select("section.panel")) == 3
    assert page.statements == alone


def test_reading_it_the_first_time_stays_cheap(world: World, app: Flask, story: Story) -> None:
    evaluator = signed_in(world, app, "evaluateur1")
    first, again = evaluator.get(url(story)), evaluator.get(url(story))
    assert again.statements < first.statements <= 40
