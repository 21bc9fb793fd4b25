"""The dossier of evidence: the receipt of its deposit and the dossier itself."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet


def deposit_receipt() -> Sheet:
    """Every file with its size and SHA-256, and the manifest's own."""
    sheet = letters.begin("Récépissé de dépôt du dossier", "récépissé de dépôt de votre dossier de preuves")
    sheet.line(
        "Votre dossier de preuves a été déposé (dépôt {{ deposit }}) le **{{ deposited_at|date_fr }} à "
        "{{ deposited_at|heure }}**. Il compte {{ files|length }} fichier{{ 's' if files|length > 1 else '' }}, pour "
        "{{ total_size|octets }}."
    )
    with sheet.when("jury_due_on"):
        sheet.line(
            "Le jury paritaire doit se prononcer avant la fin du troisième mois qui suit ce dépôt, soit au plus tard "
            "le **{{ jury_due_on|date_fr }}** ({{ law.jury }})."
        )
    sheet.line(
        "Ce dépôt est scellé : rien de ce qu'il contient ne peut plus être modifié. L'empreinte SHA-256 d'un fichier "
        "est calculée sur son contenu ; elle permet de vérifier plus tard qu'il est resté le même."
    )
    letters.end(sheet)
    sheet.line("Fichiers déposés", "Heading 1")
    sheet.table(
        [
            (
                "Fichier et empreinte SHA-256",
                "{{ file.name }}{% if file.confidential %} (confidentiel){% endif %}\nEmpreinte|>{{ file.sha256 }}",
                14.2,
            ),
            ("Taille", "{{ file.size|octets }}", 2.4),
        ],
        each="file in files",
    )
    sheet.line("Manifeste", "Heading 1")
    sheet.line(
        "Le manifeste énumère les situations, ce que montre chaque fichier et les empreintes ci-dessus. Sa propre "
        "empreinte SHA-256 est :",
        together=True,
    )
    sheet.line("{{ manifest_sha256 }}", "Empreinte")
    sheet.line("Code de ce récépissé", "Heading 1")
    sheet.line("**{{ code }}**", "Titulaire", together=True)
    sheet.line(
        "Ce code est le début de l'empreinte du manifeste. La page {{ verify_at }} dit, à qui a ce code ou l'un de ces "
        "fichiers, qu'ils ont été scellés et à quelle date, et rien d'autre."
    )
    return sheet


def evidence_dossier() -> Sheet:
    """Situations, coverage of the capabilities, list of evidence."""
    sheet = Sheet("Dossier de preuves")
    sheet.line("Dossier de preuves", "Title")
    sheet.line("{{ candidate.civility }} {{ candidate.full_name }}", "Subtitle")
    letters.about_candidacy(sheet)
    with sheet.when("deposited_at"):
        sheet.line(
            "Dépôt {{ deposit }}, scellé le {{ deposited_at|date_fr }} à {{ deposited_at|heure }}"
            "{% if code %} sous le code {{ code }}{% endif %}",
            "Références",
        )
        sheet.otherwise()
        sheet.line(
            "Dossier en préparation, tel qu'il était le {{ issued_at|date_fr }} à {{ issued_at|heure }}", "Références"
        )
    _coverage(sheet)
    sheet.line("Situations professionnelles", "Heading 1")
    with sheet.each("situation in situations"):
        _situation(sheet)
    sheet.line("Liste des preuves", "Heading 1")
    sheet.table(
        [
            ("N°", "{{ item.number }}", 1.2),
            (
                "Fichier et empreinte SHA-256",
                "{{ item.file_name }}{% if item.confidential %} (confidentiel){% endif %}"
                "\nEmpreinte|>{{ item.sha256 }}",
                10.6,
            ),
            ("Situations", "{{ item.situations or 'aucune' }}", 2.4),
            ("Taille", "{{ item.size|octets }}", 2.4),
        ],
        each="item in evidence",
    )
    with sheet.when("sworn_at"):
        sheet.line(
            "Le candidat a déclaré sur l'honneur, le {{ sworn_at|date_fr }} à {{ sworn_at|heure }}, l'exactitude "
            "des informations de ce dossier."
        )
    return sheet


def _situation(sheet: Sheet) -> None:
    sheet.line("Situation {{ situation.number }} : {{ situation.title }}", "Heading 2")
    with sheet.when("situation.period or situation.organisation or situation.role"):
        sheet.line(
            "{{ situation.period }}{% if situation.period and situation.organisation %}, {% endif %}"
            "{{ situation.organisation }}"
            "{% if situation.role and (situation.period or situation.organisation) %}, {% endif %}{{ situation.role }}",
            "Note",
        )
    with sheet.each("part in situation.texts"):
        sheet.line("**{{ part.title }}**", together=True)
        sheet.line("{{ part.text|paragraphes }}")
    sheet.line("Capacités professionnelles mobilisées : {{ situation.capabilities|join(', ') or 'aucune' }}")
    with sheet.when("situation.evidence"):
        sheet.line("Preuves à l'appui :", together=True)
        with sheet.each("item in situation.evidence"):
            sheet.line("{{ item }}", "List Bullet")


def _coverage(sheet: Sheet) -> None:
    sheet.line("Couverture des capacités professionnelles", "Heading 1")
    with sheet.each("block in blocks"):
        sheet.line("{{ block.code }} : {{ block.title }}", "Heading 2")
        sheet.table(
            [
                ("Code", "{{ capability.code }}", 1.6),
                ("Capacité professionnelle", "{{ capability.title }}", 6.6),
                ("Situations", "{{ capability.situations }}", 2.2),
                ("Preuves, et où regarder", "{{ capability.evidence }}", 6.2),
            ],
            each="capability in block.capabilities",
        )
