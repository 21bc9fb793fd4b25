"""The picture of the coverage: the same from live rows and from a sealed deposit, with what changed marked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from vae_portal.web.coverage import picture, told
from workflows.differences import differences
from workflows.vocabulary import EvidenceState

CAPABILITIES = [SimpleNamespace(code=f"C{n}", title=f"Capacité {n}") for n in range(1, 5)]
BLOCKS = [SimpleNamespace(code="BC1", title="Bloc", capabilities=CAPABILITIES)]
TARGETED = ("C1", "C2", "C3")


def a_situation(key: int, codes: list[str], files: list[int], **more: Any) -> dict[str, Any]:
    return {"id": key, "title": f"Situation {key}", "capabilities": codes, "files": files, "pointers": [], **more}


def a_manifest(*situations: dict[str, Any], files: int = 2) -> dict[str, Any]:
    rows = [{"id": n, "name": f"{n}.pdf", "sha256": "a" * 64} for n in range(1, files + 1)]
    return {"situations": list(situations), "files": rows}


POINTER = {"file": 1, "capability": "C1", "shows": "le suivi", "place": "page 3"}
SEALED = a_manifest(a_situation(7, ["C1", "C2"], [1, 2], pointers=[POINTER]), a_situation(9, ["C1"], []))


def rows(shown: dict[str, Any]) -> dict[str, Any]:
    return {row["code"]: row for block in shown["blocks"] for row in block["rows"]}


def test_each_capability_has_its_verdict_and_each_cell_its_count() -> None:
    shown = picture(BLOCKS, TARGETED, SEALED)
    assert [row["text"] for row in rows(shown).values()] == ["couverte", "mince", "à décrire"]  # C4 is not targeted
    first, second = rows(shown)["C1"]["cells"]
    assert (first["shown"], first["count"], second["shown"], second["count"]) == (True, 2, True, 0)
    assert first["pointers"] == [{"file": "1.pdf", "id": 1, "shows": "le suivi", "place": "page 3"}]
    assert not rows(shown)["C2"]["cells"][1]["shown"]
    assert shown["told"] == {"covered": 1, "thin": 1, "to_prove": 0, "to_describe": 1, "of": 3}


def test_live_files_count_once_they_are_usable() -> None:
    states = {1: EvidenceState.CHECKING, 2: EvidenceState.NOT_SCANNED}
    cell = rows(picture(BLOCKS, TARGETED, SEALED, states, scanning=False))["C2"]["cells"][0]
    assert (cell["count"], cell["waiting"]) == (1, 1)
    shown = picture(BLOCKS, TARGETED, SEALED, states, scanning=True)
    assert rows(shown)["C2"]["text"] == "à prouver"


def test_what_changed_is_marked_and_told() -> None:
    now = a_manifest(
        a_situation(7, ["C1", "C2"], [1, 2], pointers=[{**POINTER, "place": "page 4"}]),
        a_situation(11, ["C3"], [3]),
        files=3,
    )
    changed = differences(SEALED, now)
    shown = picture(BLOCKS, TARGETED, now, changed=changed)
    assert [column["change"] for column in shown["situations"]] == ["changed", "new"]
    assert [rows(shown)[code]["cells"][0]["changed"] for code in ("C1", "C2")] == [True, False]
    assert told(changed, {3: "3.pdf"}) == [
        {"change": "changed", "what": "Situation « Situation 7 »", "detail": "repères de C1"},
        {"change": "new", "what": "Situation « Situation 11 »", "detail": ""},
        {"change": "removed", "what": "Situation « Situation 9 »", "detail": ""},
        {"change": "new", "what": "Fichier « 3.pdf »", "detail": ""},
    ]


def test_a_file_says_what_changed_about_it() -> None:
    before, now = a_manifest(files=1), a_manifest(files=1)
    now["files"][0] |= {"name": "bilan {1}.pdf", "confidential": True}
    assert told(differences(before, now), {}) == [
        {
            "change": "changed",
            "what": "Fichier « bilan {1}.pdf »",
            "detail": "nommé auparavant « 1.pdf », marqué confidentiel",
        }
    ]


def test_staff_read_neutral_words() -> None:
    now = a_manifest(
        a_situation(7, ["C1", "C2"], [1, 2], pointers=[POINTER], role="x", done="y"), a_situation(9, ["C1"], [])
    )
    assert told(differences(SEALED, now), {})[0]["detail"] == "le rôle, ce qui a été fait"


def test_a_file_that_goes_marks_no_cell_that_the_situation_never_showed() -> None:
    now = a_manifest(a_situation(7, ["C1", "C2"], [1], pointers=[POINTER]), a_situation(9, ["C1"], []))
    shown = picture(BLOCKS, TARGETED, now, changed=differences(SEALED, now))
    assert [rows(shown)[code]["cells"][0]["changed"] for code in ("C1", "C2", "C3")] == [True, True, False]


def test_a_manifest_of_the_first_days_is_shown_too() -> None:
    old = {"title": "Ancienne", "capabilities": ["C1"], "files": [1]}
    shown = picture(BLOCKS, TARGETED, {**a_manifest(), "situations": [old]})
    assert shown["situations"][0]["key"] == 1
    assert rows(shown)["C1"]["text"] == "mince"
