"""Mails that messages wait: never the text, never in bursts, once a day to who asked for that, also after an outage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.support.builders import World
from vae_portal.actions import conversation as acts
from vae_portal.actions.conversation import Written
from vae_portal.actions.services import Services
from vae_portal.demonstration.clock import StoryClock
from vae_portal.jobs.notices import tell_messages
from vae_portal.persistence.tables import Candidacy, Message, OutboxMail, Person
from workflows.clocks import PARIS
from workflows.conversation import digest_of
from workflows.vocabulary import MessageMails, Role, Step

DAY = date(2027, 3, 10)
SECRET = "Ce texte ne part jamais par courriel."


class Post:
    """A candidacy about which people write, hour by hour."""

    def __init__(self, services: Services, world: World) -> None:
        self.world, self.number = world, world.candidacy(Step.WITHDRAWN).number
        self.services = services
        with services.database.reading() as session:
            self.id = session.scalars(select(Candidacy.id).where(Candidacy.number == self.number)).one()
        self.written = 0

    def at(self, hour: int, minute: int = 0, days: int = 0) -> Post:
        """It is that hour in Paris."""
        now = datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=PARIS).astimezone(UTC)
        self.services = replace(self.services, clock=StoryClock(now + timedelta(days=days)))
        return self

    def say(self, local: str, role: Role, internal: bool = False) -> Post:
        """Someone writes."""
        self.written += 1
        written = Written(SECRET, f"sending-{self.written:04}", internal)
        acts.write(self.services, self.world.cast.actor(local, role), self.number, written)
        return self

    def ask(self) -> Post:
        """The candidate writes."""
        return self.say("candidat", Role.CANDIDATE)

    def answer(self) -> Post:
        """The advisor writes."""
        return self.say("conseiller", Role.ADVISOR)

    def round(self) -> int:
        """The job runs."""
        return tell_messages(self.services)

    def choose(self, local: str, when: MessageMails) -> Post:
        """Someone's setting."""
        with self.services.database.writing() as session:
            mine = Person.id == self.world.cast.people[local]
            session.execute(update(Person).where(mine).values(message_mails=when.value))
        return self

    def mails(self) -> list[tuple[str, str]]:
        """(whose, which), in the order they were written."""
        with self.services.database.reading() as session:
            mails = session.scalars(
                select(OutboxMail).where(OutboxMail.template.startswith("messages_")).order_by(OutboxMail.id)
            ).all()
        assert not any(SECRET in f"{mail.subject}{mail.body}" for mail in mails)
        return [(mail.recipient.partition("@")[0], mail.template.removeprefix("messages_")) for mail in mails]

    def last(self) -> str:
        """What the last mail says."""
        with self.services.database.reading() as session:
            body = session.scalars(select(OutboxMail.body).order_by(OutboxMail.id.desc()).limit(1)).one()
        return " ".join((body or "").split())


@pytest.fixture
def post(services: Services, world: World) -> Post:
    made = Post(services, world)
    with services.database.writing() as session:
        row = session.get_one(Candidacy, made.id)
        row.advisor_id = world.cast.people["conseiller"]
    return made


def test_the_other_side_is_told_at_once_and_not_in_bursts(post: Post) -> None:
    post.at(10, 0).ask()
    assert post.mails() == [("conseiller", "waiting")]
    assert "1 message à lire" in post.last()
    assert f"/candidatures/{post.number}/messages" in post.last()
    post.at(10, 3).ask().at(10, 9).ask()
    assert (post.round(), len(post.mails())) == (0, 1)
    assert post.at(10, 10).round() == 1
    assert "3 messages à lire" in post.last()
    assert (post.round(), post.at(12).round(), len(post.mails())) == (0, 0, 2)
    post.answer()
    assert post.mails()[2:] == [("candidat", "waiting")]


def test_what_was_read_meanwhile_is_not_told(post: Post) -> None:
    post.at(10).ask().at(10, 5).ask()
    advisor = post.world.cast.actor("conseiller", Role.ADVISOR)
    acts.opened(post.services, advisor, post.id, internal=False, last_id=_latest(post))
    assert (post.at(11).round(), len(post.mails())) == (0, 1)
    acts.opened(post.services, advisor, post.id, internal=False, last_id=1)  # a page that was open before
    assert post.at(12).round() == 0


def _latest(post: Post) -> int:
    with post.services.database.reading() as session:
        return session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()


def test_a_note_is_told_to_who_follows_and_never_to_the_candidate(post: Post) -> None:
    post.at(10).say("planificateur", Role.PLANNER, internal=True)
    assert post.mails() == [("conseiller", "waiting")]
    post.say("conseiller", Role.ADVISOR, internal=True)
    assert post.at(18).round() == 0
    assert post.mails() == [("conseiller", "waiting")]


def test_every_advisor_is_told_when_nobody_follows(post: Post) -> None:
    with post.services.database.writing() as session:
        session.get_one(Candidacy, post.id).advisor_id = None
    post.at(10).ask()
    assert sorted(post.mails()) == [("conseiller", "waiting"), ("conseiller2", "waiting")]


def test_once_a_day_at_eight(post: Post) -> None:
    post.choose("candidat", MessageMails.DAILY)
    post.at(15).answer().at(16).answer()
    assert (post.at(23).round(), post.at(7, 55, days=1).round()) == (0, 0)
    assert post.at(8, 0, days=1).round() == 1
    assert post.mails() == [("candidat", "digest")]
    assert "- 2 messages à lire" in post.last()
    post.at(8, 1, days=1).answer()
    assert [post.at(hour, days=1).round() for hour in (9, 12, 23)] == [0, 0, 0]
    assert post.at(8, 4, days=2).round() == 1
    assert "- 3 messages à lire" in post.last()
    assert (post.at(9, days=2).round(), len(post.mails())) == (0, 2)


def test_after_an_outage_one_digest_for_all_the_days(post: Post) -> None:
    post.choose("candidat", MessageMails.DAILY)
    post.at(9).answer().at(9, days=1).answer()
    post.choose("conseiller", MessageMails.DAILY).ask()
    assert post.at(14, days=3).round() == 2
    assert [post.at(hour, days=3).round() for hour in (15, 20)] == [0, 0]
    assert sorted(post.mails()) == [("candidat", "digest"), ("conseiller", "digest")]


def test_never_is_never_until_one_changes_one_s_mind(post: Post) -> None:
    post.choose("candidat", MessageMails.NEVER)
    post.at(9).answer()
    assert (post.at(12, days=2).round(), post.mails()) == (0, [])
    post.choose("candidat", MessageMails.DAILY)
    assert post.round() == 1


def test_who_left_is_told_nothing(post: Post) -> None:
    post.choose("conseiller", MessageMails.DAILY)
    post.at(9).ask()
    with post.services.database.writing() as session:
        session.get_one(Person, post.world.cast.people["conseiller"]).disabled_at = post.services.clock()
    assert (post.at(9, days=1).round(), post.mails()) == (0, [])


@pytest.mark.parametrize(
    ("now", "digest"),
    [
        ("2027-03-10T06:59:59+00:00", "2027-03-09T07:00:00+00:00"),
        ("2027-03-10T07:00:00+00:00", "2027-03-10T07:00:00+00:00"),
        ("2027-03-28T05:59:00+00:00", "2027-03-27T07:00:00+00:00"),  # the clocks have gone forward that night
        ("2027-03-28T06:00:00+00:00", "2027-03-28T06:00:00+00:00"),
        ("2027-10-31T06:30:00+00:00", "2027-10-30T06:00:00+00:00"),  # and back
    ],
)
def test_eight_is_eight_in_paris(now: str, digest: str) -> None:
    assert digest_of(datetime.fromisoformat(now)) == datetime.fromisoformat(digest)
