"""Who is signed in, who works in a centre, which centres receive candidates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import array_agg
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Centre, Invitation, Person, PersonRole
from workflows.facts import Actor
from workflows.vocabulary import MessageMails, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with an open account, as every page needs them."""

    id: int
    centre_id: int
    centre_name: str
    email: str
    given_names: str
    family_name: str
    epoch: int
    roles: frozenset[Role]
    message_mails: MessageMails

    @property
    def full_name(self) -> str:
        """Given names then family name, as on screen."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def actor(self) -> Actor:
        """The same person as the rules know them."""
        return Actor(self.id, self.centre_id, self.roles)


def viewer(session: Session, person_id: int, epoch: int) -> Viewer | None:
    """The person of a session in one statement; None once the password has changed or the account is disabled."""
    roles = select(array_agg(PersonRole.role)).where(PersonRole.person_id == Person.id).scalar_subquery()
    row = session.execute(
        select(
            Person.id,
            Person.centre_id,
            Centre.name,
            Person.email,
            Person.given_names,
            Person.family_name,
            Person.epoch,
            Person.message_mails,
            roles.label("roles"),
        )
        .join(Centre, Centre.id == Person.centre_id)
        .where(Person.id == person_id, Person.epoch == epoch)
        .where(Person.disabled_at.is_(None), Person.verified_at.is_not(None))
    ).first()
    if row is None:
        return None
    return Viewer(
        id=row.id,
        centre_id=row.centre_id,
        centre_name=row.name,
        email=row.email,
        given_names=row.given_names,
        family_name=row.family_name,
        epoch=row.epoch,
        roles=frozenset(Role(code) for code in row.roles or ()),
        message_mails=MessageMails(row.message_mails),
    )


def holding(centre_id: int | None, role: Role) -> Select[Person]:
    """People of a centre to whom a role is given, their account open."""
    held = select(PersonRole.person_id).where(PersonRole.role == role.value)
    return select(Person).where(Person.centre_id == centre_id, Person.disabled_at.is_(None), Person.id.in_(held))


def centres(session: Session) -> list[tuple[int, str]]:
    """Every centre, by name: (id, name)."""
    return [(row.id, row.name) for row in session.execute(select(Centre.id, Centre.name).order_by(Centre.name))]


def notice_days(session: Session, centre_id: int) -> int:
    """How many days before an interview the centre sends its convocation."""
    return session.get_one(Centre, centre_id).notice_days


def centre_name(session: Session, centre_id: int) -> str:
    """The centre's name."""
    return session.execute(select(Centre.name).where(Centre.id == centre_id)).scalar_one()


def staff(session: Session, centre_id: int) -> list[Person]:
    """People of a centre who hold a role other than candidate, or none any more, by name."""
    candidates = (
        select(PersonRole.person_id).group_by(PersonRole.person_id).having(func.min(PersonRole.role) == "candidate")
    )
    candidates = candidates.having(func.count() == 1)
    wanted = select(Person).where(Person.centre_id == centre_id, Person.id.not_in(candidates))
    return list(session.scalars(wanted.order_by(Person.family_name, Person.given_names, Person.id)))


def staff_member(session: Session, centre_id: int, person_id: int) -> Person | None:
    """One of the people that `staff` lists."""
    return next((person for person in staff(session, centre_id) if person.id == person_id), None)


def open_invitations(session: Session, centre_id: int) -> list[Invitation]:
    """Invitations of a centre that nobody has accepted, expired ones included, latest first."""
    waiting = select(Invitation).where(Invitation.centre_id == centre_id, Invitation.accepted_at.is_(None))
    return list(session.scalars(waiting.order_by(Invitation.created_at.desc(), Invitation.id.desc())))


def invitation(session: Session, secret_hash: str, now: datetime) -> Invitation | None:
    """The invitation that a link opens, if it can still be accepted."""
    found = select(Invitation).where(Invitation.secret_hash == secret_hash)
    return session.scalars(found.where(Invitation.accepted_at.is_(None), Invitation.expires_at > now)).first()
