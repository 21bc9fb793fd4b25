"""Votes on each one's own screen: opened on a block, cast by each voter for themselves, counted once all have voted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.actions import sessions
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, juries
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Ballot, Candidacy, Enrolment, JurySession, VoteBox
from workflows import composition, jury, votes
from workflows.facts import Actor, BoxFacts, Facts, Given, SessionFacts
from workflows.vocabulary import Choice, Role, Step

NO_VOTE = "Aucun vote n'est ouvert sur ce bloc : relisez la page."


@dataclass(frozen=True, slots=True)
class Voting:
    """One candidate's case while votes are taken, all of it locked."""

    services: Services
    actor: Actor
    session: Session
    candidacy: Candidacy
    enrolment: Enrolment
    row: JurySession
    facts: Facts

    @property
    def jury(self) -> SessionFacts:
        """The session as the rules see it."""
        if self.facts.session is None:
            raise ValueError("an enrolled candidacy has a session")
        return self.facts.session

    def box(self, block: str) -> BoxFacts:
        """The vote on a block; raises ActionRefused when there is none."""
        found = votes.box_on(self.jury, block)
        if found is None:
            raise ActionRefused(NO_VOTE)
        return found

    def note(self, event: str, box_id: int, block: str) -> None:
        """The journal says that it was done and by whom, never a choice."""
        self.session.flush()
        told = {"session": self.row.id, "box": box_id, "block": block}
        chain = journal.candidacy_chain(self.candidacy.id)
        journal.record(self.session, chain, event, self.actor.person_id, self.services.clock(), told)


def conducts(session: SessionFacts, actor: Actor) -> bool:
    """Whether an actor conducts the votes on a candidate: the jury's secretary, or who presides for that candidate."""
    chair = composition.presiding(session)
    return Role.JURY_SECRETARY in actor.roles or (chair is not None and chair.person_id == actor.person_id)


def open_vote(services: Services, actor: Actor, number: str, revision: int, block: str) -> None:
    """Puts a block to the vote; the jury must be lawful for this candidate."""
    with _conducting(services, actor, number, revision) as case:
        refusal = jury.session_valid(case.facts, actor, services.clock(), Given())
        if refusal:
            raise ActionRefused(refusal)
        if block not in case.facts.targeted:
            raise ActionRefused("Ce bloc n'est pas demandé : le jury ne vote que sur les blocs visés.")
        if votes.box_on(case.jury, block):
            raise ActionRefused(f"{block} : un vote a déjà été ouvert sur ce bloc.")
        ids = {b.code: b.id for b in case.candidacy.version.blocks}
        row = VoteBox(
            enrolment_id=case.enrolment.id, block_id=ids[block], opened_by=actor.person_id, opened_at=services.clock()
        )
        case.session.add(row)
        case.session.flush()
        case.note("vote_opened", row.id, block)


def cast(services: Services, actor: Actor, number: str, block: str, choice: Choice) -> None:
    """A voter's own vote; they may change their mind until it is counted [choice]."""
    with _case(services, actor, number) as case:
        box = case.box(block)
        if box.counted is not None:
            raise ActionRefused(f"{block} : ce vote est compté, il ne change plus.")
        if actor.person_id not in {seat.person_id for seat in composition.voters(case.jury)}:
            raise ActionRefused("Seuls les membres qui siègent avec voix pour ce candidat votent.")
        told = {"choice": choice.value, "cast_at": services.clock()}
        row = insert(Ballot).values(box_id=box.box_id, person_id=actor.person_id, **told)
        case.session.execute(row.on_conflict_do_update(index_elements=["box_id", "person_id"], set_=told))
        case.note("vote_cast", box.box_id, block)


def count(services: Services, actor: Actor, number: str, revision: int, block: str) -> None:
    """Ends a vote once every voter has voted; from then on its sums by college are shown."""
    with _conducting(services, actor, number, revision) as case:
        box = case.box(block)
        if box.counted is not None:
            raise ActionRefused(f"{block} : ce vote est déjà compté.")
        refusal = jury.session_valid(case.facts, actor, services.clock(), Given())
        if refusal:
            raise ActionRefused(refusal)
        missing = votes.who_has_not_voted(case.jury, box)
        if missing:
            raise ActionRefused(f"{block} : n'ont pas encore voté {', '.join(seat.name for seat in missing)}.")
        row = case.session.get_one(VoteBox, box.box_id)
        row.ended_at = services.clock()
        row.counted = sorted(seat.person_id for seat in composition.voters(case.jury))
        case.note("vote_counted", box.box_id, block)


def give_up_vote(services: Services, actor: Actor, number: str, revision: int, block: str) -> None:
    """The vote is given up and kept; another may be opened, or the block decided at the table."""
    with _conducting(services, actor, number, revision) as case:
        box = case.box(block)
        refusal = votes.giving_up_refusal(case.jury, box)
        if refusal:
            raise ActionRefused(refusal)
        row = case.session.get_one(VoteBox, box.box_id)
        row.ended_at, row.given_up = row.ended_at or services.clock(), True
        case.note("vote_given_up", box.box_id, block)


@contextmanager
def _conducting(services: Services, actor: Actor, number: str, revision: int) -> Iterator[Voting]:
    """By the secretary or who presides, on the session as the page showed it."""
    with _case(services, actor, number) as case:
        if not conducts(case.jury, actor):
            raise ActionRefused("Seuls le secrétariat du jury et la personne qui préside peuvent le faire.")
        if case.row.revision != revision:
            raise StaleForm(sessions.CHANGED)
        case.row.revision += 1
        yield case


@contextmanager
def _case(services: Services, actor: Actor, number: str) -> Iterator[Voting]:
    """The candidacy first, then the session, as every act on both: two of them never wait for each other in a ring."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        if candidacy.person_id == actor.person_id:
            raise NotVisible("Nul ne prend part au vote du jury qui se prononce sur soi.")
        enrolment = juries.enrolment_of(session, candidacy.id)
        if enrolment is None or candidacy.step != Step.JURY_SCHEDULED.value:
            raise ActionRefused("La candidature n'est plus inscrite à une session.")
        row = juries.visible_session(session, actor, enrolment.session_id, lock=True)
        facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
        yield Voting(services, actor, session, candidacy, enrolment, row, facts)
