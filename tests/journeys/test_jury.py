"""The jury in the browser: parity mended, a tie decided, a member who leaves, a referral back, a decision revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.documents.reading import words
from tests.journeys import centre, deciding
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.support.builders import PASSWORD, World
from vae_portal.persistence.tables import Award, JurySession
from vae_portal.persistence.verify import verify
from vae_portal.web.presentation import short_day
from workflows import clocks
from workflows.vocabulary import Step

pytestmark = pytest.mark.journey

CAMILLE = "Camille Exemple"
ALL = {"BC1": True, "BC2": True, "BC3": True}
MEMBERS = {
    "jury-employeurs": "Ange Modèle",
    "jury-employeurs2": "Sasha Prototype",
    "jury-salaries": "Charlie Essai",
    "jury-salaries2": "Noa Patron",
}


@pytest.fixture
def sign_in(arrives: Callable[..., Visitor], world: World) -> Callable[..., Visitor]:
    """Someone of the centre, signed in at a browser of their own."""

    def signed_in(local: str) -> Visitor:
        visitor = arrives()
        visitor.signs_in(world.email(local), PASSWORD)
        return visitor

    return signed_in


def its_hour(portal: Portal, world: World) -> str:
    """A candidate waits for the session, and its hour has come; the day, as pages write it."""
    world.candidacy(Step.JURY_SCHEDULED)
    with portal.services.database.reading() as session:
        starts_at = session.scalars(select(JurySession.starts_at)).one()
    portal.wait_until(starts_at)
    return short_day(clocks.civil_date(starts_at))


def before(member: Visitor, day: str) -> Visitor:
    """The page of the candidate, from the session."""
    member.goes_to("Jurys")
    member.follows(day)
    member.follows(CAMILLE)
    return member


def test_parity_is_broken_then_mended(portal: Portal, world: World, sign_in: Callable[..., Visitor]) -> None:
    day = its_hour(portal, world)
    secretary, president = sign_in("secretaire"), sign_in("jury-employeurs")
    secretary.goes_to("Jurys")
    secretary.follows(day)
    centre.changes_seat(secretary, "Noa Patron", unticked=["Présent"])
    secretary.reads("La parité n'est pas respectée : 2 employeurs votants et 1 salarié votant.")
    secretary.cannot_yet("Ouvrir la séance")
    centre.changes_seat(secretary, "Sasha Prototype", unticked=["Siège avec voix"])
    secretary.reads("La composition est valable.")
    centre.opens_the_session(secretary, CAMILLE, day)
    deciding.pronounces(president, CAMILLE, day, ALL, "Certification obtenue")
    minutes = words(centre.closes_the_session(secretary, day))
    _, _, absences = minutes.partition("Absences")
    assert "Noa Patron" in absences
    assert verify(portal.services.database, portal.services.store) == []


def test_a_tie_is_decided_by_the_president(portal: Portal, world: World, sign_in: Callable[..., Visitor]) -> None:
    day = its_hour(portal, world)
    secretary = sign_in("secretaire")
    members = {local: sign_in(local) for local in MEMBERS}
    centre.opens_the_session(secretary, CAMILLE, day)
    before(secretary, day).presses("Ouvrir le vote sur BC2")
    choices = {"jury-employeurs": "Contre", "jury-employeurs2": "Pour", "jury-salaries": "Contre"}
    votes(members, choices, day)
    before(secretary, day).reads("N'ont pas encore voté : Noa Patron.")
    votes(members, {"jury-salaries2": "Pour"}, day)
    before(secretary, day).presses("Compter les voix sur BC2")
    secretary.reads("partage, la voix du président décide")
    president = before(members["jury-employeurs"], day)
    for code in ("BC1", "BC3"):
        president.picks(f"Décision sur {code}", "Acquis, par accord")
    president.fills({"Motif de la décision sur BC2": "La capacité C5 n'a pas été montrée."})
    president.presses("Relire la décision avant de prononcer")
    president.reads("Blocs acquis, certification non acquise", "partage, la voix du président décide")
    president.presses("Prononcer : ...")
    minutes = words(centre.closes_the_session(secretary, day))
    assert "voix prépondérante" in minutes
    deciding.releases(president, day)
    candidate = sign_in("candidat")
    candidate.goes_to("Ma candidature")
    candidate.reads("Vous avez acquis une partie des blocs")
    candidate.does_not_read("prépondérante")


def votes(members: dict[str, Visitor], choices: dict[str, str], day: str) -> None:
    """Each on their own screen, on BC2."""
    for local, choice in choices.items():
        before(members[local], day).presses(f"{choice} : BC2")
        members[local].reads("Vous avez voté :")


def test_a_member_leaves_and_who_must_abstain_is_said(
    portal: Portal, world: World, sign_in: Callable[..., Visitor]
) -> None:
    day = its_hour(portal, world)
    secretary, president, linked = (sign_in(who) for who in ("secretaire", "jury-employeurs", "jury-salaries"))
    centre.opens_the_session(secretary, CAMILLE, day)
    before(linked, day).unfolds("J'ai un lien avec cette personne")
    linked.fills({"Nature du lien": "Ancien responsable de la candidate"})
    linked.presses("Déclarer ce lien")
    before(president, day).reads("Ce jury ne peut pas se prononcer", "Pour rétablir la parité")
    before(secretary, day).reads("Sasha Prototype", "doit rester sans voter pour ce candidat.")
    secretary.presses("Rétablir la parité ainsi")
    secretary.reads("Sasha Prototype", "reste sans voter pour ce candidat, pour que la parité soit respectée.")
    deciding.pronounces(president, CAMILLE, day, ALL, "Certification obtenue")
    minutes = words(centre.closes_the_session(secretary, day))
    assert "Charlie Essai" in minutes
    assert "Ancien responsable" not in minutes


def test_referred_back_to_the_commission(portal: Portal, world: World, sign_in: Callable[..., Visitor]) -> None:
    day = its_hour(portal, world)
    secretary, president = sign_in("secretaire"), sign_in("jury-employeurs")
    centre.opens_the_session(secretary, CAMILLE, day)
    before(president, day).follows("Renvoyer à la commission")
    president.fills({"Raison": "Deux capacités n'ont pas été évaluées selon le référentiel."})
    president.presses("Renvoyer à la commission")
    president.reads("C'est fait")
    assert CAMILLE in words(centre.closes_the_session(secretary, day))
    planner = sign_in("planificateur")
    planner.goes_to("Entretiens")
    planner.reads(CAMILLE)
    candidate = sign_in("candidat")
    candidate.goes_to("Ma candidature")
    candidate.does_not_read("n'ont pas été évaluées selon le référentiel")


def test_revoked_and_pronounced_anew(portal: Portal, world: World, sign_in: Callable[..., Visitor]) -> None:
    world.candidacy(Step.CERTIFIED)
    portal.do_jobs()
    with portal.services.database.reading() as session:
        code = session.scalars(select(Award.code).where(Award.block_id.is_(None))).one()
        held_at = session.scalars(select(JurySession.starts_at)).one()
    secretary, president = sign_in("secretaire"), sign_in("jury-employeurs")
    assert "retiré" not in is_told(secretary, code)
    before(president, short_day(clocks.civil_date(held_at))).follows("Rapporter la décision")
    president.fills({"Raison": "La voix d'un membre lié au candidat avait été comptée."})
    president.ticks(["Erreur de droit"])
    president.presses("Rapporter la décision")
    president.reads("C'est fait")
    assert "retiré" in is_told(secretary, code)
    starts_at = portal.clock.now + timedelta(days=20)
    centre.convenes(secretary, starts_at, MEMBERS.values(), president="Ange Modèle")
    centre.enrols(secretary, CAMILLE)
    portal.wait_until(starts_at)
    day = short_day(clocks.civil_date(starts_at))
    centre.opens_the_session(secretary, CAMILLE, day)
    outcome = "Blocs acquis, certification non acquise"
    deciding.pronounces(president, CAMILLE, day, ALL | {"BC3": False}, outcome)
    centre.closes_the_session(secretary, day)
    deciding.releases(president, day)
    both_are_kept(before(secretary, day), ("Certification obtenue", "rapportée", outcome))
    assert verify(portal.services.database, portal.services.store) == []


def is_told(visitor: Visitor, code: str) -> str:
    """What the public page says of a code."""
    visitor.opens(f"{visitor.portal.address}/verifier")
    visitor.fills({"Code du titre ou du récépissé, ou empreinte SHA-256": code})
    visitor.presses("Vérifier")
    return visitor.page.get_by_role("status").first.inner_text()


def both_are_kept(secretary: Visitor, texts: Iterable[str]) -> None:
    """The former decision and the new one are on the candidate's page."""
    secretary.reads(*texts)
