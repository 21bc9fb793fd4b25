"""Booking one slot by the page, against writing the very same rows by bare SQL."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from vae_portal.bench.client import Client, csrf_token
from vae_portal.bench.figure import Figure, ratio
from vae_portal.bench.rig import PASSWORD, Rig
from vae_portal.demonstration import people
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.database import libpq_url
from vae_portal.persistence.tables import Centre
from workflows import clocks
from workflows.slots import Against
from workflows.vocabulary import Role, Step

Rows = list[tuple[str, dict[str, Any]]]


def measure(rig: Rig) -> list[Figure]:
    """Alternates both on candidacies that wait; medians of seconds for one booking."""
    pairs = 2 if rig.quick else 10
    numbers = _waiting(rig, 2 * pairs)
    client = Client(rig.base_url)
    client.sign_in("planificateur@demo.example", PASSWORD)
    ours, bare, written = [], [], 0
    with psycopg.connect(libpq_url(rig.services.settings.database_url), row_factory=dict_row) as database:
        for rank in range(pairs):
            mine, other = numbers[2 * rank : 2 * rank + 2]
            last = _last(database)
            ours.append(_by_page(rig, client, mine, rank))
            rows = _new_rows(database, last)
            written = len(rows)
            bare.append(_by_sql(database, rows, other))
    return [ratio("booking_vs_bare_rows", median(ours), median(bare), "lower", unit="s", bookings=pairs, rows=written)]


def _waiting(rig: Rig, count: int) -> list[str]:
    """Candidacies to plan, each of its own candidate."""
    morning = rig.services.clock()
    numbers = []
    for rank in range(count):
        local = f"mesure{rank}"
        with rig.services.database.writing() as session:
            centre = session.get_one(Centre, rig.cast.centre_id)
            invented = people.Invented(local, "Mesure", f"Numéro {rank}", (Role.CANDIDATE,))
            rig.cast.people[local] = people.make_person(session, centre, invented, "", morning).id
        story = Story(rig.services, rig.cast, StoryClock(morning - timedelta(days=60)), local)
        numbers.append(story.to(Step.INTERVIEW_PENDING).number)
    return numbers


def _by_page(rig: Rig, client: Client, number: str, rank: int) -> float:
    page = client.get(f"/candidatures/{number}/entretien")
    day = clocks.civil_date(rig.services.clock()) + timedelta(days=20 + rank)
    commission = [str(rig.cast.people[local]) for local in ("evaluateur1", "evaluateur2")]
    form = {
        "csrf_token": csrf_token(page),
        "day": day.isoformat(),
        "hour": "14:00",
        "duration": "60",
        "room": "",
        "place": "Salle Mesure",
        "video_link": "",
        "revision": page.split('name="revision"')[1].split('value="')[1].split('"')[0],
        "action": "schedule_interview",
        "evaluators": commission,
        # Whatever day it falls on, and whatever they said of their time: every rule is judged, and none stops it.
        "anyway": " ".join([Against.HOLIDAY, *(f"{Against.NOT_AVAILABLE}:{key}" for key in commission)]),
    }
    began = time.perf_counter()
    body = urlencode(form, doseq=True)
    answer = client.request(
        "POST", f"/candidatures/{number}/entretien", body, Content_Type="application/x-www-form-urlencoded"
    )
    answer.read()
    if answer.status != 302:
        raise OSError(f"booking refused: {answer.status}")
    return time.perf_counter() - began


_LATER = timedelta(minutes=90)
_KEYS = ("interview", "outbox_mail", "document", "journal", "procrastinate_jobs")


def _last(database: psycopg.Connection[dict[str, Any]]) -> dict[str, int]:
    found = {}
    for table in _KEYS:
        row = database.execute(sql.SQL("SELECT max(id) AS last FROM {}").format(sql.Identifier(table))).fetchone()
        found[table] = (row and row["last"]) or 0
    database.commit()
    return found


def _new_rows(database: psycopg.Connection[dict[str, Any]], last: dict[str, int]) -> Rows:
    """What the page has written, in an order in which it can be written again."""
    rows: Rows = []
    for table in _KEYS:
        wanted = sql.SQL("SELECT * FROM {} WHERE id > %s ORDER BY id").format(sql.Identifier(table))
        rows += [(table, row) for row in database.execute(wanted, [last[table]])]
    interview = next(row["id"] for table, row in rows if table == "interview")
    for table in ("interview_evaluator", "convocation"):
        wanted = sql.SQL("SELECT * FROM {} WHERE interview_id = %s").format(sql.Identifier(table))
        rows += [(table, row) for row in database.execute(wanted, [interview])]
    database.commit()
    return rows


def _by_sql(database: psycopg.Connection[dict[str, Any]], rows: Rows, number: str) -> float:
    """The same rows for another candidacy, an hour and a half later, in one transaction."""
    found = database.execute("SELECT id, person_id FROM candidacy WHERE number = %s", [number]).fetchone()
    if found is None:
        raise ValueError("the candidacy is there")
    chain = f"candidacy:{found['id']}"
    ends = database.execute("SELECT max(seq) AS last FROM journal WHERE chain = %s", [chain]).fetchone()
    sequence = (ends and ends["last"]) or 0
    database.commit()
    began = time.perf_counter()
    made: dict[tuple[str, int], int] = {}
    for table, row in rows:
        sequence += table == "journal"
        own = {"candidacy_id": found["id"], "chain": chain, "seq": sequence}
        if row.get("called_as") == "candidate":
            own["person_id"] = found["person_id"]
        _insert(database, table, _changed(row, own, made), row, made)
    database.execute(
        "UPDATE candidacy SET step = 'interview_scheduled', stepped_at = now(), revision = revision + 1 WHERE id = %s",
        [found["id"]],
    )
    database.commit()
    return time.perf_counter() - began


def _insert(
    database: psycopg.Connection[dict[str, Any]],
    table: str,
    values: dict[str, Any],
    row: dict[str, Any],
    made: dict[tuple[str, int], int],
) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING *").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    kept = database.execute(statement, list(values.values())).fetchone()
    if kept and "id" in kept:
        made[table, row["id"]] = kept["id"]


def _changed(row: dict[str, Any], own: dict[str, Any], made: dict[tuple[str, int], int]) -> dict[str, Any]:
    """A row for the other candidacy: its own keys, the rows made just before, a later hour."""
    values = {name: Jsonb(v) if isinstance(v, dict) else v for name, v in row.items() if name != "id"}
    for name, value in list(values.items()):
        if isinstance(value, Range) and isinstance(value.lower, datetime) and value.upper is not None:
            values[name] = Range(value.lower + _LATER, value.upper + _LATER, bounds="[)")
    if "uid" in values:
        values["uid"] = str(uuid4())
    if "context" in values:  # a document's number is drawn, and no two are alike
        values["number"] = uuid4().hex
    for name, table in (("interview_id", "interview"), ("mail_id", "outbox_mail")):
        if row.get(name):
            values[name] = made[table, row[name]]
    return values | {name: value for name, value in own.items() if name in values}
