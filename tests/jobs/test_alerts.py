"""Whoever must act is told that a legal delay runs out: the right people, once, whatever the job missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.jobs.reading import journal
from tests.support.builders import World
from vae_portal.actions.services import Services
from vae_portal.jobs.alerts import send_alerts
from vae_portal.mail.render import render
from vae_portal.persistence.tables import Candidacy, OutboxMail, Person
from workflows import clocks
from workflows.alerts import ALERTS, Alert, owed
from workflows.steps import ANSWER, JURY, LAPSE, NOTIFY, Clock
from workflows.vocabulary import Step


def on(services: Services, day: date) -> Services:
    """The services at ten in the morning of that day."""
    return replace(services, clock=lambda: datetime.combine(day, time(10), UTC))


def mails(services: Services, template: str) -> list[str]:
    with services.database.reading() as session:
        wanted = select(OutboxMail.recipient).where(OutboxMail.template == template).order_by(OutboxMail.id)
        return [address.partition("@")[0] for address in session.scalars(wanted)]


def due(services: Services, number: str, count: str) -> date:
    with services.database.reading() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == number)).one()
        since = {"answer": row.acknowledged_on, "jury": row.deposited_on, "lapse": row.notified_on}[count]
    assert since is not None
    return {"answer": clocks.answer_due, "jury": clocks.jury_due, "lapse": clocks.lapse_due}[count](since)


@pytest.mark.parametrize(
    ("clock", "left", "alert"),
    [
        (ANSWER, 16, None),
        (ANSWER, 15, 15),
        (ANSWER, 6, 15),
        (ANSWER, 5, 5),
        (ANSWER, -40, 5),
        (JURY, 31, None),
        (JURY, 30, 30),
        (JURY, 11, 30),
        (JURY, 10, 10),
        (LAPSE, 0, None),
        (LAPSE, -1, -1),
        (LAPSE, -400, -1),
        (NOTIFY, 0, None),
    ],
)
def test_the_most_pressing_alert_whose_day_has_come(clock: Clock, left: int, alert: int | None) -> None:
    found = owed(clock.delay, left)
    assert (found.days_left if found else None) == alert


def test_each_alert_is_told_once_on_its_day(services: Services, world: World) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    last, told = due(services, number, "jury"), []
    for left in range(35, -5, -1):
        told += [left] * send_alerts(on(services, last - timedelta(days=left)))
        assert send_alerts(on(services, last - timedelta(days=left))) == 0
    assert told == [30, 10]
    assert mails(services, "jury_deadline_alert") == ["secretaire", "conseiller"] * 2
    rows = [details for _, event, details in journal(services) if event == "deadline_told"]
    assert [(row["due_on"], row["days_left"]) for row in rows] == [(last.isoformat(), 30), (last.isoformat(), 10)]


def test_after_an_outage_one_mail_and_not_a_pile(services: Services, world: World) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    assert send_alerts(on(services, due(services, number, "jury") + timedelta(days=3))) == 1
    assert mails(services, "jury_deadline_alert") == ["secretaire", "conseiller"]
    with services.database.reading() as session:
        body = session.scalars(select(OutboxMail.body).where(OutboxMail.template == "jury_deadline_alert")).first()
    assert body is not None
    assert "Cette échéance est dépassée." in body


def acknowledged(services: Services, world: World) -> tuple[str, date]:
    """A complete request that waits for its answer."""
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW).acknowledge()
    return story.number, due(services, story.number, "answer")


def test_the_answer_s_alert_goes_to_who_follows_it_or_to_all(services: Services, world: World) -> None:
    number, last = acknowledged(services, world)
    with services.database.writing() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == number)).one()
        row.advisor_id = None
    assert send_alerts(on(services, last - timedelta(days=15))) == 1
    assert sorted(mails(services, "answer_deadline_alert")) == ["conseiller", "conseiller2"]
    with services.database.writing() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == number)).one()
        row.advisor_id = world.cast.people["conseiller2"]
    assert send_alerts(on(services, last - timedelta(days=5))) == 1
    assert mails(services, "answer_deadline_alert")[2:] == ["conseiller2"]


def test_who_left_is_told_nothing_and_administrators_stand_in(services: Services, world: World) -> None:
    _, last = acknowledged(services, world)
    with services.database.writing() as session:
        for local in ("conseiller", "conseiller2"):
            session.get_one(Person, world.cast.people[local]).disabled_at = services.clock()
    assert send_alerts(on(services, last)) == 1
    assert mails(services, "answer_deadline_alert") == ["admin"]


def test_an_act_and_an_alert_reach_the_others_when_who_followed_has_left(services: Services, world: World) -> None:
    story = world.candidacy(Step.DOSSIER_PREPARATION).describe()
    with services.database.writing() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == story.number)).one()
        row.advisor_id = world.cast.people["conseiller"]
        session.get_one(Person, world.cast.people["conseiller"]).disabled_at = services.clock()
    story.deposit()
    assert mails(services, "dossier_deposited_staff") == ["conseiller2"]
    assert send_alerts(on(services, due(services, story.number, "jury"))) == 1
    assert mails(services, "jury_deadline_alert") == ["secretaire", "conseiller2"]


def test_a_lapse_is_told_to_administrators_the_day_after_and_decides_nothing(services: Services, world: World) -> None:
    number = world.candidacy(Step.DOSSIER_PREPARATION).number
    last = due(services, number, "lapse")
    assert send_alerts(on(services, last)) == 0
    assert send_alerts(on(services, last + timedelta(days=1))) == 1
    assert mails(services, "lapse_alert") == ["admin"]
    with services.database.reading() as session:
        step = session.scalars(select(Candidacy.step).where(Candidacy.number == number)).one()
    assert step == Step.DOSSIER_PREPARATION


def test_a_dossier_sent_back_stops_the_alerts_and_its_next_deposit_counts_anew(
    services: Services, world: World
) -> None:
    story = world.candidacy(Step.DOSSIER_REVIEW)
    first = due(services, story.number, "jury")
    assert send_alerts(on(services, first - timedelta(days=30))) == 1
    story.clock.at(datetime.combine(first - timedelta(days=29), time(9), UTC))
    story.give_back()
    assert send_alerts(on(services, first - timedelta(days=10))) == 0
    story.clock.wait(days=40)
    story.deposit()
    second = due(services, story.number, "jury")
    assert second > first
    assert send_alerts(on(services, second - timedelta(days=30))) == 1


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert.clock.delay.name} {alert.days_left}")
@pytest.mark.parametrize("left", [12, 1, 0, -3])
def test_every_mail_says_the_day_and_what_is_left(alert: Alert, left: int) -> None:
    context = {
        "person_name": "Dominique Fictif",
        "centre_name": "UIMM Démonstration",
        "candidacy_number": "2026-0001",
        "certification_title": "Un titre",
        "link": "http://portail.example/candidatures/2026-0001",
        "due_on": "2026-03-31",
        "days_left": left,
        "article": "article R. 6412-4 du code du travail",
    }
    mail = render(alert.template, context)
    text = " ".join(mail.text.split())
    assert "31 mars 2026" in text
    assert "2026-0001" in mail.subject
    if alert.days_left > 0:
        said = {12: "Il reste 12 jours.", 1: "Il reste 1 jour.", 0: "C'est aujourd'hui.", -3: "dépassée"}[left]
        assert said in text
