"""The day of an interview in real browsers: typed alone, the line cut and back, compared, one text, signed, closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.journeys.portal import Portal
from tests.journeys.visitor import PATIENCE, Visitor
from tests.support.builders import PASSWORD, World
from vae_portal.persistence.tables import AssessmentRecord, Candidacy, Capability, OwnAssessment
from workflows.vocabulary import Step

pytestmark = pytest.mark.journey
CAPABILITIES = tuple(f"C{n}" for n in range(1, 9))
SHARE = "J'ai terminé seul : mettre en commun"


def says(visitor: Visitor, words: str) -> None:
    expect(visitor.page.locator("#enregistrement")).to_contain_text(words, timeout=PATIENCE)


def noted(portal: Portal, world: World, local: str, code: str) -> OwnAssessment | None:
    with portal.services.database.reading() as session:
        mine = select(OwnAssessment).join(Capability, Capability.id == OwnAssessment.capability_id)
        person = OwnAssessment.person_id == world.cast.people[local]
        return session.scalars(mine.where(person, Capability.code == code)).one_or_none()


def test_from_two_grids_to_one_closed_text(arrives: Callable[..., Visitor], portal: Portal, world: World) -> None:
    story = world.candidacy(Step.EVALUATION)
    first, second = arrives(), arrives(scripts=False)
    for visitor, local in ((first, "evaluateur1"), (second, "evaluateur2")):
        visitor.signs_in(world.email(local), PASSWORD)
        visitor.opens(f"{portal.address}/candidatures/{story.number}/ma-grille")
    _types_whatever_the_line_does(first, portal, world)
    first.presses(SHARE)
    first.reads("D'ici là, vous pouvez la reprendre")
    for code in CAPABILITIES:
        second.picks(f"Mon avis sur {code}", "Non acquise" if code == "C2" else "Acquise")
    second.fills({"Motif, si C2 n'est pas acquise": "Le tableau n'est pas daté"})
    second.presses(SHARE)
    second.reads("avis différents", "avis concordants", "Écrit hors ligne", "Le tableau n'est pas daté")
    _writes_one_text(second)
    for visitor in (first, second):
        visitor.opens(f"{portal.address}/candidatures/{story.number}/evaluation")
        visitor.follows("Relire le texte et signer")
        visitor.reads("Les avis différaient ; la commission a tranché")
        visitor.fills({"Votre mot de passe": PASSWORD})
        visitor.presses("Signer l'évaluation")
    second.follows("Clore l'évaluation")
    second.presses("Clore l'évaluation")
    portal.do_jobs()
    with portal.services.database.reading() as session:
        assert (
            session.scalars(select(Candidacy.step).where(Candidacy.number == story.number)).one() == Step.JURY_PENDING
        )
        assert session.scalars(select(AssessmentRecord.object_key)).one() is not None


def _types_whatever_the_line_does(first: Visitor, portal: Portal, world: World) -> None:
    first.bears("ERR_INTERNET_DISCONNECTED")
    first.picks("Mon avis sur C1", "Acquise")
    says(first, "Enregistré à")
    first.page.context.set_offline(True)
    first.field("Mes observations sur C1").fill("Écrit hors ligne")
    says(first, "Pas de connexion")
    for code in CAPABILITIES[1:]:
        first.picks(f"Mon avis sur {code}", "Acquise")
    first.page.context.set_offline(False)
    says(first, "Enregistré à")
    expect(first.page.locator("#enregistrement")).to_contain_text("Enregistré à", timeout=PATIENCE)
    for code in CAPABILITIES:
        row = noted(portal, world, "evaluateur1", code)
        assert row is not None, code
        assert row.verdict == "acquired"
    c1 = noted(portal, world, "evaluateur1", "C1")
    assert c1 is not None
    assert c1.observations == "Écrit hors ligne"


def _writes_one_text(second: Visitor) -> None:
    second.chooses("Modalité d'évaluation", "Présentation de projets ou d'activités")
    second.picks("C2", "Acquise")
    second.presses("Enregistrer l'évaluation", expect_status=422)
    second.reads("Vos avis différaient sur C2")
    second.fills({"Observations sur C2": "Le courriel joint donne la date : la commission retient la pièce."})
    second.presses("Enregistrer l'évaluation")
    second.reads("L'évaluation est enregistrée")
