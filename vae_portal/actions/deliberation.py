"""What a jury does for one candidate besides deciding: who leaves, who presides then, the check of conformity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from vae_portal.actions import recusals, sessions
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, deliberations, hearings, juries
from vae_portal.persistence.tables import Candidacy, ConformityCheck, Enrolment, JurySession, Recusal
from workflows import composition
from workflows.facts import Actor
from workflows.vocabulary import ConformityPoint, SessionState


@dataclass(frozen=True, slots=True)
class Sitting:
    """One candidate's case in a session, both locked."""

    session: Session
    candidacy: Candidacy
    enrolment: Enrolment
    row: JurySession


def recuse(services: Services, actor: Actor, number: str, revision: int, person_id: int, reason: str) -> None:
    """A member leaves for this candidate; parity is then looked at again by whoever decides."""
    reason = reason.strip()
    if not reason:
        sentence = "Indiquez pourquoi cette personne se retire."
        raise InputRefused(sentence, {"reason": sentence})
    with _sitting(services, actor, number, revision) as case:
        _member(case, person_id)
        case.session.execute(recusals.row(case.row.id, person_id, case.candidacy.id, reason, services.clock()))
        if case.enrolment.acting_president_id == person_id:
            case.enrolment.acting_president_id = None
        _note(services, actor, case, "member_recused", person=person_id)


def recall(services: Services, actor: Actor, number: str, revision: int, person_id: int) -> None:
    """A member who had left comes back for this candidate; not one whose declared link still stands."""
    with _sitting(services, actor, number, revision) as case:
        _member(case, person_id)
        if person_id in hearings.declared_linked(case.session, case.candidacy.id):
            raise ActionRefused("Cette personne a déclaré un lien avec le candidat : elle ne siège pas pour lui.")
        case.session.execute(
            delete(Recusal).where(
                Recusal.session_id == case.row.id,
                Recusal.person_id == person_id,
                Recusal.candidacy_id == case.candidacy.id,
            )
        )
        _note(services, actor, case, "member_recalled", person=person_id)


def mend_parity(services: Services, actor: Actor, number: str, revision: int) -> None:
    """Records what parity needs for this candidate: who stays without voting, and who votes again."""
    with _sitting(services, actor, number, revision) as case:
        facts = juries.facts_for(case.session, case.candidacy)
        remedy = composition.parity_remedy(facts) if facts else None
        if remedy is None:
            raise ActionRefused("Personne ne peut s'abstenir pour rétablir la parité : remettez le candidat.")
        if not remedy.abstain and not remedy.vote_again:
            raise ActionRefused("La parité est respectée pour ce candidat.")
        for seat in remedy.vote_again:
            _vote_again(services, actor, case, seat.person_id)
        for seat in remedy.abstain:
            case.session.execute(
                recusals.row(case.row.id, seat.person_id, case.candidacy.id, "Parité", services.clock(), withholds=True)
            )
            _note(services, actor, case, "vote_withheld", person=seat.person_id)


def give_back(services: Services, actor: Actor, number: str, revision: int, person_id: int) -> None:
    """A member who stayed without voting for this candidate votes again."""
    with _sitting(services, actor, number, revision) as case:
        _member(case, person_id)
        _vote_again(services, actor, case, person_id)


def _vote_again(services: Services, actor: Actor, case: Sitting, person_id: int) -> None:
    case.session.execute(
        delete(Recusal).where(
            Recusal.session_id == case.row.id,
            Recusal.person_id == person_id,
            Recusal.candidacy_id == case.candidacy.id,
            Recusal.withholds,
        )
    )
    _note(services, actor, case, "vote_given_back", person=person_id)


def name_acting_president(services: Services, actor: Actor, number: str, revision: int, person_id: int | None) -> None:
    """Who presides for this candidate while the president is absent or has left; None takes the charge back."""
    with _sitting(services, actor, number, revision) as case:
        if person_id is not None:
            seat = _member(case, person_id)
            president = next((s for s in case.row.seats if s.president), None)
            if seat.president or (president is not None and seat.college != president.college):
                raise ActionRefused("Le président suppléant est un autre membre, du même collège que le président.")
        case.enrolment.acting_president_id = person_id
        _note(services, actor, case, "acting_president_named", person=person_id)


def check_conformity(
    services: Services, actor: Actor, number: str, revision: int, points: frozenset[ConformityPoint]
) -> None:
    """The jury finds that the evaluation followed the joint rules and the référentiel (fiche): exactly these points.

    A point that was already ticked keeps who ticked it and when.
    """
    with _sitting(services, actor, number, revision) as case:
        if case.row.state != SessionState.OPEN.value:
            raise ActionRefused("Le jury constate la conformité pendant la séance.")
        ticked = {row.point for row in deliberations.conformity(case.session, case.enrolment.id)}
        for point in sorted(points - ticked):
            case.session.add(
                ConformityCheck(
                    enrolment_id=case.enrolment.id,
                    point=point.value,
                    checked_by=actor.person_id,
                    checked_at=services.clock(),
                )
            )
        case.session.execute(
            delete(ConformityCheck).where(
                ConformityCheck.enrolment_id == case.enrolment.id,
                ConformityCheck.point.in_([point.value for point in ticked - points]),
            )
        )
        for event, changed in (("conformity_checked", points - ticked), ("conformity_withdrawn", ticked - points)):
            if changed:
                _note(services, actor, case, event, points=sorted(point.value for point in changed))


def before_deciding(session: Session, actor: Actor, candidacy: Candidacy, revision: int, now: datetime) -> None:
    """Holds a session still for a decision: raises StaleForm when its composition changed since the page was shown.

    Whoever declared a link has left by the rules: the rows that say so are written, for the database counts them.
    """
    enrolment = juries.enrolment_of(session, candidacy.id)
    if enrolment is None:
        return  # the rules refuse it
    row = juries.visible_session(session, actor, enrolment.session_id, lock=True)
    if row.revision != revision:
        raise StaleForm(sessions.CHANGED)
    linked = hearings.declared_linked(session, candidacy.id)
    for person_id in sorted(linked & {s.person_id for s in row.seats}):
        session.execute(recusals.row(row.id, person_id, candidacy.id, "Lien déclaré", now))


@contextmanager
def _sitting(services: Services, actor: Actor, number: str, revision: int) -> Iterator[Sitting]:
    """The candidacy first, then the session, as every act on both: two of them never wait for each other in a ring."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        if candidacy.person_id == actor.person_id:
            raise NotVisible("Nul ne tient la plume du jury qui se prononce sur soi.")
        enrolment = juries.enrolment_of(session, candidacy.id)
        if enrolment is None:
            raise ActionRefused("La candidature n'est plus inscrite à une session.")
        row = juries.visible_session(session, actor, enrolment.session_id, lock=True)
        if not sessions.may_run(row, actor) and enrolment.acting_president_id != actor.person_id:
            raise ActionRefused("Seuls le secrétariat du jury et la personne qui préside peuvent le faire.")
        if row.state == SessionState.CLOSED.value:
            raise ActionRefused("Cette séance est close.")
        if row.revision != revision:
            raise StaleForm(sessions.CHANGED)
        row.revision += 1
        yield Sitting(session, candidacy, enrolment, row)


def _member(case: Sitting, person_id: int) -> Any:
    seat = next((s for s in case.row.seats if s.person_id == person_id), None)
    if seat is None:
        raise NotVisible("Cette personne ne siège pas dans ce jury.")
    return seat


def _note(services: Services, actor: Actor, case: Sitting, event: str, **details: Any) -> None:
    case.session.flush()
    chain = journal.candidacy_chain(case.candidacy.id)
    told = {"session": case.row.id, **details}
    journal.record(case.session, chain, event, actor.person_id, services.clock(), told)
