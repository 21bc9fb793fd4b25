"""What the invented candidates tell of their work: a QSE coordinator's situations, their files, what each one shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """A file behind a situation: its pages' titles, and (capability, what it shows, where) for each pointer."""

    name: str
    pages: tuple[str, ...]
    pointers: tuple[tuple[str, str, str], ...] = ()
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A situation: its texts by column, its capabilities, its files; the first one alone where little is shown."""

    texts: dict[str, str]
    capabilities: tuple[str, ...]
    papers: tuple[Paper, ...]


_EMPLOYER = "Mécanique Exemple SAS"

SITUATIONS = (
    Told(
        {
            "title": "Refonte de la politique QSE du site",
            "period": "Janvier à juin 2021",
            "organisation": _EMPLOYER,
            "context": "Atelier d'usinage de 84 personnes. La politique QSE datait de 2014 : personne ne la citait, et"
            " l'audit de renouvellement ISO 9001 approchait. La direction m'a demandé de la reprendre en six mois.",
            "role": "Responsable QSE adjointe, pilote du projet",
            "done": "J'ai d'abord relu trois ans de réclamations, d'accidents et de non-conformités, et j'en ai tiré"
            " les sept risques qui revenaient le plus. J'ai animé quatre réunions avec les chefs d'équipe pour les"
            " classer, puis j'ai rédigé une politique d'une page et la cartographie des processus qui la porte.\n\n"
            "J'ai proposé deux versions au comité de direction. Celle qui a été retenue engage le site sur quatre"
            " objectifs mesurables ; j'ai réécrit avec les pilotes les onze fiches de processus.",
            "with_whom": "La direction, les quatre chefs d'équipe, la responsable des ressources humaines, deux"
            " membres de la commission santé et sécurité.",
            "means": "Analyse de risques, cartographie des processus, réunions de deux heures, gestion documentaire.",
            "results": "Politique signée le 14 juin 2021, affichée et expliquée à chaque équipe. Renouvellement"
            " ISO 9001 sans écart majeur ; les réclamations clients sont passées de 23 à 15 l'année suivante.",
            "learnt": "Une politique qu'on n'a pas discutée reste sur le mur. Je commence maintenant par ce que les"
            " équipes subissent, et j'écris ensuite.",
        },
        ("C1", "C2", "C3"),
        (
            Paper(
                "politique-qse-2021.pdf",
                ("Politique QSE 2021", "Les sept risques retenus", "Quatre objectifs mesurables"),
                (
                    ("C1", "Les risques classés avec les équipes, et les objectifs qui en viennent", "pages 2 et 3"),
                    ("C3", "La politique signée qui fonde le système", "page 1"),
                ),
            ),
            Paper("processus-usinage.docx", ("Fiche du processus Usinage",), (("C2", "Le processus décrit", ""),)),
        ),
    ),
    Told(
        {
            "title": "Tableau de bord sécurité de l'atelier B",
            "period": "Mars 2022 à juin 2023",
            "organisation": _EMPLOYER,
            "context": "L'atelier B comptait la moitié des accidents du site pour un quart de l'effectif. Les chiffres"
            " existaient, dans trois fichiers que personne ne rapprochait.",
            "role": "Responsable QSE adjointe",
            "done": "J'ai construit avec les chefs d'équipe un tableau de bord de douze indicateurs, relu chaque mois"
            " en comité. J'ai décliné l'objectif du site en cibles par îlot, et écrit pour chacune qui mesure, quand"
            " et à partir de quoi.\n\nJ'ai ensuite animé l'analyse des accidents par arbre des causes : neuf arbres,"
            " vingt-six actions, chacune avec une date et un nom.",
            "with_whom": "Deux chefs d'équipe, l'infirmière du travail, le technicien de maintenance.",
            "means": "Tableur, arbre des causes, AMDEC de deux postes, dix minutes de causerie chaque lundi.",
            "results": "Le taux de fréquence est passé de 31 à 18 en quinze mois. Vingt-deux actions sur vingt-six"
            " étaient closes à la date prévue.",
            "learnt": "Trois indicateurs suivis valent mieux que douze affichés : j'en ai retiré cinq.",
        },
        ("C4", "C5", "C6"),
        (
            Paper(
                "tableau-de-bord-2023.pdf",
                ("Tableau de bord, juin 2023", "Objectifs déclinés par îlot", "Taux de fréquence sur quinze mois"),
                (
                    ("C4", "L'objectif du site décliné en cibles d'îlot", "page 2"),
                    ("C5", "Les indicateurs et leur évolution", "page 3"),
                ),
            ),
            Paper("indicateurs-atelier-b.png", ("Indicateurs affichés dans l'atelier B",)),
            Paper("suivi-accidents.xlsx", ("Suivi des accidents, sans les noms",), confidential=True),
        ),
    ),
    Told(
        {
            "title": "Programme d'audits internes",
            "period": "Depuis 2022",
            "organisation": _EMPLOYER,
            "context": "Les audits internes se faisaient la semaine d'avant l'audit de certification, par une seule"
            " personne. Il fallait un programme que le site tienne seul.",
            "role": "Responsable du programme, auditrice",
            "done": "J'ai bâti un programme annuel de neuf audits, choisis d'après les risques. J'ai formé quatre"
            " auditeurs, écrit le guide d'entretien et la trame de rapport, et conduit moi-même trois audits, dont"
            " celui du processus Achats au regard de l'ISO 14001.",
            "with_whom": "Quatre auditeurs internes issus des équipes, les pilotes de processus.",
            "means": "Norme ISO 19011, référentiels ISO 9001, 14001 et 45001, trame de rapport.",
            "results": "Neuf audits sur neuf réalisés en 2023. Trente et un écarts, dont vingt-huit traités en moins"
            " de trois mois.",
            "learnt": "Un écart bien écrit se traite seul : je relis chaque constat avec l'audité avant de partir.",
        },
        ("C7", "C8"),
        (
            Paper(
                "programme-audits.pdf",
                ("Programme d'audits 2023", "Choix des audits d'après les risques", "Rapport d'audit Achats"),
                (
                    ("C7", "Le programme et ce qui l'a fait choisir", "pages 1 et 2"),
                    ("C8", "Un rapport d'audit au regard de l'ISO 14001", "page 3"),
                ),
            ),
        ),
    ),
)
