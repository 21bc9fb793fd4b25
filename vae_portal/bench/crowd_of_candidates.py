"""A jury session with as many candidates as one likes: one candidacy walked by the real acts, then copied by SQL."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, Table, text
from sqlalchemy.orm import Session

from vae_portal.bench.rig import Rig
from vae_portal.demonstration import people, sittings
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Base, Candidacy, Centre, Person
from workflows.vocabulary import Role, Step

_COPIED = ("candidacy_block", "interview", "enrolment")  # what a session's page and its minutes look at


def session_of(rig: Rig, count: int, local: str) -> int:
    """The id of an open session on whose agenda `count` candidacies wait for a decision."""
    clock = StoryClock(rig.services.clock())
    with rig.services.database.writing() as session:
        centre = session.get_one(Centre, rig.cast.centre_id)
        invented = people.Invented(local, "Mesure", "Inventée", (Role.CANDIDATE,))
        rig.cast.people[local] = people.make_person(session, centre, invented, "x", clock.now).id
    secretary = rig.cast.actor("secretaire", Role.JURY_SECRETARY)
    starts_at = clock.now + timedelta(days=90)
    session_id = sittings.convene(rig.services, secretary, rig.cast.people, clock.now, starts_at)
    story = Story(rig.services, rig.cast, clock, local).to(Step.JURY_SCHEDULED, session_id)
    with rig.services.database.writing() as session:
        model = session.query(Candidacy).filter_by(number=story.number).one()
        _copy(session, model.id, model.person_id, count - 1, f"{local}-")
        # Its hour has come: the clock of the benches is that of the machine.
        session.execute(
            text("UPDATE jury_session SET starts_at = now() - interval '1 hour', state = 'open', opened_at = now()"
                 " WHERE id = :id"), {"id": session_id}
        )  # fmt: skip
    return session_id


def _copy(session: Session, candidacy_id: int, person_id: int, times: int, prefix: str) -> None:
    """As many more people and candidacies like this one, in a few statements."""
    connection = session.connection()
    connection.execute(
        text("CREATE TEMPORARY TABLE copies ON COMMIT DROP AS SELECT n, 0::bigint person, 0::bigint candidacy"
             " FROM generate_series(1, :times) n"), {"times": times}
    )  # fmt: skip
    _insert(connection, Person.__table__, person_id, {"email": f"'{prefix}' || n || '@mesures.example'"}, "person")
    numbered = {"number": f"'9' || lpad({candidacy_id}::text, 3, '0') || '-' || n", "person_id": "copies.person"}
    _insert(connection, Candidacy.__table__, candidacy_id, numbered, "candidacy")
    for name in _COPIED:
        table = Base.metadata.tables[name]
        own = (
            {"uid": "gen_random_uuid()::text", "place": "'Mesure ' || copies.candidacy"} if name == "interview" else {}
        )
        columns = [c.name for c in table.columns if c.identity is None]
        values = [{"candidacy_id": "copies.candidacy", **own}.get(column, f"{name}.{column}") for column in columns]
        connection.execute(
            text(f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {name}, copies"
                 f" WHERE {name}.candidacy_id = {candidacy_id}")
        )  # fmt: skip


def _insert(connection: Connection, table: object, model: int, own: dict[str, str], kept: str) -> None:
    """Copies one row as often as there are copies, and notes the new ids."""
    if not isinstance(table, Table):
        raise TypeError("a mapped table is a Table")
    columns = [c.name for c in table.columns if c.identity is None and c.computed is None]
    values = ", ".join(own.get(column, f"{table.name}.{column}") for column in columns)
    first = connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table.name}")).scalar_one()
    connection.execute(
        text(f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {values} FROM {table.name}, copies"
             f" WHERE {table.name}.id = {model} ORDER BY n")
    )  # fmt: skip
    connection.execute(
        text(f"UPDATE copies SET {kept} = made.id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n"
             f" FROM {table.name} WHERE id > {first}) made WHERE made.n = copies.n")
    )  # fmt: skip
