"""After the jury: facts held against a person, and what an organisation took part in."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet


def fraud_notice() -> Sheet:
    """The facts held against someone, and their right to answer before anything is withdrawn."""
    sheet = letters.begin("Notification de faits reprochés", "faits reprochés, et votre droit d'y répondre")
    sheet.line(
        "Par décision du **{{ decided_on|date_fr }}**, le jury paritaire s'est prononcé sur votre candidature. Des "
        "faits portés depuis à la connaissance du centre pourraient conduire le jury à retirer cette décision."
    )
    sheet.line("Faits reprochés", "Heading 1")
    sheet.line("{{ grievances|paragraphes }}")
    sheet.line("Vos droits", "Heading 1")
    sheet.line(
        "Vous pouvez présenter des observations écrites jusqu'au **{{ answer_by|date_fr }}** inclus, dans le portail "
        "({{ answer_link }}) ou par courrier, et demander à être entendu(e). Vous pouvez vous faire assister ou "
        "représenter par la personne de votre choix (articles L. 121-1 et L. 122-1 du code des relations entre le "
        "public et l'administration, dont le centre suit la procédure)."
    )
    sheet.line(
        "Votre résultat reste valable tant que le jury n'a pas rendu de nouvelle décision. Un acte obtenu par fraude "
        "peut être retiré à tout moment (article L. 241-2 du même code)."
    )
    return letters.end(sheet)


def participation() -> Sheet:
    """What an organisation took part in during a half-year."""
    sheet = Sheet("Attestation de participation aux jurys")
    sheet.line("Attestation de participation aux jurys paritaires", "Title")
    sheet.line("{{ organisation }}, {{ period }}", "Subtitle")
    sheet.line("{{ centre.address }}", "Références")
    with sheet.when("centre.phone"):
        sheet.line("Téléphone : {{ centre.phone }}", "Références")
    sheet.line("Référence : {{ number }}", "Références")
    sheet.line(
        "{{ centre.name }} atteste que **{{ organisation }}** (collège des {{ college }}) a participé, {{ period }}, "
        "aux séances suivantes du jury paritaire de délibération :"
    )
    with sheet.when("sessions"):
        sheet.table(
            [
                ("Séance", "{{ session.starts_at|date_fr }} à {{ session.starts_at|heure }}", 4.2),
                ("Lieu", "{{ session.place }}", 3.6),
                ("Procès-verbal", "{{ session.number }}", 2.8),
                ("Membres présents", "{{ session.members }}", 4.2),
                ("Avec voix", "{{ session.voting }}", 1.8),
            ],
            each="session in sessions",
        )
        sheet.otherwise()
        sheet.line("Aucune.")
    sheet.line("Fait le {{ issued_at|jour }}", "Lieu et date")
    letters.sign(sheet)
    return sheet
