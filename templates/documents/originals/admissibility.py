"""From the request to its answer: summary, receipt, supplement, admissible, tacitly admissible, inadmissible."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet

_NEXT = (
    "Vous pouvez maintenant constituer votre dossier de preuves dans le portail : décrivez une ou plusieurs "
    "situations professionnelles en rapport avec les capacités professionnelles visées, et joignez les preuves "
    "qui les appuient. Le dossier déposé est ensuite vérifié, puis un entretien de validation vous est proposé."
)


def request_summary() -> Sheet:
    """What the candidate asked for, as it was submitted."""
    sheet = Sheet("Récapitulatif de la demande")
    sheet.line("Récapitulatif de la demande de recevabilité", "Title")
    sheet.line("Validation des acquis de l'expérience (VAE)", "Subtitle")
    sheet.facts(
        [
            ("Candidat", "{{ candidate.civility }} {{ candidate.full_name }}"),
            ("Candidature", "{{ candidacy.number }}"),
            (
                "Certification",
                "{{ certification.title }} ({{ certification.code }}, {{ certification.rncp }})",
            ),
            ("Nature de la demande", "{{ nature }}"),
            ("Ce qui est visé", "{{ target|paragraphes }}"),
            ("Déposée le", "{{ submitted_at|date_fr }} à {{ submitted_at|heure }}"),
            ("Centre", "{{ centre.name }}"),
        ]
    )
    with sheet.each("section in sections"):
        sheet.line("{{ section.title }}", "Heading 1")
        sheet.table(
            [("Rubrique", "{{ row.label }}", 5.6), ("Réponse", "{{ row.value|paragraphes }}", 11)],
            each="row in section.rows",
        )
    _experiences(sheet)
    sheet.line("Pièces jointes", "Heading 1")
    sheet.table([("Pièce", "{{ piece.title }}", 8.6), ("Fichier", "{{ piece.file_name }}", 8)], each="piece in pieces")
    with sheet.when("sworn_at"):
        sheet.line("Déclaration sur l'honneur faite dans le portail le {{ sworn_at|date_fr }} à {{ sworn_at|heure }}.")
    sheet.line(
        "Au cours d'une même année civile, une seule demande visant la certification entière peut être déposée "
        "pour la même certification, et trois au plus pour des certifications différentes ({{ law.limits }}"
        "). Les demandes portant sur des blocs de compétences ne sont pas comptées.",
        "Note",
    )
    return sheet


def _experiences(sheet: Sheet) -> None:
    sheet.line("Expérience", "Heading 1")
    with sheet.each("experience in experiences"):
        sheet.line("{{ experience.job }}", "Heading 2")
        sheet.facts(
            [
                ("Structure", "{{ experience.organisation|paragraphes }}"),
                ("Statut", "{{ experience.status }}"),
                ("Famille professionnelle", "{{ experience.family }}"),
                ("Certification visée", "{{ experience.certification }}"),
                ("Période", "{{ experience.period }}"),
                ("Temps de travail", "{{ experience.working_time }}"),
                ("Nombre d'heures", "{{ experience.total_hours }}"),
                ("Activités en rapport direct", "{{ experience.activities|paragraphes }}"),
            ]
        )
    sheet.line("Heures déclarées en tout : {{ hours_total }}.")
    with sheet.each("overlap in overlaps"):
        sheet.line("{{ overlap }}")
    sheet.line(
        "Aucune durée minimale d'expérience n'est exigée depuis la loi n° 2022-1598 du 21 décembre 2022 ; les heures "
        "et les recouvrements sont donnés pour information.",
        "Note",
    )


def receipt() -> Sheet:
    """The dated receipt that starts the two months of R6412-4."""
    sheet = letters.begin("Accusé de réception de la demande", "accusé de réception de votre demande de recevabilité")
    sheet.line(
        "J'accuse réception de votre demande de validation des acquis de l'expérience. Votre demande est complète "
        "depuis le **{{ completed_on|date_fr }}**."
    )
    sheet.line(
        "Le centre dispose de deux mois à compter de cette date pour se prononcer sur sa recevabilité, "
        "c'est-à-dire sur le rapport direct entre votre expérience et la certification visée. Il doit vous répondre "
        "au plus tard le **{{ answer_due_on|date_fr }}**."
    )
    sheet.line(
        "Sans réponse de sa part à cette date, votre demande est réputée recevable à partir du "
        "**{{ tacit_on|date_fr }}** ({{ law.answer }})."
    )
    sheet.line(
        "Si le centre vous demande entre-temps une pièce ou une précision, ce délai s'arrête : un nouveau délai de "
        "deux mois commence le jour où votre demande est de nouveau complète, et un nouvel accusé de réception "
        "vous est envoyé."
    )
    sheet.line("Conservez cet accusé de réception. Vous pouvez suivre votre demande à tout moment dans le portail.")
    return letters.end(sheet)


def supplement_request() -> Sheet:
    """What is missing, piece by piece, and why."""
    sheet = letters.begin("Demande de compléments", "demande de compléments")
    sheet.line("Pour se prononcer sur votre demande, le centre a besoin des éléments suivants :")
    sheet.table(
        [("Ce qui est demandé", "{{ item.title }}", 6.6), ("Pourquoi", "{{ item.reason|paragraphes }}", 10)],
        each="item in items",
    )
    sheet.line("Répondez à chacun de ces points dans le portail, à la page de votre candidature.")
    with sheet.when("answer_by"):
        sheet.line("Pour ne pas retarder l'étude, merci de répondre si possible avant le {{ answer_by|date_fr }}.")
    with sheet.when("clock_stopped"):
        sheet.line(
            "Le délai de réponse annoncé par le précédent accusé de réception ne court plus. Un nouveau délai de "
            "deux mois commencera le jour où votre demande sera de nouveau complète ({{ law.answer }})"
            "."
        )
        sheet.otherwise()
        sheet.line(
            "Le délai de deux mois dont dispose le centre pour répondre commencera le jour où votre demande sera "
            "complète ({{ law.answer }})."
        )
    return letters.end(sheet)


def admissible() -> Sheet:
    """The favourable answer, with gaps and recommendations."""
    sheet = letters.begin("Notification de recevabilité", "votre demande est recevable")
    sheet.line(
        "Le centre a étudié votre demande. Par décision du **{{ decided_on|date_fr }}**, votre demande est déclarée "
        "**recevable** : votre expérience est en rapport direct avec la certification visée."
    )
    sheet.line("Elle porte sur : {{ target|paragraphes }}")
    sheet.line("Écarts relevés et recommandations, bloc par bloc", "Heading 1")
    with sheet.each("opinion in opinions"):
        sheet.line("**{{ opinion.block.code }}, {{ opinion.block.title }}**", together=True)
        sheet.line("Écarts : {{ opinion.gaps|paragraphes }}")
        with sheet.when("opinion.recommendations"):
            sheet.line("Recommandations : {{ opinion.recommendations|paragraphes }}")
    sheet.line("Ces recommandations sont un conseil : vous restez libre de les suivre.", "Note")
    sheet.line("La suite", "Heading 1")
    sheet.line(_NEXT)
    _lapse(sheet)
    return letters.end(sheet)


def tacitly_admissible() -> Sheet:
    """Silence for two months made the request admissible."""
    sheet = letters.begin("Notification de recevabilité tacite", "votre demande est réputée recevable")
    sheet.line(
        "Votre demande était complète le **{{ completed_on|date_fr }}**. Le centre avait jusqu'au "
        "**{{ answer_due_on|date_fr }}** pour se prononcer, et ne l'a pas fait."
    )
    sheet.line(
        "Ce silence vaut acceptation : depuis le **{{ tacit_on|date_fr }}**, votre demande est réputée "
        "**recevable** ({{ law.answer }}). Vous n'avez rien à demander de plus."
    )
    sheet.line(_NEXT)
    _lapse(sheet)
    return letters.end(sheet)


def _lapse(sheet: Sheet) -> None:
    with sheet.when("lapse_on"):
        sheet.line(
            "Sans aucune démarche de votre part avant la fin du sixième mois qui suit cette notification, soit le "
            "**{{ lapse_on|date_fr }}**, la recevabilité pourra être constatée caduque, sauf motif légitime "
            "({{ law.lapse }}). Si une difficulté vous retarde, dites-le au centre."
        )


def inadmissible() -> Sheet:
    """The unfavourable answer, its reasons and how to appeal."""
    sheet = letters.begin("Notification de non-recevabilité", "décision sur la recevabilité de votre demande")
    sheet.line(
        "Le centre a étudié votre demande. Par décision du **{{ decided_on|date_fr }}**, elle est déclarée "
        "**non recevable**."
    )
    sheet.line("Motifs", "Heading 1")
    sheet.line("{{ reason|paragraphes }}")
    sheet.line("Comment contester cette décision", "Heading 1")
    with sheet.when("appeal_possible"):
        sheet.line(
            "Vous pouvez former un recours, une fois, dans le portail, à la page de votre candidature. Expliquez-y "
            "pourquoi vous contestez la décision ; vous pouvez y joindre de nouvelles pièces. Votre demande est "
            "alors étudiée de nouveau par une autre personne que celle qui a pris cette décision."
        )
        with sheet.when("appeal_link"):
            sheet.line("Page de recours : {{ appeal_link }}")
        sheet.otherwise()
        sheet.line(
            "Cette décision a été prise après le recours que vous aviez formé. Un nouveau recours ne peut pas être "
            "déposé dans le portail."
        )
    sheet.line(
        "Le centre reste à votre disposition pour vous expliquer cette décision : {{ centre.email }}"
        "{% if centre.phone %} ou {{ centre.phone }}{% endif %}."
    )
    return letters.end(sheet)
