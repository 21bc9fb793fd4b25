"""A letter amended before it leaves: what was changed is printed, what was not keeps its look, tables stay."""

from __future__ import annotations

import io

import pytest
from docx import Document

from tests.documents.examples import example
from tests.documents.reading import words
from vae_portal.documents import amending
from vae_portal.documents.errors import TemplateFaulty
from vae_portal.documents.fill import fill
from workflows.who_may_do_what import TABLE

AMENDABLE = sorted({letter.kind for rule in TABLE for letter in rule.letters if letter.amendable})


def printed(kind: str, *amended: str) -> bytes:
    return fill(kind, {**example(kind), "amended": list(amended)} if amended else example(kind))


def styles(document: bytes) -> list[tuple[str, str]]:
    found = Document(io.BytesIO(document))
    return [(str(p.style.name if p.style else ""), p.text) for p in found.paragraphs if p.text.strip()]


@pytest.mark.parametrize("kind", AMENDABLE)
def test_what_is_amendable_is_all_between_subject_and_signature(kind: str) -> None:
    parts = amending.parts(printed(kind))
    assert parts[0].kind == parts[-1].kind == "fixed"
    assert {part.kind for part in parts[1:-1]} <= {"text", "table"}
    assert parts[1].text.startswith("Madame")
    assert "salutations" in amending.texts(printed(kind))[-1]


@pytest.mark.parametrize("kind", AMENDABLE)
def test_the_same_texts_given_back_print_the_same_letter(kind: str) -> None:
    assert styles(printed(kind, *amending.texts(printed(kind)))) == styles(printed(kind))


@pytest.mark.parametrize(
    ("said", "style", "text"),
    [
        ("Une phrase & <une> autre {{ number }}.", "Normal", "Une phrase & <une> autre {{ number }}."),
        ("# Un titre", "Heading 1", "Un titre"),
        ("Du **gras** ici", "Normal", "Du gras ici"),
        ("Deux\nlignes", "Normal", "Deux\nlignes"),
        ("Une \x07cloche", "Normal", "Une cloche"),
    ],
)
def test_what_is_written_is_what_is_printed(said: str, style: str, text: str) -> None:
    own = amending.texts(printed("inadmissible"))[0]
    letter = printed("inadmissible", f"{own}\n\n{said}")
    assert (style, text) in styles(letter)
    assert words(letter).count(text.split("\n")[0]) == 1


def test_a_table_stays_where_it_is_between_two_texts() -> None:
    before, after = amending.texts(printed("supplement_request"))
    letter = printed("supplement_request", before + "\n\nJuste avant.", "Juste après.\n\n" + after)
    kinds = [part.kind for part in amending.parts(letter)]
    assert kinds == ["fixed", "text", "table", "text", "fixed"]
    shown = words(letter)
    asked = example("supplement_request")["items"][0]["title"]
    assert shown.index("Juste avant.") < shown.index(asked) < shown.index("Juste après.")


def test_texts_that_fit_another_template_are_refused() -> None:
    with pytest.raises(TemplateFaulty, match="ne correspond plus"):
        printed("inadmissible", "un", "deux")
