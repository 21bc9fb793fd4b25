"""A centre with as many candidacies as asked, of all ages and at every step, in bulk, for the desk's benches."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from vae_portal.actions import passwords
from vae_portal.actions.services import Services
from vae_portal.demonstration import people
from vae_portal.persistence.database import libpq_url
from vae_portal.persistence.tables import Certification, CertificationVersion
from vae_portal.persistence.words import of_candidacy
from workflows import steps
from workflows.regimes import DEFAULT
from workflows.steps import RESTING, Day
from workflows.vocabulary import MessageMails, Role, Step

ADVISORS, CERTIFICATIONS = 20, 12
# Out of a thousand: most candidacies of a centre are over.
_SHARES = {
    Step.ADMISSIBILITY_REVIEW: 40,
    Step.ADMISSIBILITY_INCOMPLETE: 20,
    Step.INADMISSIBLE: 30,
    Step.DOSSIER_PREPARATION: 140,
    Step.DOSSIER_REVIEW: 25,
    Step.DOSSIER_INCOMPLETE: 25,
    Step.INTERVIEW_PENDING: 25,
    Step.INTERVIEW_SCHEDULED: 25,
    Step.EVALUATION: 10,
    Step.JURY_PENDING: 30,
    Step.JURY_SCHEDULED: 20,
    Step.CERTIFIED: 330,
    Step.PARTIALLY_VALIDATED: 110,
    Step.NOT_VALIDATED: 50,
    Step.WITHDRAWN: 80,
    Step.LAPSED: 40,
}
_BEGINNINGS = ("Mar", "Ber", "Le", "Du", "Gar", "Ro", "Mo", "La", "Si", "Fon", "Che", "Bou", "Gi", "Pe", "Na", "Ve")
_MIDDLES = ("ti", "na", "ro", "lé", "vi", "ché", "ber", "man", "ga", "lou")
_ENDINGS = ("n", "rd", "ux", "t", "lle", "nd", "gne", "is", "er", "ot")
_FAMILIES = [f"{a}{b}{c}" for a in _BEGINNINGS for b in _MIDDLES for c in _ENDINGS]
_GIVEN = ("Inès", "Noé", "Zoé", "Anaïs", "Éloi", "Paul", "Maëlle", "Yann", "Léa", "Hugo", "Jeanne", "Karim", "Lou")


def fill(services: Services, count: int, password: str) -> None:
    """So many candidacies of one centre, shared by twenty advisors, of whom one is `conseiller`."""
    now = services.clock()
    with services.database.writing() as session:
        centre = people.make_centre(session, "UIMM Mesures")
        hashed = passwords.protect(password)
        invented = [people.Invented("conseiller", "Dominique", "Mesure", (Role.ADVISOR,))]
        invented += [people.Invented(f"c{n}", "Conseil", f"Inventé {n}", (Role.ADVISOR,)) for n in range(1, ADVISORS)]
        advisors = [people.make_person(session, centre, one, hashed, now).id for one in invented]
        targets = [_target(session, n) for n in range(CERTIFICATIONS)]
        centre_id = centre.id
    with psycopg.connect(libpq_url(services.settings.database_url)) as connection:
        first = max(advisors) + 1
        persons = (_person(n, centre_id, now) for n in range(count))
        _copy(connection, "person", persons)
        chance = random.Random(count)  # noqa: S311 - the same rows at every run
        _copy(
            connection,
            "candidacy",
            (_row(n, first + n, centre_id, advisors, targets, chance, now) for n in range(count)),
        )
    with services.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as engine:
        engine.execute(text("VACUUM ANALYZE"))  # as the database does by itself, a while after


def _copy(connection: psycopg.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    names = sql.SQL(", ").join(map(sql.Identifier, first))
    copying = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor().copy(copying) as copy:
        for row in chain([first], rows):
            copy.write_row(tuple(row.values()))


def _target(session: Session, n: int) -> tuple[int, tuple[str, str, str]]:
    """A certification's version, and what is searched of it."""
    known = Certification(rncp=str(30000 + n), code=f"CQPM {n:04d}", title=f"Métier inventé n° {n}")
    session.add(known)
    session.flush()
    version = CertificationVersion(certification_id=known.id, label="1")
    session.add(version)
    session.flush()
    return version.id, (known.title, known.code, known.rncp)


def _named(n: int) -> tuple[str, str]:
    """One in 250 bears the most frequent name, the others share some 1,600."""
    return _GIVEN[n % len(_GIVEN)], "Martin" if n % 250 == 0 else _FAMILIES[n * 7919 % len(_FAMILIES)]


def _person(n: int, centre_id: int, now: datetime) -> dict[str, Any]:
    given, family = _named(n)
    return {
        "centre_id": centre_id,
        "email": _email(n),
        "password_hash": "x",
        "given_names": given,
        "family_name": family,
        "employer": "",
        "union_name": "",
        "message_mails": MessageMails.AT_ONCE.value,
        "epoch": 0,
        "created_at": now,
    }


def _email(n: int) -> str:
    return f"personne{n}@mesures.example"


def _row(
    n: int,
    person: int,
    centre_id: int,
    advisors: list[int],
    targets: list[tuple[int, tuple[str, str, str]]],
    chance: random.Random,
    now: datetime,
) -> dict[str, Any]:
    step = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
    stepped = now - timedelta(days=chance.expovariate(1 / (600 if step in RESTING else 45)))
    day, (version, searched) = stepped.date(), targets[min(int(chance.expovariate(0.4)), len(targets) - 1)]
    review = step is Step.ADMISSIBILITY_REVIEW
    days = {
        Day.ACKNOWLEDGED: None if review and chance.random() < 0.4 else day,
        Day.NOTIFIED: None if review else day,
        Day.STEPPED: day if chance.random() < 0.8 else None,
        Day.DEPOSITED: day,
        Day.DECIDED: day,
        Day.TOLD: day,
    }
    due, number = steps.due(step, days, DEFAULT), f"{2020 + n // 40_000}-{n % 40_000:04d}"
    sorted_as, words = of_candidacy(number, *_named(n), _email(n), searched)
    return {
        "number": number,
        "centre_id": centre_id,
        "person_id": person,
        "version_id": version,
        "advisor_id": None if review and chance.random() < 0.5 else chance.choice(advisors),
        "step": step.value,
        "revision": 1,
        "round": 1,
        "whole": True,
        "request": "{}",
        "request_revision": 1,
        "created_at": stepped,
        "stepped_at": stepped,
        "submitted_on": day,
        "regime": DEFAULT.value,
        "appealed": chance.random() < 0.01,
        "decision_text": "{}",
        "acknowledged_on": days[Day.ACKNOWLEDGED],
        "notified_on": day,
        "candidate_stepped_on": days[Day.STEPPED],
        "deposited_on": day,
        "decided_on": day,
        "due_on": due.on if due else None,
        "rests": step in RESTING,
        "sorted_as": sorted_as,
        "words": " ".join(f"'{word}'" for word in words),
    }
