"""Plainly invented people: the accounts of the demonstration, who belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Centre, Certification, Person, PersonRole, Qualification
from workflows.vocabulary import College, Role


@dataclass(frozen=True, slots=True)
class Invented:
    """One account: what stands before @demo.example, a name, roles."""

    local: str
    given: str
    family: str
    roles: tuple[Role, ...]
    college: College | None = None
    union: str = ""
    employer: str = ""
    qualified: bool = False


C, E, J = Role.CANDIDATE, Role.EVALUATOR, Role.JURY_MEMBER
FIRST_CENTRE = (
    Invented("candidat", "Camille", "Exemple", (C,)),
    Invented("conseiller", "Dominique", "Fictif", (Role.ADVISOR,)),
    Invented("conseiller2", "Claude", "Fictive", (Role.ADVISOR,)),
    Invented("planificateur", "Alix", "Calendrier", (Role.PLANNER,)),
    Invented("evaluateur1", "Maxime", "Critère", (E,), employer="Tôlerie Exemple", qualified=True),
    Invented("evaluateur2", "Andréa", "Indicateur", (E,), employer="Fonderie Modèle"),
    Invented("evaluateur3", "Lou", "Grille", (E,), employer="Usinage Gabarit", qualified=True),
    Invented("jury-employeurs", "Ange", "Modèle", (J,), College.EMPLOYERS),
    Invented("jury-employeurs2", "Sasha", "Prototype", (J,), College.EMPLOYERS),
    Invented("jury-salaries", "Charlie", "Essai", (J,), College.EMPLOYEES, "Syndicat Un"),
    Invented("jury-salaries2", "Noa", "Patron", (J,), College.EMPLOYEES, "Syndicat Deux"),
    Invented("secretaire", "Sacha", "Invente", (Role.JURY_SECRETARY,)),
    Invented("admin", "Eden", "Réglage", (Role.ADMINISTRATOR,)),
    Invented("auditeur", "Morgan", "Relecture", (Role.AUDITOR,)),
)
SECOND_CENTRE = (
    Invented("candidat.b", "Yaël", "Ailleurs", (C,)),
    Invented("conseiller.b", "Maé", "Lointain", (Role.ADVISOR,)),
    Invented("admin.b", "Andrea", "Distance", (Role.ADMINISTRATOR,)),
)


def make_centre(session: Session, name: str) -> Centre:
    """A centre with a plainly invented address."""
    centre = Centre(
        name=name,
        address="1 rue de l'Exemple\n00000 Ville-Fictive",
        phone="00 00 00 00 00",
        email=f"contact@{'demo' if 'Démonstration' in name else 'ailleurs'}.example",
        notice_days=15,
    )
    session.add(centre)
    session.flush()
    return centre


def make_person(
    session: Session,
    centre: Centre,
    invented: Invented,
    password_hash: str,
    now: datetime,
) -> Person:
    """An account with its roles, its address verified."""
    person = Person(
        centre_id=centre.id,
        email=f"{invented.local}@demo.example",
        password_hash=password_hash,
        given_names=invented.given,
        family_name=invented.family,
        employer=invented.employer,
        union_name=invented.union,
        college=invented.college.value if invented.college else None,
        verified_at=now,
        created_at=now,
        roles=[PersonRole(role=role.value) for role in invented.roles],
    )
    session.add(person)
    session.flush()
    if invented.qualified:
        for certification_id in session.scalars(select(Certification.id)):
            session.add(Qualification(person_id=person.id, certification_id=certification_id))
    return person
