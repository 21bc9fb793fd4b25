"""`vae-portal user ...`: the first centre and the first administrator, before anyone can sign in."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vae_portal.actions import accounts, passwords
from vae_portal.actions.services import Services, from_settings
from vae_portal.errors import InputRefused, PortalError
from vae_portal.persistence.tables import Centre, Person, PersonRole
from vae_portal.settings import Settings
from workflows.vocabulary import Role

_PASSWORD = "VAE_PASSWORD"  # noqa: S105 - the name of an environment variable


def run(settings: Settings, args: Sequence[str]) -> int:
    """Carries out one sub-command; 0 when done, 1 with a sentence on standard error when refused."""
    asked = parser().parse_args(list(args))
    commands: dict[str, Callable[[Services, argparse.Namespace], str]] = {
        "create-centre": create_centre,
        "create-admin": create_admin,
        "list": list_people,
    }
    services = from_settings(settings)
    try:
        sys.stdout.write(commands[asked.command](services, asked) + "\n")
    except PortalError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    finally:
        services.database.close()
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    top = argparse.ArgumentParser(prog="vae-portal user", description="Centres et administrateurs.")
    commands = top.add_subparsers(dest="command", required=True, metavar="commande")
    centre = commands.add_parser("create-centre", help="créer un centre")
    centre.add_argument("name", help="nom du centre")
    admin = commands.add_parser("create-admin", help=f"créer un administrateur (mot de passe demandé, ou {_PASSWORD})")
    admin.add_argument("--centre", required=True, help="nom du centre")
    admin.add_argument("--email", required=True, help="adresse électronique")
    admin.add_argument("--given-names", default="Admin", help="prénoms")
    admin.add_argument("--family-name", default="", help="nom")
    commands.add_parser("list", help="lister les comptes du personnel, par centre")
    return top


def create_centre(services: Services, asked: argparse.Namespace) -> str:
    """A centre of a new name."""
    name = asked.name.strip()
    if not name or len(name) > 200:
        raise InputRefused("Donnez au centre un nom de 200 caractères au plus.")
    with services.database.writing() as session:
        if _centre(session, name) is not None:
            raise InputRefused(f"Le centre « {name} » existe déjà.")
        session.add(Centre(name=name))
    return f"Centre « {name} » créé."


def create_admin(services: Services, asked: argparse.Namespace) -> str:
    """An administrator of a centre, their address taken as verified."""
    email = accounts.clean_address(asked.email)
    password = os.environ.get(_PASSWORD) or getpass.getpass("Mot de passe : ")
    accounts.check_password(password, email, asked.given_names, asked.family_name)
    now = services.clock()
    with services.database.writing() as session:
        centre = _centre(session, asked.centre.strip())
        if centre is None:
            raise InputRefused(f"Le centre « {asked.centre} » n'existe pas : créez-le d'abord.")
        if accounts.lock_address(session, email) is not None:
            raise InputRefused("Cette adresse a déjà un compte.")
        person = Person(
            centre_id=centre.id,
            email=email,
            password_hash=passwords.protect(password),
            given_names=asked.given_names,
            family_name=asked.family_name,
            verified_at=now,
            created_at=now,
            epoch=0,
            roles=[PersonRole(role=Role.ADMINISTRATOR.value)],
        )
        session.add(person)
        session.flush()
        accounts.note(session, person, "created_by_command", None, now, roles=[Role.ADMINISTRATOR.value])
    return f"Administrateur {email} créé pour « {centre.name} »."


def list_people(services: Services, _asked: argparse.Namespace) -> str:
    """Staff accounts, one a line: centre, address, roles, whether the account is open."""
    roles = func.string_agg(PersonRole.role, ", ")
    wanted = (
        select(Centre.name, Person.email, roles.label("roles"), Person.disabled_at)
        .join(Person, Person.centre_id == Centre.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role != Role.CANDIDATE.value)
        .group_by(Centre.name, Person.id)
        .order_by(Centre.name, Person.email)
    )
    with services.database.reading() as session:
        lines = [
            f"{row.name}\t{row.email}\t{row.roles}\t{'désactivé' if row.disabled_at else 'ouvert'}"
            for row in session.execute(wanted)
        ]
        centres = session.scalars(select(Centre.name).order_by(Centre.name)).all()
    return "\n".join(lines) or "Aucun compte. Centres : " + (", ".join(centres) or "aucun") + "."


def _centre(session: Session, name: str) -> Centre | None:
    return session.scalars(select(Centre).where(Centre.name == name)).first()
