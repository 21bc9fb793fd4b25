"""What leaves the house after an act: the letters and mails that the table names, owed in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions import convening, letters, outbox
from vae_portal.actions.act import Act
from vae_portal.persistence import queue
from vae_portal.persistence.queries import accounts, desk
from vae_portal.persistence.tables import Candidacy, Document, Person
from workflows.facts import SlotFacts
from workflows.machine import Allowed
from workflows.vocabulary import Recipient, Role
from workflows.who_may_do_what import STAFF_LETTERS

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without what reads alike


def reference(now: datetime) -> str:
    """A document's reference: the year, then ten letters that nobody can guess."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{now.year}-{drawn[:5]}-{drawn[5:]}"


def issue_letters(act: Act, decision: Allowed) -> None:
    """Owes the documents of this outcome, their content fixed now, made by a job."""
    amended = act.inputs.get("amended", {})
    for kind in decision.letters():
        for context in letters.contexts(kind, act):
            texts = {"amended": amended[kind]} if kind in amended and kind in decision.amendable() else {}
            act.letters.append(owe(act.session, kind, act.candidacy, context | texts, act.now))


def owe(
    session: Session,
    kind: str,
    candidacy: Candidacy | None,
    context: dict[str, Any],
    now: datetime,
    centre_id: int | None = None,
    jury_session_id: int | None = None,
) -> Document:
    """One document owed: its row and its job; `context` lacks only the reference and the date, added here."""
    number = reference(now)
    document = Document(
        centre_id=candidacy.centre_id if candidacy else centre_id,
        candidacy_id=candidacy.id if candidacy else None,
        session_id=jury_session_id,
        kind=kind,
        number=number,
        context={**context, "number": number, "issued_at": now.isoformat()},
        staff_only=kind in STAFF_LETTERS,
        asked_at=now,
    )
    session.add(document)
    session.flush()
    queue.defer(session, queue.ISSUE_DOCUMENT, document_id=document.id)
    return document


def send_mails(act: Act, decision: Allowed) -> None:
    """Writes in the outbox the mails of this action, each with what goes into that person's calendar."""
    for mail in decision.rule.mails:
        for person in _recipients(act, mail.to):
            context = mail_context(act, person) | convening.page(act.services, act, person) | {"what": mail.what}
            mail_id = outbox.post(
                act.session,
                centre_id=act.candidacy.centre_id,
                to=person.email,
                template=mail.template,
                context=context,
                now=act.now,
                candidacy_id=act.candidacy.id,
                calendar=act.calendars.get(person.id),
            )
            convening.told(act, person, mail_id)


def mail_context(act: Act, person: Person) -> dict[str, Any]:
    """What every mail about a candidacy may say."""
    about = about_candidacy(act.candidacy, person, act.services.settings.base_url)
    return {**about, "reason": act.given.reason.strip(), **act.mail}


def about_candidacy(candidacy: Candidacy, person: Person, base_url: str) -> dict[str, Any]:
    """What a mail says of a candidacy whatever it tells: to whom, of which, and where to read on."""
    return {
        "person_name": person.full_name,
        "candidacy_number": candidacy.number,
        "certification_title": candidacy.version.certification.title,
        "centre_name": candidacy.centre.name,
        "candidate_name": candidacy.person.full_name,
        "link": f"{base_url}/candidatures/{candidacy.number}",
    }


def advisors_of(session: Session, candidacy: Candidacy, today: date) -> list[Person]:
    """Who follows it, and who covers them while they are away; every advisor of the centre when nobody follows it,
    who did has left, or is away with nobody to cover. Never the candidate, of their own."""
    followed = _people(session, [candidacy.advisor_id]) if candidacy.advisor_id is not None else []
    told = with_cover(session, followed, today)
    if {person.id for person in told} <= desk.away(session, [person.id for person in followed], today):
        told = [*told, *holding(session, candidacy.centre_id, Role.ADVISOR)]
    return [person for person in {p.id: p for p in told}.values() if person.id != candidacy.person_id]


def with_cover(session: Session, people: list[Person], today: date) -> list[Person]:
    """These people, and whoever covers one of them that day."""
    covers = desk.covering(session, [person.id for person in people], today) if people else []
    return list({person.id: person for person in (*people, *covers)}.values())


_OF_A_COMMISSION: dict[Recipient, Callable[[set[int], set[int]], set[int]]] = {
    Recipient.EVALUATORS: lambda before, after: before | after,
    Recipient.EVALUATORS_STAYING: lambda before, after: before & after,
    Recipient.EVALUATORS_JOINING: lambda before, after: after - before,
    Recipient.EVALUATORS_LEAVING: lambda before, after: before - after,
}


def _slots(act: Act) -> tuple[SlotFacts | None, SlotFacts | None]:
    """The interview in force before the act, and the one it books."""
    return act.facts.interview.slot if act.facts.interview else None, act.given.slot


def _recipients(act: Act, to: Recipient) -> list[Person]:
    candidacy, session = act.candidacy, act.session
    if to is Recipient.CANDIDATE:
        return [candidacy.person]
    if to is Recipient.CANDIDATE_TOLD:
        return [candidacy.person] if act.facts.session is not None and act.facts.session.released else []
    if to is Recipient.ADVISOR:
        if candidacy.submitted_on is None:
            return []  # a draft is nobody's business but the candidate's
        return advisors_of(session, candidacy, act.today)
    if to in _OF_A_COMMISSION:
        before, after = ({e.person_id for e in slot.evaluators} if slot else set() for slot in _slots(act))
        return _people(session, _OF_A_COMMISSION[to](before, after))
    role = Role.PLANNER if to is Recipient.PLANNERS else Role.JURY_SECRETARY
    return [person for person in holding(session, candidacy.centre_id, role) if person.id != candidacy.person_id]


def _people(session: Session, ids: Iterable[int]) -> list[Person]:
    statement = select(Person).where(Person.id.in_(list(ids)), Person.disabled_at.is_(None)).order_by(Person.id)
    return list(session.scalars(statement))


def holding(session: Session, centre_id: int, role: Role) -> list[Person]:
    """People of the centre in this role, their account open."""
    return list(session.scalars(accounts.holding(centre_id, role).order_by(Person.id)))
