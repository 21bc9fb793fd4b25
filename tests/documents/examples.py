"""A full context for each kind of document, about plainly invented people."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_SHA2 = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

_CENTRE = {
    "issued_at": "2026-03-03T09:30:00+00:00",
    "number": "DOC-2026-00042",
    "centre": {
        "name": "UIMM territoriale d'Exempleville",
        "address": "12 rue de l'Atelier-Fictif\n99000 Exempleville",
        "phone": "01 99 00 00 00",
        "email": "vae@centre.example",
    },
    "signatory": {"name": "Dominique Fictif", "title": "Responsable de la cellule VAE"},
}
_PERSON = {
    "candidate": {
        "civility": "Madame",
        "full_name": "Camille Exemple",
        "address_lines": ["3 impasse des Essais", "Bâtiment B", "99000 Exempleville"],
        "birth_date": "1984-12-01",
        "birth_place": "Exempleville",
    },
    "law": {
        "limits": "article R. 6412-3 du code du travail",
        "answer": "article R. 6412-4 du code du travail",
        "lapse": "article R. 6412-4 du code du travail",
        "jury": "article R. 6412-5 du code du travail",
        "notify": "article R. 6412-7 du code du travail",
    },
    "candidacy": {"number": "VAE-2026-0007"},
    "certification": {
        "title": "Coordonnateur(trice) de système qualité, sécurité, environnement",
        "code": "CQPM 0195",
        "rncp": "RNCP 28242",
    },
}
_BC1 = {"code": "BC1", "title": "L'analyse de la politique QSE en place"}
_BC2 = {"code": "BC2", "title": "La mise en œuvre de la politique QSE"}
_BC3 = {"code": "BC3", "title": "L'audit QSE"}
_C = {
    "BC1": [
        {"code": "C1", "title": "Préparer les éléments pour définir ou améliorer une politique Q, S, E"},
        {"code": "C2", "title": "Décrire un processus nécessaire au fonctionnement de l'organisation"},
        {"code": "C3", "title": "Organiser et formaliser un système de management Q, S, E"},
    ],
    "BC3": [
        {"code": "C7", "title": "Organiser le système d'audit Q, S, E appliqué dans l'entreprise"},
        {"code": "C8", "title": "Réaliser un audit au regard d'un référentiel interne ou externe"},
    ],
}
_AWARD = {
    "award_number": "CERT-2026-00042",
    "verify_code": "3F2A-91C0-77DE-04B8-A6E5",
    "verify_url": "https://portail.example/verifier?code=3F2A-91C0-77DE-04B8-A6E5",
}
_AWARDS = {"awards": [{"number": "CERT-2026-00042", "code": "3F2A-91C0-77DE-04B8-A6E5"}]}
_INTERVIEW = {
    "interview": {
        "starts_at": "2026-04-14T12:30:00+00:00",
        "ends_at": "2026-04-14T14:00:00+00:00",
        "place": "Salle des Essais, 12 rue de l'Atelier-Fictif, 99000 Exempleville",
        "video_link": "https://visio.example/salle-7",
    },
    "evaluators": [
        {"full_name": "Sacha Inventé", "quality": "Évaluatrice qualifiée QSE"},
        {"full_name": "Alix Imaginaire", "quality": "Responsable qualité"},
    ],
}
_TWO_MONTHS = {"completed_on": "2026-03-02", "answer_due_on": "2026-05-02", "tacit_on": "2026-05-03"}
_DECISION = {"deliberated_on": "2026-06-11", "president_name": "Claude Supposé"}
_SESSION = {
    "session": {
        "number": "JURY-2026-03",
        "starts_at": "2026-06-11T07:00:00+00:00",
        "ends_at": "2026-06-11T10:00:00+00:00",
        "place": "Salle du conseil, Exempleville",
        "video_link": "https://visio.example/jury-3",
    }
}
_RECIPIENT = {
    "civility": "Monsieur",
    "full_name": "Alix Imaginaire",
    "address_lines": ["8 quai Inventé", "99100 Fictiville"],
}
_SITTING = {
    "recipient": {"full_name": "Syndicat Imaginaire", "address_lines": ["1 place Inventée", "99100 Fictiville"]},
    "certifications": [{"title": "Coordonnateur QSE", "code": "CQPM 0195"}],
}
_COMPETENCE = [{"code": "C4", "title": "Garantir la cohérence des objectifs déclinés de la politique qualité"}]


def _candidate(number: str, name: str) -> dict[str, Any]:
    return {"number": number, "full_name": name, "certification": "CQPM 0195, certification entière"}


def _assessed(block: dict[str, Any], acquired: bool) -> dict[str, Any]:
    capabilities = [
        capability
        | {
            "acquired": acquired,
            "modality": "Présentation des projets ou activités",
            "reason": "" if acquired else "L'audit présenté n'a pas été conduit jusqu'à son rapport.",
            "observations": "Exemples précis, chiffrés.\n\nRéponses claires aux questions.",
            "criteria": ["L'écart est décrit : rempli", "La cause est recherchée : non rempli"],
            "disagreement": not acquired,
            "opinions": ["Ateliers Fictifs : Le fait en partie. Sur un atelier."],
        }
        for capability in _C[block["code"]]
    ]
    return block | {"acquired": acquired, "capabilities": capabilities}


def _voted(block: dict[str, Any], acquired: bool, casting: bool = False) -> dict[str, Any]:
    votes = {"in_favour": 2, "against": 1, "abstained": 0}
    return block | {"acquired": acquired, "casting_vote": casting, "employers": votes, "employees": votes}


_REQUEST = {
    "submitted_at": "2026-03-01T17:05:00+00:00",
    "nature": "première demande",
    "target": "La certification entière",
    "sections": [
        {
            "title": "État civil",
            "rows": [
                {"label": "Nom de naissance", "value": "Exemple"},
                {"label": "Prénoms", "value": "Camille, Andréa"},
            ],
        },
        {"title": "Formation", "rows": [{"label": "Dernière classe suivie", "value": "Terminale"}]},
    ],
    "experiences": [
        {
            "job": "Animatrice qualité",
            "status": "Salariée",
            "organisation": "Ateliers Fictifs\n4 rue de l'Usine, 99000 Exempleville",
            "family": "Ingénieurs et cadres de l'industrie",
            "certification": "CQPM Animateur sécurité (exemple)",
            "period": "de janvier 2019 à février 2026",
            "working_time": "temps plein",
            "total_hours": 11200,
            "activities": "Tenue des indicateurs.\nAudits internes.",
        },
    ],
    "hours_total": "11 200 heures",
    "overlaps": ["Les expériences 1 et 3 se recouvrent de mars 2019 à juin 2020."],
    "pieces": [
        {"title": "Pièce d'identité", "file_name": "identité.pdf"},
        {"title": "Attestation d'employeur", "file_name": "attestation Ateliers Fictifs.pdf"},
    ],
    "sworn_at": "2026-03-01T17:04:00+00:00",
}

_DEPOSIT = {
    "deposited_at": "2026-04-01T08:00:00+00:00",
    "files": [
        {"name": "rapport d'audit 2025.pdf", "size": 2_412_345, "sha256": _SHA, "confidential": True},
        {"name": "procédure-QSE.docx", "size": 48_100, "sha256": _SHA2, "confidential": False},
    ],
    "deposit": 2,
    "total_size": 2_460_445,
    "manifest_sha256": _SHA2,
    "code": "3F2A-91C0-77DE-04B8-A6E5",
    "verify_at": "https://portail.example/verifier",
    "jury_due_on": "2026-07-31",
}

_SHOWN = {"situations": "1", "evidence": "n° 1 (les objectifs, page 3)"}
_DOSSIER = {
    "deposited_at": "2026-04-01T08:00:00+00:00",
    "situations": [
        {
            "number": 1,
            "title": "Refonte du système documentaire",
            "organisation": "Ateliers Fictifs",
            "period": "2023",
            "role": "Responsable QSE adjointe",
            "texts": [
                {"title": "Ce qui a été fait", "text": "J'ai repris les procédures.\n\nPuis j'ai formé les équipes."},
                {"title": "Les résultats", "text": "Aucun écart majeur à l'audit."},
            ],
            "capabilities": ["C1", "C2"],
            "evidence": ["1. rapport d'audit 2025.pdf (C1 : les objectifs, page 3)"],
        },
    ],
    "deposit": 2,
    "code": "3F2A-91C0-77DE-04B8-A6E5",
    "blocks": [
        _BC1 | {"capabilities": [capability | _SHOWN for capability in _C["BC1"]]},
        _BC3 | {"capabilities": [capability | _SHOWN for capability in _C["BC3"]]},
    ],
    "evidence": [
        {
            "number": 1,
            "file_name": "rapport d'audit 2025.pdf",
            "size": 2_412_345,
            "sha256": _SHA,
            "confidential": True,
            "situations": "1",
        },
    ],
    "sworn_at": "2026-04-01T07:59:00+00:00",
}

_SIGNATORIES = {
    "text_sha256": "5d" * 32,
    "signatories": [{"full_name": "Claude Supposé", "college": "employeurs", "president": True}],
}
_MINUTES = _SIGNATORIES | {
    "certifications": ["Technicien en exemples (CQPM 0195, RNCP 28242)"],
    "convened_at": "2026-05-20T08:00:00+00:00",
    "opened_at": "2026-06-11T07:05:00+00:00",
    "closed_at": "2026-06-11T09:40:00+00:00",
    "president_name": "Claude Supposé",
    "members": [
        {"full_name": "Claude Supposé", "college": "employeurs", "organisation": "Ateliers Fictifs", "president": True}
        | {"votes": True, "present": True, "seat": "titulaire", "qualification": "Responsable QSE"},
        {"full_name": "Charlie Postiche", "college": "salariés", "organisation": "Syndicat Exemple", "president": False}
        | {
            "votes": True,
            "present": True,
            "seat": "suppléant, travail temporaire",
            "qualification": "Ouvrier qualifié",
        },
    ],
    "absences": [{"full_name": "Noa Factice", "college": "salariés", "reason": "Empêchement professionnel"}],
    "recusals": [{"full_name": "Claude Supposé", "candidate": "Camille Exemple", "acting_president": "Lou Simulé"}],
    "withdrawn": [{"number": "VAE-2026-0011", "full_name": "Alix Fictif", "reason": "Parité impossible"}],
    "candidates": [
        _candidate("VAE-2026-0007", "Camille Exemple")
        | {
            "checks": [
                {"point": "Dispositif paritaire", "by": "Dominique Tenue", "at": "2026-06-11T07:20:00+00:00"},
            ],
            "outcome": "Blocs acquis, certification non acquise",
            "decided_at": "2026-06-11T07:40:00+00:00",
            "pronounced_by": "Claude Supposé",
            "sat": ["Claude Supposé, employeurs, préside", "Charlie Postiche, salariés"],
            "referred": ["Renvoi devant la commission : la grille est incomplète"],
            "revoked": [
                {
                    "decided_at": "2026-06-11T07:30:00+00:00",
                    "outcome": "Aucun bloc acquis",
                    "revoked_at": "2026-06-11T07:35:00+00:00",
                    "by": "Claude Supposé",
                    "reason": "Erreur de comptage",
                }
            ],
            "reason": "Le bloc BC3 reste à démontrer.",
            "blocks": [_voted(_BC1, True), _voted(_BC2, True, casting=True), _voted(_BC3, False)],
        },
        _candidate("VAE-2026-0009", "Morgan Chimérique")
        | {"outcome": "Admissible, certification obtenue", "checks": [], "blocks": [_voted(_BC1, True)]},
    ],
    "incidents": ["La visioconférence a été interrompue cinq minutes."],
}

_SPECIFIC: dict[str, list[dict[str, Any]]] = {
    "request_summary": [_PERSON, _REQUEST],
    "receipt": [_PERSON, _TWO_MONTHS],
    "supplement_request": [
        _PERSON,
        {
            "items": [
                {"title": "Attestation d'employeur", "reason": "La période 2019-2021 n'est pas couverte."},
                {"title": "Copie du diplôme", "reason": "Le fichier joint est illisible."},
            ],
            "answer_by": "2026-03-20",
            "clock_stopped": True,
        },
    ],
    "admissible": [
        _PERSON,
        {
            "decided_on": "2026-03-03",
            "target": "la certification entière",
            "opinions": [
                {
                    "block": {"code": "BC1", "title": "Le pilotage d'un système QSE"},
                    "gaps": "L'expérience d'audit externe est courte.\n\nLe volet environnement est peu décrit.",
                    "recommendations": "Décrire un audit mené de bout en bout.",
                },
                {"block": {"code": "BC2", "title": "L'animation"}, "gaps": "aucun", "recommendations": None},
            ],
            "lapse_on": "2026-09-30",
        },
    ],
    "tacitly_admissible": [_PERSON, _TWO_MONTHS, {"lapse_on": "2026-11-30"}],
    "inadmissible": [
        _PERSON,
        {
            "decided_on": "2026-03-03",
            "reason": "Les activités décrites relèvent de la maintenance.\n\nAucune ne touche au système QSE.",
            "appeal_possible": True,
            "appeal_link": "https://portail.example/candidatures/7/recours",
        },
    ],
    "fraud_notice": [
        _PERSON,
        {
            "decided_on": "2026-03-03",
            "grievances": "Une attestation d'employeur jointe au dossier n'a pas été signée par lui.",
            "answer_by": "2026-03-20",
            "answer_link": "https://portail.example/ma-candidature/2026-0007/griefs",
        },
    ],
    "participation": [
        {
            "organisation": "Syndicat Exemple",
            "college": "salariés",
            "period": "au premier semestre 2026",
            "sessions": [
                {
                    "number": "PV-2026-001",
                    "starts_at": "2026-03-03T08:00:00+00:00",
                    "place": "Salle du jury",
                    "members": "Dominique Fictif",
                    "voting": True,
                }
            ],
        }
    ],
    "deposit_receipt": [_PERSON, _DEPOSIT],
    "evidence_dossier": [_PERSON, _DOSSIER],
    "interview_convocation": [_PERSON, _INTERVIEW],
    "evaluator_convocation": [_PERSON, _INTERVIEW, {"recipient": _RECIPIENT, "blocks": [_BC1, _BC3]}],
    "attendance_sheet": [_PERSON, _INTERVIEW],
    "attendance_certificate": [_PERSON, {"interview": _INTERVIEW["interview"]}],
    "assessment_summary": [
        _PERSON,
        _INTERVIEW,
        {
            "evaluators": [
                evaluator | {"signed_at": "2026-04-14T14:20:00+00:00"} for evaluator in _INTERVIEW["evaluators"]
            ],
            "blocks": [_assessed(_BC1, True), _assessed(_BC3, False)],
            "company_opinion": "Avis favorable du responsable de site.",
            "observations": "Entretien conforme au référentiel.",
            "deposit_sha256": _SHA[::-1],
            "text_sha256": _SHA,
        },
    ],
    "jury_convocation": [
        _SESSION,
        {
            "recipient": _RECIPIENT | {"college": "employeurs", "organisation": "Ateliers Fictifs", "president": True},
            "candidates": [_candidate("VAE-2026-0007", "Camille Exemple")],
        },
    ],
    "union_request": [_SESSION, _SITTING],
    "employers_notice": [_SESSION, _SITTING],
    "composition_notice": [
        _SESSION,
        _SITTING,
        {
            "members": [
                {
                    "full_name": "Ange Modèle",
                    "college": "employeurs",
                    "organisation": "Ateliers Fictifs",
                    "role": "préside",
                }
            ]
        },
    ],
    "minutes": [_SESSION, _MINUTES],
    "result_all": [_PERSON, _DECISION, _AWARDS, {"blocks": [_BC1, _BC2, _BC3]}],
    "minutes_correction": [
        _SESSION,
        _SIGNATORIES,
        {
            "president_name": "Claude Supposé",
            "corrects": {"number": "PV-2026-001", "sha256": "a1" * 32, "made_at": "2026-06-11T09:40:00+00:00"},
            "made_at": "2026-06-18T09:40:00+00:00",
            "reason": "Une erreur de plume.",
            "lines": ["Lire « Noa » au lieu de « Noah »."],
        },
    ],
    "jury_attendance_sheet": [_SESSION, {"certifications": ["CQPM 0195"], "members": _MINUTES["members"]}],
    "result_some": [
        _PERSON,
        _DECISION,
        _AWARDS,
        {
            "blocks_acquired": [_BC1 | {"capabilities": _C["BC1"]}],
            "validity_blocks": "illimitée",
            "competences_acquired": _COMPETENCE,
            "validity_competences": "vingt-quatre mois",
            "blocks_missing": [_BC2 | {"reason": "Les indicateurs ne sont pas suivis."}, _BC3],
        },
    ],
    "result_none": [
        _PERSON,
        _DECISION,
        {
            "blocks": [_BC1 | {"reason": "La politique QSE n'est pas décrite."}, _BC3],
            "competences_acquired": _COMPETENCE,
            "validity_competences": "vingt-quatre mois",
        },
    ],
    "block_certificate": [
        _PERSON,
        _DECISION,
        _AWARD,
        {"block": _BC1 | {"capabilities": _C["BC1"]}, "validity": "60 mois", "valid_until": "2031-06-11"},
    ],
    "certificate": [_PERSON, _DECISION, _AWARD, {"blocks": [_BC1, _BC2, _BC3]}],
}


def example(kind: str) -> dict[str, Any]:
    """A context of its own for this kind, every field given."""
    context: dict[str, Any] = dict(_CENTRE)
    for part in _SPECIFIC[kind]:
        context |= part
    return deepcopy(context)
