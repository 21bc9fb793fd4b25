"""Parity for one candidate: who keeps from voting is said and recorded, given back, and a declared link goes before."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.support.builders import World
from tests.support.client import PageClient
from tests.web.test_sessions import at_the_table, signed_in


@pytest.fixture
def secretary(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "secretaire")


def left(world: World) -> dict[str, bool]:
    """Who does not sit or vote for the candidate, and whether they only keep from voting."""
    names = "SELECT p.email, r.withholds FROM recusal r JOIN person p ON p.id = r.person_id"
    with world.services.database.reading() as session:
        return {email.partition("@")[0]: withholds for email, withholds in session.execute(text(names))}


def test_a_voice_kept_back_is_given_back_and_a_link_goes_before(
    world: World, secretary: PageClient, client: PageClient
) -> None:
    number, _ = at_the_table(world, secretary)
    address = f"/candidatures/{number}/jury"
    page = secretary.get(address)
    gone = {"person_id": world.cast.people["jury-salaries"], "reason": "Ancienne collègue"}
    page = secretary.follow(page.submit("Noter le retrait", gone))
    assert "doit rester sans voter pour ce candidat" in page.text
    page = secretary.follow(page.submit("Rétablir la parité ainsi"))
    assert left(world) == {"jury-salaries": False, "jury-employeurs2": True}
    assert "Pour rétablir la parité" not in page.text
    page = secretary.follow(page.submit("Rendre sa voix à Sasha Prototype"))
    assert left(world) == {"jury-salaries": False}
    assert "Pour rétablir la parité" in page.text
    secretary.follow(page.submit("Rétablir la parité ainsi"))
    colleague = signed_in(world, client, "jury-employeurs2")
    colleague.get(address).submit("Déclarer ce lien", {"nature": "Ancien employeur"})
    assert left(world) == {"jury-salaries": False, "jury-employeurs2": False}
    assert "Faire revenir Sasha Prototype" not in secretary.get(address).text


def test_when_a_college_has_nobody_left_the_candidate_is_put_back(world: World, secretary: PageClient) -> None:
    number, _ = at_the_table(world, secretary)
    address = f"/candidatures/{number}/jury"
    for local in ("jury-salaries", "jury-salaries2"):
        gone = {"person_id": world.cast.people[local], "reason": "Lien"}
        page = secretary.follow(secretary.get(address).submit("Noter le retrait", gone))
    assert "le candidat doit être remis à une autre séance" in page.text
    assert "Rétablir la parité ainsi" not in page.text
    assert page.soup.select("a[href$='/faire/remove_from_jury']")
