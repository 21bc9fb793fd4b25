"""Nobody is in two places at once: two people book at the same instant, again and again, on real PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.support.builders import World
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused, InputRefused, StaleForm
from vae_portal.persistence.queries import planning
from vae_portal.persistence.tables import Candidacy, Interview, PersonRole, Qualification, Room
from workflows import clocks
from workflows.facts import Given, SlotFacts
from workflows.vocabulary import Action, Role, Step

TRIES = 200
FIRST_DAY = 30  # after the notice
SENTENCES = ("est déjà prise", "est déjà convoqué", "est déjà pris", "est déjà planifié")


@pytest.mark.slow
def test_two_at_once_never_both(world: World) -> None:
    """What they share changes with each try: an evaluator, the room, the place, or a candidate who evaluates."""
    numbers = [world.candidacy(Step.INTERVIEW_PENDING).number]
    numbers.append(world.candidacy(Step.INTERVIEW_PENDING, world.candidate("candidat2")).number)
    rooms, people = _prepared(world)
    one, two, three, four = (people[local] for local in ("evaluateur1", "evaluateur2", "evaluateur3", "planificateur"))
    candidate = people["candidat"]
    shares = {
        "an evaluator": (((one, two), rooms[0], "A"), ((one, three), rooms[1], "B")),
        "both, the other way round": (((one, two), rooms[0], "A"), ((two, one), rooms[1], "B")),
        "the room": (((one, two), rooms[0], "A"), ((three, four), rooms[0], "B")),
        "the place": (((one, two), None, "Salle 1"), ((three, four), None, "SALLE 1")),
        "the candidate, who evaluates": (((one, two), rooms[0], "A"), ((three, candidate), rooms[1], "B")),
    }
    planner = world.cast.actor("planificateur", Role.PLANNER)
    outcomes: Counter[str] = Counter()
    for rank in range(TRIES):
        names = list(shares)
        share = shares[names[rank % len(names)]]
        starts_at = _hour(world, rank)
        told = _at_once(world, planner, numbers, share, starts_at)
        booked = sum(one == "booked" for one in told)
        assert booked == 1, (names[rank % len(names)], told)
        refusal = next(one for one in told if one != "booked")
        assert any(sentence in refusal for sentence in SENTENCES), refusal
        outcomes[refusal] += 1
        _free(world)
    assert sum(outcomes.values()) == TRIES
    assert len(outcomes) >= 2


def _prepared(world: World) -> tuple[list[int], dict[str, int]]:
    """Two rooms; a planner and a candidate who evaluate too, everyone qualified."""
    people = world.cast.people
    with world.services.database.writing() as session:
        rooms = [Room(centre_id=world.cast.centre_id, kind="room", name=n, address="Ici") for n in ("R1", "R2")]
        session.add_all(rooms)
        session.add_all(PersonRole(person_id=people[who], role="evaluator") for who in ("candidat", "planificateur"))
        certification = session.scalars(select(Qualification.certification_id)).first()
        session.add(Qualification(person_id=people["planificateur"], certification_id=certification))
    return [room.id for room in rooms], people


def _hour(world: World, rank: int) -> datetime:
    day = clocks.civil_date(world.clock()) + timedelta(days=FIRST_DAY + rank)
    return clocks.midnight(day) + timedelta(hours=10)


def _at_once(world: World, planner, numbers, share, starts_at) -> list[str]:  # type: ignore[no-untyped-def]
    ready, told = threading.Barrier(2), ["", ""]

    def book(rank: int) -> None:
        people, room, place = share[rank]

        def given(session: Session, candidacy: Candidacy) -> Given:
            # Slots overlap without being the same.
            begins = starts_at + timedelta(minutes=15 * rank)
            commission = planning.commission(session, candidacy, people)
            return Given(slot=SlotFacts(begins, begins + timedelta(hours=1), place, "", commission, room))

        ready.wait()
        try:
            perform(world.services, planner, numbers[rank], Action.SCHEDULE_INTERVIEW, given)
            told[rank] = "booked"
        except (InputRefused, ActionRefused, StaleForm) as refusal:
            told[rank] = str(refusal)
        except Exception as fault:
            told[rank] = repr(fault)

    threads = [threading.Thread(target=book, args=(rank,)) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return told


def _free(world: World) -> None:
    """Both wait again: what was booked is undone under the rules' feet, to try again at once."""
    with world.services.database.writing() as session:
        assert len(session.scalars(select(Interview).where(Interview.live)).all()) == 1
        session.execute(text("UPDATE interview SET live = false, ended = 'cancelled' WHERE live"))
        session.execute(text("UPDATE candidacy SET step = 'interview_pending' WHERE step = 'interview_scheduled'"))
