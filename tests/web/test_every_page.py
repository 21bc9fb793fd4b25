"""Everyone of the demonstration follows every link they are shown: each page is whole, its SQL bounded."""

from __future__ import annotations

import re
import sys
from collections import Counter, deque
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.client import PageClient
from tests.support.database import TestClock
from vae_portal import demonstration
from vae_portal.actions.services import Services
from vae_portal.demonstration.people import FIRST_CENTRE, SECOND_CENTRE

PASSWORD = "demonstration entre nous 2026"
MOST_STATEMENTS = 42
MOST_PAGES = 150
MOST_ALIKE = 4  # addresses of one page, by their numbers and codes: further ones would show nothing more to one person


@pytest.fixture
def shown(services: Services, clock: TestClock) -> Services:
    """The demonstration, told."""
    clock.move_to(datetime.now(UTC))
    demonstration.tell(services, PASSWORD)
    return services


def test_every_page_that_is_linked_is_whole(shown: Services, app, request: pytest.FixtureRequest) -> None:
    visited: dict[str, int] = {}
    faults: list[str] = []
    for person in (*FIRST_CENTRE, *SECOND_CENTRE):
        client = PageClient(app, shown.database.engine)
        client.sign_in(f"{person.local}@demo.example", PASSWORD)
        seen = walk(client, faults)
        assert seen, f"{person.local} is shown nothing"
        visited |= seen
    heaviest = sorted(visited.items(), key=lambda row: -row[1])[:8]
    sys.stdout.write(f"{len(visited)} pages; {heaviest}\n")
    assert not faults, "\n".join(faults)
    assert len(visited) > 60
    assert heaviest[0][1] <= MOST_STATEMENTS, heaviest


def walk(client: PageClient, faults: list[str]) -> dict[str, int]:
    """Visits every page linked from the home page, by path; returns its number of SQL statements."""
    waiting, seen, alike = deque(["/"]), {}, Counter()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if path in seen or path.startswith(("/preuves/", "/documents/", "/static/", "/bootstrap/")):
            continue
        if alike[shape(path)] >= MOST_ALIKE:
            continue
        try:
            page = client.get(path, expect=(200, 302))
        except Exception as fault:  # every broken page is told, not the first alone
            faults.append(f"{path}: {type(fault).__name__}: {str(fault)[:300]}")
            seen[path] = 0
            continue
        seen[path] = page.statements
        alike[shape(path)] += 1
        if page.status == 302:
            waiting.append(urlsplit(urljoin(path, page.location)).path)
            continue
        for link in page.soup.select("a[href]"):
            target = urlsplit(urljoin(path, link["href"]))
            here = target.scheme in ("", "http") and target.netloc in ("", "portail.example")
            if here and target.path and not target.fragment:
                waiting.append(target.path)
    return seen


def shape(path: str) -> str:
    """The address without what tells one candidacy, file or day from another."""
    return "/".join("#" if re.search(r"\d", part) else part for part in path.split("/"))
