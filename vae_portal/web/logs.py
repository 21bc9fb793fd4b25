"""Logs: one line of JSON per request on standard error, with nothing in it that someone typed."""

from __future__ import annotations

import secrets
import sys
import time
import traceback
from pathlib import Path

import structlog
from flask import Flask, Response, g, request

from vae_portal.web.access import ASSETS

_HOUSE = Path(__file__).resolve().parents[2]
log = structlog.get_logger()


def configure() -> None:
    """JSON on standard error, whatever the process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def register(app: Flask) -> None:
    """Numbers each request and writes its line."""
    app.before_request(_begin)
    app.after_request(_end)


def reference() -> str:
    """The request's number, as the page of an unknown error shows it."""
    return str(g.get("request_id", ""))


def failure(fault: BaseException) -> None:
    """An unknown error: kinds and places only, since its message may quote what someone typed."""
    kinds: list[str] = []
    link: BaseException | None = fault
    while link is not None and len(kinds) < 10:
        kinds.append(f"{type(link).__module__}.{type(link).__qualname__}")
        link = link.__cause__ or link.__context__
    frames = [f"{_place(f.filename)}:{f.lineno} {f.name}" for f in traceback.extract_tb(fault.__traceback__)]
    log.error("unknown error", kinds=kinds, frames=frames[-15:])


def _place(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_HOUSE)) if path.is_relative_to(_HOUSE) else path.name


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    if request.endpoint in ASSETS or "request_id" not in g:
        return response
    response.headers["X-Request-Id"] = g.request_id
    account = g.get("_login_user")  # what Flask-Login has loaded, if it has: no statement is spent on a log line
    person = getattr(account, "person", None)
    log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else "",  # not the path: links to accounts carry secrets
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.began) * 1000, 1),
        person=person.id if person else None,
    )
    return response
