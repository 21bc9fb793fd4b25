"""Partly validated, then resumed on the missing block alone, then certified; what came before stays readable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.documents.reading import words
from tests.journeys import candidate as as_candidate
from tests.journeys import centre, deciding, papers
from tests.journeys.candidate import Told
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.support.builders import PASSWORD, World
from vae_portal.persistence.verify import verify
from workflows.clocks import PARIS
from workflows.vocabulary import Step

pytestmark = pytest.mark.journey

CAMILLE = "Camille Exemple"
CAPABILITIES = tuple(f"C{rank}" for rank in range(1, 9))
REASON = "C8 : l'audit présenté n'a été ni préparé ni conduit par la candidate."
FIRST_SESSION = datetime(2026, 5, 6, 10, 0, tzinfo=PARIS)
SECOND_INTERVIEW = datetime(2026, 7, 15, 9, 30, tzinfo=PARIS)
SECOND_SESSION = datetime(2026, 8, 26, 14, 0, tzinfo=PARIS)
MEMBERS = ("Ange Modèle", "Sasha Prototype", "Charlie Essai", "Noa Patron")
LOCALS = ("candidat", "conseiller", "planificateur", "evaluateur1", "evaluateur2", "secretaire", "jury-employeurs")


def test_partly_validated_then_resumed_and_certified(
    arrives: Callable[..., Visitor], portal: Portal, world: World, tmp_path: Path
) -> None:
    world.candidacy(Step.EVALUATION)
    portal.do_jobs()
    person = {local: arrives() for local in LOCALS}
    for local, visitor in person.items():
        visitor.signs_in(world.email(local), PASSWORD)
    _is_assessed(person, CAPABILITIES, {"C8": REASON})
    granted = {"BC1": True, "BC2": True, "BC3": False}
    _goes_before_the_jury(
        person, portal, FIRST_SESSION, "6 mai 2026", granted, "Blocs acquis, certification non acquise"
    )
    _resumes(person["candidat"], tmp_path)
    _meets_the_commission_again(person, portal)
    _goes_before_the_jury(person, portal, SECOND_SESSION, "26 août 2026", {"BC3": True}, "Certification obtenue")
    _both_rounds_are_readable(person)
    assert verify(portal.services.database, portal.services.store) == []


def _is_assessed(person: dict[str, Visitor], capabilities: tuple[str, ...], lacking: dict[str, str]) -> None:
    for evaluator in ("evaluateur1", "evaluateur2"):
        deciding.judges_alone(person[evaluator], CAMILLE, capabilities, lacking)
    deciding.assesses(person["evaluateur1"], CAMILLE, capabilities, lacking)
    deciding.signs(person["evaluateur1"], CAMILLE)
    deciding.signs(person["evaluateur2"], CAMILLE)
    deciding.closes_the_evaluation(person["evaluateur1"], CAMILLE)


def _goes_before_the_jury(
    person: dict[str, Visitor], portal: Portal, starts_at: datetime, day: str, blocks: dict[str, bool], outcome: str
) -> None:
    portal.wait(days=2)
    secretary = person["secretaire"]
    centre.convenes(secretary, starts_at, MEMBERS, president="Ange Modèle")
    centre.enrols(secretary, CAMILLE)
    portal.wait_until(starts_at)
    centre.opens_the_session(secretary, CAMILLE, day)
    deciding.pronounces(person["jury-employeurs"], CAMILLE, day, blocks, outcome)
    assert CAMILLE in words(centre.closes_the_session(secretary, day))
    deciding.releases(person["jury-employeurs"], day)


def _resumes(candidate: Visitor, folder: Path) -> None:
    candidate.goes_to("Ma candidature")
    candidate.reads("Vous avez acquis une partie des blocs")
    letter = words(candidate.downloads("Résultat : blocs acquis"))
    acquired, _, missing = letter.partition("BC3")
    assert "BC1" in acquired
    assert "BC2" in acquired
    assert missing
    assert "BC1" in words(candidate.downloads("Attestation de bloc BC1"))
    candidate.follows("Reprendre mon parcours")
    candidate.presses("Reprendre mon parcours")
    candidate.follows("Continuer mon dossier")
    candidate.within(candidate.panel("Couverture")).reads("C7", "C8")
    candidate.does_not_read("C1")
    candidate.within(None)
    audit = Told("Audit mené de bout en bout", ("C7", "C8"), papers.a_photograph(folder, "audit.jpg", "Audit"))
    as_candidate.describes(candidate, [audit])
    as_candidate.deposits(candidate)
    candidate.reads("Dépôt 2", "audit.jpg")


def _meets_the_commission_again(person: dict[str, Visitor], portal: Portal) -> None:
    portal.wait(days=3)
    centre.acts(person["conseiller"], CAMILLE, "Accepter le dossier")
    centre.schedules(person["planificateur"], CAMILLE, SECOND_INTERVIEW, ["Maxime Critère", "Andréa Indicateur"])
    portal.wait_until(SECOND_INTERVIEW)
    deciding.opens_the_evaluation(person["evaluateur1"], CAMILLE)
    _is_assessed(person, ("C7", "C8"), {})


def _both_rounds_are_readable(person: dict[str, Visitor]) -> None:
    candidate, advisor = person["candidat"], person["conseiller"]
    candidate.goes_to("Ma candidature")
    candidate.reads("Vous avez obtenu la certification")
    for title in (
        "Résultat : blocs acquis",
        "Résultat : certification obtenue",
        "Certificat",
        "Attestation de bloc BC3",
    ):
        assert CAMILLE in words(candidate.downloads(title)), title
    expect(candidate.part.get_by_role("link", name="Récépissé de dépôt du dossier")).to_have_count(2)
    advisor.goes_to("Candidatures")
    advisor.follows(CAMILLE)
    advisor.reads("Blocs acquis, certification non acquise", "Certification obtenue", "6 mai 2026", "26 août 2026")
