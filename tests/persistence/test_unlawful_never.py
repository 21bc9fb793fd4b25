"""Any sequence of a jury's acts on the real database: no decision is ever pronounced by an unlawful jury."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.support.builders import World
from tests.workflows.deliberation import chair_of, lawful
from vae_portal.actions import deliberation, sessions, voting
from vae_portal.actions.perform import perform
from vae_portal.demonstration import sittings
from vae_portal.demonstration.story import Story
from vae_portal.errors import PortalError
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy, JurySession
from workflows import votes
from workflows.facts import Actor, BlockDecisionFacts, Facts, Given, Seat
from workflows.vocabulary import Action, Choice, College, ConformityPoint, Decided, Ground, Role, Step

BLOCKS = ("BC1", "BC2", "BC3")
# Seats as the tables hold them, read without any of the code that judges them.
SEATS = text(
    """
    SELECT s.person_id, s.college, s.union_name, s.temporary_work, s.votes AND r.person_id IS NULL AS votes, s.present,
           s.qualified, s.president, s.person_id = e.acting_president_id AND NOT s.president AS acting,
           r.person_id IS NOT NULL AND NOT r.withholds AS recused
      FROM enrolment e JOIN jury_seat s ON s.session_id = e.session_id
      LEFT JOIN recusal r ON r.session_id = s.session_id AND r.person_id = s.person_id
                         AND r.candidacy_id = e.candidacy_id
     WHERE e.live AND e.candidacy_id = (SELECT id FROM candidacy WHERE number = :number) ORDER BY s.id
    """
)
tally: Counter[str] = Counter()


class Room:
    """One candidacy, its session open, and whoever acts there."""

    def __init__(self, world: World, story: Story) -> None:
        self.world, self.story = world, story
        cast = world.cast
        self.members = [cast.people[local] for local in sittings.MEMBERS]
        self.secretary = cast.actor("secretaire", Role.JURY_SECRETARY)

    def juror(self, person: int) -> Actor:
        """A member at their own screen."""
        return Actor(person, self.world.cast.centre_id, frozenset({Role.JURY_MEMBER}))

    def seats(self) -> list[Seat]:
        """Who sits, as the tables say."""
        with self.world.services.database.reading() as session:
            rows = session.execute(SEATS, {"number": self.story.number}).all()
        return [
            Seat(r.person_id, "", College(r.college), r.union_name, r.temporary_work, r.votes, r.present, r.qualified,
                 r.president, bool(r.acting), r.recused)
            for r in rows
        ]  # fmt: skip

    def facts(self) -> Facts:
        """The candidacy as the rules see it."""
        with self.world.services.database.reading() as session:
            candidacy = candidacies.by_number(session, self.secretary, self.story.number)
            return facts_of.load(session, candidacy, self.world.clock(), self.world.services.scanning)

    def session_id(self) -> int:
        """Where it is enrolled."""
        found = self.facts().session
        return found.session_id if found else 0

    def revision(self) -> int:
        """Of its session."""
        return sittings.revision(self.world.services, self.session_id())

    # What may be done: (one of the members, a small number)

    def change_seat(self, person: int, n: int) -> None:
        changed = [{"present": False}, {"present": True}, {"votes": False}, {"votes": True}, {"president": True},
                   {"temporary_work": n % 2 == 0}][n % 6]  # fmt: skip
        sessions.change_seat(self.world.services, self.secretary, self.session_id(), self.revision(), person, changed)

    def leave(self, person: int, n: int) -> None:
        seen = self.revision()
        deliberation.recuse(self.world.services, self.secretary, self.story.number, seen, person, "Lien")

    def come_back(self, person: int, n: int) -> None:
        deliberation.recall(self.world.services, self.secretary, self.story.number, self.revision(), person)

    def withhold(self, person: int, n: int) -> None:
        with self.world.services.database.writing() as session:
            session.execute(
                text(
                    "INSERT INTO recusal (session_id, person_id, candidacy_id, withholds, reason, recorded_at)"
                    " SELECT session_id, :who, candidacy_id, true, '', now() FROM enrolment WHERE live"
                    " ON CONFLICT DO NOTHING"
                ),
                {"who": person},
            )

    def preside(self, person: int, n: int) -> None:
        named = person if n % 3 else None
        seen = self.revision()
        deliberation.name_acting_president(self.world.services, self.secretary, self.story.number, seen, named)

    def tick(self, person: int, n: int) -> None:
        points = frozenset(ConformityPoint) if n % 4 else frozenset[ConformityPoint]()
        seen = self.revision()
        deliberation.check_conformity(self.world.services, self.secretary, self.story.number, seen, points)

    def open_vote(self, person: int, n: int) -> None:
        seen = self.revision()
        voting.open_vote(self.world.services, self.secretary, self.story.number, seen, BLOCKS[n % 3])

    def vote(self, person: int, n: int) -> None:
        for block in BLOCKS:
            for rank, member in enumerate(self.members):
                choice = list(Choice)[(n + rank) % 3]
                self.quietly(
                    lambda m=member, b=block, c=choice: voting.cast(
                        self.world.services, self.juror(m), self.story.number, b, c
                    )
                )
            self.quietly(
                lambda b=block: voting.count(self.world.services, self.secretary, self.story.number, self.revision(), b)
            )

    def give_up(self, person: int, n: int) -> None:
        seen = self.revision()
        voting.give_up_vote(self.world.services, self.secretary, self.story.number, seen, BLOCKS[n % 3])

    def pronounce(self, person: int, n: int) -> None:
        seats = self.seats()
        chair = chair_of(seats)
        by = chair.person_id if chair and n % 4 else person
        fit = lawful(seats, frozenset({College.EMPLOYERS}))
        tally["tried lawfully" if fit else "tried unlawfully"] += 1
        session = self.facts().session
        assert session is not None
        decisions = [
            BlockDecisionFacts(
                block,
                Decided.VOTE if votes.box_on(session, block) else Decided.CONSENSUS,
                n % 2 == 0 or None if votes.box_on(session, block) else n % 2 == 0,
                proposed=True,
                reason="Décidé en séance.",
            )
            for block in BLOCKS
        ]
        told = Given(decisions=votes.from_boxes(session, decisions))
        perform(self.world.services, self.juror(by), self.story.number, Action.PRONOUNCE, told)
        tally["pronounced"] += 1
        assert fit, f"an unlawful jury has pronounced: {seats}"
        assert chair is not None
        assert by == chair.person_id, "somebody who does not preside has pronounced"
        assert session.conformity == frozenset(ConformityPoint)

    def revoke(self, person: int, n: int) -> None:
        """And the candidacy goes to another session, which opens."""
        told = Given(reason="Erreur de droit.", ground=Ground.ERROR_OF_LAW)
        perform(self.world.services, self.juror(person), self.story.number, Action.REVOKE_DECISION, told)
        tally["revoked"] += 1
        starts_at = self.world.clock() + timedelta(days=1)
        anew = self.world.jury_session(starts_at)
        self.story.clock.at(self.world.clock())
        self.story.enrol(anew)
        self.world.clock.move_to(starts_at + timedelta(minutes=1))
        sittings.open_session(self.world.services, self.secretary, anew)

    def quietly(self, act: Callable[[], object]) -> None:
        """What is refused changes nothing."""
        try:
            act()
        except PortalError:
            tally["refused"] += 1


ACTS = ("change_seat", "leave", "come_back", "withhold", "preside", "tick", "tick", "open_vote", "vote", "give_up",
        "pronounce", "pronounce", "pronounce", "come_back", "change_seat")  # fmt: skip
ONE_ACT = st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 23))


@pytest.mark.slow
def test_no_sequence_of_acts_ends_in_a_decision_of_an_unlawful_jury(world: World) -> None:
    story = world.candidacy(Step.JURY_SCHEDULED)
    with world.services.database.reading() as session:
        row = session.scalars(select(JurySession)).one()
    world.clock.move_to(row.starts_at + timedelta(minutes=5))
    room = Room(world, story)
    sittings.open_session(world.services, room.secretary, row.id)
    assert world.kept is not None
    before, opened_at = world.kept.rows(), world.clock()

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ONE_ACT, min_size=12, max_size=24))
    def any_acts(acts: list[tuple[str, int, int]]) -> None:
        world.kept.put_back(before)  # type: ignore[union-attr]
        world.clock.move_to(opened_at)
        for name, who, n in acts:
            with world.services.database.reading() as session:
                step = session.scalars(select(Candidacy.step)).one()
            if step != Step.JURY_SCHEDULED.value:  # by whoever pronounced it
                tally["tried to revoke"] += 1
                for member in room.members:
                    room.quietly(lambda m=member, k=n: room.revoke(m, k))
                continue
            tally[name] += 1
            room.quietly(lambda act=name, w=who, k=n: getattr(room, act)(room.members[w], k))

    any_acts()
    sys.stdout.write(f"{dict(tally)}\n")
    assert tally["pronounced"] > 5
    assert tally["tried unlawfully"] > 10
    assert tally["revoked"] > 0
