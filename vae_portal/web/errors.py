"""The one module that turns errors into pages: what happened, what is kept, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy.exc
from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from storage.errors import StoreDown
from vae_portal.actions.throttle import TriedTooOften
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm, StoreUnavailable
from vae_portal.web import logs
from vae_portal.web.access import SAFE, for_machines, page_before, sign_in_url, streams
from vae_portal.web.context import stop_reading
from vae_portal.web.forms import typed_fields
from vae_portal.web.presentation import day_and_hour
from vae_portal.web.presentation import label as words

MOST_FIELDS = 2000  # of a form; the longest of the portal has some 300
_SHOWN = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)
_DATABASE_DOWN = (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError)
_STATUS: dict[type[Exception], int] = {
    NotVisible: 404,
    ActionRefused: 409,
    StaleForm: 409,
    InputRefused: 422,
    TriedTooOften: 429,
    StoreUnavailable: 503,
    StoreDown: 503,
}
_DATABASE_SENTENCE = "La base de données ne répond pas. Rien n'a été enregistré : réessayez dans quelques minutes."
_STORE_SENTENCE = "Le stockage des fichiers ne répond pas. Rien n'a été enregistré : réessayez dans quelques minutes."
_SENTENCES = {
    401: "Connectez-vous au portail, puis recommencez.",
    403: "Cette demande est refusée.",
    404: "Cette adresse n'existe pas, ou ne vous est pas ouverte.",
    405: "Cette adresse n'attend pas cette méthode.",
}
_UNKNOWN_SENTENCE = "La demande n'a pas abouti. Réessayez dans quelques minutes."
_EXPIRED = (
    "La page était ouverte depuis trop longtemps, ou votre session a changé entre-temps. Rien n'a été enregistré."
)
_NOT_TYPED = ("csrf_token", "version", "revision", "seen", "suite")
_SECRET = ("password", "passe", "secret", "token", "again", "current")


def register(app: Flask) -> None:
    """Every error of the portal has its page."""
    for kind in _STATUS:
        app.register_error_handler(kind, _expected)
    for kind in _DATABASE_DOWN:
        app.register_error_handler(kind, _database_down)
    app.register_error_handler(CSRFError, lambda _fault: page(400, _EXPIRED))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def page(status: int, message: str = "", **context: Any) -> Response:
    """The page of an error; statuses without one of their own borrow the page of their family."""
    if for_machines():
        return _plain(status, message)
    shown = status if status in _SHOWN else 400 if status < 500 else 500
    if status == 401:
        context.setdefault("back_url", sign_in_url())
        context.setdefault("back_label", "Se connecter")
    elif request.method not in SAFE and (back := page_before()):
        context |= {"back_url": back, "back_label": "Revenir à la page"}
    context |= {"message": message, "kept": list(kept())}
    if status >= 500:
        stop_reading()  # its transaction may be broken
    try:
        html = render_template(f"errors/{shown}.html", **context)
    except _DATABASE_DOWN:
        g.without_person = True  # the frame must not ask the database who is signed in
        html = render_template(f"errors/{shown}.html", **context)
    return Response(html, status, mimetype="text/html")


def _plain(status: int, message: str) -> Response:
    """An error in a sentence, for a program; the connection ends, so that a body it still sends is not read."""
    answer = Response(message or _SENTENCES.get(status, _UNKNOWN_SENTENCE), status, mimetype="text/plain")
    answer.headers["Connection"] = "close"
    return answer


def kept() -> Iterator[tuple[str, str]]:
    """(label, text) of what was typed in the form that failed, to copy: no password, no token."""
    sent = request.__dict__.get("form")  # only if it was read: an error never starts reading a body
    if request.method != "POST" or not sent:
        return
    labels = typed_fields(sent)
    for name, text in sent.items(multi=True):
        label = labels.get(name) or labels.get(name.rpartition("-")[2]) or _other_label(name, text)
        if label and text.strip() and not any(word in name.lower() for word in _SECRET):
            yield label, text.replace("\0", "")


def _other_label(name: str, text: str) -> str:
    """A field that no form declares is given back when it holds a text, not a code or a number."""
    return "Texte" if name not in _NOT_TYPED and " " in text.strip() else ""


def check_form() -> ResponseReturnValue | None:
    """Refuses what no page of the portal sends: NUL characters and thousands of fields."""
    if any("\0" in value for value in request.args.values()):
        return page(422, "L'adresse contient un caractère interdit (NUL). Vérifiez-la et recommencez.")
    if request.method != "POST" or request.endpoint is None or streams():
        return None
    if sum(len(values) for _, values in request.form.lists()) > MOST_FIELDS:
        return page(422, f"Le formulaire contient trop de champs (plus de {MOST_FIELDS}). Rien n'a été enregistré.")
    if any("\0" in name or "\0" in value for name, value in request.form.items(multi=True)):
        return page(422, "Le texte contient un caractère interdit (NUL). Copiez-le ci-dessous et renvoyez-le sans lui.")
    return None


def _expected(fault: Exception) -> ResponseReturnValue:
    status = next(code for kind, code in _STATUS.items() if isinstance(fault, kind))
    message = _STORE_SENTENCE if isinstance(fault, StoreDown) else str(fault)
    sentences = list(getattr(fault, "fields", {}).values())
    answer = page(status, " ".join([message, *(s for s in sentences if s not in message)]), happened=_happened(fault))
    if isinstance(fault, TriedTooOften):
        answer.headers["Retry-After"] = str(fault.seconds)
    return answer


def _happened(fault: Exception) -> list[Any]:
    """What was done since the page was opened, in words, with who and when."""
    if not isinstance(fault, StaleForm):
        return []
    return [
        {
            "text": f"{words('done', fact['event'])} ({fact['who']})"
            if fact.get("who")
            else words("done", fact["event"]),
            "when": day_and_hour(fact["at"]),
        }
        for fact in fault.happened
    ]


def _database_down(fault: Exception) -> ResponseReturnValue:
    logs.failure(fault)
    g.without_person = True  # the frame must not ask the database who is signed in
    return page(503, _DATABASE_SENTENCE)


def _http(fault: HTTPException) -> ResponseReturnValue:
    if fault.response is not None or (fault.code or 500) < 400:
        return fault
    return page(fault.code or 500)


def _unknown(fault: Exception) -> ResponseReturnValue:
    link: BaseException | None = fault
    while link is not None:
        if isinstance(link, _DATABASE_DOWN):
            return _database_down(fault)
        link = link.__cause__
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise fault
    logs.failure(fault)
    return page(500, reference=logs.reference())
