"""Jury sessions as the rules see them, in general or as regards one candidacy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import deliberations
from vae_portal.persistence.queries.hearings import declared_linked
from vae_portal.persistence.tables import (
    Candidacy,
    Decision,
    Enrolment,
    JurySeat,
    JurySession,
    JurySessionCertification,
    Recusal,
)
from workflows.composition import may_preside
from workflows.facts import Actor, Seat, SessionFacts
from workflows.vocabulary import College, Right, SessionState
from workflows.who_may_do_what import PARTIES, RIGHTS

_WHOLE = selectinload(JurySession.seats).joinedload(JurySeat.person)


def visible(viewer: Actor) -> Select[JurySession]:
    """Sessions the viewer may know of: their centre's; for who is a member and nothing more, those where they sit."""
    statement = select(JurySession).where(JurySession.centre_id == viewer.centre_id)
    if not viewer.roles & set(RIGHTS[Right.SEE_SESSIONS].by) - set(PARTIES):
        mine = select(JurySeat.session_id).where(JurySeat.person_id == viewer.person_id)
        statement = statement.where(JurySession.id.in_(mine))
    return statement


def visible_session(session: Session, viewer: Actor, session_id: int, lock: bool = False) -> JurySession:
    """One session that the viewer may know of; raises NotVisible."""
    statement = visible(viewer).where(JurySession.id == session_id)
    if lock:
        statement = statement.with_for_update(of=JurySession).execution_options(populate_existing=True)
    found = session.scalars(statement.options(_WHOLE)).one_or_none()
    if found is None:
        raise NotVisible("Cette session n'existe pas, ou ne vous est pas ouverte.")
    return found


def to_enrol_in(session: Session, viewer: Actor, session_id: int, versions: Iterable[str] = ()) -> SessionFacts:
    """A session as enrolling sees it, held still until the act is done: its room is counted once at a time."""
    row = visible_session(session, viewer, session_id, lock=True)
    enrolled = select(func.count()).where(Enrolment.session_id == row.id, Enrolment.ended != "removed")
    return replace(
        facts(row, versions),
        certifications=certifications_of(session, row.id) or None,
        enrolled=session.scalars(enrolled).one(),
        capacity=row.capacity,
    )


def certifications_of(session: Session, session_id: int) -> frozenset[int]:
    """What a session pronounces on; nothing for one made before this was told."""
    named = select(JurySessionCertification.certification_id).where(JurySessionCertification.session_id == session_id)
    return frozenset(session.scalars(named))


def enrolment_of(session: Session, candidacy_id: int) -> Enrolment | None:
    """The live enrolment of a candidacy, or None."""
    return session.scalars(
        select(Enrolment).where(Enrolment.candidacy_id == candidacy_id, Enrolment.live)
    ).one_or_none()


def decision_in_force(session: Session, candidacy: Candidacy) -> Decision | None:
    """The decision of this round that is not revoked, with its blocks."""
    return session.scalars(
        select(Decision)
        .where(Decision.candidacy_id == candidacy.id, Decision.round == candidacy.round, Decision.revoked_at.is_(None))
        .options(selectinload(Decision.blocks))
    ).one_or_none()


def facts_for(session: Session, candidacy: Candidacy) -> SessionFacts | None:
    """The session where a candidacy is enrolled, or which pronounced, with who leaves for this candidate."""
    enrolment = enrolment_of(session, candidacy.id)
    if enrolment is not None:
        session_id, acting, pronounced_by = enrolment.session_id, enrolment.acting_president_id, None
        told_already = False
    else:
        decision = decision_in_force(session, candidacy)
        if decision is None:
            return None
        session_id, acting, pronounced_by = decision.session_id, decision.pronounced_by, decision.pronounced_by
        told_already = decision.told_at is not None
    row = session.scalars(select(JurySession).where(JurySession.id == session_id).options(_WHOLE)).one()
    stays = select(Recusal.person_id, Recusal.withholds).where(
        Recusal.session_id == session_id, Recusal.candidacy_id == candidacy.id
    )
    withholds = dict(session.execute(stays).all())
    recused = {p for p, votes_not in withholds.items() if not votes_not} | declared_linked(session, candidacy.id)
    told = facts(
        row,
        (candidacy.version.president_college,),
        recused=recused,
        withheld={p for p, votes_not in withholds.items() if votes_not},
        acting=acting,
    )
    if enrolment is not None:
        points = frozenset(row.point for row in deliberations.conformity(session, enrolment.id))
        told = replace(told, conformity=points, boxes=deliberations.boxes(session, enrolment.id))
    return replace(told, pronounced_by=pronounced_by, told=told_already)


def facts(
    row: JurySession,
    versions: Iterable[str] = (),
    recused: set[int] | None = None,
    withheld: set[int] | None = None,
    acting: int | None = None,
) -> SessionFacts:
    """A session loaded with its seats, as the rules see it; `versions` say of what college their president is."""
    return SessionFacts(
        session_id=row.id,
        starts_at=row.starts_at,
        state=SessionState(row.state),
        seats=tuple(
            Seat(
                person_id=s.person_id,
                name=s.person.full_name,
                college=College(s.college),
                union=s.union_name,
                temporary_work=s.temporary_work,
                votes=s.votes,
                present=s.present,
                qualified=s.qualified,
                president=s.president,
                acting_president=s.person_id == acting and not s.president,
                substitute=s.substitute,
                recused=s.person_id in (recused or set()),
                withholds=s.person_id in (withheld or set()),
            )
            for s in row.seats
        ),
        president_colleges=may_preside(versions),
        released=row.released_at is not None,
    )
