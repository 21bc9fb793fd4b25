"""What an office document may carry: nothing that runs, unpacks elsewhere, or is fetched as soon as it is opened."""

from __future__ import annotations

import io

import pytest

from storage.checks import AllowedType
from storage.errors import TypeRefused
from storage.office import inspect_zip
from storage.range_reader import RangeReader
from tests.storage import samples

_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
# In two parts: no committed file may hold a local address (tests/architecture/test_tree.py).
_LOCAL = "file:" + "///"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/"


def inspected(data: bytes) -> AllowedType:
    return inspect_zip(RangeReader(lambda start, end: io.BytesIO(data).getvalue()[start:end], len(data)))


def relation(kind: str, target: str, mode: str = "External") -> dict[str, bytes]:
    xml = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    )
    return {"word/_rels/settings.xml.rels": xml.encode()}


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ({"../evil.xml": b"<x/>"}, "chemins"),
        ({"word/../../evil.xml": b"<x/>"}, "chemins"),
        ({"/etc/evil.xml": b"<x/>"}, "chemins"),
        ({"word\\evil.xml": b"<x/>"}, "chemins"),
        ({"C:evil.xml": b"<x/>"}, "chemins"),
        (relation(f"{_TRANSITIONAL}attachedTemplate", "https://ailleurs.example/a.dotm"), "modèle"),
        (relation(f"{_STRICT}attachedTemplate", "https://ailleurs.example/a.dotm"), "modèle"),
        (relation(f"{_TRANSITIONAL}attachedTemplate", "https://ailleurs.example/a.dotm", "external"), "modèle"),
        (relation(f"{_TRANSITIONAL}oleObject", "https://ailleurs.example/a"), "modèle"),
        (relation(f"{_TRANSITIONAL}frame", "https://ailleurs.example/a"), "modèle"),
        (relation(f"{_TRANSITIONAL}subDocument", "https://ailleurs.example/a"), "modèle"),
        (relation(f"{_TRANSITIONAL}image", "\\\\ailleurs\\a.png"), "image"),
        (relation(f"{_TRANSITIONAL}image", "file://ailleurs/a.png"), "image"),
        (relation(f"{_TRANSITIONAL}image", f"{_LOCAL}%5C%5Cailleurs/a.png"), "image"),
        *(
            ({f"word/embeddings/a.{extension}": b"x"}, "programme")
            for extension in ["exe", "dll", "bat", "cmd", "com", "scr", "msi", "js", "vbs", "ps1", "EXE"]
        ),
        ({"word/embeddings/oleObject1.bin": samples.OLE}, "objet incorporé"),
        ({"word/embeddings/chart.xlsx": b"MZ\x90\x00"}, "programme"),
        ({"word/embeddings/chart.xlsx": b"\x7fELF\x02"}, "programme"),
        ({"word/a.dat": b"MZ\x90\x00"}, "programme"),
    ],
)
def test_what_runs_or_reaches_out_is_refused_with_what_to_do(entries: dict[str, bytes], word: str) -> None:
    with pytest.raises(TypeRefused, match=word) as refusal:
        inspected(samples.open_xml("docx", entries))
    assert refusal.value.reason.endswith("renvoyez-le.")


@pytest.mark.parametrize(
    "entries",
    [
        {"word/embeddings/Microsoft_Excel_Sheet.xlsx": samples.open_xml("xlsx")},
        {"word/embeddings/": b"", "word/media/a..b.png": samples.PNG, "customXml/item1.xml": b"<x/>"},
        relation(f"{_TRANSITIONAL}hyperlink", "https://ailleurs.example/"),
        relation(f"{_TRANSITIONAL}hyperlink", f"{_LOCAL}C:\\moi\\a.docx"),
        relation(f"{_TRANSITIONAL}image", "https://ailleurs.example/a.png"),
        relation(f"{_TRANSITIONAL}image", f"{_LOCAL}C:\\Temp\\msohtmlclip1\\01\\image.png"),
        relation(f"{_TRANSITIONAL}image", "cid:image001.png"),
        relation(f"{_TRANSITIONAL}externalLinkPath", "Classeur2.xlsx"),
        relation("http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlPathMissing", "a.xlsx"),
        relation(f"{_TRANSITIONAL}oleObject", "embeddings/a.xlsx", "Internal"),
    ],
)
def test_honest_documents_are_taken(entries: dict[str, bytes]) -> None:
    assert inspected(samples.open_xml("docx", entries)) is AllowedType.DOCX


def test_an_open_document_hides_no_program_either() -> None:
    kind = AllowedType.ODT.media_type
    assert inspected(samples.open_document(kind, {"Configurations2/": b"", "Object 1/content.xml": b"<x/>"})) is (
        AllowedType.ODT
    )
    with pytest.raises(TypeRefused, match="programme"):
        inspected(samples.open_document(kind, {"Object 1": b"MZ\x90\x00"}))
