"""From the registration to the certification, each person at their own browser, every page inspected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.documents.reading import words
from tests.journeys import candidate as as_candidate
from tests.journeys import centre, deciding, papers
from tests.journeys.candidate import Newcomer, Told
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor
from tests.support.builders import PASSWORD, World
from vae_portal.persistence.verify import verify
from workflows.clocks import PARIS

pytestmark = pytest.mark.journey

NOELLE = Newcomer("Noëlle-Zoé", "Lefèvre d'Œuvray & Fils", "noelle@famille.example")
CAPABILITIES = tuple(f"C{rank}" for rank in range(1, 9))
INTERVIEW = datetime(2026, 4, 14, 14, 0, tzinfo=PARIS)
SESSION = datetime(2026, 5, 20, 10, 0, tzinfo=PARIS)
SESSION_DAY = "20 mai 2026"
MEMBERS = ("Ange Modèle", "Sasha Prototype", "Charlie Essai", "Noa Patron")


def test_from_the_registration_to_the_certification(
    arrives: Callable[..., Visitor], portal: Portal, world: World, tmp_path: Path
) -> None:
    person = {"candidat": arrives()}
    as_candidate.registers(person["candidat"], NOELLE)
    as_candidate.asks(person["candidat"], NOELLE, tmp_path)
    for local in ("conseiller", "planificateur", "evaluateur1", "evaluateur2", "secretaire", "jury-employeurs"):
        person[local] = arrives()
        person[local].signs_in(world.email(local), PASSWORD)
    _is_admitted(person, portal)
    _deposits(person["candidat"], tmp_path)
    _meets_the_commission(person, portal)
    _goes_before_the_jury(person, portal)
    _reads_the_result(person["candidat"])
    _mails_arrived(portal, world)
    assert verify(portal.services.database, portal.services.store) == []


def _is_admitted(person: dict[str, Visitor], portal: Portal) -> None:
    portal.wait(days=2)
    centre.acts(person["conseiller"], NOELLE.name, "Accuser réception (demande complète)")
    portal.wait(days=12)
    said = {
        "Écarts constatés pour BC1": "Aucun écart avec les activités « QSE » & leurs <mesures>.",
        "Écarts constatés pour BC2": "aucun",
        "Recommandations pour BC2": "Appuyez la capacité C5 sur un tableau de bord réellement tenu.",
        "Écarts constatés pour BC3": "aucun",
    }
    centre.acts(person["conseiller"], NOELLE.name, "Déclarer recevable", said, letter=True)
    portal.do_jobs()
    person["candidat"].goes_to("Ma candidature")
    letter = words(person["candidat"].downloads("Notification de recevabilité"))
    assert NOELLE.name in letter
    assert "« QSE » & leurs <mesures>" in letter


def _deposits(candidate: Visitor, folder: Path) -> None:
    candidate.follows("Continuer mon dossier")
    situations = (
        Told("Refonte de la politique QSE", CAPABILITIES[:3], papers.a_pdf(folder, "politique.pdf", "Politique")),
        Told("Tableau de bord", CAPABILITIES[3:6], papers.a_photograph(folder, "atelier B.jpg", "Tableau de bord")),
        Told("Audits internes", CAPABILITIES[6:], papers.a_word_document(folder, "audits.docx", "Audits à l'été")),
    )
    as_candidate.describes(candidate, situations)
    as_candidate.deposits(candidate)
    candidate.reads("politique.pdf", "atelier B.jpg", "audits.docx")
    candidate.portal.do_jobs()
    candidate.follows("Actualiser")
    receipt = words(candidate.downloads("Récépissé de dépôt"))
    assert all(told.file.name in receipt for told in situations)


def _meets_the_commission(person: dict[str, Visitor], portal: Portal) -> None:
    portal.wait(days=3)
    centre.acts(person["conseiller"], NOELLE.name, "Accepter le dossier")
    centre.schedules(person["planificateur"], NOELLE.name, INTERVIEW, ["Maxime Critère", "Andréa Indicateur"])
    portal.do_jobs()
    evaluators = [person["evaluateur1"], person["evaluateur2"]]
    for evaluator in evaluators:
        deciding.declares_no_link(evaluator, NOELLE.name)
    portal.wait_until(INTERVIEW)
    deciding.opens_the_evaluation(evaluators[0], NOELLE.name)
    for evaluator in evaluators:
        deciding.judges_alone(evaluator, NOELLE.name, CAPABILITIES, {})
    deciding.assesses(evaluators[0], NOELLE.name, CAPABILITIES, {})
    for evaluator in evaluators:
        deciding.signs(evaluator, NOELLE.name)
    deciding.closes_the_evaluation(evaluators[1], NOELLE.name)


def _goes_before_the_jury(person: dict[str, Visitor], portal: Portal) -> None:
    portal.wait(days=2)
    secretary, president = person["secretaire"], person["jury-employeurs"]
    centre.convenes(secretary, SESSION, MEMBERS, president="Ange Modèle")
    centre.enrols(secretary, NOELLE.name)
    portal.wait_until(SESSION)
    centre.opens_the_session(secretary, NOELLE.name, SESSION_DAY)
    blocks = {"BC1": True, "BC2": True, "BC3": True}
    deciding.pronounces(president, NOELLE.name, SESSION_DAY, blocks, "Certification obtenue")
    minutes = words(centre.closes_the_session(secretary, SESSION_DAY))
    assert NOELLE.name in minutes
    assert all(member in minutes for member in MEMBERS)
    person["candidat"].goes_to("Ma candidature")
    person["candidat"].does_not_read("Vous avez obtenu la certification")
    deciding.releases(president, SESSION_DAY)


def _reads_the_result(candidate: Visitor) -> None:
    candidate.goes_to("Ma candidature")
    candidate.reads("Vous avez obtenu la certification", "Admissible, certification obtenue")
    for title in ("Résultat : certification obtenue", "Certificat"):
        assert NOELLE.name in words(candidate.downloads(title))


def _mails_arrived(portal: Portal, world: World) -> None:
    theirs = portal.mailbox.subjects(NOELLE.email)
    expected = ("Confirmez", "Votre demande est complète", "recevable", "déposé", "accepté", "Votre entretien", "jury")
    assert [subject for subject in expected if not any(subject in found for found in theirs)] == []
    assert theirs[-1] == "La décision du jury est disponible"
    to_staff = {
        "conseiller": ("Nouvelle demande", "Dossier déposé"),
        "planificateur": ("Candidature 2026-0001",),
        "evaluateur1": ("Commission de validation",),
        "evaluateur2": ("Commission de validation",),
        "secretaire": ("Évaluation close",),
    }
    for local, subjects in to_staff.items():
        received = portal.mailbox.subjects(world.email(local))
        assert all(any(subject in found for found in received) for subject in subjects), f"{local}: {received}"
    strangers = [str(m["To"]) for m in portal.mailbox.messages if not str(m["To"]).endswith(".example")]
    assert strangers == []
