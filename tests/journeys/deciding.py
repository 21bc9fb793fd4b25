"""What those who judge do: evaluators declare, assess, sign and close; the president of the jury pronounces."""

from __future__ import annotations

from collections.abc import Iterable

from tests.journeys.visitor import Visitor
from tests.support.builders import PASSWORD


def declares_no_link(evaluator: Visitor, candidate: str) -> None:
    """Declares independence, then reads the dossier."""
    evaluator.goes_to("Mes entretiens")
    evaluator.follows(f"Préparer l'entretien de {candidate}")
    evaluator.presses("Je n'ai aucun lien")
    evaluator.follows("Lire le dossier")
    evaluator.is_at("Dossier déposé")


def opens_the_evaluation(evaluator: Visitor, candidate: str) -> None:
    """At the hour of the interview."""
    evaluator.goes_to("Mes entretiens")
    evaluator.follows(f"Préparer l'entretien de {candidate}")
    evaluator.follows("Ouvrir l'évaluation")
    evaluator.presses("Ouvrir l'évaluation")
    evaluator.reads("C'est fait")


def judges_alone(evaluator: Visitor, candidate: str, capabilities: Iterable[str], lacking: dict[str, str]) -> None:
    """Fills in one's own grid and shows it; the page saves each word as it is typed where scripts run."""
    _opens_the_grid(evaluator, candidate)
    evaluator.follows("Remplir ma grille")
    for code in capabilities:
        evaluator.picks(f"Mon avis sur {code}", "Non acquise" if code in lacking else "Acquise")
        if code in lacking:
            evaluator.fills({f"Motif, si {code} n'est pas acquise": lacking[code]})
    evaluator.presses("J'ai terminé seul : mettre en commun")


def assesses(evaluator: Visitor, candidate: str, capabilities: Iterable[str], lacking: dict[str, str]) -> None:
    """Fills the grid: every capability acquired but those lacking, each with its reason."""
    _opens_the_grid(evaluator, candidate)
    evaluator.chooses("Modalité d'évaluation", "Présentation de projets ou d'activités")
    for code in capabilities:
        evaluator.picks(code, "Non acquise" if code in lacking else "Acquise")
        if code in lacking:
            evaluator.fills({f"Motif, si {code} n'est pas acquise": lacking[code]})
    evaluator.fills({"Observations générales": "Entretien mené à l'appui du dossier de preuves."})
    evaluator.presses("Enregistrer l'évaluation")
    evaluator.reads("L'évaluation est enregistrée")


def signs(evaluator: Visitor, candidate: str) -> None:
    """Signs the text with one's password."""
    _opens_the_grid(evaluator, candidate)
    evaluator.follows("Relire le texte et signer")
    evaluator.fills({"Votre mot de passe": PASSWORD})
    evaluator.presses("Signer l'évaluation")
    evaluator.reads("Vous avez signé l'évaluation.")


def closes_the_evaluation(evaluator: Visitor, candidate: str) -> None:
    """Sends the signed text to the jury."""
    _opens_the_grid(evaluator, candidate)
    evaluator.follows("Clore l'évaluation")
    evaluator.presses("Clore l'évaluation")
    evaluator.reads("C'est fait")


def _opens_the_grid(evaluator: Visitor, candidate: str) -> None:
    evaluator.goes_to("Mes entretiens")
    evaluator.follows(f"Ouvrir la grille de {candidate}")


def pronounces(president: Visitor, candidate: str, day: str, blocks: dict[str, bool], outcome: str) -> None:
    """Opens the candidate's page from the session, decides each block, reads it again, pronounces."""
    president.goes_to("Jurys")
    president.follows(day)
    president.follows(candidate)
    for code, acquired in blocks.items():
        president.picks(f"Décision sur {code}", "Acquis, par accord" if acquired else "Non acquis, par accord")
        if not acquired:
            president.fills({f"Motif de la décision sur {code}": "Le jury suit la proposition de la commission."})
    president.presses("Relire la décision avant de prononcer")
    president.is_at("Relire avant de prononcer")
    president.reads(outcome)
    president.presses("Prononcer : ...")
    president.reads("La décision est prononcée")


def releases(president: Visitor, day: str) -> None:
    """Lets the results of a closed session leave."""
    president.goes_to("Jurys")
    president.follows(day)
    president.presses("Remettre les résultats")
    president.reads("les candidats les lisent dès maintenant")
    president.portal.do_jobs()
