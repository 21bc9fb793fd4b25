"""Messages reach a real mail server whole, and a refusal for good is told from one to try again."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from vae_portal.mail.errors import MailDelayed, MailRefused
from vae_portal.mail.render import Rendered
from vae_portal.mail.smtp import Calendar, compose, send

WHEN = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
MAIL = Rendered("Votre entretien, « œuvré » à 14 h 30 🛠", "Bonjour Noëlle,\n\n.un point en tête\nÀ bientôt.\n")
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:Entretien à préparer\r\nEND:VCALENDAR\r\n".encode()


class Mailbox:
    """What the server received; an address may be given an answer of refusal."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.answer_to_content = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        """Take the recipient, unless told otherwise."""
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message."""
        self.received.append(envelope)
        return self.answer_to_content

    def only_message(self) -> EmailMessage:
        """The one message received."""
        (envelope,) = self.received
        message = message_from_bytes(bytes(envelope.content or b""), policy=default)
        assert isinstance(message, EmailMessage)
        return message


Serve = Callable[..., tuple[Mailbox, str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts real servers on free ports of the loopback, and stops them."""
    started: list[Controller] = []

    def start(**options: Any) -> tuple[Mailbox, str]:
        mailbox = Mailbox()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        started.append(controller)
        return mailbox, f"127.0.0.1:{port}"

    yield start
    for controller in started:
        controller.stop()


def a_message(to: str = "noelle@candidat.example", **more: Any) -> EmailMessage:
    return compose(MAIL, "ne-pas-repondre@portail.example", to, "<1.essai@portail.example>", WHEN, **more)


def test_what_is_sent_is_received(serve: Serve) -> None:
    mailbox, place = serve()
    send(f"smtp://{place}", a_message())
    message = mailbox.only_message()
    assert mailbox.received[0].rcpt_tos == ["noelle@candidat.example"]
    assert mailbox.received[0].mail_from == "ne-pas-repondre@portail.example"
    assert message["Subject"] == MAIL.subject
    assert message.get_content().replace("\r\n", "\n") == MAIL.text
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<1.essai@portail.example>"
    assert message["Date"].datetime == WHEN
    assert not [name for name in message if name.startswith("List-")]


def test_an_invitation_travels_with_its_method(serve: Serve) -> None:
    mailbox, place = serve()
    html = Rendered(MAIL.subject, MAIL.text, "<p>Bonjour Noëlle</p>")
    send(
        f"smtp://{place}", compose(html, "a@b.example", "c@d.example", "<2@b.example>", WHEN, Calendar(ICS, "REQUEST"))
    )
    message = mailbox.only_message()
    parts = {part.get_content_type(): part for part in message.walk()}
    assert message.get_content_type() == "multipart/mixed"
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert "à préparer" in parts["text/calendar"].get_content()
    assert parts["application/ics"].get_content() == ICS
    assert parts["application/ics"].get_filename() == "entretien.ics"
    assert parts["text/plain"].get_content().replace("\r\n", "\n") == MAIL.text
    assert "Noëlle" in parts["text/html"].get_content()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.1.1 Boîte inconnue", MailRefused),
        ("553 5.1.3 Adresse mal formée", MailRefused),
        ("450 4.2.1 Boîte occupée", MailDelayed),
        ("452 4.2.2 Boîte pleine", MailDelayed),
    ],
)
def test_a_recipient_refused(serve: Serve, answer: str, error: type[Exception]) -> None:
    mailbox, place = serve()
    mailbox.answers["noelle@candidat.example"] = answer.encode("ascii", "replace").decode()
    with pytest.raises(error) as refused:
        send(f"smtp://{place}", a_message())
    assert "noelle" not in str(refused.value)
    assert not mailbox.received


@pytest.mark.parametrize(("answer", "error"), [("554 Refuse", MailRefused), ("451 Plus tard", MailDelayed)])
def test_a_content_refused(serve: Serve, answer: str, error: type[Exception]) -> None:
    mailbox, place = serve()
    mailbox.answer_to_content = answer
    with pytest.raises(error):
        send(f"smtp://{place}", a_message())


def test_a_server_that_is_down_delays() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(MailDelayed):
        send(f"smtp://127.0.0.1:{port}", a_message())


def test_a_server_without_tls_is_not_trusted_with_the_message(serve: Serve) -> None:
    mailbox, place = serve()
    with pytest.raises(MailDelayed):
        send(f"smtp+starttls://{place}", a_message())
    with pytest.raises(MailDelayed):
        send(f"smtps://{place}", a_message())
    assert not mailbox.received


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context with a certificate of its own, and a client's that trusts it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate can be made for the test server")
    folder: Path = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=essai.example"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made, key)
    return server, ssl.create_default_context(cafile=str(made))


def _only_camille(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (b"camille@x", b"p@ss:/e"))


def test_tls_and_password(serve: Serve, certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    ours, theirs = certificate
    mailbox, place = serve(tls_context=ours, require_starttls=True, authenticator=_only_camille, auth_required=True)
    send(f"smtp+starttls://camille%40x:p%40ss%3A%2Fe@{place}", a_message(), theirs)
    assert len(mailbox.received) == 1
    with pytest.raises(MailDelayed):
        send(f"smtp+starttls://camille%40x:faux@{place}", a_message(), theirs)
    with pytest.raises(MailDelayed):
        send(f"smtp+starttls://camille%40x:p%40ss%3A%2Fe@{place}", a_message())  # an unknown authority
    assert len(mailbox.received) == 1


def test_tls_from_the_first_byte(serve: Serve, certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    ours, theirs = certificate
    mailbox, place = serve(ssl_context=ours)
    send(f"smtps://{place}", a_message(), theirs)
    assert mailbox.only_message()["Subject"] == MAIL.subject


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "Nom <a@b.example>",
        "a@b@c",
        "a b@c.example",
        "é@b.example",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(MailRefused, match="n'est pas valable"):
        a_message(address)


def test_a_subject_with_a_line_end_cannot_be_composed() -> None:
    with pytest.raises(ValueError):
        compose(Rendered("a\r\nBcc: c@d.example", ""), "a@b.example", "c@d.example", "<3@b.example>", WHEN)
