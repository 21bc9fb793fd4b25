"""More than a thousand random acts, legal and illegal, on the real database: no forbidden step is ever reached."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import func, select

from tests.support.builders import World
from tests.workflows.test_table import TRANSCRIPTION
from vae_portal.actions import independence, review
from vae_portal.actions.perform import perform
from vae_portal.demonstration import contents, sittings
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.errors import PortalError
from vae_portal.persistence.journal import candidacy_chain
from vae_portal.persistence.queries import juries
from vae_portal.persistence.tables import Candidacy, JournalRow, JurySession
from workflows import assessment
from workflows.facts import (
    CLOCK_ACTOR,
    Actor,
    BallotFacts,
    BlockDecisionFacts,
    BlockOpinion,
    Given,
    SlotFacts,
    VerdictFacts,
)
from workflows.vocabulary import Action, Decided, Ground, Role, SessionState, Step

EXAMPLES, ACTS = 9, 40
MOVES = {(a.value, s) for a in Action for s in Step if s.value in TRANSCRIPTION[a.value][1].split()}
UNHELPFUL = (
    "withdraw",
    "cancel_interview",
    "record_absence",
    "ask_supplement",
    "declare_inadmissible",
    "remove_from_jury",
)
tally: Counter[str] = Counter()


class Walk(RuleBasedStateMachine):
    """One candidacy pushed at random; whoever asks, whatever they give, at whatever time."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        tally["walks"] += 1
        name = self.world.candidate(f"walker{tally['walks']}")
        self.story = Story(self.world.services, self.world.cast, StoryClock(self.world.services.clock()), name)
        self.story.begin()
        with self.world.services.database.reading() as session:
            found = session.scalars(select(Candidacy.id).where(Candidacy.number == self.story.number)).one()
        self.chain = candidacy_chain(found)
        self.actors = _everyone(self.world, self.story)
        self.sessions: list[int] = []
        self.unsigned = True  # each text that is written anew takes the signatures away
        self.seen = self.state()

    def state(self) -> tuple[str, int, int]:
        """Step, revision and length of the candidacy's chain."""
        with self.world.services.database.reading() as session:
            told = select(func.count()).where(JournalRow.chain == self.chain).scalar_subquery()
            wanted = select(Candidacy.step, Candidacy.revision, told).where(Candidacy.number == self.story.number)
            step, revision, length = session.execute(wanted).one()
            return step, revision, length

    def attempt(self, action: Action, actor: Actor, given: Any) -> None:
        """Tries one act: it follows the specification and leaves its row, or nothing at all has changed."""
        before, revision, length = self.seen
        try:
            perform(self.story.services, actor, self.story.number, action, given)
        except PortalError as refusal:
            tally["refused"] += 1
            assert str(refusal).strip(), "a refusal says why"
            assert self.state() == self.seen, "a refusal changes nothing"
            return
        tally["done"] += 1
        tally[action.value] += 1
        self.unsigned |= action is Action.ASSESS
        after, new_revision, new_length = self.state()
        assert (action.value, before) in {(a, s.value) for a, s in MOVES}
        allowed = TRANSCRIPTION[action.value][2].replace("=", before).split()
        if action is Action.PRONOUNCE:
            allowed = ["certified", "partially_validated", "not_validated"]
        assert after in allowed
        assert (new_revision, new_length) == (revision + 1, length + 1)
        self.seen = (after, new_revision, new_length)

    @rule(acts=st.lists(st.tuples(st.sampled_from(list(Action)), st.integers(0, 10), st.integers(0, 5)), min_size=4))
    def anything(self, acts: list[tuple[Action, int, int]]) -> None:
        """Any acts by anyone with anything."""
        for action, who, gift in acts:
            if action is Action.WITHDRAW and gift:
                continue  # most walks go on
            with self._something_to_ask(action):
                self.attempt(action, self.actors[who % len(self.actors)], self.gift(action, gift))

    @contextmanager
    def _something_to_ask(self, action: Action) -> Iterator[None]:
        """A piece is noted missing while a supplement is tried, and no longer when nobody asked for it."""
        if action is not Action.ASK_SUPPLEMENT or self.seen[0] != Step.ADMISSIBILITY_REVIEW:
            yield
            return
        said = (self.story.services, self.story.advisor, self.story.number)
        noted = review.note_missing(*said, "experience_proof", "Contrat", "Il manque.")
        self.seen = self.state()
        yield
        if self.seen[0] == Step.ADMISSIBILITY_REVIEW:
            review.forget_missing(*said, noted)
            self.seen = self.state()

    @rule(gifts=st.lists(st.sampled_from([4, 5, 4, 1, 0, 2]), min_size=2, max_size=6), favourite=st.integers(0, 3))
    def onwards(self, gifts: list[int], favourite: int) -> None:
        """Acts that each step allows, by who may do them, with what is done between acts, so that walks go far."""
        for turn, gift in enumerate(gifts):
            self._help_along()
            step = Step(self.seen[0])
            possible = sorted(a for a, s in MOVES if s is step and a not in UNHELPFUL)
            if not possible:
                return
            action = Action(possible[(favourite + turn) % len(possible)])
            able = [a for a in self.actors if a.roles & _roles(action)]
            actor = able[(favourite + turn + gift) % len(able)]  # a row may name several roles
            self.attempt(action, actor, self.gift(action, gift))

    def _help_along(self) -> None:
        """Evidence given, the slot reached, the text signed, a session convened or opened, conformity checked."""
        helpers = {
            "dossier_preparation": self._describe,
            "dossier_incomplete": self._describe,
            "interview_scheduled": self._come,
            "evaluation": self._sign,
            "jury_pending": self._session,
            "jury_scheduled": self._open,
            "partially_validated": self._release,
            "not_validated": self._release,
        }
        if self.seen[0] in helpers:
            helpers[self.seen[0]]()
            self.seen = self.state()

    @rule(days=st.sampled_from([0, 1, 16, 25, 70]))
    def time_passes(self, days: int) -> None:
        """Days go by."""
        self.story.clock.wait(days=days, hours=1)

    def gift(self, action: Action, which: int) -> Given | Callable[..., Given]:
        """What is given: nothing, or something more or less fitting."""
        if which == 0:
            return Given()
        lacking = ("C7",) if which == 1 else ()
        return lambda session, candidacy: Given(
            reason="Une raison écrite.",
            named=(("C1", "à préciser"),),
            answer_by=self.story.clock.now.date() + timedelta(days=20),
            opinions=tuple(BlockOpinion(block.code, "aucun") for block in candidacy.version.blocks),
            sworn=which != 2,
            excused=which % 2 == 0,
            slot=self._slot(session, candidacy, which) if "interview" in action.value else None,
            verdicts=tuple(
                VerdictFacts(f"C{n}", f"C{n}" not in lacking, "manque", "vu", "projects") for n in range(1, 9)
            ),
            session=self._jury(session),
            decisions=_decisions(candidacy, which),
            ground=Ground.ERROR_OF_LAW,
        )

    def _slot(self, session: Any, candidacy: Candidacy, which: int) -> SlotFacts:
        from_now = {1: 2, 2: 20}.get(which, 20 + tally["done"] % 40)
        start = self.story.clock.now + timedelta(days=from_now, minutes=tally["walks"] * 61 % 600)
        with_whom = [self.world.cast.people[p] for p in ("evaluateur1", "evaluateur2")[: 1 if which == 3 else 2]]
        people = contents.people_of(session, with_whom)
        evaluators = contents.hearings.evaluator_facts(session, candidacy, people)
        return SlotFacts(start, start + timedelta(minutes=30), f"Salle {self.story.number}", evaluators=evaluators)

    def _jury(self, session: Any) -> Any:
        if not self.sessions:
            return None
        return juries.facts(juries.visible_session(session, self.story.secretary, self.sessions[-1]))

    def _describe(self) -> None:
        contents.dossier(self.story.services, self.world.cast, self.story.candidate, self.story.number, without=())

    def _come(self) -> None:
        self.story.clock.wait(days=61)
        for evaluator in self.story.evaluators:
            with suppress(PortalError):  # who is not of that commission has nothing to declare
                independence.declare(self.story.services, evaluator, self.story.number, False, "")

    def _sign(self) -> None:
        heard = self.story.heard()
        if heard is not None and not assessment.together(heard):
            self.story.judge_alone(("C7",))
        if self.unsigned:
            self.story.sign()
        self.unsigned = False

    def _session(self) -> None:
        self.sessions.append(self._convened())

    def _convened(self) -> int:
        then, people = self.story.clock.now, self.world.cast.people
        return sittings.convene(self.story.services, self.story.secretary, people, then, then + timedelta(days=1))

    def _open(self) -> None:
        with self.world.services.database.reading() as session:
            starts_at = session.get_one(JurySession, self.sessions[-1]).starts_at
        self.story.clock.at(max(self.story.clock.now, starts_at + timedelta(minutes=1)))
        sittings.open_session(self.story.services, self.story.secretary, self.sessions[-1])
        sittings.check_conformity(self.story.services, self.story.secretary, self.story.number, self.sessions[-1])

    def _release(self) -> None:
        """The session is closed and its results released, so that the candidate may resume."""
        with self.world.services.database.reading() as session:
            row = session.get_one(JurySession, self.sessions[-1])
        if row.released_at is not None:
            return
        then = self.story.clock.now
        with suppress(PortalError):  # whoever presides may not be who can
            if row.state == SessionState.OPEN.value:
                sittings.close_session(self.story.services, self.story.secretary, row.id, then)
            sittings.release_results(self.story.services, self.story.president, row.id, then)


def _roles(action: Action) -> set[Role]:
    named = {Role(code) for code in TRANSCRIPTION[action.value][0].split()}
    return named | ({Role.JURY_MEMBER} if Role.JURY_PRESIDENT in named else set())


def _everyone(world: World, story: Story) -> list[Actor]:
    cast = world.cast
    return [
        story.candidate,
        story.advisor,
        cast.actor("conseiller2", Role.ADVISOR),
        story.planner,
        story.president,
        *story.evaluators,
        cast.actor("jury-salaries", Role.JURY_MEMBER),
        story.secretary,
        story.administrator,
        CLOCK_ACTOR,
    ]


def _decisions(candidacy: Candidacy, which: int) -> tuple[BlockDecisionFacts, ...]:
    tied = BallotFacts(in_favour=1, against=1)
    return tuple(
        BlockDecisionFacts(
            block=block.code,
            decided=Decided.VOTE if which == 4 else Decided.CONSENSUS,
            acquired=not (which == 5 and block.code == "BC3"),
            employers=tied,
            employees=tied,
            president_in_favour=which == 4,
            reason="Décidé en séance.",
        )
        for block in candidacy.version.blocks
    )


@pytest.mark.slow
def test_no_walk_leaves_the_table(world: World) -> None:
    """More than a thousand acts; how many were done and refused is printed."""
    Walk.world = world
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=ACTS,
            deadline=None,
            phases=[Phase.generate],  # a failing walk is read as it is: shrinking it would take minutes
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    sys.stdout.write(f"{dict(tally)}\n")
    assert tally["done"] > 100, "walks go far"
    assert tally["done"] + tally["refused"] > 1000
    assert tally["done"] > 200, "walks go somewhere"
    assert tally["pronounce"] > 0, "some walks reach a decision"
