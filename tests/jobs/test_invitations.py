"""What reaches calendars, read from the bytes that the mail server received by a parser that did not write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from sqlalchemy import select

from tests.jobs.conftest import MailServer
from tests.support.builders import World
from vae_portal.actions.services import Services
from vae_portal.demonstration import contents
from vae_portal.demonstration.story import Story
from vae_portal.persistence.queries import hearings
from vae_portal.persistence.tables import Candidacy, Convocation, Interview, OutboxMail, Person, PersonRole
from workflows.facts import Given, SlotFacts
from workflows.vocabulary import Action, Role, Step

Work = Callable[..., None]


@dataclass(frozen=True)
class Received:
    """One object as its recipient's calendar would take it."""

    to: str
    method: str
    uid: str
    sequence: int
    starts_at: datetime
    text: str


def received(server: MailServer) -> list[Received]:
    """Every iCalendar object that reached the server, in the order of the mails."""
    found = []
    for message in sorted(server.messages, key=lambda m: int(str(m["Message-ID"]).split("-")[1].split("@")[0])):
        parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        attached = [part for part in message.walk() if part.get_content_type() == "application/ics"]
        assert len(parts) == len(attached) <= 1
        for part, copy in zip(parts, attached, strict=True):
            content = part.get_payload(decode=True)
            assert content == copy.get_payload(decode=True)
            found.append(_parsed(message, part, content))
    return found


def _parsed(message: EmailMessage, part: Any, content: bytes) -> Received:
    text = content.decode("utf-8")
    calendar = vobject.readOne(text)
    (event,) = calendar.vevent_list
    (attendee,) = event.attendee_list
    assert attendee.value == f"mailto:{message['To']}"  # the recipient's address, and nobody else's
    assert part.get_param("method") == calendar.method.value
    assert event.status.value == ("CANCELLED" if calendar.method.value == "CANCEL" else "CONFIRMED")
    assert event.dtend.value - event.dtstart.value == timedelta(hours=1)
    assert event.dtstamp.value.utcoffset() == timedelta(0)
    assert event.organizer.value == f"mailto:{message['From']}"
    assert max(len(line.encode()) for line in text.splitlines()) <= 75
    to = str(message["To"]).partition("@")[0]
    return Received(to, calendar.method.value, event.uid.value, int(event.sequence.value), event.dtstart.value, text)


def slot_of(story: Story, starts_at: datetime, *locals_: str) -> SlotFacts:
    """An hour for these evaluators."""
    with story.services.database.reading() as session:
        row = contents.whole(session, story.number)
        people = session.scalars(select(Person).where(Person.id.in_([story.cast.people[name] for name in locals_])))
        evaluators = hearings.evaluator_facts(session, row, people)
    return SlotFacts(starts_at, starts_at + timedelta(hours=1), "Salle 7", evaluators=evaluators)


def move(story: Story, days: int, *locals_: str) -> datetime:
    starts_at = story.clock.now + timedelta(days=days)
    given = Given(slot=slot_of(story, starts_at, *locals_), reason="Salle indisponible")
    story.act(Action.MOVE_INTERVIEW, story.planner, given)
    return starts_at


def test_one_appointment_from_booking_to_cancellation(
    world: World, mailing: Services, mail_server: MailServer, work: Work
) -> None:
    story = world.candidacy(Step.INTERVIEW_PENDING).schedule()
    first = story.interview_at
    second = move(story, 25, "evaluateur1", "evaluateur2")
    third = move(story, 30, "evaluateur1", "evaluateur3")
    story.act(Action.CANCEL_INTERVIEW, story.planner, Given(reason="Évaluateur souffrant"))
    mail_server.start()
    work(mailing, times=2)
    objects = received(mail_server)

    assert len({one.uid for one in objects}) == 1
    by_person: dict[str, list[tuple[str, int, datetime]]] = {}
    for one in objects:
        by_person.setdefault(one.to, []).append((one.method, one.sequence, one.starts_at))
    through = [("REQUEST", 0, first), ("REQUEST", 1, second), ("REQUEST", 2, third), ("CANCEL", 3, third)]
    assert by_person == {
        "candidat": through,
        "evaluateur1": through,
        "evaluateur2": [("REQUEST", 0, first), ("REQUEST", 1, second), ("CANCEL", 2, second)],
        "evaluateur3": [("REQUEST", 2, third), ("CANCEL", 3, third)],
    }
    for told in by_person.values():
        assert [sequence for _, sequence, _ in told] == sorted({sequence for _, sequence, _ in told})

    story.schedule()
    work(mailing, times=2)
    again = received(mail_server)[len(objects) :]
    assert {(one.method, one.sequence) for one in again} == {("REQUEST", 0)}
    assert {one.uid for one in again}.isdisjoint({one.uid for one in objects})


def test_a_shared_screen_shows_no_name(world: World, mailing: Services, mail_server: MailServer, work: Work) -> None:
    story = world.candidacy(Step.INTERVIEW_PENDING).schedule()
    mail_server.start()
    work(mailing, times=2)
    with mailing.database.reading() as session:
        names = {person.family_name for person in session.scalars(select(Person))}
    objects = received(mail_server)
    assert len(objects) == 3
    for one in objects:
        event = vobject.readOne(one.text).vevent
        assert event.summary.value == f"Entretien de validation, candidature {story.number}"
        assert event.url.value.endswith(f"/candidatures/{story.number}/convocation")
        assert not [name for name in names if name in one.text.replace("\r\n ", "")]


@pytest.mark.parametrize(("days_before", "cancelled"), [(3, True), (0, False)])
def test_giving_up_frees_the_calendars_of_an_interview_ahead_only(
    world: World, mailing: Services, mail_server: MailServer, work: Work, days_before: int, cancelled: bool
) -> None:
    story = world.candidacy(Step.INTERVIEW_PENDING).schedule()
    story.clock.at(story.interview_at - timedelta(days=days_before) + timedelta(minutes=5))
    story.act(Action.WITHDRAW, story.candidate)
    mail_server.start()
    work(mailing, times=2)
    freed = sorted(one.to for one in received(mail_server) if one.method == "CANCEL")
    assert freed == (["candidat", "evaluateur1", "evaluateur2"] if cancelled else [])


def test_an_absence_leaves_calendars_as_they_are(
    world: World, mailing: Services, mail_server: MailServer, work: Work
) -> None:
    story = world.candidacy(Step.INTERVIEW_PENDING).schedule()
    story.clock.at(story.interview_at + timedelta(minutes=20))
    story.act(Action.RECORD_ABSENCE, story.planner, Given(excused=False))
    mail_server.start()
    work(mailing, times=2)
    assert {one.method for one in received(mail_server)} == {"REQUEST"}


def test_each_convocation_names_the_mail_that_carried_it(world: World, mailing: Services) -> None:
    world.candidacy(Step.INTERVIEW_SCHEDULED)
    with mailing.database.reading() as session:
        rows = session.execute(
            select(Person.email, OutboxMail.recipient, OutboxMail.template, OutboxMail.body)
            .select_from(Convocation)
            .join(Interview, Interview.id == Convocation.interview_id)
            .join(Person, Person.id == Convocation.person_id)
            .join(OutboxMail, OutboxMail.id == Convocation.mail_id)
        ).all()
    assert len(rows) == 3
    assert all(row.email == row.recipient for row in rows)
    assert all("/convocation\n" in row.body for row in rows)


def test_an_advisor_who_also_sits_is_told_twice_and_uninvited_once(
    world: World, mailing: Services, mail_server: MailServer, work: Work
) -> None:
    story = world.candidacy(Step.INTERVIEW_PENDING).schedule()
    with mailing.database.writing() as session:
        session.add(PersonRole(person_id=world.cast.people["evaluateur1"], role=Role.ADVISOR.value))
        session.scalars(select(Candidacy)).one().advisor_id = None
    story.act(Action.WITHDRAW, story.candidate)
    mail_server.start()
    work(mailing, times=2)
    told = [one for one in mail_server.messages if one["To"] == world.email("evaluateur1")]
    assert len(told) == 3
    assert [one.method for one in received(mail_server) if one.to == "evaluateur1"] == ["REQUEST", "CANCEL"]
