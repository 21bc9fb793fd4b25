"""What a secretary or a president does to a session: prepare it, seat people, open it, close it with its minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vae_portal.actions import minutes
from vae_portal.actions.services import Services
from vae_portal.actions.sessions_rights import may_run
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts, juries, sessions
from vae_portal.persistence.tables import Certification, JurySeat, JurySession, JurySessionCertification, Person
from workflows import clocks, composition
from workflows.facts import Actor, SessionFacts
from workflows.vocabulary import College, Role, SessionState

COLLISIONS = {
    "uq_jury_seat_union_vote": "Un seul représentant par organisation syndicale vote : elle a déjà sa voix.",
    "uq_jury_seat_president": "Cette séance a déjà un président : une seule personne préside.",
    "uq_jury_seat_session_id_person_id": "Cette personne siège déjà dans ce jury.",
    "ck_jury_seat_union_of_an_employee": "Indiquez l'organisation syndicale de ce représentant des salariés.",
}
NOWHERE = "Indiquez un lieu, ou l'adresse d'une visioconférence."
CHANGED = "Quelqu'un a changé cette séance pendant ce temps : rien n'a été remplacé. Relisez-la avant de recommencer."


@dataclass(frozen=True, slots=True)
class SeatGiven:
    """How a member sits."""

    college: College
    union: str = ""
    votes: bool = True
    temporary_work: bool = False
    employers_body: str = ""
    qualification: str = ""
    qualified: bool = True
    substitute: bool = False


BEFORE_IT_OPENS = (SessionState.PREPARATION, SessionState.CONVENED)
_MARKS = ("votes", "present", "temporary_work", "president", "qualified", "substitute")
_TEXTS = {"union_name": 200, "employers_body": 200, "qualification": 500, "absence_reason": 300}


# What can be done, and why not: asked by the pages, and again within the transaction


def opening_refusal(facts: SessionFacts, now: datetime) -> str | None:
    """Why the session cannot be opened now, or None: its hour has come and its composition is lawful."""
    if facts.state not in BEFORE_IT_OPENS:
        return "La séance est déjà ouverte ou close."
    faults = composition.composition_faults(facts)
    if faults:
        return "La composition n'est pas valable : " + " ".join(faults)
    if now < facts.starts_at:
        local = facts.starts_at.astimezone(clocks.PARIS)
        return f"La séance s'ouvre à son heure, le {local:%d/%m/%Y à %H h %M}."
    return None


def closing_refusal(facts: SessionFacts, live: int) -> str | None:
    """Why the session cannot be closed now, or None: nobody on its agenda is left without an answer."""
    if facts.state is not SessionState.OPEN:
        return "Seule une séance ouverte se clôt."
    if live:
        rest = "une candidature attend" if live == 1 else f"{live} candidatures attendent"
        return f"Avant la clôture, {rest} une décision, un renvoi devant la commission ou un retrait du jury."
    return None


def facts_of(session: Session, row: JurySession) -> SessionFacts:
    """The session as the rules see it, for all the candidacies of its agenda."""
    return juries.facts(row, (line.president_college for line in sessions.agenda(session, row.id) if line.live))


# Acts


def create(
    services: Services,
    actor: Actor,
    starts_at: datetime,
    place: str = "",
    video_link: str = "",
    capacity: int | None = None,
    certifications: Collection[int] = (),
) -> int:
    """A session to come, on these certifications or on all those known; returns its id. Raises InputRefused."""
    now = services.clock()
    if starts_at <= now:
        sentence = "Choisissez une date à venir."
        raise InputRefused(sentence, {"day": sentence})
    if actor.centre_id is None:
        raise NotVisible("Cette page n'existe pas.")
    with services.database.writing() as session:
        row = JurySession(centre_id=actor.centre_id, starts_at=starts_at, place=place.strip())
        row.video_link, row.capacity = video_link.strip(), capacity
        if not row.place and not row.video_link:
            raise InputRefused(NOWHERE, {"place": NOWHERE})
        session.add(row)
        session.flush()
        pronounce_on(session, row.id, certifications or session.scalars(select(Certification.id)).all())
        note(session, services, actor, row, "session_created", starts_at=starts_at)
        return row.id


def pronounce_on(session: Session, session_id: int, certifications: Collection[int]) -> None:
    """The certifications of a session; raises InputRefused for one that the portal does not know."""
    known = set(session.scalars(select(Certification.id).where(Certification.id.in_(certifications))))
    if not known or known != set(certifications):
        sentence = "Choisissez au moins une certification dans la liste."
        raise InputRefused(sentence, {"certifications": sentence})
    session.add_all(JurySessionCertification(session_id=session_id, certification_id=c) for c in sorted(known))
    session.flush()


def seat_member(
    services: Services, actor: Actor, session_id: int, revision: int, person_id: int, given: SeatGiven
) -> None:
    """Calls someone of the centre to sit."""
    with changing(services, actor, session_id, revision) as (session, row):
        jurors = accounts.holding(row.centre_id, Role.JURY_MEMBER)
        person = session.scalars(jurors.where(Person.id == person_id)).one_or_none()
        if person is None:
            sentence = "Choisissez un membre de jury du centre dans la liste."
            raise InputRefused(sentence, {"person_id": sentence})
        union = given.union.strip() if given.college is College.EMPLOYEES else ""
        if given.college is College.EMPLOYEES and not union:
            sentence = COLLISIONS["ck_jury_seat_union_of_an_employee"]
            raise InputRefused(sentence, {"union": sentence})
        session.add(
            JurySeat(
                session_id=row.id,
                person_id=person.id,
                college=given.college.value,
                union_name=union,
                votes=given.votes,
                temporary_work=given.temporary_work,
                employers_body=given.employers_body.strip() if given.college is College.EMPLOYERS else "",
                qualification=given.qualification.strip(),
                qualified=given.qualified,
                substitute=given.substitute,
            )
        )
        session.flush()
        details = {"person": person.id, "college": given.college.value, "votes": given.votes}
        note(session, services, actor, row, "member_seated", **details)


def change_seat(
    services: Services, actor: Actor, session_id: int, revision: int, person_id: int, changed: Mapping[str, bool | str]
) -> None:
    """Changes how a member sits: with a vote or not, there or not, for whom, presiding; one president at a time."""
    with changing(services, actor, session_id, revision, by_president=True) as (session, row):
        seat = _seat(row, person_id)
        if changed.get("president"):
            session.execute(update(JurySeat).where(JurySeat.session_id == row.id).values(president=False))
            session.flush()
        for name in _MARKS:
            if name in changed:
                setattr(seat, name, bool(changed[name]))
        _write_texts(seat, changed)
        session.flush()
        marks = {name: changed[name] for name in _MARKS if name in changed}  # never a text in the journal
        note(session, services, actor, row, "seat_changed", person=person_id, **marks)


def _write_texts(seat: JurySeat, changed: Mapping[str, bool | str]) -> None:
    """For whom someone sits and on what ground; each college has its own organisation, absence alone a reason."""
    for name, most in _TEXTS.items():
        if name in changed:
            text = str(changed[name]).replace("\0", "").strip()
            if len(text) > most:
                raise InputRefused(f"Écrivez {most} caractères au plus.")
            setattr(seat, name, text)
    if seat.college == College.EMPLOYERS.value:
        seat.union_name = ""
    else:
        seat.employers_body = ""
    if seat.present:
        seat.absence_reason = ""


def remove_member(services: Services, actor: Actor, session_id: int, revision: int, person_id: int) -> None:
    """Takes someone off the jury, before it opens: afterwards, who leaves is marked absent and stays in the minutes."""
    with changing(services, actor, session_id, revision) as (session, row):
        if row.state not in BEFORE_IT_OPENS:
            raise ActionRefused("La séance est ouverte : notez la personne absente, le procès-verbal gardera son nom.")
        session.delete(_seat(row, person_id))
        session.flush()
        note(session, services, actor, row, "member_removed", person=person_id)


def open_session(services: Services, actor: Actor, session_id: int, revision: int) -> None:
    """Opens the session: only with a lawful composition, and at its hour."""
    with changing(services, actor, session_id, revision, by_president=True) as (session, row):
        refusal = opening_refusal(facts_of(session, row), services.clock())
        if refusal:
            raise ActionRefused(refusal)
        row.state, row.opened_at = SessionState.OPEN.value, services.clock()
        note(session, services, actor, row, "session_opened")


def record_incidents(services: Services, actor: Actor, session_id: int, revision: int, incidents: str) -> None:
    """Writes what happened in the room, for the minutes."""
    with changing(services, actor, session_id, revision, by_president=True) as (session, row):
        if row.state != SessionState.OPEN.value:
            raise ActionRefused("Les incidents se notent pendant la séance.")
        row.incidents = incidents.strip()
        note(session, services, actor, row, "incidents_recorded")


def close_session(services: Services, actor: Actor, session_id: int, revision: int) -> str:
    """Closes the session, draws the number of its minutes and owes them; returns that number."""
    with changing(services, actor, session_id, revision, by_president=True) as (session, row):
        agenda = sessions.agenda(session, row.id)
        refusal = closing_refusal(juries.facts(row), sum(line.live for line in agenda))
        if refusal:
            raise ActionRefused(refusal)
        deed = minutes.draw(session, services, actor, row, services.clock())
        told = {"minutes": deed.number, "deed": deed.id, "sha256": deed.sha256, "document": deed.document_id}
        note(session, services, actor, row, "session_closed", **told)
        return deed.number


# What they share


@contextmanager
def changing(
    services: Services, actor: Actor, session_id: int, revision: int, by_president: bool = False
) -> Iterator[tuple[Session, JurySession]]:
    """A transaction on a session, locked and as the form showed it; its revision grows.

    Raises NotVisible, ActionRefused for whoever does not run it or once closed, StaleForm, InputRefused when the
    database refuses two presidents or a union's second vote.
    """
    with translated(), services.database.writing() as session:
        row = juries.visible_session(session, actor, session_id, lock=True)
        allowed = may_run(row, actor) if by_president else Role.JURY_SECRETARY in actor.roles
        if not allowed:
            raise ActionRefused("Seuls le secrétariat du jury et la personne qui préside peuvent le faire.")
        if row.state == SessionState.CLOSED.value:
            raise ActionRefused("Cette séance est close : son procès-verbal ne change plus.")
        if row.revision != revision:
            raise StaleForm(CHANGED)
        row.revision += 1
        yield session, row


@contextmanager
def translated(sentences: Mapping[str, str] = COLLISIONS) -> Iterator[None]:
    """Tells in a sentence what the database's own constraints refuse."""
    try:
        yield
    except IntegrityError as refusal:
        name = getattr(getattr(refusal.orig, "diag", None), "constraint_name", None) or ""
        if name in sentences:
            raise InputRefused(sentences[name]) from refusal
        raise


def _seat(row: JurySession, person_id: int) -> JurySeat:
    seat = next((s for s in row.seats if s.person_id == person_id), None)
    if seat is None:
        raise NotVisible("Cette personne ne siège pas dans ce jury.")
    return seat


def note(session: Session, services: Services, actor: Actor, row: JurySession, event: str, **details: Any) -> None:
    """What was done to a session, on the centre's chain."""
    chain = journal.centre_chain(row.centre_id)
    journal.record(session, chain, event, actor.person_id, services.clock(), {"session": row.id, **details})
