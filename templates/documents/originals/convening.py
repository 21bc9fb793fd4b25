"""What is written to the organisations of both colleges before a joint jury sits."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet


def union_request() -> Sheet:
    """A representative union is asked to designate who sits for it."""
    sheet = letters.begin("Demande de désignation", "désignation d'un membre du jury paritaire", letters.TO_MEMBER)
    sheet.line(
        "Un jury paritaire de délibération (session {{ session.number }}) se réunira pour les "
        "certifications ci-dessous. "
        "Chaque organisation syndicale représentative y désigne un ou plusieurs représentants qualifiés et, en tant "
        "que de besoin, un membre supplémentaire pour le travail temporaire. Un seul représentant par organisation "
        "siège avec droit de vote."
    )
    _sitting(sheet)
    sheet.line(
        "Je vous remercie de nous indiquer, à l'adresse {{ centre.email }}, le nom, la "
        "qualification et les coordonnées "
        "de la personne ou des personnes que vous désignez, titulaires et suppléants."
    )
    return letters.end(sheet, letters.TO_MEMBER)


def employers_notice() -> Sheet:
    """The employers' side is told that a jury sits."""
    sheet = letters.begin("Information des employeurs", "tenue d'un jury paritaire de délibération", letters.TO_MEMBER)
    sheet.line(
        "Un jury paritaire de délibération (session {{ session.number }}) se réunira pour les "
        "certifications ci-dessous. "
        "La délégation des employeurs compte au maximum cinq membres qualifiés de la branche et, en "
        "tant que de besoin, "
        "un membre supplémentaire pour le travail temporaire."
    )
    _sitting(sheet)
    sheet.line("Pour toute question, ou pour proposer un membre : {{ centre.email }}.")
    return letters.end(sheet, letters.TO_MEMBER)


def composition_notice() -> Sheet:
    """Both sides learn who sits."""
    sheet = letters.begin("Composition du jury", "composition du jury paritaire de délibération", letters.TO_MEMBER)
    sheet.line("Le jury paritaire de délibération (session {{ session.number }}) se réunira ainsi :")
    _sitting(sheet)
    sheet.table(
        [
            ("Membre", "{{ member.full_name }}", 5.4),
            ("Collège", "{{ member.college }}", 3),
            ("Organisation", "{{ member.organisation or '' }}", 5),
            ("Qualité", "{{ member.role }}", 3.2),
        ],
        each="member in members",
    )
    return letters.end(sheet, letters.TO_MEMBER)


def _sitting(sheet: Sheet) -> None:
    sheet.line("**{{ session.starts_at|date_fr }} à {{ session.starts_at|heure }}**")
    with sheet.when("session.place"):
        sheet.line("Lieu : {{ session.place }}")
    with sheet.when("session.video_link"):
        sheet.line("Visioconférence : {{ session.video_link }}")
    with sheet.each("certification in certifications"):
        sheet.line(
            "{{ certification.title }}{% if certification.code %} ({{ certification.code }}){% endif %}", "List Bullet"
        )
