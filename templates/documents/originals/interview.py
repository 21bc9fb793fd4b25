"""Around the interview: convocations, attendance, summary of the assessments."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet

_WHEN = "**{{ interview.starts_at|date_fr }}, de {{ interview.starts_at|heure }} à {{ interview.ends_at|heure }}**"


def _where(sheet: Sheet) -> None:
    with sheet.when("interview.place"):
        sheet.line("Lieu : {{ interview.place }}")
    with sheet.when("interview.video_link"):
        sheet.line("Visioconférence : {{ interview.video_link }}")


def _commission(sheet: Sheet) -> None:
    sheet.table(
        [
            ("Membre de la commission", "{{ evaluator.full_name }}", 8.3),
            ("Qualité", "{{ evaluator.quality }}", 8.3),
        ],
        each="evaluator in evaluators",
    )


def interview_convocation() -> Sheet:
    """The candidate is expected, where, when and before whom."""
    sheet = letters.begin("Convocation à l'entretien", "convocation à votre entretien de validation")
    sheet.line("Vous êtes convoqué(e) à l'entretien de validation prévu pour votre candidature :")
    sheet.line(_WHEN)
    _where(sheet)
    sheet.line(
        "L'entretien s'appuie sur votre dossier de preuves. La commission de validation vous interrogera sur les "
        "situations professionnelles que vous y décrivez. Elle est composée de :"
    )
    _commission(sheet)
    sheet.line(
        "Munissez-vous d'une pièce d'identité. Si l'un des membres de la commission a, ou a eu, avec vous un lien "
        "personnel ou professionnel, ou s'il vous a accompagné(e) dans cette démarche, signalez-le sans attendre au "
        "centre : il sera remplacé."
    )
    sheet.line(
        "En cas d'empêchement, ou si un aménagement vous est nécessaire, prévenez le centre dès que possible : "
        "{{ centre.email }}{% if centre.phone %}, {{ centre.phone }}{% endif %}."
    )
    return letters.end(sheet)


def evaluator_convocation() -> Sheet:
    """A member of the commission is asked to sit, and reminded of independence."""
    sheet = letters.begin(
        "Convocation d'un membre de la commission",
        "convocation à une commission de validation",
        letters.TO_MEMBER,
    )
    sheet.line("Vous êtes invité(e) à siéger à la commission de validation qui recevra en entretien :")
    sheet.line("{{ candidate.civility }} {{ candidate.full_name }}, candidature n° {{ candidacy.number }}")
    sheet.line("pour {{ certification.title }} ({{ certification.code }}, {{ certification.rncp }}).")
    sheet.line(_WHEN)
    _where(sheet)
    sheet.line("Blocs de compétences à évaluer :", together=True)
    with sheet.each("block in blocks"):
        sheet.line("{{ block.code }} : {{ block.title }}", "List Bullet")
    sheet.line("Composition de la commission :", together=True)
    _commission(sheet)
    sheet.line(
        "La commission compte au moins deux évaluateurs, dont un au moins qualifié pour la certification (article "
        "D. 6412-6 du code du travail). Vous ne pouvez pas y siéger si vous avez, ou avez eu, un lien personnel ou "
        "professionnel avec le candidat, ou si vous l'avez accompagné. Déclarez dans le portail que vous n'avez pas "
        "de tel lien, ou prévenez le centre sans attendre."
    )
    sheet.line("Le dossier de preuves est à votre disposition dans le portail. Il est confidentiel.")
    return letters.end(sheet, letters.TO_MEMBER)


def _about_interview(sheet: Sheet) -> None:
    sheet.facts(
        [
            ("Candidat", "{{ candidate.civility }} {{ candidate.full_name }}"),
            ("Candidature", "{{ candidacy.number }}"),
            (
                "Certification",
                "{{ certification.title }} ({{ certification.code }}, {{ certification.rncp }})",
            ),
            ("Date", "{{ interview.starts_at|date_fr }}"),
            ("Horaire", "de {{ interview.starts_at|heure }} à {{ interview.ends_at|heure }}"),
            ("Lieu", "{{ interview.place or interview.video_link }}"),
        ]
    )


def attendance_sheet() -> Sheet:
    """To be signed on the day by the candidate and each evaluator."""
    sheet = Sheet("Feuille d'émargement")
    sheet.line("Feuille d'émargement", "Title")
    sheet.line("Entretien de validation", "Subtitle")
    _about_interview(sheet)
    sheet.line("Candidat", "Heading 1")
    sheet.table(
        [
            ("Nom", "{{ candidate.full_name }}", 6),
            ("Arrivée", "", 2.3),
            ("Départ", "", 2.3),
            ("Signature", "", 6),
        ],
        height=1.5,
    )
    sheet.line("Commission de validation", "Heading 1")
    sheet.table(
        [
            ("Nom et qualité", "{{ evaluator.full_name }}\n{{ evaluator.quality }}", 6),
            ("Arrivée", "", 2.3),
            ("Départ", "", 2.3),
            ("Signature", "", 6),
        ],
        each="evaluator in evaluators",
        height=1.5,
    )
    sheet.line("Chaque membre atteste, en signant, n'avoir aucun lien avec le candidat.", "Note")
    return sheet


def attendance_certificate() -> Sheet:
    """For the employer, who granted leave for the VAE."""
    sheet = Sheet("Attestation de présence")
    sheet.line("Attestation de présence", "Title")
    sheet.line("Validation des acquis de l'expérience (VAE)", "Subtitle")
    sheet.line("{{ centre.name }} atteste que :")
    sheet.line("**{{ candidate.civility }} {{ candidate.full_name }}**")
    sheet.line(
        "a été présent(e) à son entretien de validation, le " + _WHEN + ", pour la certification "
        "{{ certification.title }} ({{ certification.code }}, {{ certification.rncp }}), candidature "
        "n° {{ candidacy.number }}."
    )
    with sheet.when("interview.place"):
        sheet.line("L'entretien s'est tenu à l'adresse suivante : {{ interview.place }}")
        sheet.otherwise()
        sheet.line("L'entretien s'est tenu en visioconférence.")
    sheet.line(
        "Cette attestation est remise à l'intéressé(e) pour être présentée à son employeur, notamment au titre du "
        "congé pour validation des acquis de l'expérience. Elle ne préjuge pas du résultat."
    )
    sheet.line("Le {{ issued_at|jour }}", "Lieu et date")
    letters.sign(sheet)
    return sheet


def assessment_summary() -> Sheet:
    """What the jury examines: per block and capability, acquired or not, and why."""
    sheet = Sheet("Récapitulatif des évaluations")
    sheet.line("Récapitulatif des évaluations", "Title")
    sheet.line("À l'attention du jury paritaire de délibération", "Subtitle")
    _about_interview(sheet)
    with sheet.each("block in blocks"):
        _assessed(sheet)
    sheet.line("Avis de l'entreprise", "Heading 1")
    with sheet.when("company_opinion"):
        sheet.line("{{ company_opinion|paragraphes }}")
        sheet.otherwise()
        sheet.line("Aucun avis d'entreprise n'a été donné. Il est facultatif dans une VAE.")
    with sheet.when("observations"):
        sheet.line("Observations générales", "Heading 1")
        sheet.line("{{ observations|paragraphes }}")
    _signed(sheet)
    return sheet


def _assessed(sheet: Sheet) -> None:
    """One block, capability by capability."""
    sheet.line("{{ block.code }} : {{ block.title }}", "Heading 1")
    sheet.line(
        "Proposition de la commission : **bloc {{ 'acquis' if block.acquired else 'non acquis' }}**", together=True
    )
    sheet.table(
        [
            ("Capacité professionnelle", "**{{ capability.code }}** {{ capability.title }}", 5.4),
            ("Évaluation", "{{ 'Acquise' if capability.acquired else 'Non acquise' }}", 2.3),
            (
                "Modalité, motif, observations et avis de l'entreprise",
                "{{ capability.modality }}\n"
                "{%p for criterion in capability.criteria %}\n{{ criterion }}\n{%p endfor %}\n"
                "{%p if capability.reason %}\n{{ capability.reason|paragraphes }}\n{%p endif %}\n"
                "{%p if capability.disagreement %}\nLes avis différaient ; la commission a tranché ainsi :\n"
                "{%p endif %}\n"
                "{%p if capability.observations %}\n{{ capability.observations|paragraphes }}\n{%p endif %}\n"
                "{%p for opinion in capability.opinions %}\nAvis de l'entreprise, {{ opinion|paragraphes }}\n"
                "{%p endfor %}",
                8.9,
            ),
        ],
        each="capability in block.capabilities",
    )


def _signed(sheet: Sheet) -> None:
    """Who was of the commission and signed, and the hashes of what was read and signed."""
    sheet.line("Commission de validation", "Heading 1")
    sheet.table(
        [
            ("Membre", "{{ evaluator.full_name }}", 5.6),
            ("Qualité", "{{ evaluator.quality }}", 5),
            (
                "Signé dans le portail",
                "{% if evaluator.signed_at %}le {{ evaluator.signed_at|date_fr }} à {{ evaluator.signed_at|heure }}"
                "{% endif %}",
                6,
            ),
        ],
        each="evaluator in evaluators",
    )
    with sheet.when("deposit_sha256"):
        sheet.line("Empreinte SHA-256 du manifeste du dossier de preuves lu :", "Note", together=True)
        sheet.line("{{ deposit_sha256 }}", "Empreinte")
    with sheet.when("text_sha256"):
        sheet.line("Empreinte SHA-256 du texte signé par chaque membre :", "Note", together=True)
        sheet.line("{{ text_sha256 }}", "Empreinte")
