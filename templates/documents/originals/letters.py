"""How a letter of the centre begins and ends, the same in each of them."""

from __future__ import annotations

from templates.documents.originals.sheet import Sheet

TO_CANDIDATE = "candidate"
TO_MEMBER = "recipient"


def begin(title: str, subject: str, to: str = TO_CANDIDATE) -> Sheet:
    """A letter with the centre, whom it is for, its references and its subject, ready for its text."""
    sheet = Sheet(title)
    sheet.line("{{ centre.address }}", "Références")
    with sheet.when("centre.phone"):
        sheet.line("Téléphone : {{ centre.phone }}", "Références")
    with sheet.when(f"{to}.civility"):
        sheet.line(f"{{{{ {to}.civility }}}} {{{{ {to}.full_name }}}}", "Destinataire")
        sheet.otherwise()
        sheet.line(f"{{{{ {to}.full_name }}}}", "Destinataire")
    if to == TO_MEMBER:
        with sheet.when("recipient.organisation is defined and recipient.organisation"):
            sheet.line("{{ recipient.organisation }}", "Destinataire")
    with sheet.each(f"line in {to}.address_lines"):
        sheet.line("{{ line }}", "Destinataire")
    sheet.line("Le {{ issued_at|jour }}", "Lieu et date")
    sheet.line("Référence : {{ number }}", "Références")
    if to == TO_CANDIDATE:
        about_candidacy(sheet)
    sheet.line(f"Objet : {subject}", "Objet")
    greeting(sheet, to)
    return sheet


def about_candidacy(sheet: Sheet) -> None:
    """The lines that say which candidacy and which certification a document is about."""
    sheet.line("Candidature n° {{ candidacy.number }}", "Références")
    sheet.line(
        "Certification : {{ certification.title }} ({{ certification.code }}, {{ certification.rncp }})",
        "Références",
    )


def greeting(sheet: Sheet, to: str) -> None:
    """« Madame, » or « Monsieur, », or both when the civility is not known."""
    with sheet.when(f"{to}.civility"):
        sheet.line(f"{{{{ {to}.civility }}}},")
        sheet.otherwise()
        sheet.line("Madame, Monsieur,")


def end(sheet: Sheet, to: str = TO_CANDIDATE, *, signed_by_president: bool = False) -> Sheet:
    """The polite closing and the signature, of the centre or of the jury's president."""
    address = f"{{{{ {to}.civility or 'Madame, Monsieur' }}}}"
    sheet.line(f"Je vous prie d'agréer, {address}, mes salutations distinguées.", together=True)
    sign(sheet, signed_by_president=signed_by_president)
    return sheet


def sign(sheet: Sheet, *, signed_by_president: bool = False) -> None:
    """The signature block alone."""
    if signed_by_president:
        sheet.line("Le président ou la présidente du jury paritaire,", "Signature", together=True)
        sheet.line("{{ president_name }}", "Signature")
        return
    sheet.line("Pour {{ centre.name }},", "Signature", together=True)
    with sheet.when("signatory"):
        sheet.line("{{ signatory.name }}", "Signature", together=True)
        sheet.line("{{ signatory.title }}", "Signature")
