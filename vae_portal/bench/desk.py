"""The worklist of 100,000 candidacies beside that of 1,000: pages, searches, statements, and the export of them all."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import structlog
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import event

from vae_portal.actions.services import Services, from_settings
from vae_portal.app import create_app
from vae_portal.bench import desk_rows
from vae_portal.bench.client import csrf_token
from vae_portal.bench.figure import Figure
from vae_portal.bench.rig import PASSWORD, Rig, memory_kib
from vae_portal.persistence import migrate
from vae_portal.persistence.database import libpq_url
from vae_portal.web.desk_address import Column

_FEW, _MANY, _QUICK_MANY = 1_000, 100_000, 10_000
_PAGES = {
    "all": "",
    "step": "?etape=dossier_preparation",
    "phase": "?phase=interview",
    "results": "?phase=result",
    "mine": "?conseiller=mine",
    "nobody": "?conseiller=none",
    "late": "?echeance=late",
    "month": "?echeance=month",
    "to acknowledge": "?signe=fresh",
    "certification": "?certification=3",
    "late, waiting": "?echeance=late&tri=waiting",
    "named": "?tri=named&phase=dossier",
    "newest": "?tri=newest&conseiller=mine",
}
_SEARCHES = {
    "name": "?q=martin",
    "two words": "?q=in%C3%A8s+mart",
    "number": "?q=2020-0250",
    "e-mail": "?q=personne500@mesures.example",
    "title": "?q=m%C3%A9tier",
    "name of mine": "?q=martin&conseiller=mine",
    "nothing": "?q=introuvable",
}


@dataclass(slots=True)
class _Side:
    """One of the two databases, with a browser signed in on its own application."""

    services: Services
    browser: FlaskClient

    def seconds(self, address: str) -> float:
        """How long one page takes, from the request to its last byte."""
        began = time.perf_counter()
        answer = self.browser.get(address)
        answer.get_data()
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise OSError(f"GET {address}: {answer.status_code}")
        return took

    def statements(self, address: str) -> int:
        """How many SQL statements a page takes."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(self.services.database.engine, "before_cursor_execute", note)
        self.seconds(address)
        event.remove(self.services.database.engine, "before_cursor_execute", note)
        return len(seen)


def measure(rig: Rig) -> list[Figure]:
    """Alternates the same page on both; medians of seconds; the worst page is the figure."""
    many, rounds = (_QUICK_MANY, 7) if rig.quick else (_MANY, 25)
    with _side(rig, "desk_few", _FEW) as few, _side(rig, "desk_many", many) as much:
        pages = {name: f"/candidatures{query}" for name, query in _PAGES.items()}
        searches = {name: f"/candidatures{query}" for name, query in _SEARCHES.items()}
        said = {"few": _FEW, "many": many, "rounds": rounds, "unit": "s"}
        asked = [*pages.values(), *searches.values()]
        deep = {"page 40": "/candidatures?page=40", "last page": f"/candidatures?page={many // 25}"}
        return [
            _worst("desk_page_many_vs_few", few, much, pages, rounds, 1.3, said),
            _worst("desk_search_many_vs_few", few, much, searches, rounds, 1.5, said),
            Figure(
                "desk_statements", max(much.statements(address) for address in asked), "lower", 8, {"pages": len(asked)}
            ),
            _deep(much, deep, rounds),
            *_exported(much, many),
        ]


def _worst(
    name: str, few: _Side, much: _Side, pages: dict[str, str], rounds: int, bar: float, said: dict[str, Any]
) -> Figure:
    ratios, raw = {}, {}
    for page, address in pages.items():
        seconds: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 2):
            for side, kept in zip((few, much), seconds, strict=True):
                took = side.seconds(address)
                if turn > 1:  # the first turns fill caches
                    kept.append(took)
        medians = [statistics.median(kept) for kept in seconds]
        ratios[page] = round(medians[1] / medians[0], 3)
        raw[page] = f"{ratios[page]} ({medians[0]:.4f} {medians[1]:.4f})"
    return Figure(name, max(ratios.values()), "lower", bar, {**raw, **said})


def _deep(side: _Side, pages: dict[str, str], rounds: int) -> Figure:
    """The deepest page beside the first one, of the same list."""
    taken = {
        name: statistics.median(side.seconds(address) for _ in range(rounds))
        for name, address in {"first": "/candidatures", **pages}.items()
    }
    raw = {name: round(seconds, 4) for name, seconds in taken.items()}
    return Figure("desk_deep_page_vs_first", round(max(taken.values()) / taken["first"], 3), "lower", 5, raw)


def _exported(side: _Side, many: int) -> list[Figure]:
    """The whole list as a workbook, read as it comes: how much the process grows, and when its first byte is there."""
    token = csrf_token(side.browser.get("/candidatures").get_data(as_text=True))
    address = f"/candidatures/export/xlsx?{'&'.join(f'col={column.value}' for column in Column)}"
    Path("/proc/self/clear_refs").write_text("5")
    before, began = memory_kib("self", "VmRSS"), time.perf_counter()
    answer = side.browser.post(address, data={"csrf_token": token}, buffered=False)
    if answer.status_code != 200:
        raise OSError(f"POST {address}: {answer.status_code}")
    pieces = answer.iter_encoded()
    size = len(next(pieces))
    first = time.perf_counter() - began
    size += sum(len(piece) for piece in pieces)
    answer.close()
    seconds = time.perf_counter() - began
    grown = round((memory_kib("self", "VmHWM") - before) / 1024, 1)
    raw = {"rows": many, "bytes": size, "seconds": round(seconds, 2)}
    return [
        Figure("desk_xlsx_growth_mib", grown, "lower", 200, raw),
        Figure(
            "desk_xlsx_first_byte_share", round(first / seconds, 3), "lower", 0.5, {"first_s": round(first, 3), **raw}
        ),
    ]


@contextmanager
def _side(rig: Rig, name: str, count: int) -> Iterator[_Side]:
    url = f"{rig.services.settings.database_url.rpartition('/')[0]}/{name}"
    with psycopg.connect(libpq_url(rig.services.settings.database_url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    migrate.upgrade(url)
    services = from_settings(replace(rig.services.settings, database_url=url), rig.services.clock)
    desk_rows.fill(services, count, PASSWORD)
    browser = create_app(services).test_client()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # not a line a page
    token = csrf_token(browser.get("/connexion").get_data(as_text=True))
    form = {"email": "conseiller@demo.example", "password": PASSWORD, "csrf_token": token}
    if browser.post("/connexion", data=form).status_code != 302:
        raise OSError("sign-in refused")
    try:
        yield _Side(services, browser)
    finally:
        services.database.close()
