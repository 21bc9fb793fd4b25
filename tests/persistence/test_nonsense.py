"""The database refuses nonsense by itself: no page, no action and no script can write it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import psycopg.errors
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.support.builders import World
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence.queries import planning
from vae_portal.persistence.tables import Interview
from workflows.facts import Given, SlotFacts
from workflows.vocabulary import Action, Role, Step


def run(world: World, statement: str, **values: Any) -> None:
    """Bare SQL, as the application's own role."""
    with world.services.database.writing() as session:
        session.execute(text(statement), values)


def refused(world: World, constraint: str, statement: str, said: str | None = None, **values: Any) -> None:
    """The statement is refused by that constraint, in these words."""
    with pytest.raises(IntegrityError, match=said) as caught:
        run(world, statement, **values)
    assert getattr(caught.value.orig, "diag", None).constraint_name == constraint


def one(world: World, statement: str, **values: Any) -> Any:
    with world.services.database.reading() as session:
        return session.scalar(text(statement), values)


def booked(world: World) -> int:
    """An interview in force; its id."""
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    return one(
        world, "SELECT i.id FROM interview i JOIN candidacy c ON c.id = i.candidacy_id WHERE c.number = :n", n=number
    )


_BOOK = """
    INSERT INTO interview (candidacy_id, centre_id, round, uid, sequence, during, place, video_link, live, ended,
                           ended_reason, explanation, text_revision, text_hash, observations, modality)
    SELECT {candidacy}, i.centre_id, 1, gen_random_uuid()::text, 0,
           tstzrange(lower(i.during) + {shift}, upper(i.during) + {shift}),
           {place}, {link}, true, '', '', '', 0, '', '', ''
      FROM interview i WHERE i.id = :id
"""


def book(
    candidacy: str = "i.candidacy_id", shift: str = "interval '0'", place: str = "'Autre'", link: str = "''"
) -> str:
    return _BOOK.format(candidacy=candidacy, shift=shift, place=place, link=link)


# Commissions and interviews


def test_a_room_is_used_once_at_a_time(world: World) -> None:
    interview = booked(world)
    other = one(world, "SELECT id FROM candidacy WHERE number = :n", n=world.candidacy(Step.DRAFT).number)
    half = "interval '30 minutes'"
    refused(world, "ex_interview_room", book(str(other), half, "upper(i.place)"), id=interview)
    run(world, book(str(other), "interval '60 minutes'", "i.place"), id=interview)


def test_a_candidate_has_one_interview_in_force(world: World) -> None:
    refused(world, "uq_interview_live", book(shift="interval '9 days'"), id=booked(world))


def test_an_interview_is_somewhere_and_some_time(world: World) -> None:
    interview = booked(world)
    refused(world, "ck_interview_somewhere", "UPDATE interview SET place = '' WHERE id = :id", id=interview)
    refused(
        world,
        "ck_interview_during",
        "UPDATE interview SET during = tstzrange(lower(during), lower(during)) WHERE id = :id",
        id=interview,
    )


def test_an_evaluator_is_in_one_place_at_a_time_also_when_an_interview_moves(world: World) -> None:
    first = booked(world)
    other = world.candidacy(Step.INTERVIEW_SCHEDULED, world.candidate("autre")).number
    second = one(
        world, "SELECT i.id FROM interview i JOIN candidacy c ON c.id = i.candidacy_id WHERE c.number = :n", n=other
    )
    refused(
        world,
        "ex_interview_evaluator",
        "UPDATE interview SET during = (SELECT during FROM interview WHERE id = :first), place = 'x' WHERE id = :id",
        first=first,
        id=second,
    )
    run(world, "UPDATE interview SET live = false, ended = 'cancelled' WHERE id = :id", id=first)
    run(
        world,
        "UPDATE interview SET during = (SELECT during FROM interview WHERE id = :first), place = 'x' WHERE id = :id",
        first=first,
        id=second,
    )


def test_two_planners_book_the_same_evaluators_at_once_exactly_one_wins(world: World) -> None:
    numbers = [world.candidacy(Step.INTERVIEW_PENDING, world.candidate(f"c{n}")).number for n in range(4)]
    planner = world.cast.actor("planificateur", Role.PLANNER)
    people = [world.cast.people["evaluateur1"], world.cast.people["evaluateur2"]]
    starts_at = world.clock() + timedelta(days=30)
    together = Barrier(len(numbers))

    def given(session: Any, candidacy: Any) -> Given:
        commission = planning.commission(session, candidacy, people)
        place = f"Salle {candidacy.number}"
        return Given(slot=SlotFacts(starts_at, starts_at + timedelta(hours=1), place, "", commission))

    def attempt(number: str) -> str:
        together.wait(30)
        try:
            perform(world.services, planner, number, Action.SCHEDULE_INTERVIEW, given)
        except InputRefused as sentence:
            return str(sentence)
        return "booked"

    with ThreadPoolExecutor(len(numbers)) as pool:
        answers = sorted(pool.map(attempt, numbers))
    assert answers.count("booked") == 1
    assert answers[:-1] == ["Un évaluateur de cette commission est déjà pris à cette heure-là."] * 3
    with world.services.database.reading() as session:
        assert len(session.scalars(select(Interview)).all()) == 1


def test_two_planners_plan_the_same_candidate_at_once_exactly_one_wins(world: World) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    planner = world.cast.actor("planificateur", Role.PLANNER)
    together = Barrier(2)

    def attempt(days: int) -> bool:
        starts_at = world.clock() + timedelta(days=days)
        people = [world.cast.people["evaluateur1"], world.cast.people["evaluateur3"]]

        def given(session: Any, candidacy: Any) -> Given:
            commission = planning.commission(session, candidacy, people)
            return Given(slot=SlotFacts(starts_at, starts_at + timedelta(hours=1), "Salle", "", commission))

        together.wait(30)
        try:
            perform(world.services, planner, number, Action.SCHEDULE_INTERVIEW, given)
        except ActionRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (20, 30))) == [False, True]


def test_a_refusal_has_its_reason_and_a_signature_stays(world: World) -> None:
    world.candidacy(Step.JURY_PENDING)
    refused(world, "ck_assessment_reason_when_not_acquired", "UPDATE assessment SET acquired = false")
    for statement in (
        "UPDATE assessment_signature SET text_hash = repeat('0', 64)",
        "DELETE FROM assessment_signature",
    ):
        restricted(world, statement)


def restricted(world: World, statement: str) -> None:
    """The statement is refused by a trigger that keeps what was done."""
    with pytest.raises(DBAPIError) as caught:
        run(world, statement)
    assert isinstance(caught.value.orig, psycopg.errors.RestrictViolation)


# Juries


_PRONOUNCE = """
    INSERT INTO decision (candidacy_id, session_id, round, outcome, pronounced_at, pronounced_by, sat,
            revoked_ground, revoked_reason)
    SELECT e.candidacy_id, e.session_id, 1, 'certified', now(), :by, '[]', '', ''
      FROM enrolment e WHERE e.live
"""
_PRONOUNCE_ON = _PRONOUNCE.replace(
    "WHERE e.live", "WHERE e.candidacy_id = (SELECT id FROM candidacy WHERE number = :number)"
)
_SIT = """INSERT INTO jury_seat (session_id, person_id, college, union_name, temporary_work, votes, present, president,
        employers_body, qualification, qualified, substitute, absence_reason)
    SELECT j.id, p.id, '{college}', '{union}', {temporary}, {votes}, true, false, '', '', true, {substitute}, ''
      FROM jury_session j CROSS JOIN person p
     WHERE j.centre_id = p.centre_id AND p.email LIKE '{who}' AND NOT EXISTS
           (SELECT FROM jury_seat s WHERE s.session_id = j.id AND s.person_id = p.id)
     ORDER BY p.id LIMIT {many}"""
_LEAVES = """INSERT INTO recusal (session_id, person_id, candidacy_id, withholds, reason, recorded_at)
    SELECT e.session_id, s.person_id, e.candidacy_id, {withholds}, 'lien', now() FROM enrolment e
      JOIN jury_seat s ON s.session_id = e.session_id AND {who}"""
_ONE_EMPLOYER = "college = 'employers' AND NOT president"


def _sit(college: str, many: int = 1, union: str = "", who: str = "%@demo.example", **marks: bool) -> str:
    marked = {name: str(marks.get(name, False)).lower() for name in ("temporary", "votes", "substitute")}
    return _SIT.format(college=college, union=union, many=many, who=who, **marked)


# What is done to a lawful jury -> what the database then says.
_UNLAWFUL: dict[str, tuple[str, str]] = {
    "the session is not open": ("UPDATE jury_session SET state = 'preparation'", "the session is not open"),
    "its hour has not come": ("UPDATE jury_session SET starts_at = now() + interval '9 years'", "is not open"),
    "the candidate is put back": ("UPDATE enrolment SET live = false, ended = 'removed'", "not on the agenda"),
    "one employer does not vote": (f"UPDATE jury_seat SET votes = false WHERE {_ONE_EMPLOYER}", "parity"),
    "one employee is absent": ("UPDATE jury_seat SET present = false WHERE union_name = 'Syndicat Deux'", "parity"),
    "nobody votes": ("UPDATE jury_seat SET votes = false", "parity"),
    "no employee is there": ("UPDATE jury_seat SET present = false WHERE college = 'employees'", "parity"),
    "a member left": (_LEAVES.format(withholds="false", who="s.union_name = 'Syndicat Un'"), "parity"),
    "a member keeps from voting": (_LEAVES.format(withholds="true", who="s.union_name = 'Syndicat Un'"), "parity"),
    "the president has no vote": (
        "UPDATE jury_seat SET votes = NOT president WHERE college = 'employers';"
        " UPDATE jury_seat SET votes = false WHERE union_name = 'Syndicat Deux'",
        "who presides has no vote",
    ),
    "the president keeps from voting": (
        _LEAVES.format(withholds="true", who="(s.president OR s.union_name = 'Syndicat Deux')"),
        "who presides has no vote",
    ),
    "the president left and nobody was named": (
        _LEAVES.format(withholds="false", who="(s.president OR s.union_name = 'Syndicat Deux')"),
        "who pronounces does not preside",
    ),
    "nobody presides": ("UPDATE jury_seat SET president = false", "one president"),
    "the president is of the wrong college": (
        "UPDATE jury_seat SET president = false;"
        " UPDATE jury_seat SET president = true WHERE union_name = 'Syndicat Un'",
        "college",
    ),
    "six employers": (_sit("employers", many=4), "too many members"),
    "two of temporary work": (_sit("employers", many=2, temporary=True), "too many members"),
    "two of temporary work of one union": (_sit("employees", 2, "Syndicat Un", temporary=True), "too many members"),
    "someone is not qualified": (f"UPDATE jury_seat SET qualified = false WHERE {_ONE_EMPLOYER}", "not qualified"),
    "the candidate sits": (_sit("employers", who="candidat@demo.example"), "nobody judges their own case"),
    "a substitute in nobody's place": (f"UPDATE jury_seat SET substitute = true WHERE {_ONE_EMPLOYER}", "substitute"),
    "a voter declared a link": (
        """INSERT INTO independence_declaration (person_id, candidacy_id, linked, nature, declared_at)
           SELECT s.person_id, e.candidacy_id, true, 'voisins', now() FROM enrolment e
             JOIN jury_seat s ON s.session_id = e.session_id WHERE e.live AND s.union_name = 'Syndicat Un'""",
        "a voter declared a link",
    ),
}


@pytest.fixture
def sitting(world: World) -> World:
    """A lawful jury at the table, one candidate before it."""
    world.candidacy(Step.JURY_SCHEDULED)
    run(world, "UPDATE jury_session SET state = 'open', opened_at = starts_at")
    return world


@pytest.mark.parametrize("why", list(_UNLAWFUL))
def test_an_unlawful_jury_pronounces_nothing(sitting: World, why: str) -> None:
    done, said = _UNLAWFUL[why]
    for statement in done.split(";"):
        run(sitting, statement)
    number = sitting.stories[0].number
    president = sitting.cast.people["jury-employeurs"]
    refused(sitting, "ck_decision_lawful_jury", _PRONOUNCE_ON, said, by=president, number=number)


def test_who_does_not_sit_pronounces_nothing(sitting: World) -> None:
    refused(sitting, "ck_decision_lawful_jury", _PRONOUNCE, by=sitting.cast.people["secretaire"])


def test_a_lawful_jury_pronounces_once_and_for_good(sitting: World) -> None:
    president = sitting.cast.people["jury-employeurs"]
    run(sitting, _PRONOUNCE, by=president)
    refused(sitting, "uq_decision_in_force", _PRONOUNCE, by=president)
    for statement in (
        "UPDATE decision SET outcome = 'not_validated'",
        "UPDATE decision SET pronounced_at = now() - interval '1 day'",
        "DELETE FROM decision",
    ):
        restricted(sitting, statement)
    refused(sitting, "ck_decision_revoked_with_reason", "UPDATE decision SET revoked_at = now()")
    run(sitting, "UPDATE decision SET revoked_at = now(), revoked_reason = 'erreur de droit'")
    restricted(sitting, "UPDATE decision SET revoked_reason = 'autre motif'")


def test_the_blocks_of_a_decision_are_kept_and_follow_the_votes(sitting: World) -> None:
    run(sitting, _PRONOUNCE, by=sitting.cast.people["jury-employeurs"])
    votes = """
        INSERT INTO block_decision (decision_id, block_id, acquired, decided, employers_for, employers_against,
            employers_abstained, employees_for, employees_against, employees_abstained, president_decided, reason)
        SELECT d.id, (SELECT min(id) FROM block), {acquired}, 'vote', {votes}, {tie}, '' FROM decision d
    """

    def vote(acquired: bool, counted: str, tie: bool = False) -> str:
        return votes.format(acquired=acquired, votes=counted, tie=tie)

    refused(sitting, "ck_block_decision_follows_the_votes", vote(True, "0, 2, 0, 1, 1, 0"))
    refused(sitting, "ck_block_decision_president_on_a_tie_only", vote(True, "2, 0, 0, 1, 1, 0", tie=True))
    refused(sitting, "ck_block_decision_parity", vote(True, "2, 0, 0, 1, 0, 0"))
    run(sitting, vote(True, "2, 0, 0, 0, 2, 0", tie=True))
    restricted(sitting, "UPDATE block_decision SET acquired = false")
    restricted(sitting, "DELETE FROM block_decision")


def test_a_union_votes_once_and_one_person_presides(sitting: World) -> None:
    change: Callable[[str], str] = "UPDATE jury_seat SET {} WHERE person_id = :id".format
    refused(
        sitting,
        "uq_jury_seat_union_vote",
        change("union_name = 'SYNDICAT UN'"),
        id=sitting.cast.people["jury-salaries2"],
    )
    run(sitting, change("union_name = 'SYNDICAT UN', votes = false"), id=sitting.cast.people["jury-salaries2"])
    refused(sitting, "uq_jury_seat_president", change("president = true"), id=sitting.cast.people["jury-employeurs2"])
    refused(
        sitting, "ck_jury_seat_union_of_an_employee", change("union_name = ''"), id=sitting.cast.people["jury-salaries"]
    )


def test_a_session_closes_with_its_minutes_and_no_candidacy_is_in_two(sitting: World) -> None:
    refused(sitting, "ck_jury_session_minutes_when_closed", "UPDATE jury_session SET state = 'closed'")
    refused(
        sitting,
        "uq_enrolment_live",
        """INSERT INTO enrolment (session_id, candidacy_id, live, ended, ended_reason, enrolled_at)
           SELECT session_id, candidacy_id, true, '', '', now() FROM enrolment""",
    )
