"""The result documents of 500 candidates made by two worker processes, beside one, in one run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from sqlalchemy import text

from vae_portal.bench.figure import Figure
from vae_portal.bench.rig import Rig
from vae_portal.demonstration import people, sittings
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Centre
from workflows.vocabulary import Role, Step

_KIND = "certificate"  # the heaviest of them: a page with a frame and a QR code
_PATIENCE, _STARTING = 600, 6  # seconds


def measure(rig: Rig) -> list[Figure]:
    """Batches of one size in turn, by one worker then by two; seconds from the asking until the last is made."""
    count, rounds = (40, 1) if rig.quick else (500, 2)
    model = _model(rig)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for workers in (1, 2):
            seconds[workers].append(_made_by(rig, workers, model, count))
    one, two = min(seconds[1]), min(seconds[2])
    raw = {"documents": count, "one_s": round(one, 2), "two_s": round(two, 2), "processors": os.cpu_count() or 0}
    return [Figure("result_documents_two_workers_vs_one", round(two / one, 3), "lower", raw=raw)]


def _model(rig: Rig) -> int:
    """The id of a certificate that a real release has asked for."""
    clock = StoryClock(rig.services.clock())
    with rig.services.database.writing() as session:
        centre = session.get_one(Centre, rig.cast.centre_id)
        invented = people.Invented("mesure-resultats", "Mesure", "Inventée", (Role.CANDIDATE,))
        rig.cast.people["mesure-resultats"] = people.make_person(session, centre, invented, "x", clock.now).id
    secretary = rig.cast.actor("secretaire", Role.JURY_SECRETARY)
    starts_at = clock.now.replace(minute=0, second=0, microsecond=0)
    clock.wait(days=-200)
    session_id = sittings.convene(rig.services, secretary, rig.cast.people, clock.now, starts_at)
    story = Story(rig.services, rig.cast, clock, "mesure-resultats").to(Step.CERTIFIED, session_id)
    clock.wait(hours=2)
    sittings.close_session(rig.services, secretary, session_id, clock.now)
    sittings.release_results(rig.services, story.president, session_id, clock.now)
    with rig.services.database.writing() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        return int(session.scalar(text("SELECT max(id) FROM document WHERE kind = :k"), {"k": _KIND}) or 0)


def _owe(rig: Rig, model: int, count: int) -> None:
    """As many more documents like this one, each with its own number and code, and their jobs."""
    with rig.services.database.writing() as session:
        asked = session.scalars(
            text(
                """INSERT INTO document (centre_id, candidacy_id, kind, number, context, staff_only, asked_at, failure)
                   SELECT centre_id, candidacy_id, kind, gen_random_uuid()::text,
                          context || jsonb_build_object('verify_url', 'http://localhost/verifier?code=' || n),
                          staff_only, now(), ''
                     FROM document, generate_series(1, :count) n WHERE id = :model RETURNING id"""
            ),
            {"model": model, "count": count},
        ).all()
        session.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
                " VALUES ('default', 'issue_document', 0, CAST(:args AS jsonb), 'todo')"
            ),
            [{"args": json.dumps({"document_id": key})} for key in asked],
        )


def _made_by(rig: Rig, workers: int, model: int, count: int) -> float:
    """Seconds that workers, started and warm as in production, take for a batch."""
    settings = rig.services.settings
    given = {
        "DATABASE_URL": settings.database_url,
        "S3_ENDPOINT": settings.s3_endpoint,
        "S3_ACCESS_KEY": settings.s3_access_key,
        "S3_SECRET_KEY": settings.s3_secret_key,
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
    }
    command = [sys.executable, "-m", "vae_portal.cli", "worker"]
    started = [
        subprocess.Popen(  # noqa: S603 - our own command
            command, env=os.environ | given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(workers)
    ]
    try:
        time.sleep(_STARTING * workers)
        _batch(rig, model, 4 * workers)  # each has made some
        return _batch(rig, model, count)
    finally:
        for worker in started:
            worker.terminate()
        for worker in started:
            worker.wait(30)


def _batch(rig: Rig, model: int, count: int) -> float:
    began = time.perf_counter()
    _owe(rig, model, count)
    while _left(rig):
        if time.perf_counter() - began > _PATIENCE:
            raise TimeoutError(f"{_left(rig)} documents are still to be made after {_PATIENCE} s")
        time.sleep(0.05)
    return time.perf_counter() - began


def _left(rig: Rig) -> int:
    with rig.services.database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM document WHERE kind = :k AND issued_at IS NULL"
                                   " AND number LIKE '%-%-%-%-%'"), {"k": _KIND}) or 0  # fmt: skip
