"""One's own account: registering, signing in, passwords. Known and unknown addresses get the same answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vae_portal.actions import links, outbox, passwords, throttle
from vae_portal.actions.links import Link, Purpose
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts as queries
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries.accounts import Viewer
from vae_portal.persistence.tables import Centre, Person, PersonRole
from workflows.vocabulary import MessageMails, Role

WRONG = "Adresse ou mot de passe incorrect, ou adresse non vérifiée."
DEAD_LINK = "Ce lien ne vaut plus : il a déjà servi ou il a expiré. Demandez-en un autre."


@dataclass(frozen=True, slots=True)
class Registration:
    """What a candidate gives to open an account."""

    email: str
    password: str
    given_names: str
    family_name: str
    centre_id: int


def register(services: Services, given: Registration, network: str) -> None:
    """Opens a candidate's account, to be verified by mail; a known address is told so by mail only.

    Raises InputRefused by field, TriedTooOften.
    """
    email = clean_address(given.email)
    check_password(given.password, email, given.given_names, given.family_name)
    throttle.spend(services, "register", email, network)
    began = passwords.begin()
    kept = passwords.protect(given.password)
    now = services.clock()
    with services.database.writing() as session:
        if session.get(Centre, given.centre_id) is None:
            raise InputRefused("Choisissez votre centre.", {"centre_id": "Choisissez votre centre dans la liste."})
        person = lock_address(session, email)
        if person is not None and (person.verified_at or person.disabled_at):
            _tell_registered(services, session, person, now)
        else:
            # Whoever asked first and never verified has proved nothing: the newest request replaces theirs.
            person = person or Person(
                email=email, roles=[PersonRole(role=Role.CANDIDATE.value)], created_at=now, epoch=0
            )
            person.password_hash, person.centre_id = kept, given.centre_id
            person.given_names, person.family_name = given.given_names, given.family_name
            person.epoch += 1
            session.add(person)
            session.flush()
            note(session, person, "registered", person.id, now)
            _send_verification(services, session, person, now)
    passwords.end_evenly(began)


def verify_address(services: Services, token: str) -> None:
    """Confirms the address that the link was sent to; raises InputRefused for a dead link."""
    link = links.read(services, Purpose.VERIFY, token)
    with services.database.writing() as session:
        person = lock(session, link.person_id) if link else None
        if person is None or link is None or person.epoch != link.epoch or person.verified_at or person.disabled_at:
            raise InputRefused(DEAD_LINK)
        person.verified_at = services.clock()
        note(session, person, "address_verified", person.id, person.verified_at)


def sign_in(services: Services, email: str, password: str, network: str) -> Viewer:
    """Who this is; raises InputRefused, with the same sentence for every reason, or TriedTooOften."""
    email = email.strip().lower()[:254]
    throttle.spend(services, "sign_in", email, network)
    with services.database.reading() as session:
        person = by_address(session, email)
    began = passwords.begin()
    right = passwords.matches(person.password_hash if person else None, password)
    if person is None or not right or person.verified_at is None or person.disabled_at:
        if person is not None:
            with services.database.writing() as session:
                note(session, person, "sign_in_refused", None, services.clock())
        passwords.end_evenly(began)
        raise InputRefused(WRONG)
    epoch = person.epoch  # of the password that was compared
    with services.database.writing() as session:
        person = session.get_one(Person, person.id)
        if passwords.outdated(person.password_hash):
            person.password_hash = passwords.protect(password)
        throttle.forgive(session, services, "sign_in", email, network)
        note(session, person, "signed_in", person.id, services.clock())
        viewer = queries.viewer(session, person.id, epoch)
    if viewer is None:
        raise InputRefused(WRONG)
    return viewer


def ask_reset(services: Services, email: str, network: str) -> None:
    """Sends a link to choose a new password, to a known address only; says nothing of it. Raises TriedTooOften."""
    email = email.strip().lower()[:254]
    throttle.spend(services, "reset", email, network)
    began = passwords.begin()
    with services.database.writing() as session:
        person = by_address(session, email)
        if person is not None and not person.disabled_at:
            now = services.clock()
            expires = now + links.RESET_FOR
            token = links.write(services, Purpose.RESET, Link(person.id, person.epoch), expires)
            page = f"{services.settings.base_url}/mot-de-passe/{token}"
            post(session, person, "reset_password", now, link=page, expires_at=expires, secret=True)
    passwords.end_evenly(began)


def reset_link(services: Services, session: Session, token: str) -> Person | None:
    """Whose password the link changes, while it still can."""
    link = links.read(services, Purpose.RESET, token)
    person = session.get(Person, link.person_id) if link else None
    alive = person is not None and link is not None and person.epoch == link.epoch and not person.disabled_at
    return person if alive else None


def reset_password(services: Services, token: str, password: str) -> None:
    """Changes a forgotten password and ends every session; the link also proves the address. Raises InputRefused."""
    with services.database.writing() as session:
        person = reset_link(services, session, token)
        person = lock(session, person.id) if person else None
        if person is None or reset_link(services, session, token) is None:
            raise InputRefused(DEAD_LINK)
        person.verified_at = person.verified_at or services.clock()
        _change_password(services, session, person, password)


def change_password(services: Services, person_id: int, current: str, password: str, network: str) -> Viewer:
    """Changes one's own password, which ends the other sessions; raises InputRefused by field, TriedTooOften."""
    throttle.spend(services, "password", str(person_id), network)
    with services.database.writing() as session:
        person = lock(session, person_id)
        if person is None or not passwords.matches(person.password_hash, current):
            sentence = "Ce n'est pas votre mot de passe actuel."
            raise InputRefused(sentence, {"current": sentence})
        throttle.forgive(session, services, "password", str(person_id), network)
        _change_password(services, session, person, password)
        session.flush()
        viewer = queries.viewer(session, person.id, person.epoch)
    if viewer is None:
        raise NotVisible("Ce compte n'est plus ouvert.")
    return viewer


def rename(services: Services, person_id: int, given_names: str, family_name: str, seen: str) -> None:
    """Corrects one's own name; `seen` is the full name the form showed (StaleForm when it has changed since)."""
    with services.database.writing() as session:
        candidacies.hold_of(session, person_id)  # before the person, as acts do: their words follow the name
        person = lock(session, person_id)
        if person is None:
            raise NotVisible("Ce compte n'est plus ouvert.")
        if person.full_name != seen:
            raise StaleForm(
                "Votre nom a été changé entre-temps, sans doute dans un autre onglet. Rien n'a été remplacé."
            )
        person.given_names, person.family_name = given_names, family_name
        note(session, person, "renamed", person.id, services.clock())


def choose_mails(services: Services, person_id: int, when: MessageMails) -> None:
    """Chooses when one is mailed that messages wait."""
    with services.database.writing() as session:
        person = lock(session, person_id)
        if person is None:
            raise NotVisible("Ce compte n'est plus ouvert.")
        person.message_mails = when.value
        note(session, person, "mails_chosen", person.id, services.clock(), mails=when.value)


# What the other acts on accounts share


def clean_address(email: str) -> str:
    """The address in its one form, in small letters; raises InputRefused."""
    try:
        parsed = validate_email(
            email.strip(), check_deliverability=False, allow_smtputf8=False, globally_deliverable=False
        )
    except EmailNotValidError as fault:
        sentence = "Indiquez une adresse électronique complète, comme prenom.nom@exemple.fr."
        raise InputRefused(sentence, {"email": sentence}) from fault
    return (parsed.ascii_email or parsed.normalized).lower()


def check_password(password: str, email: str, *names: str) -> None:
    """Raises InputRefused when the password will not do."""
    sentence = passwords.problem(password, email, *names)
    if sentence:
        raise InputRefused(sentence, {"password": sentence})


def by_address(session: Session, email: str) -> Person | None:
    """The account of an address, already in small letters."""
    return session.scalars(select(Person).where(func.lower(Person.email) == email)).first()


def lock_address(session: Session, email: str) -> Person | None:
    """The account of an address, if any; nobody else opens one for it until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"address:{email}", 0))))
    return session.scalars(
        select(Person).where(func.lower(Person.email) == email).with_for_update(key_share=True)
    ).first()


def lock(session: Session, person_id: int) -> Person | None:
    """The account, as it is now, held until the transaction ends."""
    wanted = (
        select(Person)
        .where(Person.id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(wanted).first()


def note(session: Session, person: Person, event: str, actor_id: int | None, at: datetime, **details: Any) -> None:
    """One row about an account in its centre's chain: ids and codes, never an address."""
    chain = journal.centre_chain(person.centre_id)
    journal.record(session, chain, event, actor_id, at, {"person": person.id, **details})


def post(
    session: Session, person: Person, template: str, now: datetime, *, secret: bool = False, **context: Any
) -> None:
    """A mail to the owner of an account."""
    centre = session.get_one(Centre, person.centre_id)
    told = {"person_name": person.full_name, "centre_name": centre.name, **context}
    outbox.post(session, centre_id=centre.id, to=person.email, template=template, context=told, now=now, secret=secret)


def _change_password(services: Services, session: Session, person: Person, password: str) -> None:
    check_password(password, person.email, person.given_names, person.family_name)
    now = services.clock()
    person.password_hash = passwords.protect(password)
    person.epoch += 1  # every session opened with the former password ends here
    note(session, person, "password_changed", person.id, now)
    page = f"{services.settings.base_url}/mot-de-passe-oublie"
    post(session, person, "password_changed", now, link=page, changed_at=now)


def _send_verification(services: Services, session: Session, person: Person, now: datetime) -> None:
    expires = now + links.VERIFY_FOR
    token = links.write(services, Purpose.VERIFY, Link(person.id, person.epoch), expires)
    page = f"{services.settings.base_url}/verification/{token}"
    post(session, person, "verify_address", now, link=page, expires_at=expires, secret=True)


def _tell_registered(services: Services, session: Session, person: Person, now: datetime) -> None:
    if person.disabled_at is None:
        post(session, person, "already_registered", now, link=f"{services.settings.base_url}/connexion")
