"""What a request holds: the services of the process, one read-only session opened when needed, and the time."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from vae_portal.actions.services import Services

_SERVICES = "vae"


def register(app: Flask, services: Services) -> None:
    """Ties the services to the application and gives the session back when a request ends."""
    app.extensions[_SERVICES] = services
    app.teardown_appcontext(lambda _error: stop_reading())


def services() -> Services:
    """The services of this process."""
    return cast(Services, current_app.extensions[_SERVICES])


def now() -> datetime:
    """The instant it is, from the clock of the services, the same all through a request."""
    if "now" not in g:
        g.now = services().clock()
    return cast(datetime, g.now)


def reading() -> Session:
    """The request's session, in a read-only transaction opened at its first use."""
    if "session" not in g:
        g.session = services().database.read_session()
    return cast(Session, g.session)


def stop_reading() -> None:
    """Gives the session back; the next `reading()` opens another, which sees what was written since."""
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()
