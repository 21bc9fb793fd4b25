"""An absence is told with what follows, explained in time, corrected with a reason; the planner counts them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.team import mails
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Interview
from workflows.facts import Given
from workflows.vocabulary import Action, Step


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


def missed(world: World, excused: bool, reason: str = "") -> Story:
    """An interview to which the candidate did not come."""
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    again(world, story, excused, reason)
    return story


def again(world: World, story: Story, excused: bool, reason: str = "") -> None:
    story.clock.at(story.interview_at + timedelta(minutes=30))
    story.act(Action.RECORD_ABSENCE, story.planner, Given(excused=excused, reason=reason))
    world.clock.move_to(story.clock.now)


def interview(world: World) -> Interview:
    with world.services.database.reading() as session:
        return session.scalars(select(Interview).order_by(Interview.id.desc())).first()


def told(world: World) -> str:
    return " ".join(mails(world.services, world.email("candidat"))[0].body.split())


def test_the_mail_says_what_follows(world: World) -> None:
    story = missed(world, excused=True)
    assert "Elle est excusée." in told(world)
    assert interview(world).explain_by is None
    story.schedule()
    again(world, story, excused=False)
    assert "Vous pouvez l'expliquer" in told(world)
    assert "nouvelle date vous sera donnée dans tous les cas" in told(world)


def test_the_candidate_explains_and_the_planner_excuses(world: World, app: Flask) -> None:
    story = missed(world, excused=False, reason="Personne à 14 h 30")
    candidate, planner = signed_in(world, app, "candidat"), signed_in(world, app, "planificateur")
    page = candidate.get(candidate.get("/ma-candidature").soup.find("a", string="Expliquer mon absence")["href"])
    assert "non excusée" in page.text
    assert "Personne à 14 h 30" not in page.text
    page.submit("Envoyer mon explication", {"explanation": " "}, expect=422)
    page.submit("Envoyer mon explication", {"explanation": "Mon train a été supprimé."})
    assert mails(world.services, world.email("planificateur"))[0].template == "absence_explained"
    week = planner.get("/entretiens")
    assert "1 absence, non excusée" in week.text
    page = planner.get(f"/candidatures/{story.number}/absences")
    assert "Mon train a été supprimé." in page.text
    page = page.submit("Noter excusée", {"reason": ""}, expect=422)
    assert "Indiquez pourquoi" in page.text
    page.submit("Noter excusée", {"reason": "Justificatif reçu"})
    row = interview(world)
    assert (row.ended, row.explain_by) == ("absent_excused", None)
    assert row.ended_reason == "Personne à 14 h 30\nCorrection : Justificatif reçu"
    assert "maintenant notée comme excusée" in told(world)
    assert "1 absence, excusée" in planner.get("/entretiens").text
    events = {event: details for _, event, details in journal(world.services)}
    assert events["absence_corrected"]["excused"] is True
    assert "train" not in str(events)
    assert "Justificatif" not in str(events)


def test_one_noted_excused_by_mistake_is_put_right_and_may_then_be_explained(world: World, app: Flask) -> None:
    story = missed(world, excused=True)
    page = signed_in(world, app, "planificateur").get(f"/candidatures/{story.number}/absences")
    page.submit("Noter non excusée", {"reason": "Aucune nouvelle"})
    assert interview(world).ended == "absent"
    assert "Vous pouvez expliquer cette absence" in told(world)


def test_too_late_is_said_before_anything_is_typed_and_after(world: World, app: Flask) -> None:
    missed(world, excused=False)
    candidate = signed_in(world, app, "candidat")
    page = candidate.get("/ma-candidature/2026-0001/absence")
    world.clock.advance(days=16)
    late = page.submit("Envoyer mon explication", {"explanation": "Mon train"}, expect=422)
    assert "Vous pouviez expliquer cette absence jusqu'au" in late.text
    assert late.soup.find("textarea").get_text().strip() == "Mon train"
    assert interview(world).explanation == ""


def test_absences_are_counted_by_kind(world: World, app: Flask) -> None:
    story = missed(world, excused=True)
    story.schedule()
    again(world, story, excused=False)
    assert "2 absences, 1 excusée" in signed_in(world, app, "planificateur").get("/entretiens").text


@pytest.mark.parametrize("local", ["evaluateur1", "conseiller", "candidat.b", "conseiller.b"])
def test_nobody_else_reads_or_corrects_them(world: World, app: Flask, local: str) -> None:
    story = missed(world, excused=False)
    client = signed_in(world, app, local)
    client.get(f"/candidatures/{story.number}/absences", expect=404)
    client.get(f"/ma-candidature/{story.number}/absence", expect=404)
