"""Reads an address that a stranger gave: over TLS, from public machines only, little, and not for long."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from vae_portal.actions.calendars import CalendarUnreadable, address, bounded
from vae_portal.errors import InputRefused

MOST_REDIRECTS = 3
WHOLE_SECONDS = 30  # from the connection to the last byte, of each address on the way
_WAIT_SECONDS = 10  # for one answer of the network
_MOVED = {301, 302, 303, 307, 308}
_UNREACHABLE = "L'adresse de cet agenda ne répond pas. Elle sera essayée à nouveau."
_FORBIDDEN = "L'adresse de cet agenda n'est pas une adresse publique : le portail ne la lit pas."
_NOT_TLS = "L'identité du serveur de cet agenda n'a pas pu être vérifiée (TLS)."


def fetch(url: str, private_hosts: Collection[str] = ()) -> bytes:
    """What is at the address; raises CalendarUnreadable, whose sentence never tells the address.

    `private_hosts` may be within a private network: whoever runs the portal vouches for them.
    """
    for _ in range(MOST_REDIRECTS + 1):
        content, moved_to = _one(url, private_hosts)
        if content is not None:
            return content
        try:
            url = address(urljoin(url, moved_to))
        except InputRefused as fault:
            raise CalendarUnreadable("L'adresse de cet agenda renvoie ailleurs que sur une page https.") from fault
    raise CalendarUnreadable("L'adresse de cet agenda renvoie trop de fois ailleurs.")


def checked_address(host: str, port: int, private_hosts: Collection[str] = ()) -> str:
    """The network address to connect to, which is public, as all those of the host are; raises CalendarUnreadable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise CalendarUnreadable(_UNREACHABLE) from fault
    addresses = [str(row[4][0]) for row in found]
    if host not in private_hosts and not all(is_public(one) for one in addresses):
        raise CalendarUnreadable(_FORBIDDEN)
    if not addresses:
        raise CalendarUnreadable(_UNREACHABLE)
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an address is one of the whole internet, and so is every address that it wraps."""
    try:
        one = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if not one.is_global or one.is_multicast or one.is_reserved or one.is_unspecified:
        return False
    if isinstance(one, ipaddress.IPv4Address):
        return True
    if one.ipv4_mapped or one.sixtofour or one.teredo:  # a public machine is reached without wrapping
        return False
    return one not in ipaddress.ip_network("64:ff9b::/96")


def _one(url: str, private_hosts: Collection[str]) -> tuple[bytes | None, str]:
    """(content, "") or (None, where it has moved to)."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    connection = HTTPSConnection(
        checked_address(host, port, private_hosts),  # the address that was checked: no second resolution
        port,
        timeout=_WAIT_SECONDS,
        ssl_context=ssl.create_default_context(),
        server_hostname=host,  # whose name the certificate must bear
    )
    asked = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": host if port == 443 else f"{host}:{port}",
        "User-Agent": "portail-vae",
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "identity",
    }
    try:
        with _no_longer_than(connection):
            connection.request("GET", asked, headers=headers, preload_content=False, decode_content=False)
            return _answer(connection.getresponse())
    except ssl.SSLError as fault:
        raise CalendarUnreadable(_NOT_TLS) from fault
    except (HTTPError, OSError, ValueError) as fault:
        wrapped = isinstance(fault, urllib3.exceptions.SSLError)
        raise CalendarUnreadable(_NOT_TLS if wrapped else _UNREACHABLE) from fault


def _answer(response: urllib3.BaseHTTPResponse) -> tuple[bytes | None, str]:
    if response.status in _MOVED:
        return None, response.headers.get("Location", "")
    if response.status in (401, 403, 404, 410):
        raise CalendarUnreadable("Le serveur ne donne plus cet agenda : demandez-lui une nouvelle adresse.")
    if response.status != 200:
        raise CalendarUnreadable(f"Le serveur de cet agenda a répondu par une erreur ({response.status}).")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise CalendarUnreadable("Le serveur de cet agenda l'envoie dans une forme qui n'a pas été demandée.")
    return bounded(response.read1), ""


@contextmanager
def _no_longer_than(connection: HTTPSConnection) -> Iterator[None]:
    """Cuts the connection when time is up, however slowly its bytes come."""

    opened: list[socket.socket] = []  # kept here: the connection forgets its own once the answer has begun

    def cut() -> None:
        for one in opened:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(WHOLE_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        opened.append(connection.sock)
        yield
    finally:
        timer.cancel()
        connection.close()
