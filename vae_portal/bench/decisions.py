"""A decision through the rules, with its journal row, letter, mail and jobs, against the same rows by bare SQL."""

from __future__ import annotations

import json
import time
from statistics import median

from sqlalchemy import text

from vae_portal.bench.figure import Figure, ratio
from vae_portal.bench.rig import Rig
from vae_portal.demonstration import people
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Centre
from workflows.vocabulary import Role

_JOB = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
    " VALUES ('default', :t, 0, :a, 'todo')"
)
_BARE = (
    text("SELECT id FROM candidacy WHERE number = :number FOR UPDATE"),
    text("UPDATE candidacy SET step = 'dossier_preparation', notified_on = now()::date, revision = revision + 1"
         " WHERE id = :id"),
    text("INSERT INTO act_reason (candidacy_id, revision, action, reason) VALUES (:id, 99, 'declare_admissible', 'x')"),
    text("INSERT INTO journal (chain, seq, at, actor_id, event, details, previous, hash)"
         " VALUES (:chain, 99, now(), NULL, 'bare', '{}', repeat('0', 64), repeat('0', 64))"),
    text("INSERT INTO document (centre_id, candidacy_id, kind, number, context, staff_only, asked_at, failure)"
         " VALUES (:centre, :id, 'admissible', :doc, CAST(:context AS jsonb), false, now(), '')"),
    text("INSERT INTO outbox_mail (centre_id, candidacy_id, recipient, template, subject, body, secret, written_at,"
         " attempts, failure) VALUES (:centre, :id, 'x@demo.example', 'admissible', 'x', :body, false, now(), 0, '')"),
)  # fmt: skip


def measure(rig: Rig) -> list[Figure]:
    """Alternates both ways over as many acknowledged requests; medians of seconds for one decision."""
    count = 10 if rig.quick else 60
    stories = [_acknowledged(rig, index) for index in range(2 * count)]
    ours, bare = [], []
    for story, other in zip(stories[:count], stories[count:], strict=True):
        began = time.perf_counter()
        story.admit()
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        _by_bare_sql(rig, other.number)
        bare.append(time.perf_counter() - began)
    return [ratio("decision_vs_bare_sql", median(ours), median(bare), "lower", unit="s", decisions=count)]


def _acknowledged(rig: Rig, index: int) -> Story:
    local = f"mesure{index}"
    with rig.services.database.writing() as session:
        centre = session.get_one(Centre, rig.cast.centre_id)
        invented = people.Invented(local, "Mesure", f"Inventée {index}", (Role.CANDIDATE,))
        person = people.make_person(session, centre, invented, "x", rig.services.clock())
        rig.cast.people[local] = person.id
    story = Story(rig.services, rig.cast, StoryClock(rig.services.clock()), local)
    return story.begin().submit().acknowledge()


def _by_bare_sql(rig: Rig, number: str) -> None:
    with rig.services.database.engine.begin() as connection:
        identifier = connection.execute(_BARE[0], {"number": number}).scalar_one()
        values = {
            "id": identifier,
            "chain": f"candidacy:{identifier}",
            "centre": rig.cast.centre_id,
            "doc": f"bare-{identifier}",
            "context": json.dumps({"text": "x" * 1500}),
            "body": "x" * 800,
        }
        for statement in _BARE[1:]:
            connection.execute(statement, values)
        for task in ("bare_document", "bare_mail"):
            connection.execute(_JOB, {"t": task, "a": "{}"})
