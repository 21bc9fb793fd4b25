"""One pass tells whether the bytes are those received, whatever the size of chunks and parts, and what they are."""

from __future__ import annotations

import hashlib
import io
from itertools import pairwise

import pytest

from storage.checks import AllowedType
from storage.reading_back import HIDES_AN_ARCHIVE, Pass
from tests.decoding import samples as whole
from tests.storage import samples

DATA = bytes(range(256)) * 100


def passed(data: bytes, parts: list[bytes] | None = None, step: int = 1000) -> tuple[Pass, bytes]:
    """A pass that went to its end, and its copy."""
    copy = io.BytesIO()
    described = [(len(part), hashlib.sha256(part).hexdigest()) for part in parts or []]
    seen = Pass(described, frozenset({AllowedType.PDF, AllowedType.JPEG, AllowedType.TEXT, None}))
    chunks = (data[place : place + step] for place in range(0, len(data), step))
    assert b"".join(seen.chunks(chunks, copy)) == data
    return seen, copy.getvalue()


def cut(*places: int) -> list[bytes]:
    """The data in parts that end at these places."""
    return [DATA[start:end] for start, end in pairwise((0, *places, len(DATA)))]


@pytest.mark.parametrize("places", [(), (1,), (1000,), (999, 2001, 2002), (5_000, 20_000)])
def test_parts_as_received_are_found(places: tuple[int, ...]) -> None:
    seen, _ = passed(DATA, cut(*places))
    assert not seen.damaged
    assert (seen.sha256(), seen.size) == (hashlib.sha256(DATA).hexdigest(), len(DATA))


@pytest.mark.parametrize(
    "parts",
    [
        [DATA[:1000], DATA[1001:]],
        [DATA, b"more"],
        [DATA[:-1]],
        [DATA[:1000]],
        [DATA, DATA],
        [DATA[:1000][::-1], DATA[1000:]],
        [DATA[1000:], DATA[:1000]],
    ],
)
def test_parts_that_differ_are_damage(parts: list[bytes]) -> None:
    assert passed(DATA, parts)[0].damaged


def test_what_needs_a_file_is_copied_and_nothing_else() -> None:
    assert passed(whole.PDF)[1] == whole.PDF
    assert passed(whole.word("a"))[1] == whole.word("a") or passed(whole.word("a"))[1]
    assert passed(whole.FILM * 40)[1] == b""


def test_a_refusal_is_kept_and_the_pass_goes_on() -> None:
    seen, copy = passed(b"MZ" + bytes(50_000))
    assert "programme" in seen.refusal
    assert (copy, seen.size) == (b"", 50_002)
    late, _ = passed(b"une note\n" * 5000 + b"\0")
    assert "ni un texte" in late.refusal


def test_a_file_that_is_also_an_archive_is_refused() -> None:
    archive = samples.zipped({"a.html": b"<script>"})
    for beginning in (whole.picture("JPEG"), whole.PDF, samples.MP3_BARE):
        assert passed(beginning + archive)[0].refusal == HIDES_AN_ARCHIVE
    commented = archive[:-2] + (70).to_bytes(2, "little") + bytes(70)
    assert passed(whole.PDF + commented)[0].refusal == HIDES_AN_ARCHIVE


def test_a_zip_within_a_file_is_no_refusal() -> None:
    archive = samples.zipped({"a.txt": b"a"})
    assert passed(whole.PDF + archive + b"endstream %%EOF")[0].refusal == ""


def test_a_text_tells_its_charset() -> None:
    assert passed("été".encode() * 9000)[0].charset() == "utf-8"
    assert passed("été".encode("cp1252") * 9000)[0].charset() == "windows-1252"
