"""Every few minutes: mails that messages wait, to those told at once when they may be again, to others once a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from sqlalchemy import select

from vae_portal.actions import accounts, notices
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.tables import Candidacy, MessageNotice, Person
from workflows import conversation as rules
from workflows.vocabulary import MessageMails

log = structlog.get_logger(__name__)


def tell_messages(services: Services) -> int:
    """How many mails were owed and left; one in trouble does not make the others wait."""
    now = services.clock()
    owed = select(MessageNotice.person_id).join(Person, Person.id == MessageNotice.person_id)
    owed = owed.where(MessageNotice.owed_since.is_not(None), Person.disabled_at.is_(None))
    at_once = owed.where(Person.message_mails == MessageMails.AT_ONCE.value)
    rested = MessageNotice.told_at.is_(None) | (MessageNotice.told_at <= now - rules.APART)
    daily = owed.where(Person.message_mails == MessageMails.DAILY.value)
    with services.database.reading() as session:
        pairs = session.execute(at_once.add_columns(MessageNotice.candidacy_id).where(rested)).all()
        people = session.scalars(daily.where(MessageNotice.owed_since < rules.digest_of(now)).distinct()).all()
    sent, faults = _each(services, _tell, [tuple(pair) for pair in sorted(pairs)])
    digests, more = _each(services, _digest, [(person,) for person in sorted(people)])
    for fault in (*faults, *more):
        raise fault
    return sent + digests


def _each(services: Services, do: Callable[..., bool], cases: Iterable[tuple[Any, ...]]) -> tuple[int, list[Exception]]:
    done, faults = 0, []
    for case in cases:
        try:
            done += do(services, *case)
        except Exception as fault:
            log.exception("notice_failed", about=case)
            faults.append(fault)
    return done, faults


def _tell(services: Services, person_id: int, candidacy_id: int) -> bool:
    with services.database.writing() as session:
        person = session.get_one(Person, person_id)
        candidacy = (
            session.scalars(select(Candidacy).where(Candidacy.id == candidacy_id).options(*candidacies.WHOLE))
            .unique()
            .one()
        )
        return notices.tell(services, session, person, candidacy, services.clock())


def _digest(services: Services, person_id: int) -> bool:
    with services.database.writing() as session:
        person = accounts.lock(session, person_id)  # two rounds of one moment send one mail
        return person is not None and notices.digest(services, session, person, services.clock())
