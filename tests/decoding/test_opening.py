"""A file is opened to its end in a child that may do nothing; what breaks the child refuses the file, in a sentence."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.decoding import samples as whole
from tests.storage import samples
from vae_portal.decoding import confined
from vae_portal.decoding.confined import ChildDied, ChildNotStarted, Refused
from vae_portal.decoding.limits import Limits


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    """Opens bytes as a kind, in the child."""

    def run(data: bytes, kind: str, charset: str = "", known: tuple[str, ...] = ()) -> dict[str, Any]:
        source, room = tmp_path / "source", tmp_path / "room"
        source.write_bytes(data)
        room.mkdir()
        return confined.run("open", source, room, Limits(), kind=kind, charset=charset, known=list(known))

    return run


WHOLE = {
    "PDF": whole.PDF,
    "JPEG": whole.picture("JPEG"),
    "PNG": whole.picture("PNG"),
    "HEIC": whole.picture("HEIF"),
    "DOCX": whole.word("Bonjour"),
    "XLSX": samples.open_xml("xlsx"),
    "ODT": samples.open_document("application/vnd.oasis.opendocument.text"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_whole_opens(opened: Any, kind: str) -> None:
    found = opened(WHOLE[kind], kind)
    assert found["personal"] == {}
    assert found["confined"], "the kernel refuses neither network nor programs"


HOSTILE = {
    "a PDF cut in its middle": (whole.long_pdf(40)[:3000], "PDF", "incomplet ou abîmé"),
    "a PDF without its end": (whole.PDF[: whole.PDF.rindex(b"startxref")], "PDF", "incomplet ou abîmé"),
    "a PDF without page": (whole.pdf_without_page(), "PDF", "page"),
    "a PDF with a password": (whole.protected_pdf(), "PDF", "mot de passe"),
    "a PDF of nothing": (samples.PDF, "PDF", "incomplet ou abîmé"),
    "a JPEG cut": (whole.picture("JPEG", (1200, 900))[:-900], "JPEG", "incomplète ou abîmée"),
    "a PNG cut": (whole.picture("PNG", (1200, 900))[:-500], "PNG", "incomplète ou abîmée"),
    "a PNG that is a bomb": (whole.image_bomb(), "PNG", "trop de points"),
    "a HEIC cut": (whole.picture("HEIF")[:-200], "HEIC", "incomplète ou abîmée"),
    "a JPEG of nothing": (samples.JPEG, "JPEG", "incomplète ou abîmée"),
    "a Word file without text": (samples.zipped({"[Content_Types].xml": b"<Types/>"}), "DOCX", "ne se lit pas"),
    "a Word file that is no XML": (samples.zipped({"word/document.xml": b"<w:p>"}), "DOCX", "ne se lit pas"),
    "a Word file with entities": (
        samples.zipped({"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "DOCX",
        "ne se lit pas",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_whole_is_refused_with_a_sentence(opened: Any, name: str) -> None:
    data, kind, words = HOSTILE[name]
    with pytest.raises(Refused, match=words):
        opened(data, kind)


def test_a_pdf_that_loops_ends(opened: Any) -> None:
    began = time.monotonic()
    with suppress(Refused, ChildDied):  # any of them is an answer
        opened(whole.looping_pdf(), "PDF")
    assert time.monotonic() - began < 60


def test_personal_data_are_counted_never_told(opened: Any) -> None:
    text = "Jean jean@exemple.fr, 06 12 34 56 78, 255081416802538, FR14 2004 1010 0505 0001 3M02 606."
    found = opened(whole.word(text, "jean@exemple.fr encore", "moi@exemple.fr"), "DOCX", known=("moi@exemple.fr",))
    assert found["personal"] == {"email": 1, "phone": 1, "nir": 1, "iban": 1}
    assert "jean" not in repr(found)


def test_personal_data_of_a_pdf_and_of_a_text(tmp_path: Path, opened: Any) -> None:
    found = opened("é ; +33 6 12 34 56 78\nclaire@exemple.fr\n".encode("cp1252"), "TEXT", charset="windows-1252")
    assert found["personal"] == {"email": 1, "phone": 1}


def _run(tmp_path: Path, task: str, limits: Limits) -> Any:
    (tmp_path / "source").write_bytes(whole.PDF)
    room = tmp_path / "room"
    room.mkdir()
    return confined.run(task, tmp_path / "source", room, limits, kind="PDF", charset="", known=[])


def test_a_child_that_lasts_is_ended(tmp_path: Path) -> None:
    with pytest.raises((ChildDied, ChildNotStarted)):
        _run(tmp_path, "open", Limits(wall_seconds=0))


def test_a_child_that_breaks_is_an_answer(tmp_path: Path) -> None:
    with pytest.raises(ChildDied):
        _run(tmp_path, "no such task", Limits())


def test_a_child_that_cannot_start_is_the_machine_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ChildNotStarted):
        _run(tmp_path, "open", Limits())
