"""Migrations go up, down and up again with people's work in the tables, and lose nothing that the older form holds."""

from __future__ import annotations

from sqlalchemy import text

from tests.support.builders import World
from vae_portal.actions.services import Services
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence import migrate
from vae_portal.persistence.verify import verify
from workflows.vocabulary import ConformityPoint, Step

_COUNTED = ("person", "candidacy", "situation", "evidence", "stored_object", "deposit", "journal", "piece", "remark")


def counts(services: Services) -> dict[str, int]:
    with services.database.reading() as session:
        return {name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in _COUNTED}


def sizes(services: Services) -> list[int]:
    with services.database.reading() as session:
        return list(session.scalars(text("SELECT size FROM evidence ORDER BY id")))


def test_up_down_and_up_again_with_a_deposited_dossier(services: Services, world: World) -> None:
    world.candidacy(Step.DOSSIER_INCOMPLETE)
    run_until_empty(services)
    before, weighed, url = counts(services), sizes(services), services.settings.database_url
    assert min(before.values()) > 0
    services.database.engine.dispose()
    migrate.downgrade(url, "0002")
    assert counts(services) == before
    services.database.engine.dispose()
    migrate.upgrade(url)
    assert (counts(services), sizes(services)) == (before, weighed)
    assert verify(services.database, services.store) == []
    services.database.engine.dispose()
    migrate.downgrade(url, "base")
    migrate.upgrade(url)
    assert set(counts(services).values()) == {0}


def test_a_conformity_found_before_its_points_were_kept_becomes_each_of_them(services: Services, world: World) -> None:
    world.candidacy(Step.CERTIFIED)
    url = services.settings.database_url
    services.database.engine.dispose()
    migrate.downgrade(url, "0013")
    with services.database.reading() as session:
        assert session.execute(text("SELECT conformity_checked FROM enrolment")).scalars().all() == [True]
    services.database.engine.dispose()
    migrate.upgrade(url)
    with services.database.reading() as session:
        points = session.execute(text("SELECT point FROM conformity_check ORDER BY point")).scalars().all()
        outcome = session.execute(text("SELECT outcome FROM decision")).scalars().all()
    assert points == sorted(point.value for point in ConformityPoint)
    assert outcome == ["certified"]
