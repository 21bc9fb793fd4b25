"""A mail leaves once the server takes it, the same message at every try; what never will is shown to staff."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, text

from tests.jobs.conftest import MailServer
from tests.jobs.reading import jobs, journal, row
from tests.persistence.rows import NOON, a_candidacy, add
from vae_portal.actions.services import Services
from vae_portal.jobs.mails import message_id, send_mail
from vae_portal.persistence import queue
from vae_portal.persistence.tables import OutboxMail

Work = Callable[..., None]


def _written(services: Services, about_candidacy: bool = True, **changed: Any) -> OutboxMail:
    """A mail written, with its job."""
    values: dict[str, Any] = {
        "recipient": "camille@exemple.test",
        "template": "receipt",
        "subject": "Votre demande a été reçue",
        "body": "Bonjour Noëlle,\n\nVoici le lien.\n",
        "written_at": NOON,
    }
    with services.database.writing() as session:
        candidacy = a_candidacy(session)
        mail = OutboxMail(
            centre_id=candidacy.centre_id,
            candidacy_id=candidacy.id if about_candidacy else None,
            **(values | changed),
        )
        add(session, mail)
        queue.defer(session, queue.SEND_MAIL, mail_id=mail.id)
        return mail


def test_a_mail_leaves_and_is_told_without_its_address(mailing: Services, mail_server: MailServer, work: Work) -> None:
    mail_server.start()
    mail = _written(mailing)
    work(mailing)
    (message,) = mail_server.messages
    assert message["To"] == "camille@exemple.test"
    assert message["Subject"] == "Votre demande a été reçue"
    assert message["Message-ID"] == message_id(mailing.settings.base_url, mail.id)
    assert "Bonjour Noëlle" in message.get_content()
    after = row(mailing, OutboxMail, mail.id)
    assert after.sent_at is not None
    assert (after.attempts, after.failure, after.failed_at) == (1, "", None)
    assert after.body is not None
    assert journal(mailing) == [
        (f"candidacy:{mail.candidacy_id}", "mail_sent", {"mail": mail.id, "template": "receipt"})
    ]


def test_a_mail_that_holds_a_link_is_emptied_once_sent(mailing: Services, mail_server: MailServer, work: Work) -> None:
    mail_server.start()
    mail = _written(mailing, about_candidacy=False, secret=True)
    work(mailing)
    assert row(mailing, OutboxMail, mail.id).body is None
    assert "Voici le lien" in mail_server.messages[0].get_content()
    assert journal(mailing) == []


def test_a_server_that_is_down_then_up_gets_the_mail_once(
    mailing: Services, mail_server: MailServer, work: Work
) -> None:
    mail = _written(mailing, secret=True)
    work(mailing, times=3)
    waiting = row(mailing, OutboxMail, mail.id)
    assert (waiting.attempts, waiting.sent_at, waiting.failed_at) == (3, None, None)
    assert "messagerie" in waiting.failure
    assert "camille" not in waiting.failure
    assert waiting.body is not None
    mail_server.start()
    work(mailing, times=2)
    sent = row(mailing, OutboxMail, mail.id)
    assert sent.sent_at is not None
    assert (sent.attempts, sent.failure, sent.body) == (4, "", None)
    assert len(mail_server.messages) == 1
    assert jobs(mailing) == [("send_mail", "succeeded", 4)]


def test_each_wait_is_longer_than_the_one_before(mailing: Services, work: Work) -> None:
    _written(mailing)
    waits = []
    for _ in range(7):
        work(mailing)
        with mailing.database.reading() as session:
            waits.append(
                session.execute(
                    text("SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs")
                ).scalar()
            )
    assert waits == sorted(waits)
    assert waits[0] <= 10
    assert waits[-1] > 11 * 3600


def test_after_eight_tries_it_is_given_up_and_told(mailing: Services, work: Work) -> None:
    mail = _written(mailing)
    work(mailing, times=10)
    given_up = row(mailing, OutboxMail, mail.id)
    assert given_up.attempts == 8
    assert given_up.failed_at is not None
    assert "messagerie" in given_up.failure
    assert jobs(mailing) == [("send_mail", "failed", 8)]
    assert [event for _, event, _ in journal(mailing)] == ["mail_failed"]


def test_a_given_up_mail_asked_again_leaves(mailing: Services, mail_server: MailServer, work: Work) -> None:
    mail = _written(mailing)
    work(mailing, times=8)
    mail_server.start()
    with mailing.database.writing() as session:
        queue.defer(session, queue.SEND_MAIL, mail_id=mail.id)
    work(mailing)
    sent = row(mailing, OutboxMail, mail.id)
    assert sent.sent_at is not None
    assert sent.failed_at is None


def test_a_refused_recipient_is_not_tried_again(mailing: Services, mail_server: MailServer, work: Work) -> None:
    mail_server.start()
    mail_server.refused["camille@exemple.test"] = "550 unknown camille@exemple.test"
    mail = _written(mailing)
    work(mailing, times=2)
    refused = row(mailing, OutboxMail, mail.id)
    assert (refused.attempts, refused.sent_at) == (1, None)
    assert refused.failed_at is not None
    assert "définitivement" in refused.failure
    assert "camille" not in refused.failure
    assert jobs(mailing) == [("send_mail", "failed", 1)]
    assert [event for _, event, _ in journal(mailing)] == ["mail_failed"]


def test_a_recipient_refused_for_now_is_tried_again(mailing: Services, mail_server: MailServer, work: Work) -> None:
    mail_server.start()
    mail_server.refused["camille@exemple.test"] = "450 greylisted"
    mail = _written(mailing)
    work(mailing)
    mail_server.refused.clear()
    work(mailing)
    assert row(mailing, OutboxMail, mail.id).sent_at is not None


def test_a_mail_that_another_worker_is_sending_is_left_to_it(mailing: Services, mail_server: MailServer) -> None:
    mail_server.start()
    mail = _written(mailing)
    with mailing.database.writing() as other:
        other.scalars(select(OutboxMail).where(OutboxMail.id == mail.id).with_for_update()).one()
        attempt = threading.Thread(target=send_mail, args=(mailing, mail.id))
        attempt.start()
        attempt.join(10)
        assert not attempt.is_alive()
    assert mail_server.messages == []
    send_mail(mailing, mail.id)
    send_mail(mailing, mail.id)
    assert len(mail_server.messages) == 1


def test_a_message_s_identity_comes_from_the_portal_s_address() -> None:
    assert message_id("https://vae.exemple.test/portail", 7) == "<courriel-7@vae.exemple.test>"
