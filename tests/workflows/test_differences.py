"""What changed between two deposits: situations, texts, links, pointers and files, each told once."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.differences import Change, FileChange, Mark, SituationChange, changed_texts, differences


def a_file(key: int, **changes: Any) -> dict[str, Any]:
    return {"id": key, "name": f"{key}.pdf", "size": 9, "sha256": "a" * 64, "confidential": False, **changes}


def a_situation(key: int, **changes: Any) -> dict[str, Any]:
    told = {"id": key, "title": f"Situation {key}", "done": "Fait", "capabilities": ["C1"], "files": [1]}
    return {**told, "pointers": [], **changes}


def a_state(*situations: dict[str, Any], files: tuple[dict[str, Any], ...] = (a_file(1), a_file(2))) -> dict[str, Any]:
    return {"situations": list(situations), "files": list(files)}


def pointing(shows: str) -> list[dict[str, Any]]:
    return [{"file": 1, "capability": "C1", "shows": shows, "place": "page 3"}]


def test_nothing_changed() -> None:
    found = differences(a_state(a_situation(1)), a_state(a_situation(1, done=" Fait\n")))
    assert not found
    assert found.at(1) is None


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"done": "Refait", "learnt": "Écouter"}, {"texts": ("done", "learnt")}),
        ({"capabilities": ["C2"]}, {"capabilities_added": ("C2",), "capabilities_removed": ("C1",)}),
        ({"files": [2]}, {"files_added": (2,), "files_removed": (1,)}),
        ({"pointers": pointing("le suivi")}, {"pointed": ("C1",)}),
    ],
)
def test_a_situation_says_or_shows_something_else(after: dict[str, Any], expected: dict[str, Any]) -> None:
    found = differences(a_state(a_situation(1)), a_state(a_situation(1, **after)))
    kept = () if "capabilities" in after else ("C1",)
    assert found.situations == (SituationChange(Change.CHANGED, 1, "Situation 1", **expected, capabilities_kept=kept),)
    assert found.files == ()
    assert found.at(1) == found.situations[0]


def test_situations_come_go_and_change_places() -> None:
    before = a_state(a_situation(1), a_situation(2))
    found = differences(before, a_state(a_situation(3), a_situation(1)))
    assert [(s.change, s.rank, s.title) for s in found.situations] == [
        (Change.NEW, 1, "Situation 3"),
        (Change.REMOVED, 2, "Situation 2"),
    ]
    assert found.at(2) is None


def test_a_pointer_that_says_something_else_touches_its_cell_alone() -> None:
    two = {"capabilities": ["C1", "C2"]}
    before, after = (a_state(a_situation(1, **two, pointers=pointing(words))) for words in ("avant", "après"))
    (change,) = differences(before, after).situations
    assert [change.touches(code) for code in ("C1", "C2")] == [True, False]


def test_a_file_that_comes_or_goes_touches_what_its_situation_shows_or_showed_and_nothing_else() -> None:
    before = a_state(a_situation(1, capabilities=["C1", "C2"]))
    for files in ([1, 2], []):
        (change,) = differences(before, a_state(a_situation(1, capabilities=["C1", "C3"], files=files))).situations
        assert [change.touches(code) for code in ("C1", "C2", "C3", "C4")] == [True, True, True, False]


def test_files_come_go_and_are_marked() -> None:
    after = a_state(files=(a_file(1, confidential=True), a_file(3)))
    assert differences(a_state(), after).files == (
        FileChange(Change.CHANGED, 1, "1.pdf", (Mark.CONFIDENTIAL,)),
        FileChange(Change.NEW, 3, "3.pdf"),
        FileChange(Change.REMOVED, 2, "2.pdf"),
    )


def test_what_changed_of_a_file_is_named() -> None:
    before = a_state(files=(a_file(1, confidential=True),))
    (change,) = differences(before, a_state(files=(a_file(1, name="b.pdf", sha256="b" * 64),))).files
    assert (change.name, change.was) == ("b.pdf", "1.pdf")
    assert change.marks == (Mark.RENAMED, Mark.CONTENT, Mark.OPEN)


def test_the_oldest_manifests_name_no_id_and_no_pointer() -> None:
    old = {"title": "Situation 1", "done": "Fait", "capabilities": ["C1"], "files": [1]}
    state = {"situations": [old], "files": [{"id": 1, "name": "1.pdf", "size": 9, "sha256": "a" * 64}]}
    now = a_state(a_situation(1, pointers=pointing("le suivi")), a_situation(2), files=(a_file(1),))
    assert [(s.change, s.title) for s in differences(state, now).situations] == [
        (Change.CHANGED, "Situation 1"),
        (Change.NEW, "Situation 2"),
    ]


def test_two_situations_of_the_same_title_are_two() -> None:
    old = {"title": "Audit", "done": "Fait", "capabilities": [], "files": []}
    found = differences(a_state(old, old), a_state(old, old, old))
    assert [(s.change, s.rank) for s in found.situations] == [(Change.NEW, 3)]


def test_texts_are_compared_without_the_spaces_around_them() -> None:
    assert changed_texts({"title": "A", "role": "x"}, {"title": " A ", "means": "y"}) == ("role", "means")
