"""The joint jury: its convocation and the sheet its members sign."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet


def jury_convocation() -> Sheet:
    """A member of the jury is asked to sit for named candidates."""
    sheet = letters.begin(
        "Convocation au jury paritaire", "convocation au jury paritaire de délibération", letters.TO_MEMBER
    )
    sheet.line(
        "Vous êtes convoqué(e) au jury paritaire de délibération, session {{ session.number }}, au titre du collège "
        "des **{{ recipient.college }}**{% if recipient.president %}, pour le présider{% endif %} :"
    )
    sheet.line(
        "**{{ session.starts_at|date_fr }} à {{ session.starts_at|heure }}**"
        "{% if session.ends_at %}, fin prévue à {{ session.ends_at|heure }}{% endif %}"
    )
    with sheet.when("session.place"):
        sheet.line("Lieu : {{ session.place }}")
    with sheet.when("session.video_link"):
        sheet.line("Visioconférence : {{ session.video_link }}")
    sheet.line("Le jury examinera le récapitulatif des évaluations des candidats suivants :", together=True)
    sheet.table(
        [
            ("Candidature", "{{ candidate.number }}", 3.4),
            ("Candidat", "{{ candidate.full_name }}", 5.2),
            ("Certification", "{{ candidate.certification }}", 8),
        ],
        each="candidate in candidates",
    )
    sheet.line(
        "Le jury est composé pour moitié de représentants des employeurs et pour moitié de représentants des "
        "salariés. Un seul représentant par organisation syndicale siège avec droit de vote. En cas de partage des "
        "voix, celle du président est prépondérante."
    )
    sheet.line(
        "Si vous avez, ou avez eu, un lien personnel ou professionnel avec l'un de ces candidats, ou si vous l'avez "
        "accompagné, déclarez-le dans le portail : vous quitterez la séance pour ce candidat, et la parité sera de "
        "nouveau vérifiée. En cas d'empêchement, prévenez le centre sans attendre : {{ centre.email }}."
    )
    sheet.line("Les dossiers et les délibérations sont confidentiels.")
    return letters.end(sheet, letters.TO_MEMBER)


def jury_attendance_sheet() -> Sheet:
    """Who sat, by college, each signing for themselves."""
    sheet = Sheet("Feuille d'émargement du jury")
    sheet.line("Feuille d'émargement", "Title")
    sheet.line("Jury paritaire de délibération", "Subtitle")
    sheet.facts(
        [
            ("Centre", "{{ centre.name }}"),
            ("Séance", "{{ session.starts_at|date_fr }} à {{ session.starts_at|heure }}"),
            ("Lieu", "{{ session.place or '' }} {{ session.video_link or '' }}"),
        ]
    )
    with sheet.when("certifications"), sheet.each("title in certifications"):
        sheet.line("{{ title }}", "List Bullet")
    sheet.table(
        [
            ("Membre", "{{ member.full_name }}{% if member.president %} (préside){% endif %}", 4.6),
            ("Collège", "{{ member.college }}", 2.6),
            ("Organisation", "{{ member.organisation }}", 3.4),
            ("Siège", "{{ member.seat }}", 2.6),
            ("Signature", "", 3.4),
        ],
        each="member in members",
        height=1.3,
    )
    return sheet
