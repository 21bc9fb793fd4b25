"""Those called are reminded on their day, once, whatever the job missed; whoever came is certified once it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.jobs.reading import journal
from tests.support.builders import World
from vae_portal.actions import convocations
from vae_portal.actions.services import Services
from vae_portal.demonstration.story import Story
from vae_portal.jobs.attendance import certify_attendance
from vae_portal.jobs.reminders import send_reminders
from vae_portal.persistence.tables import Document, Interview, OutboxMail, Person
from workflows.facts import Given
from workflows.vocabulary import Action, ConvocationAnswer, Step


def at(services: Services, moment: datetime) -> Services:
    return replace(services, clock=lambda: moment)


def before(story: Story, days: int) -> Services:
    return at(story.services, story.interview_at - timedelta(days=days))


def reminded(services: Services) -> list[tuple[str, str]]:
    """(to whom, what it says) of each reminder."""
    with services.database.reading() as session:
        rows = session.scalars(
            select(OutboxMail).where(OutboxMail.template == "interview_reminder").order_by(OutboxMail.id)
        )
        return [(row.recipient.partition("@")[0], " ".join((row.body or "").split())) for row in rows]


EVERYONE = {"candidat", "evaluateur1", "evaluateur2"}


def test_two_reminders_each_once(world: World) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    told = [days for days in range(10, -2, -1) for _ in range(2) if send_reminders(before(story, days))]
    assert told == [7, 2]
    mails = reminded(story.services)
    assert len(mails) == 6
    assert {to for to, _ in mails} == EVERYONE
    assert "dans 7 jours" in mails[0][1]
    assert "dans 2 jours" in mails[3][1]
    rows = [details for _, event, details in journal(story.services) if event == "interview_reminded"]
    assert sorted(row["days_left"] for row in rows) == [2, 2, 2, 7, 7, 7]


def test_after_an_outage_one_mail_which_counts_from_today(world: World) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    assert send_reminders(before(story, 1)) == 3
    assert send_reminders(before(story, 0)) == 0
    assert all("demain" in text for _, text in reminded(story.services))


def test_a_reminder_knows_what_was_answered(world: World) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    with story.services.database.reading() as session:
        key = session.scalars(select(Interview.id)).one()
    convocations.answer(story.services, story.candidate, story.number, key, ConvocationAnswer.CONFIRMED, "")
    ill = (story.evaluators[1], story.number, key, ConvocationAnswer.OTHER_DATE, "Souffrante")
    convocations.answer(story.services, *ill)
    send_reminders(before(story, 7))
    texts = dict(reminded(story.services))
    assert "l'entretien reste prévu" in texts["evaluateur2"]
    assert "confirmé" not in texts["candidat"]
    assert "Vous n'avez pas encore confirmé" in texts["evaluateur1"]
    assert len(texts["candidat"]) < len(texts["evaluateur1"])


def test_nobody_is_reminded_of_what_they_were_told_late_nor_once_they_left(world: World) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    with story.services.database.writing() as session:
        session.get_one(Person, world.cast.people["evaluateur2"]).disabled_at = story.clock.now
        late = update(OutboxMail).where(OutboxMail.recipient == world.email("candidat"))
        session.execute(late.values(written_at=story.interview_at - timedelta(days=6)))
    send_reminders(before(story, 5))
    assert [to for to, _ in reminded(story.services)] == ["evaluateur1"]


@pytest.mark.parametrize("action", [Action.CANCEL_INTERVIEW, Action.WITHDRAW])
def test_an_interview_that_ended_reminds_nobody(world: World, action: Action) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    actor = story.candidate if action is Action.WITHDRAW else story.planner
    story.act(action, actor, Given(reason="Une raison"))
    assert send_reminders(before(story, 2)) == 0


def certificates(services: Services) -> list[Document]:
    with services.database.reading() as session:
        return list(session.scalars(select(Document).where(Document.kind == "attendance_certificate")))


def test_the_certificate_for_the_employer_comes_when_the_interview_is_over_and_once(world: World) -> None:
    story = world.candidacy(Step.EVALUATION)
    over = story.interview_at + timedelta(hours=1)
    assert certify_attendance(at(story.services, over - timedelta(minutes=1))) == 0
    assert certify_attendance(at(story.services, over)) == 1
    assert certify_attendance(at(story.services, over + timedelta(hours=1))) == 0
    story.clock.at(over)
    story.assess().sign().close_evaluation()
    assert certify_attendance(at(story.services, over + timedelta(days=3))) == 0
    (document,) = certificates(story.services)
    assert not document.staff_only
    assert document.context["interview"]["starts_at"] == story.interview_at.isoformat()
    assert document.context["interview"]["ends_at"] == over.isoformat()


def test_nobody_who_did_not_come_is_certified(world: World) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    story.clock.at(story.interview_at + timedelta(minutes=30))
    story.act(Action.RECORD_ABSENCE, story.planner, Given(excused=True))
    assert certify_attendance(at(story.services, story.interview_at + timedelta(days=1))) == 0


def test_the_sheet_to_sign_is_made_with_each_booking_for_staff_alone(world: World) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    with story.services.database.reading() as session:
        sheets = session.scalars(select(Document).where(Document.kind == "attendance_sheet")).all()
    assert [(row.staff_only, len(row.context["evaluators"])) for row in sheets] == [(True, 2)]
