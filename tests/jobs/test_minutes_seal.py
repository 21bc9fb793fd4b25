"""Minutes are kept under the same lock as a deposit: once, unchanged, missed when they are gone or renumbered."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from storage.errors import FileRefused, ObjectLocked
from storage.keys import EVIDENCE, minutes_key
from storage.s3 import S3Store
from tests.jobs.reading import jobs, journal
from tests.persistence.rows import behind_its_back
from tests.storage.samples import PDF
from tests.support.builders import World
from vae_portal.actions import minutes, minutes_signing
from vae_portal.actions import sessions as acts
from vae_portal.actions.services import Services
from vae_portal.jobs.deposits import GIVEN_UP_AFTER
from vae_portal.jobs.minutes_deeds import seal_minutes, seal_remaining_minutes
from vae_portal.jobs.retries import STUBBORN
from vae_portal.persistence.tables import JurySession, MinutesDeed, MinutesScan, StoredObject
from vae_portal.persistence.verify import verify
from workflows.vocabulary import Role, Step

Work = Callable[..., None]


def deed_of(services: Services) -> MinutesDeed:
    with services.database.reading() as session:
        return session.scalars(select(MinutesDeed).order_by(MinutesDeed.id)).first()


@pytest.fixture
def closed(services: Services, world: World) -> MinutesDeed:
    """The minutes of a session that was just closed, their job waiting."""
    world.candidacy(Step.CERTIFIED, released=False)
    actor = world.cast.actor("secretaire", Role.JURY_SECRETARY)
    with services.database.reading() as session:
        row = session.scalars(select(JurySession)).one()
    acts.close_session(services, actor, row.id, row.revision)
    return deed_of(services)


def told(services: Services) -> list[str]:
    return [str(fault) for fault in verify(services.database, services.store)]


def test_they_are_stored_under_lock_once_and_found_sound(services: Services, closed: MinutesDeed, work: Work) -> None:
    work(services)
    kept = deed_of(services)
    assert kept.object_key == minutes_key(closed.sha256)
    assert services.store.read_bytes(kept.object_key) == closed.content.encode()
    with pytest.raises(ObjectLocked):
        services.store.delete(kept.object_key)
    seal_minutes(services, closed.id)
    assert [event for _, event, _ in journal(services) if event == "minutes_stored"] == ["minutes_stored"]
    assert told(services) == []


def test_verify_names_minutes_that_are_others(services: Services, closed: MinutesDeed, work: Work) -> None:
    work(services)
    digest = hashlib.sha256(b"{}").hexdigest()
    behind_its_back(services.database, "minutes_deed", f"UPDATE minutes_deed SET content = '{{}}', sha256 = '{digest}'")
    lines = told(services)
    assert any(closed.number in line and "n'est pas celui qui a été établi" in line for line in lines), lines
    assert any(closed.number in line and "une autre empreinte" in line for line in lines), lines


def test_verify_names_a_signature_under_another_text(
    services: Services, world: World, closed: MinutesDeed, work: Work
) -> None:
    work(services)
    person, digest = world.cast.people["jury-salaries"], "0" * 64
    values = f"({closed.id}, {person}, '{digest}', now())"
    behind_its_back(
        services.database,
        "minutes_signature",
        f"INSERT INTO minutes_signature (deed_id, person_id, sha256, signed_at) VALUES {values}",
    )
    assert any("porte un autre texte" in line for line in told(services))


def test_verify_names_a_number_that_is_missing(
    services: Services, world: World, closed: MinutesDeed, work: Work
) -> None:
    actor = world.cast.actor("secretaire", Role.JURY_SECRETARY)
    for _ in range(2):
        minutes.correct(services, actor, closed.session_id, closed.number, "Erreur", ["Lire A au lieu de B"])
    work(services)
    assert told(services) == []
    behind_its_back(services.database, "minutes_deed", "DELETE FROM minutes_deed WHERE serial = 2")
    assert any("des numéros manquent" in line and line.endswith("-002") for line in told(services)), told(services)


def test_a_store_that_is_down_for_days_is_told_and_caught_up(
    services: Services, world: World, closed: MinutesDeed, work: Work
) -> None:
    nowhere = replace(services, store=S3Store("127.0.0.1:9", "x", "y", "z"))
    with services.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE task_name <> 'seal_minutes'")
        connection.exec_driver_sql(f"UPDATE procrastinate_jobs SET attempts = {len(STUBBORN)}")
    work(nowhere)
    assert jobs(services) == [("seal_minutes", "failed", len(STUBBORN) + 1)]
    assert journal(services)[-1][1] == "minutes_not_stored"
    assert seal_remaining_minutes(services) == 0  # its job has not given up for long
    world.clock.move_to(closed.made_at + GIVEN_UP_AFTER * 2)
    assert seal_remaining_minutes(services) == 1
    with services.database.reading() as session:
        assert session.get(StoredObject, minutes_key(closed.sha256)) is not None


def test_a_scan_with_a_virus_leaves_nothing(
    services: Services, world: World, closed: MinutesDeed, clamd_url: str
) -> None:
    scanning = replace(services, settings=replace(services.settings, clamd_url=clamd_url))
    actor = world.cast.actor("secretaire", Role.JURY_SECRETARY)

    def add(data: bytes) -> None:
        minutes_signing.add_scan(scanning, actor, closed.session_id, closed.number, "feuille.pdf", io.BytesIO(data))

    before = {one.key for one in services.store.list(EVIDENCE)}
    with pytest.raises(FileRefused, match=r"Essai\.Portail"):
        add(PDF + b"marqueur-infecte")
    nowhere = replace(scanning, settings=replace(services.settings, clamd_url="tcp://127.0.0.1:9"))
    with pytest.raises(FileRefused, match="rien n'a été gardé"):
        minutes_signing.add_scan(nowhere, actor, closed.session_id, closed.number, "a.pdf", io.BytesIO(PDF))
    assert {one.key for one in services.store.list(EVIDENCE)} == before
    add(PDF)
    with services.database.reading() as session:
        assert session.scalars(select(MinutesScan.deed_sha256)).all() == [closed.sha256]
