"""Two versions side by side: what is matched with what, and what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.versions import Difference, Item, compared, words

SAME, CHANGED, ADDED, REMOVED = Difference


def told(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> list[tuple[str, str, Difference]]:
    pairs = compared([Item(*one) for one in before], [Item(*one) for one in after])
    return [(p.before.code if p.before else "", p.after.code if p.after else "", p.difference) for p in pairs]


CASES = {
    "nothing changed": ([("C1", "Lire")], [("C1", "Lire")], [("C1", "C1", SAME)]),
    "another wording": ([("C1", "Lire un plan")], [("C1", "Lire tous les plans")], [("C1", "C1", CHANGED)]),
    "the code comes first": (
        [("C1", "Lire"), ("C2", "Écrire")],
        [("C1", "Écrire"), ("C2", "Lire")],
        [("C1", "C1", CHANGED), ("C2", "C2", CHANGED)],
    ),
    "another code, nearly the same text": (
        [("C1", "Garantir la cohérence des objectifs")],
        [("C4", "Garantir la cohérence des objectifs déclinés")],
        [("C1", "C4", CHANGED)],
    ),
    "the nearest of two": (
        [("A", "Organiser un audit interne"), ("B", "Organiser un audit externe de suivi")],
        [("X", "Organiser un audit externe")],
        [("A", "X", CHANGED), ("B", "", REMOVED)],
    ),
    "a zero more": ([("BC1", "Lire")], [("BC01", "Compter")], [("BC1", "BC01", CHANGED)]),
    "a zero that is another": (
        [("BC1", "Lire"), ("BC01", "Compter")],
        [("BC01", "Lire"), ("BC1", "Compter")],
        [("BC01", "BC01", CHANGED), ("BC1", "BC1", CHANGED)],
    ),
    "nothing near": (
        [("C1", "Piloter un atelier")],
        [("D1", "Souder")],
        [("C1", "", REMOVED), ("", "D1", ADDED)],
    ),
    "where it was": (
        [("C1", "Un"), ("C2", "Une tout autre chose"), ("C3", "Trois")],
        [("C1", "Un"), ("C3", "Trois")],
        [("C1", "C1", SAME), ("C2", "", REMOVED), ("C3", "C3", SAME)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_matched_with_what(case: str) -> None:
    before, after, expected = CASES[case]
    assert told(before, after) == expected


def test_capabilities_follow_their_block() -> None:
    before = [Item("BC1", "Analyser", (Item("C1", "Préparer"), Item("C2", "Décrire"))), Item("BC2", "Auditer un site")]
    after = [Item("BC9", "Auditer un site"), Item("BC1", "Analyser", (Item("C1", "Préparer"),))]
    first, second = compared(before, after)
    assert (first.before.code, first.after.code) == ("BC2", "BC9")
    assert [pair.difference for pair in second.inside] == [SAME, REMOVED]
    assert second.difference is SAME


def test_words_tell_what_was_taken_out_and_put_in() -> None:
    found = words("Lire un plan simple", "Lire plusieurs plan simple")
    assert found == [(SAME, "Lire "), (REMOVED, "un"), (ADDED, "plusieurs"), (SAME, " plan simple")]


items = st.lists(
    st.builds(
        Item, st.sampled_from(["A", "B", "C1", "C01", "c1", "D10", "D010"]), st.text("abc ", min_size=1, max_size=12)
    ),
    max_size=6,
    unique_by=lambda item: item.code,
)


@given(items, items)
def test_each_is_there_once(before: list[Item], after: list[Item]) -> None:
    pairs = compared(before, after)
    assert [pair.after for pair in pairs if pair.after] == after
    assert sorted((pair.before for pair in pairs if pair.before), key=str) == sorted(before, key=str)
