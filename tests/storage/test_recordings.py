"""A film without what plays it, or a sound without sound, is refused before anybody waits for it to play."""

from __future__ import annotations

import pytest

from storage.checks import AllowedType
from storage.errors import TypeRefused
from storage.range_reader import RangeReader
from storage.recordings import require_playable
from tests.decoding import samples as whole

PLAYS = {
    "film": (whole.FILM, AllowedType.MP4),
    "film, its directory first": (
        whole.FILM_HEAD + whole.box(b"moov", bytes(100)) + whole.box(b"mdat", bytes(9)),
        AllowedType.MP4,
    ),
    "film, last box to the end": (whole.FILM + b"\0\0\0\0free" + bytes(50), AllowedType.MP4),
    "film, something after it": (whole.FILM + b"\0\0\0\3abcdef" + bytes(50), AllowedType.MP4),
    "sound": (whole.SOUND, AllowedType.MP3),
    "sound with a tag": (whole.TAGGED_SOUND, AllowedType.MP3),
    "sound after a few zeros": (bytes(100) + whole.SOUND, AllowedType.MP3),
}
DOES_NOT = {
    "film without its directory": (whole.FILM_WITHOUT_MOOV, AllowedType.MP4, "coupé"),
    "film whose end is missing": (whole.CUT_FILM, AllowedType.MP4, "la fin manque"),
    "film of nothing": (whole.FILM_HEAD, AllowedType.MP4, "coupé"),
    "tag without sound": (whole.SILENT_TAG, AllowedType.MP3, "pas de son"),
    "tag longer than the file": (b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + whole.SOUND, AllowedType.MP3, "pas de son"),
}


def check(data: bytes, kind: AllowedType) -> None:
    """Looks at bytes as the job looks at an object."""
    require_playable(RangeReader(lambda start, end: data[start:end], len(data)), len(data), kind)


@pytest.mark.parametrize("name", PLAYS)
def test_plays(name: str) -> None:
    check(*PLAYS[name])


@pytest.mark.parametrize("name", DOES_NOT)
def test_does_not_play(name: str) -> None:
    data, kind, words = DOES_NOT[name]
    with pytest.raises(TypeRefused, match=words):
        check(data, kind)
