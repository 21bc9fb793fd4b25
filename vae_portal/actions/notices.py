"""Mails that say that messages wait, never what they say: owed when a message is written, sent at once or by a job."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.actions import leaving, outbox
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import conversation as queries
from vae_portal.persistence.tables import Candidacy, Message, MessageNotice, Person
from workflows import conversation as rules
from workflows.clocks import civil_date
from workflows.facts import Actor
from workflows.vocabulary import MessageMails, Recipient, Role


def owe(services: Services, session: Session, candidacy: Candidacy, message: Message, now: datetime) -> None:
    """Owes a mail to the other side, or for a note to who follows the candidacy; whoever is told at once is told."""
    for person in _others(session, candidacy, message):
        owed = insert(MessageNotice).values(person_id=person.id, candidacy_id=candidacy.id, owed_since=now)
        again = owed.on_conflict_do_update(
            index_elements=[MessageNotice.person_id, MessageNotice.candidacy_id],
            set_={"owed_since": now},
            where=MessageNotice.owed_since.is_(None),
        )
        session.execute(again)
        tell(services, session, person, candidacy, now)


def tell(services: Services, session: Session, person: Person, candidacy: Candidacy, now: datetime) -> bool:
    """Sends what is owed to someone told at once, unless they were told a moment ago; whether a mail left."""
    notice = session.scalars(
        _owed(person).where(MessageNotice.candidacy_id == candidacy.id).execution_options(populate_existing=True)
    ).one_or_none()
    if notice is None or person.message_mails != MessageMails.AT_ONCE:
        return False
    if rules.next_mail(notice.told_at, now) > now:
        return False
    waiting = queries.unread(session, actor_of(person), [candidacy.id]).get(candidacy.id)
    notice.owed_since = None
    if waiting is None:
        return False  # read meanwhile, or not theirs to read any more
    notice.told_at = now
    about = leaving.about_candidacy(candidacy, person, services.settings.base_url)
    outbox.post(
        session,
        centre_id=candidacy.centre_id,
        to=person.email,
        template="messages_waiting",
        context={**about, "link": f"{about['link']}/messages", "count": waiting.total},
        now=now,
        candidacy_id=candidacy.id,
    )
    return True


def digest(services: Services, session: Session, person: Person, now: datetime) -> bool:
    """Sends in one mail all that was owed before the day's instant; whether one left. At most one a day."""
    due = rules.digest_of(now)
    notices = session.scalars(_owed(person).order_by(MessageNotice.candidacy_id)).all()
    owed = [notice for notice in notices if notice.owed_since and notice.owed_since < due]
    told_today = MessageNotice.person_id == person.id, MessageNotice.told_at >= due
    if not owed or person.message_mails != MessageMails.DAILY:
        return False
    if session.scalar(select(MessageNotice.person_id).where(*told_today).limit(1)):
        return False
    unread = queries.unread(session, actor_of(person), [notice.candidacy_id for notice in owed])
    for notice in owed:
        notice.owed_since = None
        if notice.candidacy_id in unread:
            notice.told_at = now
    if not unread:
        return False
    numbers = session.execute(
        select(Candidacy.id, Candidacy.number).where(Candidacy.id.in_(unread)).order_by(Candidacy.number)
    )
    base = services.settings.base_url
    outbox.post(
        session,
        centre_id=person.centre_id,
        to=person.email,
        template="messages_digest",
        context={
            "person_name": person.full_name,
            "link": f"{base}/compte",
            "candidacies": [
                {"count": unread[row.id].total, "link": f"{base}/candidatures/{row.number}/messages"} for row in numbers
            ],
        },
        now=now,
    )
    return True


def actor_of(person: Person) -> Actor:
    """Someone as the rules know them, when they are not the ones who act."""
    return Actor(person.id, person.centre_id, frozenset(Role(held.role) for held in person.roles))


def _owed(person: Person) -> Select[MessageNotice]:
    return (
        select(MessageNotice)
        .where(MessageNotice.person_id == person.id, MessageNotice.owed_since.is_not(None))
        .with_for_update()
    )


def _others(session: Session, candidacy: Candidacy, message: Message) -> list[Person]:
    """Always in the order of their ids: two messages written together never wait for each other."""
    if rules.other_side(message.author_id == candidacy.person_id, message.internal) is Recipient.CANDIDATE:
        return [candidacy.person]
    staff = leaving.advisors_of(session, candidacy, civil_date(message.written_at))
    return [
        person
        for person in sorted(staff, key=lambda person: person.id)
        if person.id not in (message.author_id, candidacy.person_id)
    ]
