"""Composes a message and hands it to the mail server, telling a refusal for good from one to try again."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from vae_portal.mail.errors import MailDelayed, MailRefused
from vae_portal.mail.render import Rendered

TIMEOUT = 15  # seconds, for each exchange with the server
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """An iCalendar object to go with a message; `method` is its METHOD (REQUEST, CANCEL, PUBLISH)."""

    content: bytes
    method: str
    file_name: str = "entretien.ics"


def compose(
    rendered: Rendered,
    sender: str,
    to: str,
    message_id: str,
    date: datetime,
    calendar: Calendar | None = None,
) -> EmailMessage:
    """The message in UTF-8, marked as automatic; `date` is aware. Raises MailRefused when an address is not one."""
    for address in (sender, to):
        # Few servers take an address with accents (SMTPUTF8): refused here rather than retried for ever.
        if not (address.isascii() and _ADDRESS.fullmatch(address)):
            raise MailRefused(f"L'adresse électronique {address!r} n'est pas valable.")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    # Out-of-office robots do not answer an automatic message (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "fr"
    message.set_content(rendered.text, charset="utf-8", cte="quoted-printable")
    if rendered.html is not None:
        message.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="quoted-printable")
    if calendar is not None:
        _attach(message, calendar)
    return message


def _attach(message: EmailMessage, calendar: Calendar) -> None:
    """The same object twice: as an alternative for readers that answer invitations, as a file for the others."""
    message.add_alternative(
        calendar.content.decode("utf-8"),
        subtype="calendar",
        charset="utf-8",
        cte="base64",
        params={"method": calendar.method},
    )
    message.add_attachment(calendar.content, maintype="application", subtype="ics", filename=calendar.file_name)


def send(smtp_url: str, message: EmailMessage, tls: ssl.SSLContext | None = None) -> None:
    """Hand the message over, in at most 15 seconds an exchange.

    `smtp_url` is smtp://, smtp+starttls:// or smtps://, with `user:password@` if needed; `tls` replaces the system's
    authorities. Raises MailRefused when the server refuses for good (5xx to the recipient or to the content),
    MailDelayed for everything else.
    """
    url = urlsplit(smtp_url)
    try:
        with _connected(url, tls or ssl.create_default_context()) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as fault:
        codes = {code for code, _ in fault.recipients.values()}
        raise _outcome(all(500 <= code < 600 for code in codes), fault) from fault
    except smtplib.SMTPDataError as fault:
        raise _outcome(500 <= fault.smtp_code < 600, fault) from fault
    except (smtplib.SMTPException, OSError, ValueError) as fault:
        raise _outcome(False, fault) from fault


def _connected(url: SplitResult, tls: ssl.SSLContext) -> smtplib.SMTP:
    host, port = url.hostname or "127.0.0.1", url.port or _PORTS[url.scheme]
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=tls)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if url.scheme == "smtp+starttls":
            server.starttls(context=tls)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _outcome(for_good: bool, fault: Exception) -> MailRefused | MailDelayed:
    # The server's own words may hold the recipient's address: only the kind of fault goes further.
    said = type(fault).__name__
    if for_good:
        return MailRefused(f"Le serveur de messagerie refuse définitivement ce message ({said}).")
    return MailDelayed(f"Le serveur de messagerie n'a pas pris le message, à essayer de nouveau ({said}).")
