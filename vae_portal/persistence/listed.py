"""What lists are sorted and searched by, kept on the candidacy's row in the very flush that changes what it comes from.

What is due still comes from `workflows.steps` alone, by `queries.dues`: here is only when it is computed again.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ARRAY, Connection, Text, bindparam, func, inspect, or_, select, update
from sqlalchemy.orm import Session, UOWTransaction

from vae_portal.persistence.queries.dues import COLUMNS, due_on
from vae_portal.persistence.tables import Candidacy, Certification, CertificationVersion, Document, Person
from vae_portal.persistence.words import of_candidacy
from workflows.steps import RESTING

_SORTED_BY = ("step", "regime", *(column.key for column in COLUMNS.values()))
_FOUND_BY: dict[type, tuple[str, ...]] = {
    Candidacy: ("number", "version_id", "request", "sent_request"),
    Person: ("given_names", "family_name", "email"),
    Certification: ("rncp", "code", "title"),
}


def follow(session: Session, _context: UOWTransaction) -> None:
    """After each flush: what is due of the candidacies that moved, the words of those that are named otherwise."""
    moved: set[int] = set()
    renamed: dict[type, set[int]] = {kind: set() for kind in _FOUND_BY}
    for row in (*session.new, *session.dirty):
        if isinstance(row, Candidacy) and _changed(row, _SORTED_BY):
            moved.add(row.id)
        elif isinstance(row, Document) and row.kind.startswith("result_") and row.candidacy_id is not None:
            moved.add(row.candidacy_id)
        if type(row) in _FOUND_BY and _changed(row, _FOUND_BY[type(row)]):
            renamed[type(row)].add(row.id)
    if moved:
        _date(session.connection(), moved)
    if any(renamed.values()):
        _word(session.connection(), renamed)


def _changed(row: object, names: Iterable[str]) -> bool:
    state = inspect(row, raiseerr=True)
    return any(state.attrs[name].history.has_changes() for name in names)


def _date(connection: Connection, ids: set[int]) -> None:
    moved = update(Candidacy).where(Candidacy.id.in_(sorted(ids)))
    connection.execute(moved.values(due_on=due_on(), rests=Candidacy.step.in_(RESTING)))


def _word(connection: Connection, renamed: dict[type, set[int]]) -> None:
    named = (
        select(
            Candidacy.id,
            Candidacy.number,
            func.coalesce(Candidacy.sent_request, Candidacy.request)["usual_name"].astext.label("usual_name"),
            Person.given_names,
            Person.family_name,
            Person.email,
            Certification.title,
            Certification.code,
            Certification.rncp,
        )
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .where(
            or_(
                Candidacy.id.in_(renamed[Candidacy]),
                Candidacy.person_id.in_(renamed[Person]),
                Certification.id.in_(renamed[Certification]),
            )
        )
        .order_by(Candidacy.id)
    )
    found = []
    for row in connection.execute(named):
        others = (row.usual_name or "", row.title, row.code, row.rncp)
        sorted_as, words = of_candidacy(row.number, row.given_names, row.family_name, row.email, others)
        found.append({"of": row.id, "sorted": sorted_as, "words": words})
    if found:
        connection.execute(_KEEP, found)


_KEEP = (
    update(Candidacy.__table__)  # type: ignore[arg-type]
    .where(Candidacy.__table__.c.id == bindparam("of"))
    .values(sorted_as=bindparam("sorted"), words=func.array_to_tsvector(bindparam("words", type_=ARRAY(Text))))
)
