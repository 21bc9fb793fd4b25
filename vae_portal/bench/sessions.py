"""The page of a jury session with 500 candidates: its SQL statements, and its time beside the same page with 50."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import structlog
from flask.testing import FlaskClient
from sqlalchemy import event

from vae_portal.app import create_app
from vae_portal.bench.client import csrf_token
from vae_portal.bench.crowd_of_candidates import session_of
from vae_portal.bench.figure import Figure, ratio
from vae_portal.bench.rig import PASSWORD, Rig


def measure(rig: Rig) -> list[Figure]:
    """Alternates both pages as the jury's secretary reads them; statements of the larger one."""
    few, many, rounds = (10, 100, 5) if rig.quick else (50, 500, 15)
    pages = {count: f"/jurys/{session_of(rig, count, f'mesure-jury-{count}')}" for count in (few, many)}
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    browser = _signed_in(rig)
    statements = _counted(rig, lambda: _read(browser, pages[many]))
    seconds: dict[int, list[float]] = {few: [], many: []}
    for turn in range(rounds + 2):
        for count, address in pages.items():
            took = _read(browser, address)
            if turn > 1:  # the first turns fill caches
                seconds[count].append(took)
    return [
        Figure("session_page_statements", statements, "lower", 12, {"candidates": many}),
        ratio("session_page_many_vs_few", median(seconds[many]), median(seconds[few]), "lower", unit="s"),
    ]


def _signed_in(rig: Rig) -> FlaskClient:
    browser = create_app(rig.services).test_client()
    token = csrf_token(browser.get("/connexion").get_data(as_text=True))
    form = {"email": "secretaire@demo.example", "password": PASSWORD, "csrf_token": token}
    browser.post("/connexion", data=form)
    return browser


def _read(browser: FlaskClient, address: str) -> float:
    began = time.perf_counter()
    answer = browser.get(address)
    answer.get_data()
    took = time.perf_counter() - began
    if answer.status_code != 200:
        raise OSError(f"GET {address}: {answer.status_code}")
    return took


def _counted(rig: Rig, act: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(rig.services.database.engine, "before_cursor_execute", note)
    act()
    event.remove(rig.services.database.engine, "before_cursor_execute", note)
    return len(seen)
