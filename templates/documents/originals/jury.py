"""The joint jury: its convocation and its minutes."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet

_VOTES = "pour {{ %(c)s.in_favour }}, contre {{ %(c)s.against }}, abstention {{ %(c)s.abstained }}"


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


def minutes() -> Sheet:
    """The jury's record: composition, absences, recusals, decisions with votes by college, incidents."""
    sheet = Sheet("Procès-verbal de délibération")
    sheet.line("Procès-verbal de délibération", "Title")
    sheet.line("Jury paritaire, session {{ session.number }}", "Subtitle")
    sheet.facts(
        [
            ("Centre", "{{ centre.name }}"),
            ("Date", "{{ session.starts_at|date_fr }}"),
            ("Lieu", "{{ session.place or session.video_link }}"),
            ("Séance ouverte", "le {{ opened_at|date_fr }} à {{ opened_at|heure }}"),
            ("Séance close", "le {{ closed_at|date_fr }} à {{ closed_at|heure }}"),
            ("Présidence", "{{ president_name }}"),
        ]
    )
    _composition(sheet)
    sheet.line("Délibération", "Heading 1")
    sheet.line(
        "Le jury a vérifié que l'organisation des actions d'évaluation est conforme au dispositif paritaire et au "
        "référentiel de la certification visée, et a examiné le récapitulatif des évaluations mis à sa disposition "
        "par la commission. Les abstentions ne comptent ni pour ni contre. En cas de partage des voix, celle du "
        "président est prépondérante."
    )
    _decisions(sheet)
    sheet.line("Incidents de séance", "Heading 1")
    with sheet.when("incidents"):
        with sheet.each("incident in incidents"):
            sheet.line("{{ incident }}", "List Bullet")
        sheet.otherwise()
        sheet.line("Aucun incident n'a été signalé.")
    sheet.line("Fait le {{ issued_at|jour }}", "Lieu et date")
    letters.sign(sheet, signed_by_president=True)
    return sheet


def _composition(sheet: Sheet) -> None:
    sheet.line("Composition du jury", "Heading 1")
    sheet.table(
        [
            ("Membre", "{{ member.full_name }}{% if member.president %} (préside){% endif %}", 5.2),
            ("Collège", "{{ member.college }}", 2.8),
            ("Organisation", "{{ member.organisation }}", 4.4),
            ("Droit de vote", "{{ member.votes }}", 2.1),
            ("Présent(e)", "{{ member.present }}", 2.1),
        ],
        each="member in members",
    )
    sheet.line("Absences", "Heading 2")
    with sheet.when("absences"):
        sheet.table(
            [
                ("Membre", "{{ absence.full_name }}", 5.6),
                ("Collège", "{{ absence.college }}", 3),
                ("Motif", "{{ absence.reason|paragraphes }}", 8),
            ],
            each="absence in absences",
        )
        sheet.otherwise()
        sheet.line("Aucune.")
    sheet.line("Déports", "Heading 2")
    with sheet.when("recusals"):
        sheet.table(
            [
                ("Membre qui se retire", "{{ recusal.full_name }}", 5.6),
                ("Pour le candidat", "{{ recusal.candidate }}", 5.4),
                ("Présidence pour ce candidat", "{{ recusal.acting_president }}", 5.6),
            ],
            each="recusal in recusals",
        )
        sheet.otherwise()
        sheet.line("Aucun.")


def _decisions(sheet: Sheet) -> None:
    with sheet.each("candidate in candidates"):
        sheet.line("{{ candidate.full_name }}, candidature n° {{ candidate.number }}", "Heading 2")
        sheet.line("{{ candidate.certification }}", "Références", together=True)
        sheet.line("Décision : **{{ candidate.outcome }}**", together=True)
        sheet.table(
            [
                ("Bloc", "**{{ block.code }}** {{ block.title }}", 5.2),
                (
                    "Décision",
                    "{{ 'Acquis' if block.acquired else 'Non acquis' }}"
                    "{% if block.casting_vote %} (voix prépondérante){% endif %}",
                    3,
                ),
                ("Collège des employeurs", _VOTES % {"c": "block.employers"}, 4.2),
                ("Collège des salariés", _VOTES % {"c": "block.employees"}, 4.2),
            ],
            each="block in candidate.blocks",
        )
        with sheet.when("candidate.reason"):
            sheet.line("Motifs : {{ candidate.reason|paragraphes }}")
