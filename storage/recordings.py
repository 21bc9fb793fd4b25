"""Whether a sound or a film is whole enough to play: its boxes or frames, read by ranges, nothing decoded."""

from __future__ import annotations

from storage.checks import AllowedType, mp3_frame_length
from storage.errors import TypeRefused
from storage.range_reader import RangeReader

_MOST_BOXES = 20_000
_FRAMES = 3
_SEARCHED = 64 * 1024  # bytes after the tag where the first frame must begin
_AGAIN = "Relisez-le sur votre appareil, enregistrez-le ou exportez-le de nouveau et renvoyez-le."
NOT_PLAYABLE = f"La vidéo est incomplète : elle n'a pas de quoi être lue (l'enregistrement a été coupé). {_AGAIN}"
CUT = f"La vidéo est incomplète : la fin manque. {_AGAIN}"
NO_SOUND = f"Le fichier MP3 est abîmé : il ne contient pas de son. {_AGAIN}"
PLAYED = (AllowedType.MP4, AllowedType.MP3)


def require_playable(reader: RangeReader, size: int, kind: AllowedType) -> None:
    """Raise TypeRefused when no player could play it."""
    if kind is AllowedType.MP4:
        _require_boxes(reader, size)
    elif kind is AllowedType.MP3:
        _require_frames(reader)


def _require_boxes(reader: RangeReader, size: int) -> None:
    """The boxes of the film follow each other to its end, and one of them, moov, says how to play it."""
    place, found = 0, False
    for _ in range(_MOST_BOXES):
        if place >= size:
            break
        reader.seek(place)
        head = reader.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:  # to the end of the file
            length = size - place
        if length < 8 or len(head) < 8:
            break  # something else after the film: players stop there too
        if place + length > size:
            raise TypeRefused(CUT if found or head[4:8] == b"mdat" else NOT_PLAYABLE)
        found = found or (head[4:8] == b"moov" and length > 8)
        place += length
    if not found:
        raise TypeRefused(NOT_PLAYABLE)


def _require_frames(reader: RangeReader) -> None:
    """Frames follow each other where the first begins, after the tag if there is one."""
    head, start = reader.read(10), 0
    if head[:3] == b"ID3":
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    reader.seek(start)
    data = reader.read(_SEARCHED)
    if not any(_frames_from(data, place) for place in range(len(data) - 4) if data[place] == 0xFF):
        raise TypeRefused(NO_SOUND)


def _frames_from(data: bytes, place: int) -> bool:
    for _ in range(_FRAMES):
        length = mp3_frame_length(data[place : place + 4])
        if length is None:
            return False
        place += length
        if place >= len(data) - 4:
            return True
    return True
