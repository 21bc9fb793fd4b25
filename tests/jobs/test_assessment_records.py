"""A closed assessment is a record under the same lock as a deposit: kept unchanged, missed when it is gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from storage.errors import ObjectLocked
from storage.keys import assessment_key
from storage.s3 import S3Store
from tests.jobs.reading import jobs, journal
from tests.persistence.rows import behind_its_back
from tests.support.builders import World
from vae_portal.actions.services import Services
from vae_portal.jobs.assessment_records import seal_assessment, seal_remaining_assessments
from vae_portal.jobs.deposits import GIVEN_UP_AFTER
from vae_portal.jobs.retries import STUBBORN
from vae_portal.persistence.journal import canonical
from vae_portal.persistence.tables import AssessmentRecord, Interview, StoredObject
from vae_portal.persistence.verify import verify
from workflows.vocabulary import Step

Work = Callable[..., None]


def the_record(services: Services) -> AssessmentRecord:
    with services.database.reading() as session:
        return session.scalars(select(AssessmentRecord)).one()


@pytest.fixture
def closed(services: Services, world: World) -> AssessmentRecord:
    """An assessment that was just closed, its job waiting."""
    story = world.candidacy(Step.EVALUATION)
    story.assess(("C7",)).sign().close_evaluation()
    return the_record(services)


def test_the_record_says_all_that_was_signed_and_by_whom(services: Services, closed: AssessmentRecord) -> None:
    record = json.loads(closed.text)
    text = record["text"]
    assert hashlib.sha256(canonical(text)).hexdigest() == record["text_sha256"]
    assert [s["name"] for s in record["signatures"]] == ["Maxime Critère", "Andréa Indicateur"]
    assert {s["text_sha256"] for s in record["signatures"]} == {record["text_sha256"]}
    c7 = next(row for row in text["capabilities"] if row["code"] == "C7")
    assert (c7["acquired"], c7["disagreement"], c7["modality"]) == (False, True, "projects")
    assert "relecture des pièces" in c7["observations"]
    assert [row["code"] for row in text["capabilities"] if row["disagreement"]] == ["C7"]
    assert all(e["present"] for e in text["evaluators"])
    assert len(text["deposit"]["sha256"]) == 64
    with services.database.reading() as session:
        assert session.scalars(select(Interview.text_hash)).one() == record["text_sha256"]


def test_it_is_stored_under_lock_once_and_found_sound(services: Services, closed: AssessmentRecord, work: Work) -> None:
    work(services)
    kept = the_record(services)
    assert kept.object_key == assessment_key(closed.sha256)
    assert services.store.read_bytes(kept.object_key) == closed.text.encode()
    with pytest.raises(ObjectLocked):
        services.store.delete(kept.object_key)
    seal_assessment(services, closed.interview_id)
    assert [event for _, event, _ in journal(services) if event == "assessment_stored"] == ["assessment_stored"]
    assert verify(services.database, services.store) == []


def test_the_database_keeps_it_unchanged(services: Services, closed: AssessmentRecord, work: Work) -> None:
    changes = [{"text": "{}", "sha256": hashlib.sha256(b"{}").hexdigest()}, {"sealed_at": services.clock()}]
    work(services)
    for values in (*changes, {"object_key": None}):
        with pytest.raises(DBAPIError, match="a sealed record does not change"), services.database.writing() as session:
            session.execute(update(AssessmentRecord).values(**values))
    with pytest.raises(DBAPIError, match="does not change"), services.database.writing() as session:
        session.delete(session.get_one(AssessmentRecord, closed.interview_id))


def test_verify_names_a_record_that_is_another_or_is_gone(
    services: Services, closed: AssessmentRecord, work: Work
) -> None:
    work(services)
    place = f"évaluation {closed.interview_id} de la candidature"
    digest = hashlib.sha256(b"{}").hexdigest()
    change = f"UPDATE assessment_record SET text = '{{}}', sha256 = '{digest}'"
    behind_its_back(services.database, "assessment_record", change)
    told = [str(f) for f in verify(services.database, services.store)]
    assert any(place in line and "n'est pas celui qui a été clos" in line for line in told), told
    behind_its_back(services.database, "assessment_record", "DELETE FROM assessment_record")
    told = [str(f) for f in verify(services.database, services.store)]
    assert any(place in line and "le texte scellé à sa clôture manque" in line for line in told), told


def test_a_store_that_is_down_for_days_is_told_and_caught_up(
    services: Services, world: World, closed: AssessmentRecord, work: Work
) -> None:
    nowhere = replace(services, store=S3Store("127.0.0.1:9", "x", "y", "z"))
    with services.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE task_name <> 'seal_assessment'")
        connection.exec_driver_sql(f"UPDATE procrastinate_jobs SET attempts = {len(STUBBORN)}")
    work(nowhere)
    assert jobs(services) == [("seal_assessment", "failed", len(STUBBORN) + 1)]
    assert journal(services)[-1][1] == "assessment_not_stored"
    assert seal_remaining_assessments(services) == 0  # its job has not given up for long
    world.clock.move_to(closed.sealed_at + GIVEN_UP_AFTER * 2)
    assert seal_remaining_assessments(services) == 1
    with services.database.reading() as session:
        assert session.get(StoredObject, assessment_key(closed.sha256)) is not None
