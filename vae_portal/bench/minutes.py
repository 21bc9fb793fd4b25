"""The minutes of 500 candidates beside those of 50: the closing, the text with its hash, and the Word document."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import event, select, text

from vae_portal.actions import sessions
from vae_portal.bench.figure import Figure
from vae_portal.bench.rig import Rig
from vae_portal.demonstration import sittings
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.documents.fill import fill
from vae_portal.persistence.tables import Decision, Document, MinutesDeed
from workflows.vocabulary import Role, Step

_FEW, _MANY = 50, 500
# A session that pronounced on one candidate, again with as many as asked: the same rows under other keys.
_COPY = """
INSERT INTO {table} OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(x, jsonb_build_object({changed}))).* FROM {table} x {among} WHERE {which}
"""
_EACH = "CROSS JOIN generate_series(1, :count) n"
_COPIES = (
    ("jury_session", "'id', :base, 'state', 'open', 'minutes_number', NULL, 'closed_at', NULL", "", "x.id = :session"),
    ("jury_seat", "'id', :base + x.id, 'session_id', :base", "", "x.session_id = :session"),
    ("person", "'id', :base + n, 'email', :base || '-' || n || '@mesures.example'", _EACH, "x.id = :person"),
    (
        "candidacy",
        "'id', :base + n, 'person_id', :base + n, 'number', :base || '-' || n",
        _EACH,
        "x.id = :candidacy",
    ),
    (
        "enrolment",
        "'id', :base + n, 'session_id', :base, 'candidacy_id', :base + n",
        _EACH,
        "x.candidacy_id = :candidacy",
    ),
    (
        "decision",
        "'id', :base + n, 'session_id', :base, 'candidacy_id', :base + n",
        _EACH,
        "x.id = :decision",
    ),
    ("block_decision", "'decision_id', :base + n", _EACH, "x.decision_id = :decision"),
)


def measure(rig: Rig) -> list[Figure]:
    """Alternates sessions of both sizes, each closed once; medians of seconds."""
    pattern = _pattern(rig)
    taken: dict[int, list[float]] = {_FEW: [], _MANY: []}
    statements = {}
    for turn in range(2 if rig.quick else 4):
        for rank, count in enumerate(taken):
            base = 1_000_000 * (1 + 2 * turn + rank)
            _copy(rig, pattern, base, count)
            seconds, statements[count] = _closed(rig, base)
            if turn:  # the first turn fills caches
                taken[count].append(seconds)
    few, many = (statistics.median(taken[count]) for count in (_FEW, _MANY))
    raw = {"50_s": round(few, 3), "500_s": round(many, 3)}
    raw |= {f"statements_{count}": seen for count, seen in statements.items()}
    return [Figure("minutes_500_vs_50", round(many / few, 3), "lower", 12, raw)]


def _pattern(rig: Rig) -> dict[str, Any]:
    """One candidacy on which a session pronounced, by the real acts."""
    clock = StoryClock(rig.services.clock())
    secretary = rig.cast.actor("secretaire", Role.JURY_SECRETARY)
    day = clock.now + timedelta(days=90)
    session_id = sittings.convene(rig.services, secretary, rig.cast.people, rig.services.clock(), day)
    number = Story(rig.services, rig.cast, clock).to(Step.CERTIFIED, session_id).number
    with rig.services.database.reading() as session:
        decision = session.scalars(select(Decision).where(Decision.session_id == session_id)).one()
        person = session.scalar(text("SELECT person_id FROM candidacy WHERE number = :n"), {"n": number})
    ids = {"session": session_id, "candidacy": decision.candidacy_id, "decision": decision.id}
    return ids | {"person": person}


def _copy(rig: Rig, pattern: dict[str, Any], base: int, count: int) -> None:
    with rig.services.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # rows as they were, no rule asked
        for table, changed, among, which in _COPIES:
            statement = _COPY.format(table=table, changed=changed, among=among, which=which)
            typed = statement.replace(":base ||", "CAST(:base AS text) ||").replace(":base", "CAST(:base AS bigint)")
            connection.execute(text(typed), {**pattern, "base": base, "count": count})


def _closed(rig: Rig, session_id: int) -> tuple[float, int]:
    """How long one closing and its document take, and in how many statements."""
    actor, seen = rig.cast.actor("secretaire", Role.JURY_SECRETARY), []
    engine = rig.services.database.engine
    with engine.connect() as connection:
        revision = connection.execute(
            text("SELECT revision FROM jury_session WHERE id = :i"), {"i": session_id}
        ).scalar()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    began = time.perf_counter()
    sessions.close_session(rig.services, actor, session_id, int(revision or 0))
    event.remove(engine, "before_cursor_execute", note)
    with rig.services.database.reading() as session:
        deed = session.scalars(select(MinutesDeed).where(MinutesDeed.session_id == session_id)).one()
        context = session.get_one(Document, deed.document_id).context
    fill("minutes", context)
    return time.perf_counter() - began, len(seen)
