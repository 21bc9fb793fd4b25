"""Which candidacies a viewer may see; every read and every act on one begins here."""

from __future__ import annotations

from sqlalchemy import Select, exists, false, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.elements import ColumnElement

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import known
from vae_portal.persistence.tables import (
    Block,
    Candidacy,
    CertificationVersion,
    Decision,
    Enrolment,
    Interview,
    InterviewEvaluator,
    JurySeat,
    Person,
)
from workflows.facts import Actor
from workflows.vocabulary import Role
from workflows.who_may_do_what import STAFF


def visible(viewer: Actor) -> Select[Candidacy]:
    """Candidacies the viewer may know of: their own; their centre's once sent, for staff; those they sit for."""
    if Role.CLOCK in viewer.roles:
        return select(Candidacy)
    ways = [Candidacy.person_id == viewer.person_id if Role.CANDIDATE in viewer.roles else false()]
    if viewer.roles & set(STAFF):
        ways.append(_sent_to(viewer))
    if Role.EVALUATOR in viewer.roles:
        ways.append(
            exists(
                select(InterviewEvaluator.person_id)
                .join(Interview, Interview.id == InterviewEvaluator.interview_id)
                .where(
                    Interview.candidacy_id == Candidacy.id,
                    InterviewEvaluator.live,
                    InterviewEvaluator.person_id == viewer.person_id,
                )
            )
        )
    if Role.JURY_MEMBER in viewer.roles:
        pronounced = exists(
            select(Decision.id).where(
                Decision.candidacy_id == Candidacy.id,
                Decision.session_id == Enrolment.session_id,
                Decision.round == Candidacy.round,
            )
        )
        ways.append(
            exists(
                select(JurySeat.id)
                .join(Enrolment, Enrolment.session_id == JurySeat.session_id)
                .where(
                    Enrolment.candidacy_id == Candidacy.id,
                    or_(Enrolment.live, pronounced),
                    JurySeat.person_id == viewer.person_id,
                )
            )
        )
    return select(Candidacy).where(or_(*ways))


def worked_on(viewer: Actor) -> Select[Candidacy]:
    """What staff of a centre work on: the requests it was sent, but not their own."""
    if not viewer.roles & set(STAFF):
        return select(Candidacy).where(false())
    return select(Candidacy).where(_sent_to(viewer), Candidacy.person_id != viewer.person_id)


def _sent_to(viewer: Actor) -> ColumnElement[bool]:
    return (Candidacy.centre_id == viewer.centre_id) & Candidacy.submitted_on.is_not(None)


def by_number(session: Session, viewer: Actor, number: str) -> Candidacy:
    """One candidacy with its person, centre and certification; raises NotVisible, whether it exists or not."""
    found = session.scalars(visible(viewer).where(Candidacy.number == number).options(*WHOLE)).unique().one_or_none()
    if found is None:
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    known.to(session, viewer, [found])
    return found


def lock(session: Session, viewer: Actor, number: str) -> Candidacy:
    """The same, its row locked until the transaction ends: two acts on one candidacy follow each other."""
    statement = visible(viewer).where(Candidacy.number == number).with_for_update(of=Candidacy)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    if (
        found.person_id == viewer.person_id
    ):  # two requests of one person follow each other: the yearly limits count them
        session.execute(select(Person.id).where(Person.id == found.person_id).with_for_update(key_share=True))
    whole = session.scalars(select(Candidacy).where(Candidacy.id == found.id).options(*WHOLE)).unique().one()
    known.to(session, viewer, [whole])
    return whole


def hold_of(session: Session, person_id: int) -> None:
    """Locks every candidacy of a person until the transaction ends, in the order of their beginning."""
    theirs = select(Candidacy.id).where(Candidacy.person_id == person_id).order_by(Candidacy.id)
    session.execute(theirs.with_for_update())


WHOLE = (
    joinedload(Candidacy.person),
    joinedload(Candidacy.centre),
    joinedload(Candidacy.advisor),
    joinedload(Candidacy.identity_verifier),
    joinedload(Candidacy.version).joinedload(CertificationVersion.certification),
    joinedload(Candidacy.version).selectinload(CertificationVersion.blocks).selectinload(Block.capabilities),
)
