"""The minutes of a jury and their correction: the text of the deed, and nothing that it does not say."""

from __future__ import annotations

from templates.documents.originals.sheet import Sheet

_VOTES = (
    "{%% if block.consensus %%}par accord{%% else %%}pour {{ %(c)s.in_favour }}, contre {{ %(c)s.against }}, "
    "abstention {{ %(c)s.abstained }}{%% endif %%}"
)


def minutes() -> Sheet:
    """The jury's record: composition, absences, recusals, checks, decisions with votes by college, incidents."""
    sheet = Sheet("Procès-verbal de délibération")
    sheet.line("Procès-verbal de délibération", "Title")
    sheet.line("Jury paritaire, n° {{ session.number }}", "Subtitle")
    sheet.facts(
        [
            ("Centre", "{{ centre.name }}"),
            ("Date", "{{ session.starts_at|date_fr }}, convoquée pour {{ session.starts_at|heure }}"),
            ("Lieu", "{{ session.place or '' }} {{ session.video_link or '' }}"),
            ("Convocation", "{% if convened_at %}le {{ convened_at|date_fr }}{% else %}non notée{% endif %}"),
            ("Séance ouverte", "le {{ opened_at|date_fr }} à {{ opened_at|heure }}"),
            ("Séance close", "le {{ closed_at|date_fr }} à {{ closed_at|heure }}"),
            ("Présidence", "{{ president_name }}"),
        ]
    )
    with sheet.when("certifications"):
        sheet.line("Certifications", "Heading 1")
        with sheet.each("title in certifications"):
            sheet.line("{{ title }}", "List Bullet")
    _composition(sheet)
    sheet.line("Délibération", "Heading 1")
    sheet.line(
        "Le jury vérifie que l'organisation des actions d'évaluation est conforme au dispositif paritaire et au "
        "référentiel de la certification visée, et examine le récapitulatif des évaluations mis à sa disposition "
        "par la commission. Les abstentions ne comptent ni pour ni contre. En cas de partage des voix, celle du "
        "président est prépondérante. Les voix sont comptées par collège."
    )
    _decisions(sheet)
    with sheet.when("withdrawn"):
        sheet.line("Candidatures retirées de l'ordre du jour", "Heading 1")
        with sheet.each("gone in withdrawn"):
            sheet.line("{{ gone.full_name }}, n° {{ gone.number }} {{ gone.reason }}", "List Bullet")
    sheet.line("Incidents de séance", "Heading 1")
    with sheet.when("incidents"):
        with sheet.each("incident in incidents"):
            sheet.line("{{ incident }}", "List Bullet")
        sheet.otherwise()
        sheet.line("Aucun incident n'a été signalé.")
    _signatures(sheet)
    return sheet


def minutes_correction() -> Sheet:
    """A correction: which deed, why, what to read in the place of what."""
    sheet = Sheet("Procès-verbal rectificatif")
    sheet.line("Procès-verbal rectificatif", "Title")
    sheet.line("Jury paritaire, n° {{ session.number }}", "Subtitle")
    sheet.facts(
        [
            ("Centre", "{{ centre.name }}"),
            ("Séance du", "{{ session.starts_at|date_fr }} à {{ session.starts_at|heure }}"),
            ("Lieu", "{{ session.place or '' }} {{ session.video_link or '' }}"),
            ("Présidence", "{{ president_name }}"),
            ("Acte rectifié", "n° {{ corrects.number }}, établi le {{ corrects.made_at|date_fr }}"),
            ("Son empreinte", "{{ corrects.sha256 }}"),
            ("Rectification établie", "le {{ made_at|date_fr }} à {{ made_at|heure }}"),
        ]
    )
    sheet.line("Motif", "Heading 1")
    sheet.line("{{ reason|paragraphes }}")
    sheet.line("Rectification", "Heading 1")
    with sheet.each("line in lines"):
        sheet.line("{{ line }}", "List Bullet")
    sheet.line("Le procès-verbal rectifié reste inchangé pour le surplus. Il est conservé tel qu'il a été signé.")
    _signatures(sheet)
    return sheet


def _composition(sheet: Sheet) -> None:
    sheet.line("Composition du jury", "Heading 1")
    sheet.table(
        [
            (
                "Membre",
                "{{ member.full_name }}{% if member.president %} (préside){% endif %}"
                "\nRéférences|>{{ member.qualification }}",
                5,
            ),
            ("Collège", "{{ member.college }}", 2.4),
            ("Organisation", "{{ member.organisation }}", 3.4),
            ("Siège", "{{ member.seat }}", 2.3),
            ("Vote", "{{ member.votes }}", 1.4),
            ("Présence", "{{ member.present }}", 2.1),
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
                ("Membre", "{{ recusal.full_name }}", 4.4),
                ("Pour le candidat", "{{ recusal.candidate }}", 4.4),
                ("Retrait", "{% if recusal.withholds %}reste, sans voter{% else %}se retire{% endif %}", 3.4),
                ("Présidence pour ce candidat", "{{ recusal.acting_president }}", 4.4),
            ],
            each="recusal in recusals",
        )
        sheet.otherwise()
        sheet.line("Aucun.")


def _decisions(sheet: Sheet) -> None:
    with sheet.each("candidate in candidates"):
        sheet.line("{{ candidate.full_name }}, candidature n° {{ candidate.number }}", "Heading 2")
        sheet.line("{{ candidate.certification }}", "Références", together=True)
        with sheet.each("check in candidate.checks"):
            sheet.line(
                "{{ check.point }} : constaté{% if check.by %} par {{ check.by }}{% endif %} "
                "le {{ check.at|jour }} à {{ check.at|heure }}",
                "Références",
                together=True,
            )
        sheet.line(
            "Décision : **{{ candidate.outcome }}**{% if candidate.decided_at %}, prononcée "
            "le {{ candidate.decided_at|jour }} à {{ candidate.decided_at|heure }}, sous la présidence de "
            "{{ candidate.pronounced_by }}{% endif %}",
            together=True,
        )
        with sheet.when("candidate.sat"):
            sheet.line("Ont siégé pour ce candidat, autrement que dans la composition de la séance :", together=True)
            with sheet.each("line in candidate.sat"):
                sheet.line("{{ line }}", "List Bullet")
        with sheet.when("candidate.blocks"):
            _blocks(sheet)
        with sheet.when("candidate.reason"):
            sheet.line("Motifs : {{ candidate.reason|paragraphes }}")
        with sheet.each("line in candidate.referred"):
            sheet.line("{{ line }}")
        with sheet.each("former in candidate.revoked"):
            sheet.line(
                "Décision rapportée en séance, prononcée à {{ former.decided_at|heure }} : {{ former.outcome }}. "
                "Rapportée à {{ former.revoked_at|heure }}{% if former.by %} par {{ former.by }}{% endif %} : "
                "{{ former.reason }}"
            )


def _blocks(sheet: Sheet) -> None:
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


def _signatures(sheet: Sheet) -> None:
    """Where each signs by hand; who signs on screen does so under the hash."""
    sheet.line("Signatures", "Heading 1")
    sheet.line("Fait le {{ issued_at|jour }}. Empreinte SHA-256 du texte de cet acte :", together=True)
    sheet.line("{{ text_sha256 }}", "Références", together=True)
    sheet.table(
        [
            ("Membre", "{{ one.full_name }}{% if one.president %} (préside){% endif %}", 6.2),
            ("Collège", "{{ one.college }}", 3.4),
            ("Signature", "", 7),
        ],
        each="one in signatories",
        height=1.3,
    )
