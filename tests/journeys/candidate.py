"""What a candidate does, page after page: registers, asks, describes, deposits, reads the result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import papers
from tests.journeys.visitor import PATIENCE, Visitor
from tests.support.builders import PASSWORD


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Someone invented, who has no account yet."""

    given: str
    family: str
    email: str

    @property
    def name(self) -> str:
        """As letters say it."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Told:
    """A situation with the file that shows it."""

    title: str
    capabilities: tuple[str, ...]
    file: Path


def registers(candidate: Visitor, who: Newcomer) -> None:
    """Opens an account, and proves the address by the link of the mail."""
    candidate.opens(candidate.portal.address)
    candidate.follows("Créer mon compte")
    candidate.fills(
        {"Prénoms": who.given, "Nom": who.family, "Adresse électronique": who.email, "Mot de passe": PASSWORD}
    )
    candidate.chooses("Centre", "UIMM Démonstration")
    candidate.presses("Créer mon compte")
    candidate.is_at("Vérifiez votre messagerie")
    candidate.portal.do_jobs()
    candidate.opens(candidate.portal.mailbox.link(who.email, "Confirmez votre adresse"))
    candidate.presses("Confirmer mon adresse")
    candidate.reads("Votre adresse est vérifiée")
    candidate.fills({"Adresse électronique": who.email, "Mot de passe": PASSWORD})
    candidate.presses("Se connecter")
    candidate.is_at("Commencer ma candidature")


def asks(candidate: Visitor, who: Newcomer, folder: Path) -> None:
    """Fills the request, joins its pieces, reads it again and sends it."""
    candidate.follows("Demander cette certification")
    candidate.ticks(["La certification entière"])
    candidate.presses("Commencer ma demande")
    _fills_the_form(candidate, who)
    _joins_pieces(candidate, folder)
    candidate.follows("Relire avant l'envoi")
    candidate.reads("attestation-employeur.pdf", "Responsable QSE adjointe", "Animatrice sécurité bénévole")
    candidate.ticks(["Je déclare sur l'honneur"])
    candidate.presses("Envoyer ma demande")
    candidate.reads("Recevabilité à l'étude")


def _fills_the_form(candidate: Visitor, who: Newcomer) -> None:
    candidate.is_at("Ma demande de recevabilité")
    candidate.follows("État civil")
    candidate.fills(
        {
            "Nom de naissance": who.family,
            "Prénoms, dans l'ordre de l'état civil": who.given,
            "Date de naissance": "1987-05-14",
            "Commune de naissance": "Ville-Fictive",
        }
    )
    candidate.chooses("Nationalité", "Française")
    candidate.presses("Enregistrer et continuer")
    candidate.is_at("Coordonnées et situation")
    candidate.fills({"Adresse postale": "12 allée de l'Invention\n00000 Ville-Fictive", "Téléphone": "00 00 00 00 00"})
    candidate.chooses("Situation actuelle", "En emploi salarié")
    candidate.presses("Enregistrer et continuer")
    candidate.is_at("Formation")
    candidate.fills({"Diplôme ou titre le plus élevé": "BTS Qualité (exemple)"})
    candidate.presses("Enregistrer et continuer")
    candidate.is_at("Blocs déjà acquis")
    candidate.presses("Enregistrer et continuer")
    candidate.is_at("Expériences")
    _tells_an_experience(candidate, 1, "Salarié", "Responsable QSE adjointe", "Mécanique Exemple & Fils", "2018-09-03")
    candidate.presses("Enregistrer et ajouter une expérience")
    association = "Association « Les Gestes Sûrs »"
    _tells_an_experience(candidate, 2, "Bénévole", "Animatrice sécurité bénévole", association, "2015-01-05")
    candidate.presses("Enregistrer et continuer")


def _tells_an_experience(candidate: Visitor, rank: int, status: str, job: str, organisation: str, since: str) -> None:
    line = candidate.page.get_by_role("group", name=f"Expérience {rank}", exact=True)
    candidate.within(line).chooses("À quel titre", status)
    candidate.fills(
        {
            "Emploi ou fonction": job,
            "Entreprise ou organisation": organisation,
            "Début": since,
            "Activités en rapport avec la certification": "Indicateurs suivis avec l'équipe, audits, plans d'action.",
        }
    )
    candidate.within(None)


def _joins_pieces(candidate: Visitor, folder: Path) -> None:
    candidate.is_at("Mes pièces")
    pieces = {
        "Pièce d'identité": "identité.pdf",
        "Diplôme": "bts.pdf",
        "Expérience 1 : Responsable QSE adjointe": "attestation-employeur.pdf",
        "Expérience 2 : Animatrice sécurité bénévole": "attestation-association.pdf",
    }
    for place, name in pieces.items():
        joins_a_piece(candidate, place, papers.a_pdf(folder, name, place))


def joins_a_piece(candidate: Visitor, place: str, file: Path) -> None:
    """Joins a file in its place, as the first kind that may stand there."""
    candidate.within(candidate.panel(place)).joins("Choisissez vos fichiers", [file])
    candidate.presses(f"Envoyer les fichiers : {place}")
    candidate.within(None)
    candidate.reads(f"Fichier reçu : {file.name}")


def describes(candidate: Visitor, situations: Iterable[Told]) -> None:
    """Describes each situation and sends the file that shows it."""
    for told in situations:
        candidate.follows("Décrire une")  # situation, or another one
        candidate.fills(
            {
                "Titre": told.title,
                "Période": "Mars 2022 à juin 2023",
                "Organisation": "Mécanique Exemple & Fils",
                "Votre rôle": "Responsable QSE adjointe",
                "Ce que vous avez fait": "J'ai mené cette démarche avec les chefs d'équipe, de l'idée à la mesure.",
                "Les résultats": "Le taux de fréquence est passé de 31 à 18 en quinze mois.",
            }
        )
        candidate.ticks(told.capabilities)
        candidate.presses("Enregistrer la situation")
        candidate.chooses("Ces fichiers montrent", told.title)
        candidate.joins("Choisissez vos fichiers", [told.file])
        _sends(candidate, told.file.name)


def _sends(candidate: Visitor, name: str) -> None:
    """By the page itself, which begins as soon as the file is chosen; by the form's button without JavaScript."""
    if candidate.scripts:
        received = candidate.page.locator("#fichiers-recus [data-link]").filter(has_text=name)
        expect(received).to_be_visible(timeout=PATIENCE)
        candidate.inspection.read(candidate.page)
    else:
        candidate.presses("Envoyer les fichiers")
        candidate.reads(f"Fichier reçu : {name}")


def deposits(candidate: Visitor) -> None:
    """Seals the dossier once its files are checked, and comes to the receipt."""
    candidate.cannot_yet("Déposer mon dossier")
    candidate.portal.do_jobs()
    candidate.goes_to("Ma candidature")
    candidate.follows("Déposer mon dossier")
    candidate.ticks(["Je déclare sur l'honneur"])
    candidate.presses("Déposer mon dossier")
    candidate.is_at("Récépissé de dépôt")
