"""One anchor a day, chained to the one before, whatever was cut and however many workers try."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.errors import ObjectLocked
from storage.keys import ANCHORS, anchor_key
from tests.persistence.rows import NOON, a_chain
from vae_portal.actions.services import Services
from vae_portal.jobs.anchors import AnchorContradicted, anchor_journal
from vae_portal.persistence.anchoring import digest
from vae_portal.persistence.journal import GENESIS, canonical
from vae_portal.persistence.tables import Anchor
from vae_portal.persistence.verify import verify


def _at(services: Services, instant: datetime) -> Services:
    return replace(services, clock=lambda: instant)


def _anchors(services: Services) -> list[Anchor]:
    with services.database.reading() as session:
        return list(session.query(Anchor).order_by(Anchor.day))


def test_an_anchor_holds_the_heads_of_all_chains(services: Services) -> None:
    a_chain(services.database, "centre:1", 2)
    a_chain(services.database, "candidacy:10", 3)
    a_chain(services.database, "candidacy:9", 1)
    assert anchor_journal(_at(services, NOON))
    (anchor,) = _anchors(services)
    content = services.store.read_bytes(anchor.object_key)
    body = json.loads(content)
    assert anchor.object_key == anchor_key(NOON.date())
    assert anchor.sha256 == digest(content)
    assert content == canonical(body)
    assert (body["day"], body["previous"]) == ("2026-03-02", GENESIS)
    assert datetime.fromisoformat(body["anchored_at"]) == NOON
    assert [head[:2] for head in body["heads"]] == [["candidacy:10", 3], ["candidacy:9", 1], ["centre:1", 2]]


def test_once_a_day_and_each_follows_the_one_before(services: Services) -> None:
    a_chain(services.database, "centre:1", 1)
    assert anchor_journal(_at(services, NOON))
    assert not anchor_journal(_at(services, NOON + timedelta(hours=3)))
    assert anchor_journal(_at(services, NOON + timedelta(days=1)))
    first, second = _anchors(services)
    assert json.loads(services.store.read_bytes(second.object_key))["previous"] == first.sha256
    assert len(list(services.store.list(ANCHORS))) == 2


def test_the_day_is_the_one_in_paris(services: Services) -> None:
    assert anchor_journal(_at(services, datetime(2026, 7, 1, 22, 30, tzinfo=UTC)))  # half past midnight in Paris
    assert [f"{anchor.day}" for anchor in _anchors(services)] == ["2026-07-02"]


def test_a_journal_still_empty_has_its_anchor_too(services: Services) -> None:
    assert anchor_journal(_at(services, NOON))
    assert verify(services.database, services.store) == []


def test_workers_that_anchor_together_write_one(services: Services) -> None:
    a_chain(services.database, "centre:1", 3)
    with ThreadPoolExecutor(4) as pool:
        wrote = [done.result() for done in [pool.submit(anchor_journal, _at(services, NOON)) for _ in range(4)]]
    assert sorted(wrote) == [False, False, False, True]
    assert len(_anchors(services)) == 1


def test_a_run_cut_after_the_object_was_stored_is_made_good(services: Services) -> None:
    a_chain(services.database, "centre:1", 1)
    assert anchor_journal(_at(services, NOON))
    (anchor,) = _anchors(services)
    with services.database.writing() as session:
        session.delete(session.get_one(Anchor, anchor.day))
    a_chain(services.database, "centre:1", 1)
    assert anchor_journal(_at(services, NOON + timedelta(hours=1)))
    (again,) = _anchors(services)
    assert (again.sha256, again.anchored_at) == (anchor.sha256, NOON)
    assert verify(services.database, services.store) == []


def test_an_object_that_is_not_the_next_anchor_is_not_taken_for_it(services: Services) -> None:
    services.store.put_bytes(anchor_key(NOON.date()), b'{"day":"2026-03-02"}', "application/json")
    with pytest.raises(AnchorContradicted):
        anchor_journal(_at(services, NOON))
    assert _anchors(services) == []


def test_an_anchor_cannot_be_deleted(services: Services) -> None:
    assert anchor_journal(services)
    with pytest.raises(ObjectLocked):
        services.store.delete(_anchors(services)[0].object_key)
