"""The staff of a centre: invitations, roles, accounts closed and opened again, always by an administrator."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vae_portal.actions import accounts, conflicts, outbox, passwords, throttle
from vae_portal.actions.posts import Post, fingerprint, post_of, refused
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts as queries
from vae_portal.persistence.tables import Centre, Invitation, Person, PersonRole
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import College, Right, Role

INVITED_FOR = timedelta(days=14)


def invite(services: Services, actor: Actor, email: str, post: Post, role_label: str) -> None:
    """Sends a personal link, good for 14 days and once; `role_label` is the French of the roles, for the mail.

    Raises InputRefused by field.
    """
    email, post = accounts.clean_address(email), post.checked()
    with services.database.writing() as session:
        _hold_administration(session, actor)
        known = accounts.by_address(session, email)
        if known is not None and known.centre_id == actor.centre_id and post_of(known).roles:
            raise refused("email", "Cette personne fait déjà partie de l'équipe : modifiez ses rôles ci-dessous.")
        waiting = queries.open_invitations(session, _centre(actor))
        if any(one.email == email and one.expires_at > services.clock() for one in waiting):
            raise refused("email", "Une invitation attend déjà à cette adresse : vous pouvez la renvoyer ci-dessous.")
        invitation = Invitation(
            centre_id=_centre(actor),
            email=email,
            roles=post.codes,
            college=post.college.value if post.college else None,
            union_name=post.union_name,
            invited_by=actor.person_id,
            created_at=services.clock(),
        )
        session.add(invitation)
        _send(services, session, actor, invitation, role_label, "invited")


def invite_again(services: Services, actor: Actor, invitation_id: int, role_label: str) -> None:
    """Sends a new link and ends the former one; raises NotVisible."""
    with services.database.writing() as session:
        _hold_administration(session, actor)
        _send(services, session, actor, _waiting(session, actor, invitation_id), role_label, "invitation_renewed")


def withdraw_invitation(services: Services, actor: Actor, invitation_id: int) -> None:
    """Ends an invitation that nobody has accepted; raises NotVisible."""
    with services.database.writing() as session:
        _hold_administration(session, actor)
        invitation = _waiting(session, actor, invitation_id)
        _note(services, session, actor, "invitation_withdrawn", invitation=invitation.id)
        session.execute(delete(Invitation).where(Invitation.id == invitation.id))


def invitation_of(services: Services, session: Session, secret: str) -> Invitation | None:
    """The invitation that a link opens, if it can still be accepted."""
    return queries.invitation(session, _hash(secret), services.clock())


def accept(
    services: Services, secret: str, network: str, password: str, given_names: str = "", family_name: str = ""
) -> None:
    """Opens the account invited, or adds the roles to the account that this address already has in the centre.

    An account that exists is proved by its own password. Raises InputRefused, ActionRefused, TriedTooOften.
    """
    throttle.spend(services, "invitation", _hash(secret), network)
    with services.database.writing() as session:
        found = invitation_of(services, session, secret)
        person = accounts.lock_address(session, found.email) if found else None
        held = select(Invitation).with_for_update().execution_options(populate_existing=True)
        invitation = session.scalars(held.where(Invitation.id == found.id)).first() if found else None
        if invitation is None or invitation.accepted_at is not None:
            raise InputRefused(
                "Cette invitation ne vaut plus : elle a déjà servi ou elle a expiré. Demandez-en une autre."
            )
        now = services.clock()
        if person is None:
            person = _newcomer(invitation, password, given_names, family_name)
            person.created_at = now
            session.add(person)
        else:
            _prove(person, invitation, password)
        person.verified_at = person.verified_at or now
        post = Post(
            frozenset(Role(code) for code in invitation.roles),
            College(invitation.college) if invitation.college else None,
            invitation.union_name,
        )
        before = post_of(person)
        union_name = post.union_name or before.union_name
        _entrust(person, Post(post.roles | before.roles, post.college or before.college, union_name))
        invitation.accepted_at = now
        session.flush()
        accounts.note(
            session, person, "invitation_accepted", person.id, now, invitation=invitation.id, roles=post.codes
        )


def give_roles(services: Services, actor: Actor, person_id: int, post: Post, seen: str) -> None:
    """Changes what a person does in the centre, at once; `seen` is the fingerprint that the form showed.

    Nobody gives up their own administration. Raises NotVisible, StaleForm, ActionRefused, InputRefused.
    """
    if Role.ADMINISTRATOR not in post.roles and person_id == actor.person_id:
        raise ActionRefused(
            "Vous ne pouvez pas retirer votre propre rôle d'administrateur : un autre administrateur le peut."
        )
    post = post.checked()
    with services.database.writing() as session, conflicts.told(services, session, actor.centre_id):
        _hold_administration(session, actor)
        person = _member(session, actor, person_id)
        if fingerprint(post_of(person)) != seen:
            raise StaleForm("Les rôles de cette personne ont été changés entre-temps. Rien n'a été remplacé.")
        before = post_of(person).codes
        _entrust(person, post)
        session.flush()
        accounts.note(
            session, person, "roles_changed", actor.person_id, services.clock(), before=before, after=post.codes
        )


def disable(services: Services, actor: Actor, person_id: int) -> None:
    """Closes an account and ends its sessions; raises NotVisible, ActionRefused for one's own."""
    if person_id == actor.person_id:
        raise ActionRefused("Vous ne pouvez pas désactiver votre propre compte : un autre administrateur le peut.")
    with services.database.writing() as session, conflicts.told(services, session, actor.centre_id):
        _hold_administration(session, actor)
        person = _member(session, actor, person_id)
        if person.disabled_at is None:
            person.disabled_at = services.clock()
            person.epoch += 1
            accounts.note(session, person, "disabled", actor.person_id, person.disabled_at)


def enable(services: Services, actor: Actor, person_id: int) -> None:
    """Opens a closed account again; raises NotVisible."""
    with services.database.writing() as session:
        _hold_administration(session, actor)
        person = _member(session, actor, person_id)
        if person.disabled_at is not None:
            person.disabled_at = None
            accounts.note(session, person, "enabled", actor.person_id, services.clock())


def _hold_administration(session: Session, actor: Actor) -> None:
    """One administrator at a time in a centre, and one still is: two cannot remove each other together."""
    session.execute(select(Centre.id).where(Centre.id == actor.centre_id).with_for_update(key_share=True))
    wanted = select(PersonRole.role).join(Person, Person.id == PersonRole.person_id)
    wanted = wanted.where(Person.id == actor.person_id, Person.disabled_at.is_(None))
    roles = frozenset(Role(code) for code in session.scalars(wanted))
    if not may(Right.MANAGE_PEOPLE, Actor(actor.person_id, actor.centre_id, roles)):
        raise NotVisible("Cette page n'existe pas, ou elle n'est pas visible avec votre compte.")


def _member(session: Session, actor: Actor, person_id: int) -> Person:
    person = queries.staff_member(session, _centre(actor), person_id)
    held = accounts.lock(session, person.id) if person else None
    if held is None:
        raise NotVisible("Cette personne n'existe pas, ou n'est pas de votre centre.")
    return held


def _waiting(session: Session, actor: Actor, invitation_id: int) -> Invitation:
    found = [one for one in queries.open_invitations(session, _centre(actor)) if one.id == invitation_id]
    if not found:
        raise NotVisible("Cette invitation n'existe plus : elle a été acceptée ou annulée.")
    return found[0]


def _newcomer(invitation: Invitation, password: str, given_names: str, family_name: str) -> Person:
    accounts.check_password(password, invitation.email, given_names, family_name)
    return Person(
        email=invitation.email,
        centre_id=invitation.centre_id,
        epoch=0,
        password_hash=passwords.protect(password),
        given_names=given_names,
        family_name=family_name,
    )


def _prove(person: Person, invitation: Invitation, password: str) -> None:
    if person.centre_id != invitation.centre_id or person.disabled_at:
        raise ActionRefused("Cette adresse a déjà un compte ailleurs : demandez une invitation à une autre adresse.")
    if not passwords.matches(person.password_hash, password):
        raise refused("password", "Ce n'est pas le mot de passe de votre compte.")


def _entrust(person: Person, post: Post) -> None:
    kept = {held.role for held in person.roles} & {Role.CANDIDATE.value}
    wanted = kept | set(post.codes)
    person.roles = [held for held in person.roles if held.role in wanted]
    held_now = {held.role for held in person.roles}
    person.roles += [PersonRole(role=code) for code in sorted(wanted - held_now)]
    person.college = post.college.value if post.college else None
    person.union_name = post.union_name


def _send(
    services: Services, session: Session, actor: Actor, invitation: Invitation, role_label: str, event: str
) -> None:
    secret = secrets.token_urlsafe(32)
    invitation.secret_hash = _hash(secret)
    invitation.expires_at = services.clock() + INVITED_FOR
    session.flush()
    centre = session.get_one(Centre, invitation.centre_id)
    context = {
        "link": f"{services.settings.base_url}/invitation/{secret}",
        "centre_name": centre.name,
        "role_label": role_label,
        "expires_at": invitation.expires_at,
    }
    outbox.post(
        session,
        centre_id=centre.id,
        to=invitation.email,
        template="invitation",
        context=context,
        now=services.clock(),
        secret=True,
    )
    _note(services, session, actor, event, invitation=invitation.id, roles=list(invitation.roles))


def _note(services: Services, session: Session, actor: Actor, event: str, **details: object) -> None:
    chain = journal.centre_chain(_centre(actor))
    journal.record(session, chain, event, actor.person_id, services.clock(), details)


def _centre(actor: Actor) -> int:
    if actor.centre_id is None:
        raise NotVisible("Le portail n'agit pas seul sur les comptes.")
    return actor.centre_id


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
