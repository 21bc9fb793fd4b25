"""Deny by default: every view says who may see it, and this is the only place that checks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import structlog
from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms.validators import ValidationError

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import accounts
from vae_portal.persistence.queries.accounts import Viewer
from vae_portal.web.context import reading, stop_reading
from workflows import machine
from workflows.facts import Actor
from workflows.vocabulary import Right

View = TypeVar("View", bound=Callable[..., Any])
log = structlog.get_logger()


class Access(StrEnum):
    """Marks of the views that need no right of the table."""

    PUBLIC = "public"  # open to all
    SIGNED_IN = "signed_in"  # one's own account


# Files that every page needs, the same for all.
ASSETS = frozenset({"static", "bootstrap.static"})
SAFE = ("GET", "HEAD", "OPTIONS")
_SMALL_BYTES = 256 * 1024  # of a body that may bring files: more than any text, less than is worth streaming


class Account(UserMixin):
    """The person signed in, as Flask-Login holds them: the session ends with the password it was opened with."""

    def __init__(self, person: Viewer) -> None:
        self.person = person

    def get_id(self) -> str:
        """What the session cookie names: the account and its epoch, which grows with each password."""
        return f"{self.person.id}:{self.person.epoch}"


# Marks


def public(view: View) -> View:
    """Opens a view to all."""
    return _mark(view, Access.PUBLIC)


def signed_in(view: View) -> View:
    """Opens a view to whoever is signed in."""
    return _mark(view, Access.SIGNED_IN)


def requires(right: Right) -> Callable[[View], View]:
    """Opens a view to those who hold the right; for one candidacy, the view's query or action narrows it again."""
    return lambda view: _mark(view, right)


def reads_its_own_body(view: View) -> View:
    """The view streams its body: no size limit, no form parsing here; it calls `require_token()` itself."""
    view.reads_its_own_body = True  # type: ignore[attr-defined]
    return view


def answers_machines(view: View) -> View:
    """The view is called by a program: it is told in plain words, and never sent to the sign-in page."""
    view.answers_machines = True  # type: ignore[attr-defined]
    return view


def right_of(view: Callable[..., Any]) -> Right | Access | None:
    """Who may see a view; None for one that says nothing, and which nobody sees."""
    return getattr(view, "opened_to", None)


def _mark(view: View, opened_to: Right | Access) -> View:
    view.opened_to = opened_to  # type: ignore[attr-defined]
    return view


def streams() -> bool:
    """Whether the requested view reads its own body."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "reads_its_own_body", False))


def for_machines() -> bool:
    """Whether a program, not a page, asks for the requested view."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "answers_machines", False))


# People


def signed_in_person() -> Viewer | None:
    """Who is signed in, if anyone; one statement per request."""
    return cast(Viewer, current_user.person) if current_user.is_authenticated else None


def current_person() -> Viewer:
    """Who is signed in, on a page that is not public."""
    person = signed_in_person()
    if person is None:
        raise NotVisible("Connectez-vous pour voir cette page.")
    return person


def current_actor() -> Actor:
    """Who is signed in, as the rules know them."""
    return current_person().actor


def holds(right: Right) -> bool:
    """Whether the person signed in holds a right, about no candidacy in particular."""
    person = signed_in_person()
    return person is not None and machine.may(right, person.actor)


# The gate


def register(app: Flask) -> None:
    """Puts the gate before every view."""
    manager = LoginManager()
    manager.session_protection = None  # people change networks; the epoch ends sessions
    manager.user_loader(_account)
    manager.init_app(app, add_context_processor=False)
    app.before_request(admit)


def _account(cookie_id: str) -> Account | None:
    person_id, _, epoch = cookie_id.partition(":")
    if not (person_id.isdecimal() and epoch.isdecimal()):
        return None
    person = accounts.viewer(reading(), int(person_id), int(epoch))
    return Account(person) if person else None


def admit() -> ResponseReturnValue | None:
    """Lets the request through to its view, or answers in its place."""
    if "\0" in request.path:
        abort(404)  # the database can hold no such text, nor a disk such a name: nothing is there
    if request.endpoint is None or request.endpoint in ASSETS:
        return None  # no view: the router's 404 or 405 follows
    opened_to = right_of(current_app.view_functions[request.endpoint])
    if opened_to is None:
        log.error("view without a right", endpoint=request.endpoint)
        if current_app.testing:
            raise RuntimeError(f"the view {request.endpoint} does not say who may see it")
        abort(403)
    if opened_to is Access.PUBLIC:
        return None
    if signed_in_person() is None:
        return _ask_to_sign_in()
    if isinstance(opened_to, Right) and not holds(opened_to):
        raise NotVisible("Cette page n'existe pas, ou elle n'est pas visible avec votre compte.")
    if request.method not in SAFE:
        stop_reading()  # an act takes its own connection: one request never holds two
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and back; what was typed in a form is shown, never thrown away."""
    if for_machines():
        abort(401)
    if request.method not in SAFE and any(name != "csrf_token" for name in _small_form()):
        abort(401)
    return redirect(sign_in_url())


def _small_form() -> Iterable[str]:
    """The fields sent, read unless files may come with them: what was typed is then given back."""
    small = request.content_length is not None and request.content_length <= _SMALL_BYTES
    return request.form if small or not streams() else ()


def sign_in_url() -> str:
    """The sign-in page, which leads back to the page asked for."""
    back = local_path(request.full_path.rstrip("?")) if request.method in SAFE else page_before()
    return url_for("accounts.sign_in", suite=back) if back not in ("", "/") else url_for("accounts.sign_in")


def page_before() -> str:
    """The path of the page that sent the request, if it is of this site."""
    came_from = urlsplit(request.referrer or "")
    return local_path(came_from.path) if came_from.netloc == request.host else ""


def local_path(raw: str) -> str:
    """The path if it stays on this site, else nothing: a link never sends people elsewhere once signed in."""
    printable = raw.isprintable() and "\\" not in raw
    return raw if printable and raw.startswith("/") and not raw.startswith("//") and len(raw) <= 500 else ""


def require_token() -> None:
    """Checks the form's token in the `X-CSRF-Token` header or the `csrf_token` parameter, the body left unread.

    A small body is read when it fails: the error page gives back what was typed.
    """
    token = request.headers.get("X-CSRF-Token") or request.args.get("csrf_token")
    try:
        validate_csrf(token)
    except ValidationError as fault:
        _small_form()
        raise CSRFError(fault.args[0]) from fault
