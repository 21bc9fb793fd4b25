"""Every document keeps every text as it was typed, and a faulty template is refused with a sentence."""

from __future__ import annotations

import io
import json
from datetime import datetime

import pytest
from docx import Document
from docx.shared import Cm

from tests.documents.examples import example
from tests.documents.reading import tagged, words
from vae_portal.documents.errors import TemplateFaulty
from vae_portal.documents.fill import fill
from vae_portal.documents.kinds import KINDS

HOSTILES = {
    "markup": 'R&D <b>&amp; "droit" l\'apo « guill » ]]> <!-- ',
    "accents and emoji": "é œ Ÿ ñ 🛠 👩‍🏭 \N{NO-BREAK SPACE}%",
    "template tags": "{{ 7*7 }} {% raw %} {# x #} {_{ y }_} {_% z %_} \\1 {%p if x %}",
    "lines": "haut\nbas\tdroite",
}

# What an original does not say, document by document: anything else that goes missing is a fault.
_NO_ADDRESS = {"centre.address", "centre.phone", "candidate.address_lines[]"}
_NOT_SIGNED_BY_CENTRE = {"signatory.name", "signatory.title"}
_BIRTH = {"candidate.birth_place"}
_SHEET = _NO_ADDRESS | _NOT_SIGNED_BY_CENTRE | _BIRTH
_BY_PRESIDENT = _NOT_SIGNED_BY_CENTRE | _BIRTH
_ON_PLACE = {"interview.video_link"}
LEFT_OUT: dict[str, set[str]] = {
    "participation": set(),
    "request_summary": _SHEET,
    "evidence_dossier": _SHEET,
    "evaluator_convocation": _BIRTH | {"candidate.address_lines[]"},
    "attendance_sheet": _SHEET | _ON_PLACE,
    "attendance_certificate": _NO_ADDRESS | _BIRTH | _ON_PLACE,
    "assessment_summary": _SHEET | _ON_PLACE,
    "jury_convocation": set(),
    "minutes": {"centre.address", "centre.phone"} | _NOT_SIGNED_BY_CENTRE,
    "minutes_correction": {"centre.address", "centre.phone"} | _NOT_SIGNED_BY_CENTRE,
    "jury_attendance_sheet": {"centre.address", "centre.phone", "session.number", "members[].qualification"}
    | _NOT_SIGNED_BY_CENTRE,
    "union_request": set(),
    "employers_notice": set(),
    "composition_notice": set(),
    "result_all": _BY_PRESIDENT,
    "result_some": _BY_PRESIDENT,
    "result_none": _BY_PRESIDENT,
    "block_certificate": _NO_ADDRESS | _NOT_SIGNED_BY_CENTRE,
    "certificate": _NO_ADDRESS | _NOT_SIGNED_BY_CENTRE | {"candidacy.number", "centre.email"},
}


def made_of(*paragraphs: str) -> bytes:
    """A small template with these paragraphs."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# The articles that each letter names, of those it is told; which ones they are depends on the regime.
CITED = {
    "request_summary": {"law.limits"},
    "receipt": {"law.answer"},
    "supplement_request": {"law.answer"},
    "admissible": {"law.lapse"},
    "tacitly_admissible": {"law.answer", "law.lapse"},
    "deposit_receipt": {"law.jury"},
    **{kind: {"law.notify"} for kind in ("result_all", "result_some", "result_none")},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_is_filled_from_its_example(kind: str) -> None:
    shown = words(fill(kind, example(kind)))
    assert "{{" not in shown
    assert "{%" not in shown
    assert "None" not in shown
    assert "T09:30" not in shown
    assert example(kind)["number"] in shown


@pytest.mark.parametrize("hostile", HOSTILES.values(), ids=HOSTILES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_text_is_read_back_as_typed(kind: str, hostile: str) -> None:
    context, given = tagged(example(kind), hostile)
    shown = words(fill(kind, context))
    missing = {path for path, texts in given.items() if any(text not in shown for text in texts)}
    uncited = {path for path in given if path.startswith("law.")} - CITED.get(kind, set())
    assert missing == LEFT_OUT.get(kind, _BIRTH) | uncited


@pytest.mark.parametrize("kind", KINDS)
def test_what_xml_cannot_hold_is_left_out(kind: str) -> None:
    context, given = tagged(example(kind), "a\x00\x0b\x07\x0c\x1b\x85\ud800\ufffeb")
    shown = words(fill(kind, context))
    kept = [text.replace("\x00\x0b\x07\x0c\x1b\x85\ud800\ufffe", "") for text in given["centre.name"]]
    assert all(text in shown for text in kept)
    assert "\x00" not in shown


@pytest.mark.parametrize("kind", KINDS)
def test_same_input_same_bytes_and_json_is_enough(kind: str) -> None:
    once = fill(kind, example(kind))
    assert once == fill(kind, json.loads(json.dumps(example(kind))))
    assert once != fill(kind, example(kind) | {"number": "DOC-AUTRE"})


def test_the_word_file_says_who_and_when() -> None:
    properties = Document(io.BytesIO(fill("receipt", example("receipt")))).core_properties
    assert properties.title == "Accusé de réception de la demande DOC-2026-00042"
    assert properties.author == "UIMM territoriale d'Exempleville"
    assert properties.language == "fr-FR"
    assert properties.created is not None
    assert properties.created.replace(tzinfo=None) == datetime(2026, 3, 3, 9, 30)


@pytest.mark.parametrize("kind", KINDS)
def test_optional_fields_may_all_be_absent(kind: str) -> None:
    context = example(kind)
    for field in KINDS[kind].fields:
        if field.optional:
            remove(context, field.path.split("."))
    shown = words(fill(kind, context))
    assert "None" not in shown
    assert "{{" not in shown


@pytest.mark.parametrize("kind", KINDS)
def test_any_missing_field_is_named(kind: str) -> None:
    for field in KINDS[kind].fields:
        if field.optional or field.path.startswith("signatory"):
            continue
        context = example(kind)
        remove(context, field.path.split("."))
        with pytest.raises(TemplateFaulty) as refused:
            fill(kind, context)
        assert str(refused.value).startswith(f"Le document « {KINDS[kind].title} » ({kind}) ne peut pas être rempli")
        assert field.path.split(".")[0].removesuffix("[]") in str(refused.value)


def remove(node: object, parts: list[str]) -> None:
    name = parts[0].removesuffix("[]")
    if isinstance(node, list):
        for item in node:
            remove(item, parts)
    elif isinstance(node, dict) and len(parts) == 1:
        node.pop(name, None)
    elif isinstance(node, dict):
        remove(node.get(name), parts[1:])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ ''.__class__.__mro__ }}", "expression interdite"),
        ("{{ centre.__class__ }}", "expression interdite"),
        ("{{ number.format.__globals__ }}", "expression interdite"),
        ("{{ '%s'.__init__.__globals__ }}", "expression interdite"),
        ("{{ inconnu }}", "« inconnu »"),
        ("{{ candidate.inconnu }}", "« inconnu »"),
        ("{{ number|safe }}", "balise du modèle est mal écrite"),
        ("{% if number %}", "balise du modèle est mal écrite"),
        ("{{ number|date_fr }}", "une valeur ne convient pas"),
        ("{% include '/etc/passwd' %}", "une valeur ne convient pas"),
        ("{{ 'a' * 10 ** 12 }}", "expression interdite"),
    ],
)
def test_a_faulty_template_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(
        TemplateFaulty, match=r"^Le document « Accusé de réception de la demande » \(receipt\)"
    ) as refused:
        fill("receipt", example("receipt"), made_of(text))
    assert said in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"pas un zip", b"PK\x05\x06" + bytes(18)])
def test_a_template_that_is_not_word_is_refused(content: bytes) -> None:
    with pytest.raises(TemplateFaulty, match="pas un document Word lisible"):
        fill("receipt", example("receipt"), content)


def test_an_unknown_document_is_refused() -> None:
    with pytest.raises(TemplateFaulty, match=r"« \.\./receipt »"):
        fill("../receipt", {})


def test_a_template_of_the_centre_replaces_the_original() -> None:
    filled = fill("receipt", example("receipt"), made_of("Vu le {{ completed_on|date_fr }}, {{ signatory.name }}"))
    assert words(filled).startswith("Vu le lundi 2 mars 2026, Dominique Fictif")


def test_a_blank_line_starts_a_paragraph_and_a_newline_stays() -> None:
    context = example("inadmissible") | {"reason": "un\r\ndeux\n\n\ntrois"}
    paragraphs = [paragraph.text for paragraph in Document(io.BytesIO(fill("inadmissible", context))).paragraphs]
    assert "un\ndeux" in paragraphs
    assert "trois" in paragraphs


@pytest.mark.parametrize("kind", KINDS)
def test_a4_in_french_with_margins_of_2_2_cm(kind: str) -> None:
    document = Document(io.BytesIO(fill(kind, example(kind))))
    section = document.sections[0]
    sides = sorted((section.page_width, section.page_height))
    assert [round(side / Cm(1), 1) for side in sides] == [21.0, 29.7]
    assert round(section.left_margin / Cm(1), 1) == 2.2
    assert 'w:lang w:val="fr-FR"' in document.styles.element.xml
