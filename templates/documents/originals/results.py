"""After the jury: the three letters of result, the certificate of a block and the certification."""

from __future__ import annotations

from templates.documents.originals import letters
from templates.documents.originals.sheet import Sheet

_DELIBERATED = "Le jury paritaire de délibération s'est réuni le **{{ deliberated_on|date_fr }}**. "


def result_all() -> Sheet:
    """All blocks are held: the certification is obtained."""
    sheet = letters.begin("Résultat : certification obtenue", "résultat de votre validation des acquis")
    sheet.line(
        _DELIBERATED + "J'ai le plaisir de vous faire savoir qu'il vous a déclaré(e) **admissible** : l'ensemble des "
        "blocs de compétences est acquis et vous **obtenez la certification**."
    )
    sheet.line("Blocs de compétences acquis :", together=True)
    with sheet.each("block in blocks"):
        sheet.line("{{ block.code }} : {{ block.title }}", "List Bullet")
    sheet.line("Je vous adresse, au nom du jury, mes félicitations.")
    _awarded(sheet)
    _notified(sheet)
    return letters.end(sheet, signed_by_president=True)


def result_some() -> Sheet:
    """Some blocks are held: names competences and blocks acquired (accord of 8 November 2019, art. 55.3)."""
    sheet = letters.begin("Résultat : blocs acquis", "résultat de votre validation des acquis")
    sheet.line(
        _DELIBERATED + "Il n'a pas reconnu comme acquis l'ensemble des blocs de compétences : la certification "
        "n'est pas obtenue à ce stade. En application de l'article 55.3 de l'accord du 8 novembre 2019, je vous "
        "indique ci-dessous les compétences et les blocs de compétences que vous avez acquis."
    )
    sheet.line("Ce qui est acquis", "Heading 1")
    with sheet.each("block in blocks_acquired"):
        sheet.line("{{ block.code }} : {{ block.title }}", "Heading 2")
        with sheet.each("capability in block.capabilities"):
            sheet.line("{{ capability.code }} : {{ capability.title }}", "List Bullet")
    with sheet.when("blocks_acquired"):
        sheet.line("Durée de validité des blocs acquis : {{ validity_blocks }}.")
        sheet.otherwise()
        sheet.line("Aucun bloc de compétences entier n'est acquis.")
    _competences(sheet, "Autres compétences acquises, dans des blocs qui ne le sont pas entièrement")
    _awarded(sheet)
    sheet.line("Ce qui reste à acquérir", "Heading 1")
    with sheet.each("block in blocks_missing"):
        _missing(sheet)
    _again(sheet)
    return letters.end(sheet, signed_by_president=True)


def result_none() -> Sheet:
    """No block is held."""
    sheet = letters.begin("Résultat : certification non acquise", "résultat de votre validation des acquis")
    sheet.line(
        _DELIBERATED + "Il vous a déclaré(e) **non admissible** : aucun des blocs de compétences visés n'a été "
        "reconnu comme acquis."
    )
    sheet.line("Ce qui reste à acquérir", "Heading 1")
    with sheet.each("block in blocks"):
        _missing(sheet)
    _competences(sheet, "Compétences acquises dans ces blocs")
    _again(sheet)
    return letters.end(sheet, signed_by_president=True)


def _missing(sheet: Sheet) -> None:
    sheet.line("{{ block.code }} : {{ block.title }}", "Heading 2")
    with sheet.when("block.reason"):
        sheet.line("{{ block.reason|paragraphes }}")


def _competences(sheet: Sheet, title: str) -> None:
    with sheet.when("competences_acquired"):
        sheet.line(title, "Heading 2")
        with sheet.each("competence in competences_acquired"):
            sheet.line(
                "{% if competence.code %}{{ competence.code }} : {% endif %}{{ competence.title }}",
                "List Bullet",
            )
        with sheet.when("validity_competences"):
            sheet.line("Durée de validité de ces compétences : {{ validity_competences }}.")


def _again(sheet: Sheet) -> None:
    sheet.line("La suite", "Heading 1")
    sheet.line(
        "Vous pouvez reprendre votre parcours dans le portail, sur les seuls blocs qui vous manquent. Ce que vous avez "
        "acquis et ce que vous avez déposé reste enregistré. Le centre est à votre disposition pour en parler : "
        "{{ centre.email }}{% if centre.phone %}, {{ centre.phone }}{% endif %}."
    )
    _notified(sheet)


def _born(sheet: Sheet) -> None:
    with sheet.when("candidate.birth_date"):
        sheet.line(
            "né(e) le {{ candidate.birth_date|jour }}"
            "{% if candidate.birth_place %} à {{ candidate.birth_place }}{% endif %}",
            "Centré",
        )


def block_certificate() -> Sheet:
    """One block, delivered on its own."""
    sheet = Sheet("Attestation de bloc")
    sheet.line("Attestation de bloc de compétences", "Title")
    sheet.line("{{ certification.title }}", "Subtitle")
    sheet.line("{{ certification.code }}, {{ certification.rncp }}", "Références")
    sheet.line(
        "Le jury paritaire de délibération, réuni le {{ deliberated_on|jour }} pour {{ centre.name }}, atteste que"
    )
    sheet.line("**{{ candidate.civility }} {{ candidate.full_name }}**", "Centré")
    _born(sheet)
    sheet.line("a acquis, par la validation des acquis de l'expérience, le bloc de compétences")
    sheet.line("**{{ block.code }} : {{ block.title }}**", "Centré")
    sheet.line("qui réunit les capacités professionnelles suivantes :", together=True)
    with sheet.each("capability in block.capabilities"):
        sheet.line("{{ capability.code }} : {{ capability.title }}", "List Bullet")
    sheet.line("Durée de validité : {{ validity }}{% if valid_until %}, jusqu'au {{ valid_until|date_fr }}{% endif %}.")
    sheet.line("Candidature n° {{ candidacy.number }}", "Références")
    _verified(sheet)
    sheet.line("Le {{ issued_at|jour }}", "Lieu et date")
    letters.sign(sheet, signed_by_president=True)
    return sheet


def certificate() -> Sheet:
    """The certification itself, on one landscape page."""
    sheet = Sheet("Certificat", landscape=True, plain=True)
    sheet.frame()
    sheet.line("{{ centre.name }}", "Centré")
    sheet.line("Certificat", "Grand titre")
    sheet.line("Le jury paritaire de délibération, réuni le {{ deliberated_on|jour }}, délivre à", "Centré")
    sheet.line("**{{ candidate.civility }} {{ candidate.full_name }}**", "Titulaire")
    _born(sheet)
    sheet.line("la certification", "Centré")
    sheet.line("**{{ certification.title }}**", "Titulaire")
    sheet.line("{{ certification.code }}, {{ certification.rncp }}", "Centré")
    sheet.line("obtenue par la validation des acquis de l'expérience, avec les blocs de compétences", "Centré")
    with sheet.each("block in blocks"):
        sheet.line("{{ block.code }} : {{ block.title }}", "Ligne centrée")
    _verified(sheet, "Centré")
    sheet.line("Le {{ issued_at|jour }}", "Signature du certificat")
    sheet.line("Le président ou la présidente du jury : {{ president_name }}", "Signature du certificat")
    return sheet


def _verified(sheet: Sheet, style: str = "Références") -> None:
    """How anyone checks it: a number, a code, and the QR code of the page that says what they are of."""
    sheet.line("{{ qr_code }}", style, together=True)
    sheet.line("N° {{ award_number }}, code {{ verify_code }}, à vérifier sur {{ verify_url }}", style)


def _awarded(sheet: Sheet) -> None:
    with sheet.when("awards"):
        sheet.line("Titres inscrits au registre du centre, joints à ce courrier :", together=True)
        with sheet.each("award in awards"):
            sheet.line("{{ award.number }}, code de vérification {{ award.code }}", "List Bullet")


def _notified(sheet: Sheet) -> None:
    with sheet.when("law.notify"):
        sheet.line(
            "Ce résultat vous est notifié en application de l'{{ law.notify }}, qui prévoit un délai de quinze jours "
            "après la délibération du jury."
        )
