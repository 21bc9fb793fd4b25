"""What lists are sorted and searched by follows what it comes from, whatever act changes it."""

from __future__ import annotations

import pytest
from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import TSQUERY

from tests.support.builders import World
from vae_portal.actions import accounts
from vae_portal.actions.services import Services
from vae_portal.bench import desk_rows
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.queries import dues
from vae_portal.persistence.tables import Candidacy, Certification, Person
from vae_portal.persistence.words import of_candidacy, question, words
from workflows.steps import RESTING
from workflows.vocabulary import Step


def kept(world: World) -> dict[str, tuple[object, bool]]:
    with world.services.database.reading() as session:
        rows = session.execute(select(Candidacy.number, Candidacy.due_on, Candidacy.rests))
        return {row.number: (row.due_on, row.rests) for row in rows}


def ruled(world: World) -> dict[str, tuple[object, bool]]:
    with world.services.database.reading() as session:
        rows = session.scalars(select(Candidacy)).all()
        found = {row.number: dues.running(session, row) for row in rows}
        return {row.number: (found[row.number].on if found[row.number] else None, row.step in RESTING) for row in rows}


def found(world: World, text: str) -> list[str]:
    asked = func.coalesce(Candidacy.words.op("@@")(cast(" & ".join(question(text)), TSQUERY)), False)
    with world.services.database.reading() as session:
        return list(session.scalars(select(Candidacy.number).where(asked)))


@pytest.mark.parametrize("step", Step)
def test_what_is_due_is_kept_as_the_rules_have_it_at_every_step(world: World, step: Step) -> None:
    world.candidacy(step)
    assert kept(world) == ruled(world)


def test_a_result_that_is_told_is_no_longer_due(world: World) -> None:
    number = world.candidacy(Step.CERTIFIED).number
    assert kept(world)[number][0] is not None
    run_until_empty(world.services)
    assert kept(world)[number] == ruled(world)[number] == (None, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Élodie LEFÈVRE", ["elodie", "lefevre"]),
        ("Jean-Pierre d'Œuvre", ["jean", "pierre", "d", "oeuvre"]),
        ("2026-0042", ["2026-0042"]),
        ("Straße №5", ["strasse", "no5"]),
        ("Inès.Bo+vae@Exemple.example, 'x'", ["ines.bo+vae@exemple.example", "x"]),
        ("%_\\ \0'", []),
    ],
)
def test_words_are_the_same_however_they_are_typed(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_candidacy_sorts_by_family_name_and_is_found_by_each_of_its_words() -> None:
    sorted_as, said = of_candidacy("2026-0042", "Inès", "Le Goff", "ines@exemple.example", ("Métier", "CQPM 0195"))
    assert sorted_as == "le goff ines"
    assert {"2026-0042", "0042", "42", "ines", "goff", "ines@exemple.example", "metier", "0195"} <= set(said)


def test_words_follow_the_name_the_address_the_request_and_the_certification(world: World) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW)
    number, person = story.number, world.cast.people["candidat"]
    assert found(world, "camille exem") == found(world, number) == found(world, "28242") == [number]
    with world.services.database.reading() as session:
        seen = session.get_one(Person, person).full_name
    accounts.rename(world.services, person, "Zoé", "Ångström", seen)
    assert (found(world, "angs zoe"), found(world, "camille exemple")) == ([number], [])
    with world.services.database.writing() as session:
        session.get_one(Person, person).email = "autre.adresse@essai.example"
        session.scalars(select(Candidacy)).one().request = {"usual_name": "Dupré"}
        session.scalars(select(Certification)).one().title = "Métier renommé"
    assert found(world, "autre.adresse@essai") == found(world, "DUPRE") == found(world, "métier renommé") == [number]


def test_the_measured_lists_hold_what_the_rules_would_keep(services: Services) -> None:
    desk_rows.fill(services, 40, "une phrase de passe bien longue")
    with services.database.reading() as session:
        rows = session.execute(select(Candidacy.number, Candidacy.due_on, dues.due_on())).all()
    assert len(rows) == 40
    assert [row for row in rows if row[1] != row[2]] == []
