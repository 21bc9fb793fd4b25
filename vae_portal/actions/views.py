"""Views of the worklist that someone names for themselves: nobody else sees them, and no act depends on them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions.handing_over import refused
from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible
from vae_portal.persistence.tables import Person, SavedView
from vae_portal.persistence.tables.desk import MOST_VIEWS
from workflows.facts import Actor

LONGEST_NAME = 60  # characters
_LONGEST_ADDRESS = 2000


def save(services: Services, actor: Actor, name: str, address: str) -> None:
    """Keeps an address of the worklist under a name; raises InputRefused."""
    name = _named(name)
    if len(address) > _LONGEST_ADDRESS:
        raise refused("name", "Cette vue a trop de filtres pour être enregistrée.")
    with services.database.writing() as session:
        theirs = _theirs(session, actor)
        _unlike(theirs, name)
        place = next((n for n in range(1, MOST_VIEWS + 1) if n not in {view.place for view in theirs}), None)
        if place is None:
            raise refused("name", f"Vous avez déjà {MOST_VIEWS} vues : supprimez-en une d'abord.")
        session.add(
            SavedView(person_id=actor.person_id, place=place, name=name, address=address, saved_at=services.clock())
        )


def rename(services: Services, actor: Actor, view_id: int, name: str) -> None:
    """Gives one of one's views another name; raises NotVisible, InputRefused."""
    name = _named(name)
    with services.database.writing() as session:
        theirs = _theirs(session, actor)
        view = _one(theirs, view_id)
        _unlike([other for other in theirs if other is not view], name)
        view.name = name


def delete(services: Services, actor: Actor, view_id: int) -> None:
    """Forgets one of one's views; raises NotVisible."""
    with services.database.writing() as session:
        session.delete(_one(_theirs(session, actor), view_id))


def _named(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise refused("name", "Donnez un nom à cette vue, comme « À accuser cette semaine ».")
    if len(name) > LONGEST_NAME:
        raise refused("name", f"Écrivez {LONGEST_NAME} caractères au plus.")
    return name


def _theirs(session: Session, actor: Actor) -> list[SavedView]:
    """One's views, one change of them at a time."""
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True))
    return list(session.scalars(select(SavedView).where(SavedView.person_id == actor.person_id)))


def _one(theirs: list[SavedView], view_id: int) -> SavedView:
    found = next((view for view in theirs if view.id == view_id), None)
    if found is None:
        raise NotVisible("Cette vue n'existe plus, ou n'est pas la vôtre.")
    return found


def _unlike(others: list[SavedView], name: str) -> None:
    if any(other.name.lower() == name.lower() for other in others):
        raise refused("name", f"Vous avez déjà une vue « {name} » : donnez-lui un autre nom.")
